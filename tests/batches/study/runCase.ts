/**
 * One cell: its runs in both granularities, one behind the other, timed. A cell that is event for event the same is
 * run once; one that is not settled after its runs is given more.
 */
import type { TaskSpec } from '../../../engine/core/taskSpec.ts';
import { runTask } from '../../../engine/task.ts';
import { type Case, variant } from './cases.ts';
import { type Difference, differences, isOverloaded, type Pair, type Sample } from './differ.ts';

export interface Outcome {
  readonly group: string;
  readonly cell: string;
  readonly runs: number;
  readonly identical: boolean;
  readonly differences: readonly Difference[];
  /** Packets' wall time / batches', median of the pairs. */
  readonly speedUp: number;
  /** Packets' events / batches'. */
  readonly eventsRatio: number;
  /** Wall time of all its runs, s. */
  readonly seconds: number;
  readonly uplinkLoad: number | null;
  readonly overloaded: boolean;
}

export function runCase({ group, cell, spec, runs, runsMax }: Case): Outcome {
  const pairs: Pair[] = [];
  let found: readonly Difference[] = [];
  while (pairs.length < runsMax) {
    const k = pairs.length;
    // Who goes first takes turns: the second finds the code warm.
    const order = k % 2 === 0 ? (['packet', 'batch'] as const) : (['batch', 'packet'] as const);
    const got = order.map((granularity) => sample({ ...variant(spec, k), granularity }));
    const [packet, batch] = k % 2 === 0 ? [got[0]!, got[1]!] : [got[1]!, got[0]!];
    pairs.push({ batch, packet, identical: batch.digest === packet.digest });
    found = differences(pairs);
    if (pairs.every(({ identical }) => identical) && k + 1 >= Math.min(runs, 2)) break;
    if (k + 1 >= runs && found.every(({ verdict }) => verdict !== 'open')) break;
  }
  const ratios = pairs.map(({ batch, packet }) => packet.wallMs / batch.wallMs).sort((a, b) => a - b);
  const total = (f: (pair: Pair) => number): number => pairs.reduce((sum, pair) => sum + f(pair), 0);
  return {
    group,
    cell,
    runs: pairs.length,
    identical: pairs.every(({ identical }) => identical),
    differences: found,
    speedUp: ratios[ratios.length >> 1]!,
    eventsRatio: total(({ packet }) => packet.events) / total(({ batch }) => batch.events),
    seconds: total(({ batch, packet }) => batch.wallMs + packet.wallMs) / 1000,
    uplinkLoad: pairs[0]!.packet.uplinkLoad,
    overloaded: isOverloaded(pairs),
  };
}

function sample(spec: TaskSpec): Sample & { readonly digest: string } {
  const start = performance.now();
  const record = runTask(spec);
  const wallMs = performance.now() - start;
  return {
    goodputBps: (record.counters.payloadBytes * 8) / (record.windowPs * 1e-12),
    drops: Object.values(record.drops).reduce((sum, n) => sum + n, 0),
    packets: Math.max(0, ...Object.values(record.queueOffered)),
    rpc: record.rpcLatency,
    flows: record.slowdownAll,
    overloaded: record.overloaded,
    uplinkLoad: record.uplinkLoad,
    events: record.events,
    wallMs,
    digest: record.digest,
  };
}
