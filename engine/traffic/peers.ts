/**
 * Random peers: all other nodes alike, or a set share of them in other racks. With the share that uniform drawing has
 * in a large cluster, a few racks of it put the same load on their uplinks as all of them do.
 */
import { Stream } from '../core/streams.ts';
import type { ClusterSpec, TaskSpec, TrafficSpec } from '../core/taskSpec.ts';

/** Share of uniformly drawn peers that are in another rack (racks of equal size). */
export function uniformCrossShare({ nodes, nodesPerRack }: ClusterSpec): number {
  return nodes <= nodesPerRack ? 0 : (nodes - nodesPerRack) / (nodes - 1);
}

/** Share of drawn peers in a node's own rack; null: as uniform drawing falls. */
export const localShareOf = ({ crossRackShare }: TrafficSpec): number | null =>
  crossRackShare === undefined || crossRackShare === null ? null : 1 - crossRackShare;

/** Uniform over the other nodes; with a rack-local share, that share stays in the rack. */
export function anotherNode(
  s: Stream,
  node: number,
  nodes: number,
  perRack: number,
  local: number | null,
): number {
  const first = node - (node % perRack);
  const rack = Math.min(perRack, nodes - first);
  if (local !== null && rack > 1 && (rack === nodes || s.unit() < local)) {
    const k = first + s.below(rack - 1);
    return k >= node ? k + 1 : k;
  }
  if (local !== null && rack < nodes) {
    const k = s.below(nodes - rack);
    return k >= first ? k + rack : k;
  }
  const k = s.below(nodes - 1);
  return k >= node ? k + 1 : k;
}

/** Destination of every node under a random permutation without fixed points. */
export function permutation(seed: number, nodes: number): Int32Array {
  const order = shuffled(new Stream(seed, 'traffic/permutation'), 0, nodes);
  // One cycle through all nodes in random order: nobody sends to itself.
  const to = new Int32Array(nodes);
  for (let i = 0; i < nodes; i++) to[order[i]!] = order[(i + 1) % nodes]!;
  return to;
}

/** The permutation of a task: with a cross-rack share, each rack sends that much of itself to the next rack. */
export function permutationOf({ seed, cluster, traffic }: TaskSpec): Int32Array {
  const { nodes, nodesPerRack } = cluster;
  const local = localShareOf(traffic);
  if (local === null || nodes <= nodesPerRack) return permutation(seed, nodes);
  const racks = Math.floor(nodes / nodesPerRack);
  const wanted = nodesPerRack - Math.round((1 - local) * nodesPerRack);
  // One node alone cannot stay: it would send to itself.
  const stay = wanted === 1 ? 0 : wanted;
  const stream = new Stream(seed, 'traffic/permutation/racks');
  const orders = Array.from({ length: racks }, (_, r) => shuffled(stream, r * nodesPerRack, nodesPerRack));
  const to = new Int32Array(nodes);
  orders.forEach((order, r) => {
    const next = orders[(r + 1) % racks]!;
    for (let i = 0; i < nodesPerRack; i++) {
      to[order[i]!] = i < stay ? order[(i + 1) % stay]! : next[i]!;
    }
  });
  return to;
}

function shuffled(stream: Stream, first: number, count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => first + i);
  for (let i = count - 1; i > 0; i--) {
    const k = stream.below(i + 1);
    const a = order[i]!;
    order[i] = order[k]!;
    order[k] = a;
  }
  return order;
}
