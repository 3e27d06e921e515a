/**
 * What runs on a core: preemption that keeps the remainder, ksoftirqd, equal processes. Processes are stubs that
 * cost what the test says; softirq work is packets at a NIC queue.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wakeThread } from '../../engine/host/cores.ts';
import { T_APP } from '../../engine/host/tables.ts';
import { Bench, F_UDP } from '../lib/bench.ts';
import { pricedMachine, type TestPrice } from '../lib/tinyTask.ts';

const US = 1e6;
const MS = 1e9;

/** Node 1 with one RX queue on its core 0, an interrupt with every packet, cores that never sleep. */
const bench = (prices: Record<string, TestPrice>): Bench =>
  new Bench({
    machine: pricedMachine('xeon-25g', prices, {
      waking: { pollNs: 1e12 },
      nic: { rxQueues: 1, moderationUs: 0, rxRingPackets: 4096 },
    }),
  });

/** Lets thread `t` run jobs of these lengths; @returns when each began, ps. */
function processes(b: Bench, jobNs: (t: number, nth: number) => number): { t: number; at: number }[] {
  const begun: { t: number; at: number }[] = [];
  const count = new Map<number, number>();
  b.upper.application = (p, t) => {
    const nth = count.get(t) ?? 0;
    const ns = jobNs(t, nth);
    count.set(t, nth + 1);
    begun.push({ t, at: p.wheel.now });
    p.job.ns += ns;
    return ns > 0;
  };
  return begun;
}

test('a preempted process keeps its remainder: 100 µs of work with three polls of 10 µs take 130 µs', () => {
  const b = bench({ NIC_RX_POLL: 10_000 });
  const core = b.core(1, 0);
  const begun = processes(b, (_, nth) => (nth < 2 ? 100_000 : 0));
  wakeThread(b.p, core);
  for (const at of [20 * US, 55 * US, 90 * US]) b.arrive({ at, flags: F_UDP });
  b.run();
  assert.deepEqual(
    b.deliveries.map((d) => d.at),
    [20 * US, 55 * US, 90 * US],
  );
  // The second job begins when the first has had its 100 µs, the third call finds nothing.
  assert.deepEqual(
    begun.map((job) => job.at),
    [0, 130 * US, 230 * US],
  );
  assert.deepEqual(b.busyNs(1, 0), { soft: 30_000, process: 200_000 });
});

test('work on another core does not preempt', () => {
  const b = bench({ NIC_RX_POLL: 10_000 });
  const begun = processes(b, (_, nth) => (nth < 1 ? 100_000 : 0));
  wakeThread(b.p, b.core(1, 5));
  b.arrive({ at: 20 * US, flags: F_UDP });
  b.run();
  assert.deepEqual(
    begun.map((job) => job.at),
    [0, 100 * US],
  );
});

test('a poll in progress is not interrupted by a process that wakes', () => {
  const b = bench({ NIC_RX_POLL: 10_000 });
  const core = b.core(1, 0);
  const begun = processes(b, (_, nth) => (nth < 1 ? 5000 : 0));
  b.arrive({ at: 20 * US, flags: F_UDP });
  b.run(25 * US);
  wakeThread(b.p, core);
  b.run();
  assert.deepEqual(
    begun.map((job) => job.at),
    [30 * US, 35 * US],
  );
});

/** Packets of 1 µs every 0.2 µs for 30 ms: softirq work that never ends. */
function storm(b: Bench): void {
  for (let at = 0; at < 30 * MS; at += 20 * US)
    b.arrive({ at, packets: 100, spacing: 200_000, flags: F_UDP });
}

test('ksoftirqd: after 2 ms of softirq a waiting process gets its turns of 3 ms', () => {
  const b = bench({ NIC_RX_POLL: 1000 });
  const core = b.core(1, 0);
  processes(b, () => 20_000);
  storm(b);
  b.run(1 * US);
  wakeThread(b.p, core);
  const at = (ms: number): number => {
    b.run(ms * MS);
    return b.busyNs(1, 0).process / 1e6;
  };
  // Softirq until 2 ms; then 3 ms each in turn, the process first: 2–5, 8–11, 14–17, 20–23 ms.
  const near = (value: number, expected: number): void =>
    assert.ok(Math.abs(value - expected) < 0.15, `${value} ms is not ${expected}`);
  near(at(1.9), 0);
  near(at(5), 3);
  near(at(8), 3);
  near(at(11), 6);
  near(at(20), 9);
  near(b.busyNs(1, 0).soft / 1e6, 11);
});

test('without a process softirq work has the core to itself', () => {
  const b = bench({ NIC_RX_POLL: 1000 });
  storm(b);
  b.run(20 * MS);
  assert.ok(b.busyNs(1, 0).soft > 19.9e6);
});

test('two processes that never sleep get half of the core each', () => {
  const b = bench({});
  const core = b.core(1, 0);
  const other = b.p.threads.add(core, T_APP);
  const begun = processes(b, () => 20_000);
  wakeThread(b.p, core);
  wakeThread(b.p, other);
  b.run(60 * MS);
  const share = begun.filter((job) => job.t === other).length / begun.length;
  assert.ok(Math.abs(share - 0.5) < 0.06, `${share}`);
  // By slices, not job by job: some 20 switches in 60 ms.
  let switches = 0;
  for (let i = 1; i < begun.length; i++) if (begun[i]!.t !== begun[i - 1]!.t) switches++;
  assert.ok(switches >= 10 && switches <= 60, `${switches} switches`);
});

test('a process that mostly sleeps runs soon after it wakes', () => {
  const b = bench({});
  const core = b.core(1, 0);
  const sleeper = b.p.threads.add(core, T_APP);
  const begun = processes(b, (t, nth) => (t === sleeper && nth % 2 === 1 ? 0 : 20_000));
  wakeThread(b.p, core);
  b.run(30 * MS);
  wakeThread(b.p, sleeper);
  b.run(31 * MS);
  const at = begun.find((job) => job.t === sleeper)!.at;
  // At the end of the job that runs when it wakes.
  assert.ok(at - 30 * MS <= 20 * US, `${(at - 30 * MS) / US} µs`);
});
