/** What the tools say, as recorded from them, and what becomes of it. */
import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import test from 'node:test';
import { parseCpuTimes, shares } from '../../../calibration/live/cpu.ts';
import { obstacles } from '../../../calibration/live/host.ts';
import { nameOf, planOf, shuffled } from '../../../calibration/live/plan.ts';
import { bulkMetrics, percentileUs } from '../../../calibration/live/probes.ts';
import { rowsOf } from '../../../calibration/live/rows.ts';

test("sockperf's percentile, with and without colours", () => {
  const said = `sockperf: \u001b[2;35mSummary: Round trip is 32.415 usec\u001b[0m
sockperf: ---> percentile 99.000 =   47.190
sockperf: ---> percentile 50.000 =   31.428
sockperf: ---> percentile 25.000 =   30.950`;
  equal(percentileUs(said, '50.000'), 31.428);
  throws(() => percentileUs('sockperf: ERROR: connect', '50.000'), /no percentile 50\.000/);
});

test("iperf3's report: 12 Gbit/s with 180 % of CPU are 1.2 ns a byte", () => {
  const end = {
    sum_received: { bits_per_second: 12e9 },
    cpu_utilization_percent: { host_total: 99, remote_total: 81 },
  };
  const { gbps, busy_ns_per_byte: busy } = bulkMetrics(JSON.stringify({ end }));
  equal(gbps, 12);
  ok(Math.abs(busy! - 1.2) < 1e-12, `${busy}`);
  throws(() => bulkMetrics('{"error":"unable to connect"}'), /iperf3: unable to connect/);
});

test('/proc/stat: ticks of two cores, niced time left out', () => {
  const text = (user: number, soft: number): string =>
    [
      'cpu  0 0 0',
      `cpu0 ${user} 999 20 5000 1 3 ${soft} 2 0 0`,
      'cpu1 10 999 30 5000 1 0 7 0 0 0',
      'cpu2 9 9',
      '',
    ].join('\n');
  const before = parseCpuTimes(text(100, 40), [0, 1]);
  deepEqual(before, { userS: 1.1, systemS: 0.5, softirqS: 0.5, stealS: 0.02 });
  const gone = shares(before, parseCpuTimes(text(150, 60), [0, 1]));
  ok(Math.abs(gone.user_s! - 0.5) < 1e-9 && Math.abs(gone.softirq_s! - 0.2) < 1e-9);
  throws(() => parseCpuTimes(text(1, 1), [3]), /no cpu3/);
});

test('rows are medians with quartiles over the repeats', () => {
  const plan = planOf(['hostnet'], false);
  const [first] = plan;
  const samples = [3000, 2900, 3100, 2950, 3400].map((ns, round) => ({
    ...{ round, exp: first!.exp, cfg: first!.cfg },
    metrics: { ns_per_pkt: ns },
  }));
  const rows = rowsOf(plan, samples);
  equal(rows.length, 1);
  const { measured, q1, q3, repeats } = rows[0]!;
  deepEqual({ measured, q1, q3, repeats }, { measured: 3000, q1: 2950, q3: 3100, repeats: 5 });
});

test('the plan: names differ, some rows are left out of the fit, each round has another order', () => {
  const plan = planOf(['hostnet', 'bridge', 'routed', 'hostgw', 'vxlan', 'udp'], true);
  equal(new Set(plan.map(nameOf)).size, plan.length);
  for (const exp of ['e0_hole', 'e1', 'e3']) {
    ok(
      plan.some((one) => one.exp === exp && one.fit) && plan.some((one) => one.exp === exp && !one.fit),
      exp,
    );
  }
  ok(planOf(['hostnet', 'vxlan'], false).every(({ cfg }) => cfg.off === undefined || cfg.off === 'on'));
  const [a, b] = [shuffled(plan, 0), shuffled(plan, 1)];
  deepEqual(new Set(a), new Set(plan));
  ok(a.some((one, at) => one !== b[at]) && a.some((one, at) => one !== plan[at]));
});

test('a machine without tools or with one core says all that is missing, and the packages', async () => {
  const versions = {
    ip: null,
    bridge: null,
    taskset: '1',
    chrt: '1',
    iperf3: null,
    sockperf: '3',
    cc: '12',
    ethtool: null,
  };
  const problems = await obstacles({ kernel: '6', cpu: 'x', cores: 1, versions });
  equal(problems[0], 'missing: ip, bridge, iperf3 (Debian: apt-get install iproute2 iperf3)');
  ok(problems.some((problem) => problem.startsWith('two cores')));
});
