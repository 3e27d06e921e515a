/**
 * Random loss against theory: binomial counts, and Reno's goodput as 1 / sqrt(p) (Mathis et al. 1997: MSS / RTT ×
 * sqrt(1.5 / p), one ACKed packet at a time as Linux counts them). All literals are computed by hand.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import type { ClusterSpec, TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';
import { taskProblems } from '../../engine/validate.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

const paced = (granularity: TaskSpec['granularity'], lossRate: number, backend = 'host') =>
  tinyTask({
    ...{ backend, granularity, warmupPs: 0, windowPs: 500e9, drainPs: 1e9 },
    cluster: { lossRate },
    traffic: netperfTraffic('UDP_STREAM', { paceMessagesPerS: 100_000, burst: 20 }),
  });

test('of 49,980 packets at 10 % a binomial number is lost, the same by batches and by packets', () => {
  const records = (['batch', 'packet'] as const).map((granularity) => runTask(paced(granularity, 0.1)));
  for (const { drops, queueOffered, counters } of records) {
    equal(queueOffered['random loss'], 49_980);
    deepEqual(Object.keys(drops), ['random loss']);
    // Mean 4,998, standard deviation 67.07.
    ok(Math.abs(drops['random loss']! - 4998) < 4 * 67.07, `${drops['random loss']}`);
    equal(counters.payloadBytes, (49_980 - drops['random loss']!) * 1400);
  }
  deepEqual(records[0]!.drops, records[1]!.drops);
});

test('every backend loses the same packets of one workload', () => {
  const drops = ['host', 'flannel-vxlan', 'calico-bgp'].map(
    (name) => runTask(paced('batch', 0.02, name)).drops,
  );
  deepEqual(drops[1], drops[0]);
  deepEqual(drops[2], drops[0]);
});

/** RTT 10 ms: four host links of 2.5 ms. @returns Mbit/s over 40 s */
function renoMbps(lossRate: number, granularity: TaskSpec['granularity'], seed: number): number {
  const record = runTask(
    tinyTask({
      ...{ congestion: 'reno', seed, granularity, warmupPs: 2e12, windowPs: 40e12 },
      cluster: { lossRate, hostDelayNs: 2_500_000 },
    }),
  );
  return (record.counters.payloadBytes * 8) / 40e6;
}

for (const [lossRate, theoryMbps] of [
  [0.0005, 63.45],
  [0.002, 31.72],
  [0.008, 15.86],
] as const) {
  test(`Reno at a loss of ${lossRate}: ${theoryMbps} Mbit/s within 10 %`, () => {
    const runs = [1, 2, 3].map((seed) => renoMbps(lossRate, 'batch', seed));
    const mean = runs.reduce((sum, mbps) => sum + mbps, 0) / runs.length;
    ok(Math.abs(mean / theoryMbps - 1) < 0.1, `${mean.toFixed(2)} Mbit/s`);
    const packets = renoMbps(lossRate, 'packet', 1);
    ok(
      Math.abs(packets / runs[0]! - 1) < 0.01,
      `by packets ${packets.toFixed(2)} Mbit/s, ${runs[0]!.toFixed(2)}`,
    );
  });
}

test('the order in which racks run does not matter', () => {
  const spec = tinyTask({
    cluster: { nodes: 4, nodesPerRack: 1, lossRate: 0.01 },
    traffic: netperfTraffic('TCP_STREAM', { pairs: 2 }),
  });
  const plain = runTask(spec);
  ok(plain.drops['random loss']! > 0);
  const turned = runTask(spec, { shuffle: (list) => void list.reverse() });
  equal(turned.digest, plain.digest);
  deepEqual(turned.drops, plain.drops);
});

test('a rate above one half, and a machine without a link, are refused', () => {
  const problems = (cluster: Partial<ClusterSpec>, machine: string) =>
    taskProblems(tinyTask({ cluster, machine })).map((problem) => problem.split(':')[0]);
  deepEqual(problems({ lossRate: 0.6 }, 'xeon-25g'), ['cluster.lossRate']);
  deepEqual(problems({ lossRate: 0.1 }, 'veth-vm'), ['cluster.lossRate']);
  deepEqual(problems({ lossRate: 0.5 }, 'xeon-25g'), []);
});
