/**
 * A slice: a few racks of a large cluster that carry the cluster's load on every link. Nodes of a rack, uplinks and the
 * offered load of a node stay; the share of random peers in other racks is set to what it is in the whole cluster (two
 * racks alone would keep half of the traffic inside), so uplinks carry the same load. Probe streams keep their share of
 * the nodes, at least one pair.
 *
 * Left out, and therefore different: a downlink takes its packets from few racks instead of all, so that fewer of them
 * meet there; a node has as many peers as the slice has nodes.
 */
import type { TaskSpec } from '../../engine/core/taskSpec.ts';

export const SLICE_RACKS = 2;

export interface Slice {
  readonly racks: number;
  readonly nodes: number;
  readonly fullRacks: number;
  readonly fullNodes: number;
  /** Share of random peers in other racks: that of the whole cluster. */
  readonly crossRackShare: number;
  /** Probe pairs of the slice, and what their share of its nodes would be; absent: no probes. */
  readonly probePairs?: number;
  readonly probePairsShare?: number;
}

/** The slice of a task's cluster, or why there is none. */
export function sliceOf(task: TaskSpec, racks: number): Slice | string {
  const { cluster, traffic, machine } = task;
  const { nodes, nodesPerRack } = cluster;
  const fullRacks = Math.ceil(nodes / nodesPerRack);
  const matrix = traffic.netperf?.matrix;
  if (machine.wire === 'veth') return 'namespaces of one kernel have no racks';
  if (matrix !== undefined && matrix !== 'permutation') {
    return `a netperf matrix '${matrix}' names its nodes: its figures change with their number`;
  }
  if (cluster.ecmpPolarised) return 'polarised ECMP shows over many racks only';
  if (cluster.broadcastsPerS > 0 && cluster.vxlanFlood !== 'none') {
    return 'broadcasts grow with the square of the nodes';
  }
  if (cluster.coldNeighbours) return 'first packets grow with the number of peers';
  if (fullRacks <= racks) return `the cluster has ${fullRacks} racks of ${nodesPerRack}: nothing to save`;
  return {
    racks,
    nodes: racks * nodesPerRack,
    fullRacks,
    fullNodes: nodes,
    crossRackShare: traffic.crossRackShare ?? (nodes - nodesPerRack) / (nodes - 1),
    ...probesOf(((traffic.probePairs ?? 0) * racks * nodesPerRack) / nodes),
  };
}

const probesOf = (share: number): Pick<Slice, 'probePairs' | 'probePairsShare'> =>
  share === 0 ? {} : { probePairs: Math.max(1, Math.round(share)), probePairsShare: share };

/** The same task in the slice of its cluster. */
export function sliced(task: TaskSpec, slice: Slice): TaskSpec {
  const { traffic, cluster } = task;
  const { nodes, crossRackShare, probePairs } = slice;
  const probes = probePairs === undefined ? {} : { probePairs };
  return {
    ...task,
    cluster: { ...cluster, nodes },
    traffic: { ...traffic, ...probes, crossRackShare },
  };
}
