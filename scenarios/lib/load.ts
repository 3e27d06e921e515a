/**
 * What an open-loop load means for the links, before anything runs.
 *
 * Not modelled: retransmits, ACKs, headers of tunnels (a few per cent at MTU 1,500); hash imbalance of ECMP.
 * Source: DESIGN section 2, "load".
 */
import type { ClusterSpec, TrafficSpec } from '../../engine/core/taskSpec.ts';

/** Ethernet header, FCS, preamble and gap (IEEE 802.3); IPv4 and TCP with timestamps. */
const FRAME_BYTES = 38;
const TCP_IP_BYTES = 52;

export interface LinkLoad {
  /** Wire bits / link rate, mean over host links. */
  readonly host: number;
  /** Wire bits / rate of a rack's uplinks; 0 with one rack. */
  readonly uplink: number;
}

/** Load of the links by flows and RPCs, ratio; null where nothing is open-loop. */
export function openLoopLoad(cluster: ClusterSpec, traffic: TrafficSpec): LinkLoad | null {
  if (traffic.flows === undefined && traffic.rpc === undefined) return null;
  const linkBps = cluster.linkGbps * 1e9;
  const wire = (cluster.mtuBytes + FRAME_BYTES) / (cluster.mtuBytes - TCP_IP_BYTES);
  const flowBps = (traffic.flows?.load ?? 0) * linkBps;
  const call = traffic.rpc;
  const rpcBps = call === undefined ? 0 : call.perNodePerS * (call.requestBytes + call.responseBytes) * 8;
  const rackNodes = Math.min(cluster.nodesPerRack, cluster.nodes);
  const anywhere = cluster.nodes > 1 ? (cluster.nodes - rackNodes) / (cluster.nodes - 1) : 0;
  const local = traffic.flows?.rackLocalShare ?? null;
  const flowsCross = local === null || anywhere === 0 ? anywhere : 1 - local;
  const uplinkBps = rackNodes * (flowBps * flowsCross + rpcBps * anywhere) * wire;
  return {
    host: ((flowBps + rpcBps) * wire) / linkBps,
    uplink: uplinkBps / (cluster.uplinks * cluster.uplinkGbps * 1e9),
  };
}
