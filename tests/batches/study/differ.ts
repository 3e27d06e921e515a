/**
 * Two sides of one cell, run by run: how far batches are from single packets, and how sure that is.
 *
 * Runs are paired (same seed, same delays): the standard error comes from the differences of the pairs. A difference
 * is `worse` than its bound only where it lies beyond it by the 95 % interval of Student's t; `open` where it is
 * beyond, but not surely; everything else is `within`.
 * Left out: correction for the hundreds of cells looked at: one of twenty that lie on the bound shows as `worse`.
 */
import { Histogram } from '../../../engine/core/histogram.ts';
import type { HistogramData } from '../../../engine/core/record.ts';

/** What one run said. */
export interface Sample {
  readonly goodputBps: number;
  /** Packets lost, and packets offered to the queue that saw most of them, whole run. */
  readonly drops: number;
  readonly packets: number;
  /** Latency of requests, ps; slowdown of flows × 1000. */
  readonly rpc: HistogramData;
  readonly flows: HistogramData;
  readonly overloaded: boolean;
  readonly uplinkLoad: number | null;
  readonly events: number;
  readonly wallMs: number;
}

export interface Pair {
  readonly batch: Sample;
  readonly packet: Sample;
  /** Every event the same. */
  readonly identical: boolean;
}

export type Metric = 'goodput' | 'p50' | 'p99' | 'drops';

export interface Difference {
  readonly metric: Metric;
  /** Batches / packets − 1. */
  readonly ratio: number;
  /** Its standard error, and one run's standard deviation among the packet runs: ratios to the packets' mean. */
  readonly error: number;
  readonly spread: number;
  readonly verdict: 'within' | 'open' | 'worse';
}

/** Ratio; what a batch may differ by. */
export const BOUNDS: Readonly<Record<Metric, number>> = { goodput: 0.02, p50: 0.05, p99: 0.1, drops: 0.1 };

/** Samples beyond a percentile that make it a figure, and lost packets that make a loss one. */
const SAMPLES = 100;
/** Share of packets below which a loss counts for nothing: what a queue must lose to be called binding. */
const DROPS_MIN = 1e-3;
/** Student's t, two-sided 95 %, by degrees of freedom from 1; beyond 12 the normal 1.96 is off by less than 0.2. */
const T95 = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18];

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (values.length - 1));
}

/**
 * One metric, from the values of each run.
 * @param merged both sides' value of all runs together, where that is not the mean of the runs'
 */
export function differ(
  metric: Metric,
  batch: readonly number[],
  packet: readonly number[],
  merged: readonly [batch: number, packet: number] = [mean(batch), mean(packet)],
): Difference {
  const n = batch.length;
  const base = mean(packet);
  const ratio = merged[0] === merged[1] ? 0 : merged[0] / merged[1] - 1;
  const error = n > 1 && base > 0 ? deviation(batch.map((x, i) => x - packet[i]!)) / Math.sqrt(n) / base : 0;
  const spread = n > 1 && base > 0 ? deviation(packet) / base : 0;
  const beyond = Math.abs(ratio) - BOUNDS[metric];
  // One run has no error: what it shows beyond the bound stays open.
  const sure = n > 1 ? (T95[n - 2] ?? 2.1) * error : Number.POSITIVE_INFINITY;
  const verdict = beyond <= 0 ? 'within' : beyond <= sure ? 'open' : 'worse';
  return { metric, ratio, error, spread, verdict };
}

/** Most runs with single packets are: no percentile is a figure then. */
export const isOverloaded = (pairs: readonly Pair[]): boolean =>
  pairs.filter(({ packet }) => packet.overloaded).length * 2 > pairs.length;

/** Every metric that the runs of a cell have; percentiles of requests and of flows apart. */
export function differences(pairs: readonly Pair[]): Difference[] {
  const both = (f: (s: Sample) => number): [number[], number[]] => [
    pairs.map(({ batch }) => f(batch)),
    pairs.map(({ packet }) => f(packet)),
  ];
  const found = [differ('goodput', ...both((s) => s.goodputBps))];
  if (!isOverloaded(pairs)) {
    found.push(...percentiles(pairs, (s) => s.rpc), ...percentiles(pairs, (s) => s.flows));
  }
  const [batch, packet] = both((s) => s.drops);
  const [, packets] = both((s) => s.packets);
  const drops = Math.max(mean(batch), mean(packet));
  if (drops >= DROPS_MIN * mean(packets) && drops * pairs.length >= SAMPLES) {
    found.push(differ('drops', batch, packet));
  }
  return found;
}

function percentiles(pairs: readonly Pair[], of: (s: Sample) => HistogramData): Difference[] {
  const sides = (['batch', 'packet'] as const).map((side) =>
    pairs.map((pair) => Histogram.fromData(of(pair[side]))),
  );
  const [batch, packet] = sides.map((runs) => {
    const all = new Histogram();
    for (const run of runs) all.add(run);
    return all;
  }) as [Histogram, Histogram];
  const quantiles = [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const;
  return quantiles.flatMap(([metric, q]) => {
    if (Math.min(batch.countBeyond(q), packet.countBeyond(q)) < SAMPLES) return [];
    const [b, p] = sides.map((runs) => runs.map((run) => (run.count > 0 ? run.quantile(q) : 0)));
    return [differ(metric, b!, p!, [batch.quantile(q), packet.quantile(q)])];
  });
}
