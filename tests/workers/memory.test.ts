/**
 * What a run is expected to hold against what it held: within a third either way for backends of every kind, from two
 * racks to many. Overloaded runs hold their backlog besides, which nobody knows before.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTask } from '../../engine/task.ts';
import largeCluster from '../../scenarios/large-cluster.ts';
import websearch from '../../scenarios/websearch.ts';
import { estimateMemory } from '../../workers/memory.ts';
import { quotaOf } from '../../workers/resources.ts';
import { tasksOf } from '../scenarios/run.ts';

const WITHIN = 1 / 3;

for (const [scenario, nodes, load, backend] of [
  [largeCluster, 80, 0.02, 'host'],
  [largeCluster, 200, 0.02, 'flannel-host-gw'],
  [largeCluster, 80, 0.02, 'flannel-udp'],
  [largeCluster, 80, 0.05, 'flannel-vxlan'],
  [largeCluster, 80, 0.02, 'calico-wireguard'],
  [largeCluster, 120, 0.02, 'calico-wireguard'],
  [websearch, 80, 0.2, 'cilium-native'],
] as const) {
  test(`${scenario.id}, ${nodes} nodes, ${backend}`, () => {
    const set = [
      ['nodes', nodes],
      ['load', load],
      ['windowMs', 4],
    ] as const;
    const [task] = tasksOf(scenario, { set, backends: [backend] });
    const estimate = estimateMemory(task!)!;
    const { memoryBytes } = runTask(task!);
    const ratio = estimate.poolBytes / memoryBytes;
    assert.ok(ratio > 1 - WITHIN && ratio < 1 + WITHIN, `${ratio.toFixed(2)} of ${memoryBytes} bytes`);
    const { hostBytes, connectionBytes, liveBytes, poolBytes, residentBytes } = estimate;
    assert.equal(hostBytes + connectionBytes + liveBytes, poolBytes);
    assert.ok(residentBytes > poolBytes);
  });
}

test('a cluster ten times as large holds ten times as much, and is not built to say so', () => {
  const at = (nodes: number) =>
    estimateMemory(tasksOf(largeCluster, { set: [['nodes', nodes]], backends: ['flannel-vxlan'] })[0]!)!;
  const ratio = at(20_000).poolBytes / at(2000).poolBytes;
  assert.ok(Math.abs(ratio / 10 - 1) < 0.05, `${ratio}`);
});

test('a container’s CPU quota', () => {
  assert.equal(quotaOf('max 100000\n'), Infinity);
  assert.equal(quotaOf('250000 100000\n'), 2.5);
  assert.equal(quotaOf('20000 100000\n'), 1);
  assert.equal(quotaOf(''), Infinity);
});
