/**
 * Many tests, one gate: Holm's correction, and how many seeds it takes before any test could pass it.
 */

/** Adjusted p-values in the order given: each may be held against alpha by itself. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length);
  let largest = 0;
  for (const [step, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (ps.length - step) * ps[index]!));
    adjusted[index] = largest;
  }
  return adjusted;
}

/** Smallest two-sided p that n pairs, or two samples of n, can give. */
export function smallestP(n: number, evidence: 'paired' | 'unmatched'): number {
  let p = 2;
  for (let k = 1; k <= n; k++) p *= evidence === 'paired' ? 1 / 2 : k / (n + k);
  return Math.min(1, p);
}

/**
 * Fewest seeds (a side) whose smallest p passes Holm's first step.
 * @param figures  tests in the family; 0 counts as 1
 */
export function seedsNeeded(figures: number, alpha: number, evidence: 'paired' | 'unmatched'): number {
  const bound = alpha / Math.max(1, figures);
  let n = 1;
  while (smallestP(n, evidence) > bound) n++;
  return n;
}
