/**
 * Two racks with the load of eight against all eight: the figures that a slice stands for, and what it refuses. The
 * bounds are those that docs/TRUST.md states; without the share of peers in other racks the uplinks would miss them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';
import { offeredLoads } from '../../engine/traffic/load.ts';
import { permutationOf } from '../../engine/traffic/peers.ts';
import { taskProblems } from '../../engine/validate.ts';
import { mergeCell } from '../../reports/result.ts';
import type { Cell } from '../../reports/schema.ts';
import { leafSpine } from '../../scenarios/lib/cluster.ts';
import { type Slice, sliced, sliceOf } from '../../scenarios/lib/slice.ts';
import { netperf } from '../../scenarios/lib/traffic.ts';
import { tinyTask } from '../lib/tinyTask.ts';

/** Eight racks of ten, 28 % of the uplinks: requests, and flows of 2 … 60 KB. */
const FULL = tinyTask({
  backend: 'flannel-vxlan',
  cluster: leafSpine({ nodes: 80, nodesPerRack: 10, uplinks: 2, uplinkGbps: 40 }),
  traffic: {
    flows: {
      ...{ sizesName: 'short', load: 0.08, matrix: 'uniform', rackLocalShare: null },
      sizes: [
        [2000, 0],
        [10_000, 60],
        [60_000, 100],
      ],
    },
    rpc: { perNodePerS: 25_000, requestBytes: 1024, responseBytes: 1024, connections: 8 },
  },
  warmupPs: 2e9,
  windowPs: 6e9,
  drainPs: 20e9,
  eventsMax: 50_000_000,
});

const cellOf = (task: TaskSpec, seeds: readonly number[]): Cell => {
  const records = seeds.map((seed, index) => runTask({ ...task, seed, index }));
  return mergeCell({ id: task.cell, dims: {}, group: '', title: '', status: 'ok' }, records, seeds);
};

test('two racks of eight agree with all of them within the stated bounds', () => {
  const slice = sliceOf(FULL, 2) as Slice;
  const part = sliced(FULL, slice);
  assert.deepEqual(taskProblems(part), []);
  assert.equal(part.cluster.nodes, 20);
  // 70 of the 79 others are in another rack.
  assert.ok(Math.abs(slice.crossRackShare - 70 / 79) < 1e-12);
  const [full, small] = [offeredLoads(FULL)!, offeredLoads(part)!];
  assert.ok(Math.abs(small.uplinkLoad! - full.uplinkLoad!) < 1e-12 && small.load === full.load);

  const whole = cellOf(FULL, [1]);
  // Four seeds of the slice have as many nodes.
  const ours = cellOf(part, [1, 2, 3, 4]);
  const naive = cellOf({ ...FULL, cluster: { ...FULL.cluster, nodes: 20 } }, [1]);
  const metric = (cell: Cell, id: string): number => cell.metrics[id]!.value!;
  const apart = (a: number, b: number): number => Math.abs(a / b - 1);
  const bounds = { goodputPerNode: 0.03, cpuCores: 0.02, cpuPerByte: 0.03, rpcP50: 0.02, rpcP99: 0.05 };
  for (const [id, bound] of Object.entries(bounds)) {
    const difference = apart(metric(ours, id), metric(whole, id));
    assert.ok(difference <= bound, `${id}: ${difference}`);
  }
  const uplink = (cell: Cell): number => cell.utilisation.uplink!.value;
  assert.ok(apart(uplink(ours), uplink(whole)) <= 0.05, `uplink: ${uplink(ours)} ${uplink(whole)}`);
  // Half of the peers in two racks are across, not 89 %.
  assert.ok(apart(uplink(naive), uplink(whole)) > 0.3, `${uplink(naive)} ${uplink(whole)}`);
});

test('a permutation keeps its cross-rack share in two racks: everyone receives one, nobody its own', () => {
  const cluster = leafSpine({ nodes: 20, nodesPerRack: 10 });
  for (const [share, across] of [
    [0.7, 7],
    [0.9, 10],
    [1, 10],
    [0, 0],
  ] as const) {
    const to = permutationOf(tinyTask({ cluster, traffic: { crossRackShare: share } }));
    assert.deepEqual(
      [...to].sort((a, b) => a - b),
      [...Array(20).keys()],
    );
    assert.ok(to.every((node, from) => node !== from));
    for (const rack of [0, 1]) {
      const leave = [...to].filter(
        (node, from) => Math.floor(from / 10) === rack && Math.floor(node / 10) !== rack,
      );
      // Of 0.9 one node would stay alone: it leaves as well.
      assert.equal(leave.length, across, `${share}`);
    }
  }
});

test('probes keep their share of the nodes, at least one pair', () => {
  const probes = (probePairs: number) => {
    const task = { ...FULL, traffic: { ...FULL.traffic, probePairs } };
    return sliced(task, sliceOf(task, 2) as Slice).traffic.probePairs;
  };
  assert.deepEqual([20, 8, 1].map(probes), [5, 2, 1]);
  assert.equal(sliced(FULL, sliceOf(FULL, 2) as Slice).traffic.probePairs, undefined);
});

test('what a slice does not answer is refused with its reason', () => {
  const reason = (change: Partial<TaskSpec>, racks = 2): string =>
    String(sliceOf({ ...FULL, ...change }, racks));
  const { cluster } = FULL;
  assert.match(
    reason({ traffic: { netperf: netperf('TCP_STREAM', { matrix: 'incast' }) } }),
    /'incast' names its nodes/,
  );
  assert.match(reason({ traffic: { netperf: netperf('TCP_RR') } }), /'pair' names its nodes/);
  assert.match(reason({ cluster: { ...cluster, ecmpPolarised: true } }), /polarised ECMP/);
  assert.match(reason({ cluster: { ...cluster, coldNeighbours: true } }), /number of peers/);
  assert.match(
    reason({ cluster: { ...cluster, broadcastsPerS: 1, vxlanFlood: 'head-end' } }),
    /square of the nodes/,
  );
  assert.match(reason({}, 8), /the cluster has 8 racks of 10: nothing to save/);
});

test('a cross-rack share that the cluster cannot have is a problem of the task', () => {
  const problems = (nodes: number, crossRackShare: number): string =>
    taskProblems(
      tinyTask({ cluster: { nodes, nodesPerRack: 10 }, traffic: { ...FULL.traffic, crossRackShare } }),
    ).join();
  assert.match(problems(10, 0.5), /traffic\.crossRackShare: one rack has no other/);
  assert.match(problems(25, 0.5), /racks of 10 do not divide 25 nodes/);
  assert.match(problems(20, 1.5), /1\.5 is not from 0 to 1/);
  assert.equal(problems(20, 0.5), '');
});
