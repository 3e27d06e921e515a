/**
 * The standard normal distribution with full relative accuracy in the tails, where Holm's correction looks.
 *
 * Source: the series and the continued fraction of Abramowitz and Stegun 26.2.11 and 26.2.14. simple-statistics has a
 * table of four digits and an error function whose tails are 0 from about 1e-7 on.
 */

const SQRT_2PI = Math.sqrt(2 * Math.PI);
/** From here on the continued fraction converges faster than the series loses digits. */
const SERIES_MAX = 3;
const FRACTION_TERMS = 120;

/** P(Z > z), relative error below 1e-12 for z ≤ 37. */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const density = Math.exp((-z * z) / 2) / SQRT_2PI;
  if (z < SERIES_MAX) {
    let term = z;
    let sum = z;
    for (let k = 3; Math.abs(term) > 1e-17 * sum; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let k = FRACTION_TERMS; k >= 1; k--) fraction = z + k / fraction;
  return density / fraction;
}

/** P(Z ≤ z). */
export const normalCdf = (z: number): number => normalTail(-z);

/** z with P(Z ≤ z) = p, by bisection to the last digits; ±Infinity at 1 and 0. */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  if (p > 0.5) return -normalQuantile(1 - p);
  let low = -40;
  let high = 0;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
