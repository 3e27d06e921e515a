/**
 * Broadcasts of pods: each node's, Poisson, at the cluster's rate, frames of 28 bytes (an ARP question). They leave
 * the node only over a VXLAN that floods (engine/host/flood.ts); elsewhere a pod network is routed, and a broadcast
 * ends at its own bridge: nothing of it is simulated.
 */

import { STRIDE } from '../core/table.ts';
import { ecmpHash, nodeAddress, outerTuple, podAddress, rssHash, type Tuple } from '../fabric/address.ts';
import { F_GROUP } from '../fabric/batch.ts';
import { bareFrame } from '../host/bareFrame.ts';
import { FLOOD_HEAD_PATH, FLOOD_PATH } from '../host/flood.ts';
import { leaveLane } from '../host/napi.ts';
import type { Partition } from '../host/partition.ts';
import { CALL } from '../host/rows.ts';
import { batchWireBytes } from '../host/setup.ts';
import { type Cluster, sourcesOf } from './cluster.ts';
import type { Connector } from './connector.ts';
import { R_BROADCAST } from './roles.ts';

const FRAME_BYTES = 28;
/** Where the group's address stands in the outer header: 239.0.0.1, by the node that it would be. */
const GROUP_NODE = 0xef000001 - nodeAddress(0);

/** Whether broadcasts leave a node of this cluster. */
export function floods({ spec, setup }: Pick<Cluster, 'spec' | 'setup'>): boolean {
  const { broadcastsPerS, vxlanFlood } = spec.cluster;
  return broadcastsPerS > 0 && vxlanFlood !== 'none' && pathOf(setup, FLOOD_PATH) >= 0;
}

/** Sockets of a rack that broadcast: one a node, if broadcasts leave a node of this cluster. */
export const broadcasters = (cluster: Cluster, p: Partition): number => (floods(cluster) ? p.nodeCount : 0);

/** They come behind the rack's other sockets, on the last core of applications. */
export function connectBroadcasts(cluster: Cluster, maker: Connector): void {
  if (!floods(cluster)) return;
  const core = maker.appCores - 1;
  const { spec, partitions } = cluster;
  const { broadcastsPerS } = spec.cluster;
  for (const p of partitions) {
    for (let l = 0; l < p.nodeCount; l++) {
      const s = p.firstSocket + (maker.socketsOf(p.index) + l) * STRIDE;
      p.sockets.node[s] = l;
      p.sockets.thread[s] = p.coreBase(l) + core * STRIDE;
      p.sockets.role[s] = R_BROADCAST;
      sourcesOf(cluster, p).addBroadcasts(p, spec.seed, p.firstNode + l, broadcastsPerS, s);
    }
  }
}

const pathOf = (setup: Partition['setup'], name: string): number =>
  setup.compiled.paths.findIndex((path) => path.name === name);

/** One broadcast of socket `s` in the open job: the way to the tunnel once, then its copies. */
export function broadcast(p: Partition, s: number): void {
  const { setup, sockets, firstNode } = p;
  const { compiled, cluster } = setup;
  const from = firstNode + sockets.node[s]!;
  const head = compiled.paths[pathOf(setup, FLOOD_HEAD_PATH)]!.lanes[0]!;
  p.chargeColumn(compiled.row.udpTx, CALL, 1);
  p.charge(compiled.row.udpTx, 1, 1, FRAME_BYTES);
  p.charge(head.rowPlain, 1, 1, FRAME_BYTES);
  const path = pathOf(setup, FLOOD_PATH);
  if (cluster.vxlanFlood === 'multicast') send(p, path, from, from);
  else for (let to = 0; to < cluster.nodes; to++) if (to !== from) send(p, path, from, to);
}

/** Sends a copy to node `to`; to its own sender: to the group. */
function send(p: Partition, path: number, from: number, to: number): void {
  const { batches, setup } = p;
  const { path: declared, lanes } = setup.compiled.paths[path]!;
  const inner: Tuple = { src: podAddress(from, 0), dst: -1, sport: 0, dport: 0, proto: 0 };
  const outer = outerTuple(declared, inner, from, to === from ? GROUP_NODE : to);
  const b = bareFrame(p, path, batchWireBytes(setup, path, 1, 0, FRAME_BYTES), from, to);
  if (to === from) batches.flags[b]! |= F_GROUP;
  batches.rss[b] = rssHash(setup.machine, inner, outer, setup.cluster.ipFamily);
  batches.ecmp[b] = ecmpHash(outer);
  batches.parts[b] = 0;
  p.counts.bornPackets++;
  p.charge(lanes[0]!.rowPlain, 1, 1, 0);
  leaveLane(p, b, lanes[0]!);
}
