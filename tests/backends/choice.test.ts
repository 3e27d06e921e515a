/**
 * Which path every pair of nodes takes: six nodes, two a rack, in one subnet and with a subnet a rack. Real
 * sockets of all pairs and of a pair on one node, both directions, against a table of encapsulations that was
 * written by hand and a rule of three lines; and the bytes on the wire against the table's.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS, backendNamed } from '../../backends/catalog.ts';
import { buildCluster } from '../../engine/build.ts';
import { STRIDE } from '../../engine/core/table.ts';
import { feasibility } from '../../engine/host/feasible.ts';
import { runTask } from '../../engine/task.ts';
import { NO_FLOWS } from '../../engine/traffic/flows.ts';
import { leafSpine } from '../../scenarios/lib/cluster.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

/** Bytes of the outer headers inside a subnet and across; null: a cluster of several subnets refuses it. */
const OUTER_BYTES: Readonly<Record<string, readonly [inside: number, across: number | null]>> = {
  host: [0, 0],
  bridge: [0, 0],
  'flannel-udp': [28, 28],
  'flannel-vxlan': [50, 50],
  'flannel-vxlan-directrouting': [0, 50],
  'flannel-host-gw': [0, null],
  'flannel-ipip': [20, 20],
  'flannel-wireguard': [60, 60],
  'calico-bgp': [0, null],
  'calico-ipip': [20, 20],
  'calico-ipip-crosssubnet': [0, 20],
  'calico-vxlan': [50, 50],
  'calico-vxlan-crosssubnet': [0, 50],
  'calico-wireguard': [60, 60],
  'calico-ebpf': [0, null],
  'calico-ebpf-ipip': [20, 20],
  'calico-ebpf-wireguard': [60, 60],
  'cilium-native': [0, null],
  'cilium-legacy': [0, null],
  'cilium-vxlan': [50, 50],
  'cilium-vxlan-legacy': [50, 50],
  'cilium-geneve': [50, 50],
  'cilium-wireguard': [60, 60],
};

const RACK_OF = [0, 0, 1, 1, 2, 2];

const clusterWith = (subnets: 'one' | 'rack') => leafSpine({ nodes: 6, nodesPerRack: 2, subnets });

interface Taken {
  readonly from: number;
  readonly to: number;
  readonly outerBytes: number;
  readonly wired: boolean;
}

/** Path of every socket of a cluster in which each node talks to each other node, or two pods of node 0. */
function pathsTaken(backend: string, subnets: 'one' | 'rack', sameNode: boolean): Taken[] {
  const traffic = netperfTraffic('TCP_RR', { matrix: sameNode ? 'pair' : 'all-to-all', sameNode });
  const { partitions, setup } = buildCluster(
    tinyTask({ backend, cluster: clusterWith(subnets), traffic }),
    NO_FLOWS,
  );
  return partitions.flatMap((p) => {
    const { sockets } = p;
    const taken: Taken[] = [];
    for (let s = p.firstSocket; s < p.endSocket; s += STRIDE) {
      const { headerBytes, wired } = setup.compiled.paths[sockets.path[s]!]!;
      const from = p.firstNode + sockets.node[s]!;
      taken.push({ from, to: sockets.peerNode[s]!, outerBytes: headerBytes, wired });
    }
    return taken;
  });
}

test('the table has every backend', () => {
  assert.deepEqual(Object.keys(OUTER_BYTES).sort(), BACKENDS.map(({ name }) => name).sort());
});

for (const [name, [inside, across]] of Object.entries(OUTER_BYTES)) {
  for (const subnets of ['one', 'rack'] as const) {
    test(`${name}, ${subnets === 'one' ? 'one subnet' : 'a subnet a rack'}: every pair's path`, () => {
      const refused = feasibility(backendNamed(name), clusterWith(subnets), { rules: 0 });
      assert.equal(refused !== null, subnets === 'rack' && across === null, String(refused));
      if (refused !== null) return;
      const pairs = new Map<string, number>();
      for (const { from, to, outerBytes, wired } of pathsTaken(name, subnets, false)) {
        const crosses = subnets === 'rack' && RACK_OF[from] !== RACK_OF[to];
        assert.equal(outerBytes, crosses ? across : inside, `${name}: node ${from} to node ${to}`);
        assert.ok(wired, `${name}: node ${from} to node ${to} leaves its host`);
        pairs.set(`${from} ${to}`, (pairs.get(`${from} ${to}`) ?? 0) + 1);
      }
      // Each node begins one connection to each other node: two sockets in either direction of a pair.
      assert.equal(pairs.size, 30);
      assert.deepEqual(new Set(pairs.values()), new Set([2]));
      const local = pathsTaken(name, subnets, true);
      assert.equal(local.length, 2);
      for (const { from, to, outerBytes, wired } of local)
        assert.deepEqual([from, to, outerBytes, wired], [0, 0, 0, false], `${name}: two pods of one node`);
    });
  }
}

test('what is chosen is what is sent: wire bytes of one datagram inside a subnet and across', () => {
  // 1,000 B of payload, 28 of UDP and IP, 38 of Ethernet; WireGuard pads the inner packet of 1,028 to 1,040.
  for (const [name, [inside, across]] of Object.entries(OUTER_BYTES)) {
    if (across === null) continue;
    for (const [nodesPerRack, outerBytes] of [
      [2, inside],
      [1, across],
    ] as const) {
      const cluster = leafSpine({ nodes: 2, nodesPerRack, subnets: 'rack' });
      const traffic = netperfTraffic('UDP_STREAM', { messageBytes: 1000, paceMessagesPerS: 20_000 });
      const { counters } = runTask(tinyTask({ backend: name, cluster, traffic, drainPs: 1e9 }));
      const padded = outerBytes === 60 ? 1040 : 1028;
      const share = counters.wireBytes / counters.packets;
      assert.equal(share, padded + outerBytes + 38, `${name}, racks of ${nodesPerRack}`);
    }
  }
});
