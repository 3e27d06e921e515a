/**
 * Sockets and sources of a netperf test: its node pairs, its streams, and when they begin. Pairs start beside the RX
 * queues' cores.
 */

import type { TaskSpec } from '../core/taskSpec.ts';
import type { Partition } from '../host/partition.ts';
import { MARK_CONNECT } from '../host/sockets.ts';
import { type Cluster, sourcesOf } from './cluster.ts';
import type { Connector } from './connector.ts';
import { permutationOf } from './peers.ts';
import {
  R_CRR_CLIENT,
  R_RR_CLIENT,
  R_SERVER,
  R_SINK,
  R_STREAM,
  R_UDP_RR_CLIENT,
  R_UDP_RX,
  R_UDP_SERVER,
  R_UDP_SINK,
  R_UDP_TX,
} from './roles.ts';

const NETPERF_ROLES = {
  TCP_STREAM: [R_STREAM, R_SINK],
  TCP_RR: [R_RR_CLIENT, R_SERVER],
  TCP_CRR: [R_CRR_CLIENT, R_SERVER],
  UDP_STREAM: [R_UDP_TX, R_UDP_RX],
  UDP_RR: [R_UDP_RR_CLIENT, R_UDP_SERVER],
} as const;

/** Node pairs of a netperf matrix. */
export function netperfPairs(spec: TaskSpec): [number, number][] {
  const np = spec.traffic.netperf!;
  const { nodes } = spec.cluster;
  if (np.matrix === 'permutation') return [...permutationOf(spec)].map((to, from) => [from, to]);
  if (np.matrix === 'incast') return Array.from({ length: np.fanIn }, (_, i) => [i + 1, 0]);
  if (np.matrix === 'all-to-all' || np.matrix === 'uniform') {
    const pairs: [number, number][] = [];
    for (let a = 0; a < nodes; a++) for (let b = 0; b < nodes; b++) if (a !== b) pairs.push([a, b]);
    return pairs;
  }
  return Array.from({ length: np.pairs }, (_, i) => [2 * i, np.sameNode ? 2 * i : 2 * i + 1]);
}

export function netperf(cluster: Cluster, maker: Connector): void {
  const { spec, setup } = cluster;
  const np = spec.traffic.netperf!;
  const [fromRole, toRole] = NETPERF_ROLES[np.kind];
  const udp = np.kind.startsWith('UDP');
  let n = 0;
  for (const [from, to] of netperfPairs(spec)) {
    for (let i = 0; i < np.streams; i++) {
      const beside = setup.sharedCores ? 0 : (setup.rxQueues + n) % maker.appCores;
      const fromCore = np.pinned ? 0 : beside;
      const toCore =
        np.pinned || setup.sharedCores
          ? 1 % setup.cores
          : np.sameNode
            ? (beside + 1) % maker.appCores
            : beside;
      const sink = np.sink && np.kind === 'UDP_STREAM';
      const { p, a, q, b } = maker.connect({
        from,
        to,
        fromCore,
        toCore,
        fromRole,
        toRole: sink ? R_UDP_SINK : toRole,
        udp,
      });
      if (sink && q !== null) q.sockets.thread[b] = -1;
      // Starts are spread over 100 µs, so that streams do not move in step.
      if (p !== null) startNetperf(cluster, p, a, 1_000_000 + Math.round((n * 100_000_000) / 64));
      n++;
    }
  }
}

function startNetperf(cluster: Cluster, p: Partition, a: number, at: number): void {
  const np = cluster.spec.traffic.netperf!;
  const source = sourcesOf(cluster, p);
  if (np.kind === 'TCP_STREAM' || (np.kind === 'UDP_STREAM' && np.paceMessagesPerS === 0)) {
    source.addStart(p, a, at, Infinity);
    source.addStop(p, a);
  } else if (np.kind === 'UDP_STREAM') {
    const gap = Math.round((1e12 * np.burst) / np.paceMessagesPerS);
    source.addPaced(p, a, gap, np.burst * np.messageBytes);
  } else {
    if (np.kind === 'TCP_CRR') p.sockets.marks[a]! |= MARK_CONNECT;
    source.addExchange(p, a, at);
  }
}
