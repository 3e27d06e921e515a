/**
 * Whether a scenario's warm-up was long enough, from what got done over time in all seeds of a cell.
 *
 * MSER-5 (K. P. White Jr., An effective truncation heuristic for bias reduction in simulation output, Simulation 69(6),
 * 1997): batches of five bins; of all points to cut at, the one that makes the squared standard error of the rest
 * smallest. Where that point lies inside the measured window, the warm-up is called too short if two more things hold,
 * since MSER alone also cuts at noise: the cut moves the window's mean by 1 % or more, and the two parts differ by
 * three standard errors of their batches or more. tests/reports/warmup.test.ts measures both kinds of error.
 *
 * Left out: drift that lasts longer than half of the window (said as "at least until"), CPU.
 */
import type { TaskRecord, TimelineRecord } from '../engine/core/record.ts';
import type { Cell, Warmup } from './schema.ts';
import { percent, printOne } from './units.ts';

const BATCH_BINS = 5;
/** Smaller changes of a figure are no difference (reports/verdict.ts). */
const SHIFT_MIN = 0.01;
const ERRORS_MIN = 3;

/** One figure over time: a value a batch. */
interface Series {
  readonly figure: string;
  readonly values: readonly number[];
}

export interface Drift {
  /** Batches to cut. */
  readonly cut: number;
  /** Mean of the window / mean behind the cut − 1. */
  readonly shift: number;
}

/** Point that MSER cuts a series at: batches to leave out, at most `most`. */
export function mser(values: readonly number[], most: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let cut = 0; cut <= most; cut++) {
    const rest = values.slice(cut);
    const error = squares(rest) / (rest.length * rest.length);
    if (error < least) [best, least] = [cut, error];
  }
  return best;
}

/** Drift inside a window that starts after `warm` batches; null: none that counts. */
export function driftIn(values: readonly number[], warm: number): Drift | null {
  const left = values.length - warm;
  const cut = mser(values, Math.max(Math.floor(values.length / 2), warm + Math.floor(left / 2)));
  if (cut <= warm) return null;
  const [head, tail] = [values.slice(warm, cut), values.slice(cut)];
  const settled = mean(tail);
  if (settled === 0 || tail.length < 2) return null;
  const shift = mean(values.slice(warm)) / settled - 1;
  const error = Math.sqrt((squares(tail) / (tail.length - 1)) * (1 / head.length + 1 / tail.length));
  const apart = Math.abs(mean(head) - settled) >= ERRORS_MIN * error;
  return Math.abs(shift) >= SHIFT_MIN && apart ? { cut, shift } : null;
}

/** The verdict on a cell's warm-up; null where the records do not tell, or nothing was done. */
export function warmupOf(records: readonly TaskRecord[], overloaded: boolean): Warmup | null {
  const lines = records.flatMap(({ timeline }) => (timeline === undefined ? [] : [timeline]));
  const first = lines[0];
  if (first === undefined || lines.length < records.length) return null;
  // Under overload latency grows without end, and is not shown.
  const series = seriesOf(lines, !overloaded);
  if (series.length === 0) return null;
  const { warmupPs, endPs } = first;
  let worst: Warmup | null = null;
  for (const { figure, values } of series) {
    const batchPs = endPs / values.length;
    const warm = Math.ceil(warmupPs / batchPs - 1e-9);
    const drift = driftIn(values, warm);
    if (drift === null) continue;
    const untilPs = Math.round(drift.cut * batchPs);
    if (worst?.untilPs != null && untilPs <= worst.untilPs) continue;
    const last = drift.cut >= warm + Math.floor((values.length - warm) / 2);
    worst = { warmupPs, enough: false, figure, untilPs, atLeast: last, shift: drift.shift };
  }
  return worst ?? { warmupPs, enough: true, figure: null, untilPs: null, atLeast: false, shift: null };
}

function seriesOf(lines: readonly TimelineRecord[], latency: boolean): Series[] {
  const sums = (of: 'payloadBytes' | 'probeBytes' | 'exchanges' | 'latencyNs'): number[] => {
    const bins = Math.max(...lines.map((line) => line[of].length));
    const batches = Math.floor(bins / BATCH_BINS);
    return Array.from({ length: batches }, (_, batch) =>
      lines.reduce((all, line) => {
        const own = line[of].slice(batch * BATCH_BINS, (batch + 1) * BATCH_BINS);
        return own.reduce((sum, value) => sum + value, all);
      }, 0),
    );
  };
  const exchanges = sums('exchanges');
  const took = sums('latencyNs');
  const series = [
    { figure: 'goodput', values: sums('payloadBytes') },
    { figure: 'probe stream', values: sums('probeBytes') },
    { figure: 'transactions', values: exchanges },
  ];
  if (latency && exchanges.length > 0 && exchanges.every((count) => count > 0)) {
    series.push({ figure: 'RPC latency', values: exchanges.map((count, k) => took[k]! / count) });
  }
  return series.filter(({ values }) => values.length > 0);
}

/** A remark on a cell whose warm-up is too short; '' where it is not. */
export function warmupRemark({ warmup }: Cell): string {
  if (warmup === undefined || warmup.enough) return '';
  const until = `${warmup.atLeast ? 'at least ' : ''}until ${printOne(warmup.untilPs! / 1e12, 's')}`;
  const sign = warmup.shift! > 0 ? '+' : '−';
  return (
    `warm-up of ${printOne(warmup.warmupPs / 1e12, 's')} too short: ${warmup.figure} drifts ${until} ` +
    `(mean ${sign}${percent(Math.abs(warmup.shift!), 1)})`
  );
}

/** On all rows in a sentence; '' where the records do not tell. */
export function warmupSentence(cells: readonly Cell[]): string {
  const told = cells.flatMap(({ warmup }) => (warmup === undefined ? [] : [warmup]));
  if (told.length === 0) return '';
  const lengths = [...new Set(told.map(({ warmupPs }) => warmupPs))].map((ps) => printOne(ps / 1e12, 's'));
  const short = told.filter(({ enough }) => !enough).length;
  const many = short === told.length ? 'every row' : `${short} of ${told.length} rows`;
  const verdict =
    short === 0 ? 'enough: no drift in the window (MSER-5)' : `too short in ${many}: see remark`;
  return `Warm-up of ${lengths.join(', ')}: ${verdict}.`;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sum of the squared distances from the mean. */
function squares(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) * (value - centre), 0);
}
