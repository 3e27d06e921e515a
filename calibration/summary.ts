/**
 * Figures of a comparison: medians, 90th percentiles, order of pairs. Rows in, numbers out; which rows count is the
 * caller's choice, except that a row without a prediction never does.
 *
 * Rules: the 90th percentile is the nearest rank; beds count equally in the median of bed medians; pairs are data paths
 * of one bed, metric and pairing key whose measured values differ by more than 15 % (UDP 25 %); a predicted difference
 * below 2 % counts half; CPU is only shown.
 */
import type { Row } from './study.ts';

/** Errors of a set of rows. Ratios; null where there is no row, or no pair. */
export interface Overall {
  readonly predictedRows: number;
  readonly beds: number;
  readonly medianAbsErr: number | null;
  readonly p90AbsErr: number | null;
  readonly medianOfBedMedians: number | null;
  /** Share of pairs in the right order, all pairs together. */
  readonly orderRight: number | null;
  /** The same as the mean over beds that have pairs. */
  readonly orderRightMeanOfBeds: number | null;
  readonly pairs: number;
}

export interface Group {
  readonly name: string;
  /** All rows, and those predicted among them. */
  readonly rows: number;
  readonly predictedRows: number;
  readonly medianAbsErr: number | null;
  readonly p90AbsErr: number | null;
  readonly pairs: number;
  readonly orderRight: number | null;
}

const PAIR_DIFFERS = 0.15;
const UDP_PAIR_DIFFERS = 0.25;
const TIE = 0.02;

/** Measurements whose decisive condition nobody stated, each predicted in its states. */
export interface BothStates {
  /** Measurements, not states. */
  readonly rows: number;
  /** Those that one of their states comes near to. */
  readonly right: number;
}

const EITHER_WITHIN = 0.25;

export function bothStates(rows: readonly Row[]): BothStates {
  const open = rows.filter(({ list, error }) => list === 'both states' && error !== null);
  const measurements = [...groupBy(open, ({ id }) => id.replace(/ \([^()]*\)$/, '')).values()];
  const right = measurements.filter((states) => Math.min(...absErrors(states)) <= EITHER_WITHIN);
  return { rows: measurements.length, right: right.length };
}

/** Middle value, mean of two middles; null for none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[upper]! : (sorted[upper - 1]! + sorted[upper]!) / 2;
}

/** Nearest rank: the smallest value that at least nine tenths do not exceed; null for none. */
export function p90(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * 9) / 10) - 1]!;
}

/** Sizes of errors of the rows that have one. */
export const absErrors = (rows: readonly Row[]): number[] =>
  rows.flatMap(({ error }) => (error === null ? [] : [Math.abs(error)]));

/** Parts by key, in the order of first appearance. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

export function overall(rows: readonly Row[]): Overall {
  const predicted = rows.filter(({ error }) => error !== null);
  const errors = absErrors(predicted);
  const beds = [...groupBy(predicted, ({ bed }) => bed).values()];
  const order = beds.map(orderOf).filter(({ pairs }) => pairs > 0);
  const pairs = order.reduce((sum, one) => sum + one.pairs, 0);
  const right = order.reduce((sum, one) => sum + one.right, 0);
  return {
    predictedRows: predicted.length,
    beds: beds.length,
    medianAbsErr: median(errors),
    p90AbsErr: p90(errors),
    medianOfBedMedians: median(beds.map((bed) => median(absErrors(bed))!)),
    orderRight: pairs === 0 ? null : right / pairs,
    orderRightMeanOfBeds:
      pairs === 0 ? null : order.reduce((sum, one) => sum + one.right / one.pairs, 0) / order.length,
    pairs,
  };
}

/** One line for each value of `key`. */
export function groups(rows: readonly Row[], key: (row: Row) => string): Group[] {
  return [...groupBy(rows, key)].map(([name, mine]) => {
    const { predictedRows, medianAbsErr, p90AbsErr, pairs, orderRight } = overall(mine);
    return { name, rows: mine.length, predictedRows, medianAbsErr, p90AbsErr, pairs, orderRight };
  });
}

/** Pairs and how many of them are predicted in the measured order; ties count half. */
export function orderOf(rows: readonly Row[]): { readonly pairs: number; readonly right: number } {
  const usable = rows.filter((row) => row.predicted !== null && pairingOf(row) !== null);
  const comparable = groupBy(usable, (row) =>
    JSON.stringify([row.bed, row.family, row.metric, pairingOf(row)]),
  );
  let pairs = 0;
  let right = 0;
  for (const mine of comparable.values()) {
    for (const [i, a] of mine.entries()) {
      for (const b of mine.slice(i + 1)) {
        const differs = a.family === 'udp' || a.family === 'pps' ? UDP_PAIR_DIFFERS : PAIR_DIFFERS;
        if (a.backend === b.backend || apart(a.measured, b.measured) <= differs) continue;
        pairs++;
        if (apart(a.predicted!, b.predicted!) < TIE) right += 0.5;
        else if (a.measured > b.measured === a.predicted! > b.predicted!) right++;
      }
    }
  }
  return { pairs, right };
}

/** The larger of two over the smaller, − 1. */
const apart = (a: number, b: number): number => Math.max(a, b) / Math.min(a, b) - 1;

/** Key of rows that may be set against each other; rows of the measured kernel: one experiment and configuration. */
function pairingOf(row: Row): string | null {
  if (row.family === 'cpu') return null;
  if (row.pairing !== undefined) return row.pairing;
  if (row.bed !== 'veth-vm') return null;
  return row.id.replace(/\bmode=[^,/]*/, '');
}
