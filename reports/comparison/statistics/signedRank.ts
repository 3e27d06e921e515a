/**
 * Wilcoxon's signed-rank test of pairs: are differences as often and as far above 0 as below?
 *
 * Differences of exactly 0 are left out (Wilcoxon's own rule; `zero_method="wilcox"` of SciPy). Exact up to 50
 * differences, with ties too: the distribution over all 2^n signs of the very mid-ranks that were seen. Above that,
 * normal with continuity and tie correction. That this needs only exchangeable signs, and no shape of the
 * distribution, is why the gate uses it for seeds in pairs.
 */
import { normalTail } from './normal.ts';
import { ranksOf, tieTerm, twoSided } from './ranks.ts';

/** Largest number of differences for which all signs are counted. */
const EXACT_MAX = 50;

export interface SignedRank {
  /** Two-sided; 1 without a difference. */
  readonly p: number;
  /** Differences that are not 0. */
  readonly n: number;
  /** Sum of the ranks of positive differences. */
  readonly positive: number;
}

/** @param differences  head − base of each pair */
export function signedRank(differences: readonly number[]): SignedRank {
  const moved = differences.filter((difference) => difference !== 0);
  const n = moved.length;
  if (n === 0) return { p: 1, n, positive: 0 };
  const { doubled, ties } = ranksOf(moved.map(Math.abs));
  const sum = doubled.reduce((total, rank, at) => total + (moved[at]! > 0 ? rank : 0), 0);
  const positive = sum / 2;
  if (n <= EXACT_MAX) return { p: twoSided(signSums(doubled), sum), n, positive };
  const mean = (n * (n + 1)) / 4;
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - tieTerm(ties) / 48;
  const z = Math.max(0, Math.abs(positive - mean) - 0.5) / Math.sqrt(variance);
  return { p: Math.min(1, 2 * normalTail(z)), n, positive };
}

/** Probability of each sum of ranks, every rank taken or not with probability ½. */
function signSums(ranks: readonly number[]): Float64Array {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const probability = new Float64Array(total + 1);
  probability[0] = 1;
  let reach = 0;
  for (const rank of ranks) {
    reach += rank;
    for (let sum = reach; sum >= 0; sum--) {
      probability[sum] = (probability[sum]! + (sum >= rank ? probability[sum - rank]! : 0)) / 2;
    }
  }
  return probability;
}
