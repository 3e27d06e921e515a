/**
 * Ranks with ties: twice the mid-rank, so that every rank is a whole number and sums of ranks can index a table.
 */

export interface Ranks {
  /** In the order of the values; 2, 4, 6, … without ties. */
  readonly doubled: readonly number[];
  /** Sizes of the groups of equal values that have more than one. */
  readonly ties: readonly number[];
}

export function ranksOf(values: readonly number[]): Ranks {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const doubled = new Array<number>(values.length);
  const ties: number[] = [];
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let at = from; at < to; at++) doubled[order[at]!] = from + 1 + to;
    if (to - from > 1) ties.push(to - from);
    from = to;
  }
  return { doubled, ties };
}

/** Σ (t³ − t) over groups of ties: what they take from the variance of a rank statistic. */
export const tieTerm = (ties: readonly number[]): number =>
  ties.reduce((sum, size) => sum + size ** 3 - size, 0);

/**
 * Two-sided p of a statistic on whole numbers: twice the smaller tail, at most 1.
 * @param probability  of each value 0, 1, …
 */
export function twoSided(probability: ArrayLike<number>, observed: number): number {
  let below = 0;
  let above = 0;
  for (let value = 0; value < probability.length; value++) {
    if (value <= observed) below += probability[value]!;
    if (value >= observed) above += probability[value]!;
  }
  return Math.min(1, 2 * Math.min(below, above));
}
