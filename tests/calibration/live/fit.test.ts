/**
 * The fit on rows that the engine itself made with other prices: it finds the factors that were put in, says which it
 * cannot tell apart, and what it was not shown stays as it was.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { KERNEL_METRICS } from '../../../calibration/kernel/metrics.ts';
import { kernelTask } from '../../../calibration/kernel/task.ts';
import { calibratedBook } from '../../../calibration/live/book.ts';
import { type Fit, fitBook, type LiveRow } from '../../../calibration/live/fit.ts';
import { GROUPS, scaledBook } from '../../../calibration/live/groups.ts';
import { type Planned, planOf } from '../../../calibration/live/plan.ts';
import { runTask } from '../../../engine/task.ts';
import { machineNamed } from '../../../machines/catalog.ts';
import { machineFromJson } from '../../../machines/fromJson.ts';

const book = machineNamed('veth-vm');
const METRICS = {
  e0_hole: ['ns_per_pkt'],
  e1: ['gbps', 'busy_ns_per_byte'],
  e2: ['gbps'],
  e3: ['p50_us'],
} as const;

function rowsWith(factors: Readonly<Record<string, number>>, plan: readonly Planned[]): LiveRow[] {
  const machine = scaledBook(
    book,
    GROUPS.map(({ name }) => factors[name] ?? 1),
  );
  return plan.flatMap((planned) => {
    const spec = kernelTask(planned.exp, planned.cfg, machine);
    const record = runTask(spec);
    return METRICS[planned.exp].map((metric) => {
      const measured = KERNEL_METRICS[metric]!(spec, record);
      return { planned, metric, measured, q1: measured, q3: measured, repeats: 1 };
    });
  });
}

function fitOf(rows: readonly LiveRow[]): Fit {
  const study = fitBook(rows, book);
  let turn = study.next();
  while (!turn.done) turn = study.next(turn.value.map((spec) => runTask(spec)));
  return turn.value;
}

const byName = (fit: Fit) => Object.fromEntries(fit.groups.map((group) => [group.name, group]));

test('factors that were put in come out within 5 %, on rows left out too', () => {
  const truth = { socket: 0.7, bridge: 1.5, tunnel: 2, bytes: 1.3, wake: 0.8 };
  const plan = planOf(['hostnet', 'bridge', 'routed', 'hostgw', 'vxlan'], false).filter(
    ({ cfg, exp }) => cfg.mtu === 1500 && exp !== 'e2',
  );
  const rows = rowsWith(truth, plan);
  const fit = fitOf(rows);
  const found = byName(fit);
  for (const [name, factor] of Object.entries({ ...truth, veth: 1, forward: 1 })) {
    equal(found[name]!.state, 'measured', name);
    ok(
      Math.abs(found[name]!.factor / factor - 1) < 0.05,
      `${name}: ${found[name]!.factor}, put in ${factor}`,
    );
  }
  rows.forEach((row, at) => {
    const error = fit.predicted[at]! / row.measured - 1;
    ok(Math.abs(error) < 0.05, `${row.planned.exp} ${row.planned.cfg.mode} ${row.metric}: ${error}`);
  });
  ok(rows.some(({ planned }) => !planned.fit));
  equal(found.daemon!.state, 'unseen');
  equal(found.daemon!.factor, 1);
});

test('what always comes together is tied, and moves together', () => {
  const holes = planOf(['hostnet'], false).filter(({ exp, cfg }) => exp === 'e0_hole' && cfg.hops === 0);
  const found = byName(fitOf(rowsWith({ socket: 1.2, veth: 1.2 }, holes)));
  equal(found.socket!.state, 'measured');
  equal(found.veth!.state, 'tied');
  equal(found.veth!.tiedTo, 'socket');
  equal(found.veth!.factor, found.socket!.factor);
  ok(Math.abs(found.socket!.factor - 1.2) < 0.02);
  equal(found.bridge!.state, 'unseen');
});

test('the book marks how each price was found, keeps the rest of its base, and can be read again', () => {
  const groups = GROUPS.map(({ name }) => ({
    name,
    factor: name === 'bridge' ? 2 : 1,
    state:
      name === 'bridge' ? ('measured' as const) : name === 'veth' ? ('tied' as const) : ('unseen' as const),
    tiedTo: name === 'veth' ? 'socket' : null,
  }));
  const machine = scaledBook(
    book,
    groups.map(({ factor }) => factor),
  );
  const fit: Fit = { groups, machine, predicted: [] };
  const base = machineNamed('xeon-25g');
  const made = calibratedBook({ fit, base, name: 'mine', about: 'a test', cores: 6 });
  deepEqual(machineFromJson(JSON.parse(JSON.stringify(made))), made);
  equal(made.cores, 6);
  equal(made.wire, 'nic');
  deepEqual(made.prices.BR_RX, {
    firstNs: 130,
    eachNs: 836,
    source: 'calibrated: bridge',
    confidence: 'measured',
  });
  equal(made.prices.VETH_XMIT.confidence, 'assumed');
  equal(made.prices.VETH_XMIT.source, 'calibrated together with socket');
  deepEqual(made.prices.NIC_TX, base.prices.NIC_TX);
  deepEqual(made.prices.IP_FWD, base.prices.IP_FWD);
});
