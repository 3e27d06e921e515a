/**
 * Figures that batches miss their bound by, with the most that is accepted; why stands in docs/BATCHES.md. Everything
 * else that is surely beyond fails the long test.
 */
import type { Metric } from './differ.ts';

export interface Known {
  readonly group: string;
  readonly metric: Metric;
  /** Ratio. */
  readonly most: number;
}

/**
 * Senders in lockstep through one port: who loses first is decided by the order of equal times. Uplinks that are
 * nearly full: several batches come to the last places at once.
 */
export const KNOWN: readonly Known[] = [
  { group: 'wireguard', metric: 'drops', most: 1 },
  { group: 'incast', metric: 'drops', most: 1 },
  { group: 'large-cluster, uplinks at 0.9', metric: 'p99', most: 0.6 },
];
