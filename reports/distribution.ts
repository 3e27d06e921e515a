/**
 * Percentiles that may be printed. A percentile is shown only with at least 100 samples beyond it in the
 * histogram of all seeds merged; a range over seeds only where each seed alone has them.
 * Left out: confidence intervals within one seed (samples of one run are not independent).
 */
import { bucketMidpoint, Histogram, mergeHistograms } from '../engine/core/histogram.ts';
import type { HistogramData } from '../engine/core/record.ts';
import type { Distribution, Quantile } from './schema.ts';

export type QuantileId = 'p50' | 'p90' | 'p99' | 'p999';

/** Samples that must lie beyond a percentile before it is shown. */
export const BEYOND_MIN = 100;
const CDF_POINTS_MAX = 200;

/** q as a fraction of 1,000, so that "samples beyond" is counted in whole numbers. */
const PERMILLE: Readonly<Record<QuantileId, number>> = { p50: 500, p90: 900, p99: 990, p999: 999 };

/**
 * One percentile of one histogram.
 * @param scale  units of the histogram in one base unit (1e12: ps to s; 1000: slowdown × 1000 to a ratio)
 * @returns      base units; null with fewer than 100 samples beyond it
 */
export function shownQuantile(data: HistogramData, id: QuantileId, scale: number): number | null {
  if (beyondOf(data.count, id) < BEYOND_MIN) return null;
  return Histogram.fromData(data).quantile(PERMILLE[id] / 1000) / scale;
}

/** Samples that rank after the one which a percentile of `count` samples names. */
const beyondOf = (count: number, id: QuantileId): number =>
  Math.floor((count * (1000 - PERMILLE[id])) / 1000);

/** Values of a percentile that seeds give apart from each other. */
export interface Grouped {
  readonly values: readonly number[];
  /** Consecutive seeds behind each value; the last may have more. */
  readonly each: number;
}

/**
 * A percentile once a seed where each seed alone has the samples for it, else of groups of seeds, as few as have them.
 * @param groups  least number of values
 * @returns       null: not even so
 */
export function groupedQuantile(
  seeds: readonly HistogramData[],
  id: QuantileId,
  scale: number,
  groups: number,
): Grouped | null {
  for (let each = 1; each * groups <= seeds.length; each++) {
    const count = Math.floor(seeds.length / each);
    const values = Array.from({ length: count }, (_, k) => {
      const own = seeds.slice(k * each, k === count - 1 ? seeds.length : (k + 1) * each);
      return shownQuantile(own.length === 1 ? own[0]! : mergeHistograms(own), id, scale);
    });
    const known = values.filter((value) => value !== null);
    if (known.length === count) return { values: known, each };
  }
  return null;
}

/** Seeds that together have the samples for a percentile, by what some of them have. */
export const seedsFor = (samples: number, seeds: number, id: QuantileId): number =>
  samples === 0
    ? Number.POSITIVE_INFINITY
    : Math.ceil((BEYOND_MIN * 1000 * seeds) / (samples * (1000 - PERMILLE[id])));

/**
 * Distribution of one quantity over all seeds of a cell.
 * @param seeds     one histogram a seed
 * @param withheld  overloaded: the count stays, percentiles and curve go
 */
export function distributionOf(
  seeds: readonly HistogramData[],
  unit: Distribution['unit'],
  scale: number,
  withheld: boolean,
): Distribution {
  const merged = mergeHistograms(seeds);
  const quantile = (id: QuantileId): Quantile => {
    const beyond = beyondOf(merged.count, id);
    if (withheld) return { value: null, low: null, high: null, beyond };
    const own = seeds.map((data) => shownQuantile(data, id, scale)).filter((value) => value !== null);
    const range = own.length === seeds.length && own.length > 0;
    return {
      value: shownQuantile(merged, id, scale),
      low: range ? Math.min(...own) : null,
      high: range ? Math.max(...own) : null,
      beyond,
    };
  };
  return {
    unit,
    count: merged.count,
    quantiles: { p50: quantile('p50'), p90: quantile('p90'), p99: quantile('p99'), p999: quantile('p999') },
    cdf: withheld ? [] : cdfOf(merged, scale),
  };
}

/** At most 200 points, evenly spaced in the logarithm, as far as 100 samples lie beyond. */
function cdfOf(data: HistogramData, scale: number): [number, number][] {
  const all: [number, number][] = [];
  let below = 0;
  for (const [index, count] of data.buckets) {
    below += count;
    if (data.count - below < BEYOND_MIN) break;
    all.push([bucketMidpoint(index) / scale, below / data.count]);
  }
  if (all.length <= CDF_POINTS_MAX) return all;
  const step = (all.length - 1) / (CDF_POINTS_MAX - 1);
  return Array.from({ length: CDF_POINTS_MAX }, (_, k) => all[Math.round(k * step)]!);
}
