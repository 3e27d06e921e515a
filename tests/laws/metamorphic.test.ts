/**
 * Metamorphic laws in every backend of the catalogue: what must follow when one thing changes and the rest stays.
 *
 * Tolerances: 1 % where a window of 15 ms cuts another part of a stream; more only where it is said. A law that a
 * congested TCP need not obey (a slower link may arrange arrivals better) is stated with the size of the exception.
 * Left out: exact laws of single stages and cores (rates.test.ts), of ports (queues.test.ts).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import { bucketMidpoint } from '../../engine/core/histogram.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { Backend } from '../../engine/host/backend.ts';
import { runTask } from '../../engine/task.ts';
import { netperfTraffic, scaledMachine, type TinyOptions, tinyTask } from '../lib/tinyTask.ts';
import { gbps, perSecond } from '../scenarios/run.ts';

const MS = 1e9;
const STREAM = netperfTraffic('TCP_STREAM');
const ROUND_TRIPS = netperfTraffic('TCP_RR');
const DATAGRAMS = netperfTraffic('UDP_STREAM', { messageBytes: 1000 });

const run = (options: TinyOptions): TaskRecord =>
  runTask(tinyTask({ warmupPs: 5 * MS, windowPs: 15 * MS, ...options }));

/** Network CPU of one exchange, both hosts, ns. */
const cpuNs = (r: TaskRecord): number =>
  r.cpu.reduce((sum, { ps }) => sum + Number(ps), 0) / 1000 / r.counters.rpcsFinished;

/** Each value at most the one before it, but for `tolerance`. */
function neverRises(values: readonly number[], tolerance: number, what: string): void {
  for (let k = 1; k < values.length; k++)
    assert.ok(values[k]! <= values[k - 1]! * (1 + tolerance), `${what}: ${values.join(', ')}`);
}

test('all prices × 2: no backend is faster, datagrams take twice as long', () => {
  const twice = scaledMachine('xeon-25g', 2);
  for (const backend of BACKENDS) {
    for (const [traffic, rate] of [
      [STREAM, gbps],
      [ROUND_TRIPS, perSecond],
      [DATAGRAMS, gbps],
    ] as const) {
      const once = rate(run({ backend, traffic }));
      const slow = rate(run({ backend, traffic, machine: twice }));
      neverRises([once, slow], 0.01, `${backend.name}, ${traffic.netperf!.kind}`);
      // One core makes datagrams; TCP may win or lose by the sizes that it finds.
      if (traffic !== DATAGRAMS) continue;
      const share = slow / once;
      assert.ok(share >= 0.47 && share <= 0.53, `${backend.name}, datagrams: ${share} of the rate`);
    }
  }
});

test('a faster link carries no less, and twice as much where the line binds', () => {
  for (const backend of BACKENDS) {
    const at = (linkGbps: number) => run({ backend, traffic: STREAM, cluster: { linkGbps } });
    const records = [5, 10, 25, 100].map(at);
    const falling = records.map(gbps).reverse();
    // Where cores bind, 100 Gb/s brings packets in tighter trains, which may cost up to 8 %.
    neverRises(falling, 0.08, `${backend.name}, Gbit/s at 100, 25, 10, 5 Gb/s`);
    const [five, ten] = records as [TaskRecord, TaskRecord];
    if (five.binding.resource !== 'NIC' || ten.binding.resource !== 'NIC') continue;
    const gain = gbps(ten) / gbps(five);
    assert.ok(Math.abs(gain - 2) < 0.02, `${backend.name}: ${gain} times as much at 10 Gb/s as at 5`);
  }
});

test('more random loss, less goodput', () => {
  for (const backend of BACKENDS) {
    const mean = (lossRate: number): number =>
      (gbps(run({ backend, traffic: STREAM, cluster: { lossRate } })) +
        gbps(run({ backend, traffic: STREAM, cluster: { lossRate }, seed: 2 }))) /
      2;
    const rates = [0, 0.001, 0.01, 0.05].map(mean);
    neverRises(rates, 0, `${backend.name}, Gbit/s at a loss of 0, 0.1, 1, 5 %`);
    assert.ok(rates[3]! < rates[0]! / 4, `${backend.name}: ${rates.join(', ')}`);
  }
});

