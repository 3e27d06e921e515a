/**
 * Flows of a task, drawn before the run: Poisson starts a node, sizes by an empirical distribution (linear
 * between its points), destinations by the matrix. Labels name node and workload only, so every backend faces
 * the same flows.
 */
import { Stream } from '../core/streams.ts';
import type { TaskSpec } from '../core/taskSpec.ts';
import type { FlowTable } from './ledger.ts';

type Sizes = readonly (readonly [number, number])[];

/** Mean of the distribution, bytes. */
export function meanBytes(sizes: Sizes): number {
  let sum = 0;
  for (let i = 1; i < sizes.length; i++) {
    const [low, from] = sizes[i - 1]!;
    const [high, to] = sizes[i]!;
    sum += ((to - from) / 100) * ((low + high) / 2);
  }
  return sum;
}

/** Inverse of the distribution at `u` in [0, 1): whole bytes, at least 1. */
export function sizeAt(sizes: Sizes, u: number): number {
  const percent = u * 100;
  let i = 1;
  while (i < sizes.length - 1 && sizes[i]![1] <= percent) i++;
  const [low, from] = sizes[i - 1]!;
  const [high, to] = sizes[i]!;
  const share = to > from ? (percent - from) / (to - from) : 1;
  return Math.max(1, Math.round(low + (high - low) * share));
}

/** Destination of every node under a random permutation without fixed points. */
export function permutation(seed: number, nodes: number): Int32Array {
  const stream = new Stream(seed, 'traffic/permutation');
  const order = Int32Array.from({ length: nodes }, (_, i) => i);
  for (let i = nodes - 1; i > 0; i--) {
    const k = stream.below(i + 1);
    const a = order[i]!;
    order[i] = order[k]!;
    order[k] = a;
  }
  // One cycle through all nodes in random order: nobody sends to itself.
  const to = new Int32Array(nodes);
  for (let i = 0; i < nodes; i++) to[order[i]!] = order[(i + 1) % nodes]!;
  return to;
}

/** Flows that begin before the window's end. @param ideal ps of the same flow alone, by bytes and same rack */
export function drawFlows(spec: TaskSpec, ideal: (bytes: number, sameRack: boolean) => number): FlowTable {
  const { flows } = spec.traffic;
  const start: number[] = [];
  const bytes: number[] = [];
  const src: number[] = [];
  const dst: number[] = [];
  if (flows !== undefined && flows.load > 0) {
    const { nodes, nodesPerRack } = spec.cluster;
    const perS = (flows.load * spec.cluster.linkGbps * 1e9) / 8 / meanBytes(flows.sizes);
    const end = spec.warmupPs + spec.windowPs;
    const to = flows.matrix === 'permutation' ? permutation(spec.seed, nodes) : null;
    for (let n = 0; n < nodes; n++) {
      const stream = new Stream(spec.seed, `flows/${flows.sizesName}/node/${n}`);
      for (let t = stream.exponentialPs(1e12 / perS); t < end; t += stream.exponentialPs(1e12 / perS)) {
        start.push(t);
        bytes.push(sizeAt(flows.sizes, stream.unit()));
        src.push(n);
        const other = anotherNode(stream, n, nodes, nodesPerRack, flows.rackLocalShare);
        dst.push(to === null ? other : to[n]!);
      }
    }
  }
  const count = start.length;
  const order = Int32Array.from({ length: count }, (_, i) => i);
  order.sort((a, b) => start[a]! - start[b]! || a - b);
  const pick = (values: number[]) => Float64Array.from(order, (i) => values[i]!);
  const table = {
    count,
    startPs: pick(start),
    bytes: pick(bytes),
    src: Int32Array.from(order, (i) => src[i]!),
    dst: Int32Array.from(order, (i) => dst[i]!),
    idealPs: new Float64Array(count),
    done: new Uint8Array(count),
  };
  const rack = (node: number) => Math.floor(node / spec.cluster.nodesPerRack);
  for (let i = 0; i < count; i++) {
    table.idealPs[i] = ideal(table.bytes[i]!, rack(table.src[i]!) === rack(table.dst[i]!));
  }
  return table;
}

/** Uniform over the other nodes; with a rack-local share, that share stays in the rack. */
function anotherNode(s: Stream, node: number, nodes: number, perRack: number, local: number | null): number {
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

export const NO_FLOWS: FlowTable = {
  count: 0,
  startPs: new Float64Array(0),
  bytes: new Float64Array(0),
  src: new Int32Array(0),
  dst: new Int32Array(0),
  idealPs: new Float64Array(0),
  done: new Uint8Array(0),
};
