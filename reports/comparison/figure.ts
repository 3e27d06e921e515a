/**
 * One figure on both sides: medians, the change with its interval, the test. No verdict yet: that takes all figures
 * of the gate (verdicts.ts).
 */
import { median } from 'simple-statistics';
import type { CellMetric } from '../schema.ts';
import { medianInterval } from './statistics/bootstrap.ts';
import { hodgesLehmann, mannWhitney } from './statistics/rankSum.ts';
import { signedRank } from './statistics/signedRank.ts';
import type { Evidence, Interval, MetricComparison } from './types.ts';

const LEVEL = 0.95;

/** Seeds of both sides, and how their values are set against each other. */
export interface Seeds {
  readonly base: readonly number[];
  readonly head: readonly number[];
  readonly evidence: Exclude<Evidence, 'digest'>;
}

export type Figure = Pick<
  MetricComparison,
  'baseMedian' | 'headMedian' | 'delta' | 'interval' | 'evidence' | 'n' | 'p'
> & {
  /** Some seed differs. */
  readonly moved: boolean;
  /** Seeds of base that show the figure. */
  readonly baseValues: number;
};

/** @param same  the cells are equal to the last byte */
export function figureOf(base: CellMetric, head: CellMetric, seeds: Seeds, same: boolean): Figure {
  const [from, to] = [known(base.samples), known(head.samples)];
  const baseMedian = from.length > 0 ? median(from) : null;
  const headMedian = to.length > 0 ? median(to) : null;
  const sides = { baseMedian, headMedian, baseValues: from.length };
  const n = { base: from.length, head: to.length };
  if (baseMedian === null || headMedian === null) {
    return { ...sides, delta: null, interval: null, evidence: seeds.evidence, n, p: null, moved: true };
  }
  if (same) {
    const delta = { absolute: 0, ratio: baseMedian === 0 ? null : 0 };
    return { ...sides, delta, interval: null, evidence: 'digest', n, p: null, moved: false };
  }
  return { ...sides, ...(seeds.evidence === 'paired' ? paired(base, head, seeds) : unmatched(from, to)) };
}

type Test = Pick<Figure, 'delta' | 'interval' | 'evidence' | 'n' | 'p' | 'moved'>;

function paired(base: CellMetric, head: CellMetric, seeds: Seeds): Test {
  const headOf = new Map(seeds.head.map((seed, at) => [seed, head.samples[at] ?? null]));
  const pairs = seeds.base.flatMap((seed, at) => {
    const [from, to] = [base.samples[at] ?? null, headOf.get(seed) ?? null];
    return from === null || to === null ? [] : [[from, to] as const];
  });
  const n = { base: pairs.length, head: pairs.length };
  // Each side has values, but of different seeds: nothing to set against each other.
  if (pairs.length === 0) return { delta: null, interval: null, evidence: 'paired', n, p: null, moved: true };
  const differences = pairs.map(([from, to]) => to - from);
  const moved = differences.some((difference) => difference !== 0);
  const centre = median(pairs.map(([from]) => from));
  const ends = moved ? medianInterval(differences, LEVEL) : null;
  return {
    delta: sized(median(differences), centre),
    interval: ends === null ? null : intervalOf(ends, centre, 'bca'),
    evidence: 'paired',
    n,
    p: moved ? signedRank(differences).p : null,
    moved,
  };
}

function unmatched(from: readonly number[], to: readonly number[]): Test {
  const { shift, interval } = hodgesLehmann(from, to, LEVEL);
  const centre = median([...from]);
  return {
    delta: sized(shift, centre),
    interval: interval === null ? null : intervalOf(interval, centre, 'hodges-lehmann'),
    evidence: 'unmatched',
    n: { base: from.length, head: to.length },
    p: mannWhitney(from, to),
    moved: new Set([...from, ...to]).size > 1,
  };
}

const known = (samples: readonly (number | null)[]): number[] => samples.filter((value) => value !== null);

const sized = (absolute: number, centre: number): { absolute: number; ratio: number | null } => ({
  absolute,
  ratio: centre === 0 ? null : absolute / Math.abs(centre),
});

function intervalOf(
  [low, high]: readonly [number, number],
  centre: number,
  method: Interval['method'],
): Interval {
  return { low, high, lowRatio: sized(low, centre).ratio, highRatio: sized(high, centre).ratio, method };
}