test('more rules are never cheaper, and free only where no netfilter hook is passed', () => {
  const free: string[] = [];
  for (const backend of BACKENDS) {
    const records = [0, 100, 1000].map((rules) => run({ backend, traffic: ROUND_TRIPS, policy: { rules } }));
    neverRises(records.map(perSecond), 0, `${backend.name}, exchanges a second`);
    const cpu = records.map(cpuNs);
    neverRises([...cpu].reverse(), 0, `${backend.name}, CPU of an exchange with 1000, 100, 0 rules`);
    if (cpu[2] === cpu[0]) free.push(backend.name);
    else assert.ok(cpu[2]! > cpu[1]! && cpu[1]! > cpu[0]!, `${backend.name}: ${cpu.join(', ')}`);
  }
  assert.deepEqual(free.sort(), ['calico-ebpf', 'cilium-native']);
});

/** The same path with `bytes` more around every packet that leaves a host. */
function widened(backend: Backend, bytes: number): Backend {
  const header = { name: 'more', bytes };
  const paths = Object.entries(backend.paths).map(([name, path]) => {
    const wired = path.steps.includes('WIRE');
    return [name, wired ? { ...path, headers: [...path.headers, header] } : path] as const;
  });
  const reserve = backend.mtuReserveBytes;
  const wider = reserve === undefined ? {} : { mtuReserveBytes: reserve + bytes };
  return { ...backend, ...wider, paths: Object.fromEntries(paths) };
}

test('more bytes of headers, less goodput at line rate: 40 B of some 1,450 cost 1.5 to 4.5 %', () => {
  // Stages cost next to nothing: the line binds.
  const machine = scaledMachine('xeon-25g', 1e-3);
  const traffic = netperfTraffic('TCP_STREAM', { streams: 8 });
  for (const backend of BACKENDS) {
    const rates = [0, 16, 40].map((bytes) =>
      gbps(run({ backend: widened(backend, bytes), machine, traffic })),
    );
    neverRises(rates, 0, `${backend.name}, Gbit/s with 0, 16, 40 B more`);
    const cost = 1 - rates[2]! / rates[0]!;
    assert.ok(cost >= 0.015 && cost <= 0.045, `${backend.name}: ${rates.join(', ')}`);
  }
});

test('closed loops draw nothing: two seeds are one run', () => {
  for (const backend of BACKENDS) {
    const [one, two] = [1, 2].map((seed) => run({ backend, seed, traffic: STREAM }));
    assert.equal(one!.digest, two!.digest, backend.name);
    assert.deepEqual({ ...one!, seed: 2 }, two!, backend.name);
  }
});

test('nodes have no rank: four pairs carry four times what the first carries alone', () => {
  // One RX queue: with several, it depends on the addresses which core a pair meets.
  const machine = scaledMachine('xeon-25g', 1, { nic: { rxQueues: 1 } });
  for (const backend of BACKENDS) {
    const of = (pairs: number): number => {
      const traffic = netperfTraffic('TCP_STREAM', { pairs });
      return gbps(run({ backend, machine, cluster: { nodes: 8 }, traffic })) / pairs;
    };
    const [alone, together] = [of(1), of(4)];
    const off = Math.abs(together / alone - 1);
    // Crypto workers start on cores that differ by node, and windows follow.
    const most = backend.group === 'encrypted' ? 0.15 : 0.01;
    assert.ok(off <= most, `${backend.name}: ${alone} Gbit/s alone, ${together} beside three others`);
  }
});

test("Little's law: exchanges under way = their rate × their mean time", () => {
  for (const backend of BACKENDS) {
    for (const streams of [1, 4]) {
      const r = run({ backend, traffic: netperfTraffic('TCP_RR', { streams }) });
      const { count, buckets } = r.rpcLatency;
      const meanPs = buckets.reduce((sum, [index, n]) => sum + bucketMidpoint(index) * n, 0) / count;
      const underWay = (r.counters.rpcsFinished * meanPs) / r.windowPs;
      // Each stream has one, but for the moment between an answer and the next question.
      const share = underWay / streams;
      assert.ok(share > 0.96 && share <= 1.004, `${backend.name}, ${streams} streams: ${underWay} under way`);
    }
  }
});
