/**
 * A platform that drops packets whose addresses are no node's own: which backends it stops, the reason that they give,
 * and that encapsulated ones and those that show the nodes' addresses pass. The lists are written out.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import test from 'node:test';
import { BACKENDS, backendNamed } from '../../backends/catalog.ts';
import type { ClusterSpec } from '../../engine/core/taskSpec.ts';
import { feasibility } from '../../engine/host/feasible.ts';
import { taskProblems } from '../../engine/validate.ts';
import { twoNodes } from '../../scenarios/lib/cluster.ts';
import { tinyTask } from '../lib/tinyTask.ts';

const stopped = (cluster: Partial<ClusterSpec>): string[] =>
  BACKENDS.filter((backend) => feasibility(backend, twoNodes(cluster), { rules: 0 }) !== null)
    .map(({ name }) => name)
    .sort();

const SHOWS_POD_ADDRESSES = [
  'calico-bgp',
  'calico-ebpf',
  'calico-ipip-crosssubnet',
  'calico-vxlan-crosssubnet',
  'cilium-legacy',
  'cilium-native',
  'flannel-host-gw',
  'flannel-vxlan-directrouting',
];

test('the check stops whoever puts pod addresses on the wire, in one subnet and across', () => {
  deepEqual(stopped({}), []);
  deepEqual(stopped({ sourceDestCheck: true }), SHOWS_POD_ADDRESSES);
  // Across, a tunnel helps only those that use it inside the subnet too.
  const across = { nodesPerRack: 1, subnets: 'rack', fabricKnowsPods: true } as const;
  deepEqual(stopped(across), ['flannel-host-gw']);
  deepEqual(stopped({ ...across, sourceDestCheck: true }), SHOWS_POD_ADDRESSES);
});

test('the reason names the check and the way out, and a task is refused with it', () => {
  const cluster = { sourceDestCheck: true };
  const reason = feasibility(backendNamed('calico-bgp'), twoNodes(cluster), { rules: 0 })!;
  match(reason, /drops packets with addresses that are no node's own/);
  match(reason, /\(set cluster\.sourceDestCheck=false: switch the check off, or encapsulate\)$/);
  deepEqual(taskProblems(tinyTask({ backend: 'calico-bgp', cluster })), [
    `backend: calico-bgp is infeasible: ${reason}`,
  ]);
  deepEqual(taskProblems(tinyTask({ backend: 'flannel-vxlan', cluster })), []);
});

test('whatever shows pod addresses says so: plain between nodes, and no baseline', () => {
  for (const { name, group, choose, paths, needs } of BACKENDS) {
    const plain = [choose.sameSubnet, choose.crossSubnet].some(
      (chosen) => typeof chosen === 'string' && paths[chosen]!.headers.length === 0,
    );
    equal(needs.includes('foreignAddresses'), plain && group !== 'baseline', name);
  }
  ok(BACKENDS.length >= 20);
});
