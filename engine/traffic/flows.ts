/**
 * Flows of a task, drawn before the run: Poisson starts a node, sizes by an empirical distribution (linear
 * between its points), destinations by the matrix. Labels name node and workload only, so every backend faces
 * the same flows.
 */
import { Stream } from '../core/streams.ts';
import type { TaskSpec } from '../core/taskSpec.ts';
import type { FlowTable } from './ledger.ts';
import { anotherNode, localShareOf, permutationOf } from './peers.ts';

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
    const to = flows.matrix === 'permutation' ? permutationOf(spec) : null;
    const local = flows.rackLocalShare ?? localShareOf(spec.traffic);
    for (let n = 0; n < nodes; n++) {
      const stream = new Stream(spec.seed, `flows/${flows.sizesName}/node/${n}`);
      for (let t = stream.exponentialPs(1e12 / perS); t < end; t += stream.exponentialPs(1e12 / perS)) {
        start.push(t);
        bytes.push(sizeAt(flows.sizes, stream.unit()));
        src.push(n);
        const other = anotherNode(stream, n, nodes, nodesPerRack, local);
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

export const NO_FLOWS: FlowTable = {
  count: 0,
  startPs: new Float64Array(0),
  bytes: new Float64Array(0),
  src: new Int32Array(0),
  dst: new Int32Array(0),
  idealPs: new Float64Array(0),
  done: new Uint8Array(0),
};
