/**
 * Mann-Whitney's test of two samples whose seeds do not match, with the Hodges-Lehmann shift and its interval.
 *
 * Exact up to 20 values a side, with ties too: the distribution over all ways to deal the mid-ranks that were seen.
 * Above that, normal with continuity and tie correction. The interval is the one that belongs to the test without
 * ties: order statistics of all differences.
 */
import { median } from 'simple-statistics';
import { normalQuantile, normalTail } from './normal.ts';
import { ranksOf, tieTerm, twoSided } from './ranks.ts';

const EXACT_MAX = 20;
/** Larger samples are thinned to so many quantiles before all differences are made. */
const THINNED = 1000;

/** Distributions without ties depend on the sizes alone: gates ask for the same ones again and again. */
const untied = new Map<string, Float64Array>();

/** Two-sided p; 1 where a side is empty. */
export function mannWhitney(base: readonly number[], head: readonly number[]): number {
  const [n, m] = [base.length, head.length];
  if (n === 0 || m === 0) return 1;
  const { doubled, ties } = ranksOf([...base, ...head]);
  const sum = doubled.slice(n).reduce((total, rank) => total + rank, 0);
  if (Math.max(n, m) <= EXACT_MAX) {
    return twoSided(ties.length === 0 ? untiedSums(n + m, m) : dealtSums(doubled, m), sum);
  }
  const all = n + m;
  const mean = m * (all + 1);
  const variance = ((n * m) / 12) * (all + 1 - tieTerm(ties) / (all * (all - 1)));
  if (variance === 0) return 1;
  const z = Math.max(0, Math.abs(sum - mean) / 2 - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * normalTail(z));
}

function untiedSums(all: number, taken: number): Float64Array {
  const key = `${all}/${taken}`;
  const known = untied.get(key);
  if (known !== undefined) return known;
  const made = dealtSums(
    Array.from({ length: all }, (_, at) => 2 * (at + 1)),
    taken,
  );
  untied.set(key, made);
  return made;
}

/** Probability of each sum of `taken` ranks drawn without replacement. */
function dealtSums(ranks: readonly number[], taken: number): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const ways = Array.from({ length: taken + 1 }, () => new Float64Array(total + 1));
  ways[0]![0] = 1;
  let reach = 0;
  for (const [drawn, rank] of ranks.entries()) {
    reach += rank;
    for (let count = Math.min(taken, drawn + 1); count >= 1; count--) {
      const [to, from] = [ways[count]!, ways[count - 1]!];
      for (let sum = reach; sum >= rank; sum--) to[sum] = to[sum]! + from[sum - rank]!;
    }
  }
  const all = ways[taken]!.reduce((sum, count) => sum + count, 0);
  return ways[taken]!.map((count) => count / all);
}

export interface Shift {
  /** Median of all differences head − base. */
  readonly shift: number;
  /** null: too few values for an interval of that level. */
  readonly interval: readonly [low: number, high: number] | null;
}

/** @param level  e.g. 0.95 */
export function hodgesLehmann(base: readonly number[], head: readonly number[], level: number): Shift {
  const [from, to] = [thinned(base), thinned(head)];
  const differences = Float64Array.from(to.flatMap((b) => from.map((a) => b - a))).sort();
  const shift = median([...differences]);
  const outside = below(base.length, head.length, (1 - level) / 2);
  const at = Math.floor((outside / (base.length * head.length)) * differences.length);
  if (outside < 1) return { shift, interval: null };
  return { shift, interval: [differences[at - 1]!, differences[differences.length - at]!] };
}

function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= THINNED) return values;
  const sorted = Float64Array.from(values).sort();
  return Array.from(
    { length: THINNED },
    (_, at) => sorted[Math.floor(((at + 0.5) * sorted.length) / THINNED)]!,
  );
}

/** How many differences lie outside at each end: the quantile of Mann-Whitney's U. */
function below(n: number, m: number, tail: number): number {
  if (Math.max(n, m) > EXACT_MAX) {
    const z = normalQuantile(tail);
    return Math.max(0, Math.round((n * m) / 2 + z * Math.sqrt((n * m * (n + m + 1)) / 12)));
  }
  const probability = untiedSums(n + m, m);
  const smallest = m * (m + 1);
  let sum = 0;
  for (let u = 0; u <= n * m; u++) {
    sum += probability[smallest + 2 * u]!;
    if (sum > tail) return u;
  }
  return n * m;
}
