/**
 * BCa bootstrap interval of a median: bias-corrected and accelerated (Efron 1987), without drawing a single sample.
 *
 * The distribution of the median of n draws from n values has a closed form, so the limit of infinitely many
 * resamples is computed and no seed of the tool's own gets into a verdict. For even n the median is the mean of two
 * order statistics, whose joint probability is kept pair by pair; pairs further than five √n from the middle, ten
 * standard deviations, are left out.
 */
import { median } from 'simple-statistics';
import { normalCdf, normalQuantile } from './normal.ts';

/** Below this, 95 % are not to be had: the range of five values holds the median with 93.75 %. */
export const INTERVAL_SEEDS_MIN = 6;

interface Atom {
  readonly value: number;
  readonly probability: number;
}

/**
 * Interval of the median of `values`.
 * @param level  e.g. 0.95
 * @returns      null with fewer than six values
 */
export function medianInterval(values: readonly number[], level: number): [low: number, high: number] | null {
  if (values.length < INTERVAL_SEEDS_MIN) return null;
  const sorted = Float64Array.from(values).sort();
  const centre = median([...sorted]);
  const atoms = bootstrapMedians(sorted);
  let less = 0;
  let equal = 0;
  for (const { value, probability } of atoms) {
    if (value < centre) less += probability;
    else if (value === centre) equal += probability;
  }
  const bias = normalQuantile(less + equal / 2);
  const acceleration = jackknife(sorted);
  const end = (tail: number): number => {
    const z = bias + normalQuantile(tail);
    return quantile(atoms, normalCdf(bias + z / (1 - acceleration * z)));
  };
  return [end((1 - level) / 2), end((1 + level) / 2)];
}

/** Smallest value whose cumulative probability reaches p. */
function quantile(atoms: readonly Atom[], p: number): number {
  let sum = 0;
  for (const { value, probability } of atoms) {
    sum += probability;
    if (sum >= p) return value;
  }
  return atoms.at(-1)!.value;
}

/** Medians of resamples with their probabilities, ascending. */
export function bootstrapMedians(sorted: Float64Array): Atom[] {
  const n = sorted.length;
  const middle = (n + 1) / 2;
  const reach = Math.ceil(5 * Math.sqrt(n));
  const first = Math.max(1, Math.floor(middle - reach));
  const last = Math.min(n, Math.ceil(middle + reach));
  const atoms = n % 2 === 1 ? oddMedians(sorted, first, last) : evenMedians(sorted, first, last);
  return atoms.sort((a, b) => a.value - b.value);
}

/** P(median is the i-th value): P(at least (n+1)/2 draws at or below it) minus that of the one before. */
function oddMedians(sorted: Float64Array, first: number, last: number): Atom[] {
  const n = sorted.length;
  const atLeast = (share: number): number => binomialTail(n, (n + 1) / 2, share);
  const atoms: Atom[] = [];
  for (let i = first; i <= last; i++) {
    atoms.push({ value: sorted[i - 1]!, probability: atLeast(i / n) - atLeast((i - 1) / n) });
  }
  return atoms;
}

/**
 * i < j: half of the draws at or below the i-th value and not all below it, the other half at or above the j-th.
 * i = j: what is left of P(the lower one of the two is the i-th).
 */
function evenMedians(sorted: Float64Array, first: number, last: number): Atom[] {
  const n = sorted.length;
  const half = n / 2;
  const ways = logChoose(n, half);
  const low = (i: number): number => power(i / n, half, ways) - power((i - 1) / n, half, ways);
  const high = (j: number): number => power((n - j + 1) / n, half, 0) - power((n - j) / n, half, 0);
  const atLeast = (share: number): number => binomialTail(n, half, share);
  const atoms: Atom[] = [];
  for (let i = first; i <= last; i++) {
    let left = atLeast(i / n) - atLeast((i - 1) / n);
    // high(j) summed over all j > i is the share of the draws above the i-th value.
    left -= low(i) * power((n - i) / n, half, 0);
    atoms.push({ value: sorted[i - 1]!, probability: Math.max(0, left) });
    for (let j = i + 1; j <= last; j++) {
      atoms.push({ value: (sorted[i - 1]! + sorted[j - 1]!) / 2, probability: low(i) * high(j) });
    }
  }
  return atoms;
}

/** share^exponent, times e^scale, without running out of range on the way. */
const power = (share: number, exponent: number, scale: number): number =>
  share <= 0 ? 0 : Math.exp(exponent * Math.log(share) + scale);

/** P(at least k of n draws hit), each with probability `share`. */
function binomialTail(n: number, k: number, share: number): number {
  if (share <= 0) return 0;
  if (share >= 1) return 1;
  let sum = 0;
  for (let hits = k; hits <= n; hits++) {
    sum += Math.exp(logChoose(n, hits) + hits * Math.log(share) + (n - hits) * Math.log1p(-share));
  }
  return Math.min(1, sum);
}

/** Sums of logarithms up to the largest n asked for. */
const logFactorials: number[] = [0];

function logChoose(n: number, k: number): number {
  for (let at = logFactorials.length; at <= n; at++)
    logFactorials[at] = logFactorials[at - 1]! + Math.log(at);
  return logFactorials[n]! - logFactorials[k]! - logFactorials[n - k]!;
}

/** Acceleration: skewness of the medians that leave one value out. */
function jackknife(sorted: Float64Array): number {
  const n = sorted.length;
  const medians = Array.from({ length: n }, (_, out) => medianWithout(sorted, out));
  const mean = medians.reduce((sum, value) => sum + value, 0) / n;
  let squares = 0;
  let cubes = 0;
  for (const value of medians) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** Median of a sorted list without its `out`-th value. */
function medianWithout(sorted: Float64Array, out: number): number {
  const at = (index: number): number => sorted[index < out ? index : index + 1]!;
  const size = sorted.length - 1;
  return (at((size - 1) >> 1) + at(size >> 1)) / 2;
}
