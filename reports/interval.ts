/**
 * The interval of a mean over seeds: Student's t at 95 %, two-sided. Seeds are independent draws, so this is what a
 * mean of a few of them is worth; samples inside one run are not, and get no interval.
 *
 * Only arithmetic that is the same on every machine: half-widths are part of a result's digest.
 */

export const CONFIDENCE = 0.95;

/** Quantile of the normal distribution for 95 %, two-sided. */
const Z = 1.959963984540054;
/** Of Student's t, for 1 … 9 degrees of freedom: scipy 1.17.1, scipy.stats.t.ppf(0.975, dof). */
const FEW = [
  12.706204736, 4.30265273, 3.182446305, 2.776445105, 2.570581836, 2.446911851, 2.364624252, 2.306004135,
  2.262157163,
];

/**
 * Two-sided 95 % quantile of Student's t: within 1e-5 of the exact value.
 * From 10 degrees on: expansion in 1/dof, Abramowitz and Stegun 26.7.5.
 * @param dof  degrees of freedom, whole, from 1
 */
export function studentT(dof: number): number {
  const few = FEW[dof - 1];
  if (few !== undefined) return few;
  const z2 = Z * Z;
  const terms = [
    (z2 + 1) / 4,
    ((5 * z2 + 16) * z2 + 3) / 96,
    (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384,
    ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92_160,
  ];
  let factor = 0;
  for (const term of terms.reverse()) factor = (factor + term) / dof;
  return Z * (1 + factor);
}

export interface Interval {
  /** Mean of the samples. */
  readonly centre: number;
  readonly halfWidth: number;
  /** halfWidth / |centre|; 0 where all samples are equal; null where the centre alone is 0. */
  readonly relative: number | null;
}

/** @param samples  one a seed, at least two */
export function intervalOf(samples: readonly number[]): Interval {
  const n = samples.length;
  const centre = samples.reduce((sum, value) => sum + value, 0) / n;
  const first = samples[0];
  // Equal samples have no spread, whatever the rounding of their mean says.
  if (samples.every((value) => value === first)) return { centre: first!, halfWidth: 0, relative: 0 };
  const squares = samples.reduce((sum, value) => sum + (value - centre) * (value - centre), 0);
  const halfWidth = studentT(n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { centre, halfWidth, relative: centre === 0 ? null : halfWidth / Math.abs(centre) };
}
