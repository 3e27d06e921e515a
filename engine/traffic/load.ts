/** Offered open-loop load of a task: of the host links and of the rack uplinks. */
import type { TaskSpec } from '../core/taskSpec.ts';
import { uniformCrossShare } from './peers.ts';

export interface OfferedLoads {
  /** Offered payload / NIC rate. */
  readonly load: number;
  /** Payload that leaves a rack / rate of its uplinks; null with one rack. */
  readonly uplinkLoad: number | null;
}

/** @returns null where nothing is open-loop. */
export function offeredLoads(spec: TaskSpec): OfferedLoads | null {
  const { flows, rpc } = spec.traffic;
  if (flows === undefined && rpc === undefined) return null;
  const { cluster } = spec;
  const linkBps = cluster.linkGbps * 1e9;
  const flowBps = flows === undefined ? 0 : flows.load * linkBps;
  // A node answers as many requests as it sends, on average: both directions leave its NIC.
  const rpcBps = rpc === undefined ? 0 : rpc.perNodePerS * (rpc.requestBytes + rpc.responseBytes) * 8;
  const load = (flowBps + rpcBps) / linkBps;
  const { nodes, nodesPerRack } = cluster;
  if (nodes <= nodesPerRack) return { load, uplinkLoad: null };
  const uniform = spec.traffic.crossRackShare ?? uniformCrossShare(cluster);
  const local = flows?.rackLocalShare ?? null;
  const flowOut = local === null ? uniform : 1 - local;
  const out = nodesPerRack * (flowBps * flowOut + rpcBps * uniform);
  return { load, uplinkLoad: out / (cluster.uplinks * cluster.uplinkGbps * 1e9) };
}
