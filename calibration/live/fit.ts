/**
 * Factors of price groups from measurements: the engine runs every configuration that is fitted on, as it is and with
 * each group one tenth dearer; between these the metrics are taken as linear, non-negative least squares on relative
 * errors, weighted by the spread of the repeats, says the factors, and the runs are repeated from there. So the counts
 * are those that the model derives.
 *
 * A generator like the studies of calibration/: it asks for cells and is told records.
 */
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import type { Machine } from '../../engine/host/machine.ts';
import { KERNEL_METRICS } from '../kernel/metrics.ts';
import { kernelTask } from '../kernel/task.ts';
import type { CellRecord } from '../study.ts';
import { GROUPS, scaledBook } from './groups.ts';
import { nnls } from './nnls.ts';
import { nameOf, type Planned } from './plan.ts';

/** A metric of a configuration: median of the repeats and their quartiles. */
export interface LiveRow {
  readonly planned: Planned;
  readonly metric: string;
  readonly measured: number;
  readonly q1: number;
  readonly q3: number;
  readonly repeats: number;
}

export interface FittedGroup {
  readonly name: string;
  /** Measured / reference book; 1 where nothing was fitted. */
  readonly factor: number;
  /** measured; tied: seen only together with another group; unseen: no configuration depends on it. */
  readonly state: 'measured' | 'tied' | 'unseen';
  readonly tiedTo: string | null;
}

export interface Fit {
  readonly groups: readonly FittedGroup[];
  readonly machine: Machine;
  /** By row, in the order given; null: the run failed. */
  readonly predicted: readonly (number | null)[];
}

const STEP = 0.1;
const ROUNDS = 8;
/** A row counts by its spread over the repeats; none is better than this. */
const SPREAD_MIN = 0.03;
/** A group whose tenth moves no metric by more than this is not seen. */
const SEEN = 0.001;
/** Columns that are parallel this closely cannot be told apart. */
const PARALLEL = 0.9995;
/** Pull towards the reference book, in units of a relative error: decides only what the rows leave open. */
const PULL = 0.02;
/** A round moves a factor by at most this. */
const LEAP = 2.5;

export type FitStudy = Generator<readonly TaskSpec[], Fit, readonly (CellRecord | null)[]>;

/** @param rows those with `planned.fit` are fitted on; all are predicted */
export function* fitBook(rows: readonly LiveRow[], book: Machine): FitStudy {
  const fitted = rows.filter(({ planned }) => planned.fit);
  const configs = distinct(fitted);
  let factors = GROUPS.map(() => 1);
  let states: FittedGroup[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const variants = [
      factors,
      ...GROUPS.map((_, at) => factors.map((f, g) => (g === at ? f * (1 + STEP) : f))),
    ];
    const specs = variants.flatMap((variant) => configs.map((one) => specOf(one, scaledBook(book, variant))));
    const records = yield specs;
    const metric = (variant: number, row: LiveRow): number | null => {
      const value = metricOf(row, specs, records, variant * configs.length + configs.indexOf(row.planned));
      return value === null ? null : linear(row, value);
    };
    const usable = fitted.filter(
      (row) => GROUPS.every((_, at) => metric(at + 1, row) !== null) && metric(0, row) !== null,
    );
    // Relative change of each metric for the whole of a group's price.
    const slopes = usable.map((row) => {
      const now = metric(0, row)!;
      return GROUPS.map((_, at) => (metric(at + 1, row)! - now) / STEP / linear(row, row.measured));
    });
    if (round === 0) states = statesOf(slopes);
    factors = solved(usable, slopes, factors, (row) => metric(0, row)!, states);
  }
  const machine = scaledBook(book, factors);
  const all = distinct(rows);
  const specs = all.map((one) => specOf(one, machine));
  const records = yield specs;
  return {
    groups: states.map((state, at) => ({ ...state, factor: factors[at]! })),
    machine,
    predicted: rows.map((row) => metricOf(row, specs, records, all.indexOf(row.planned))),
  };
}

const distinct = (rows: readonly LiveRow[]): Planned[] => [...new Set(rows.map(({ planned }) => planned))];

function specOf(planned: Planned, machine: Machine): TaskSpec {
  const spec = kernelTask(planned.exp, planned.cfg, machine);
  return { ...spec, task: `${nameOf(planned)}` };
}

function metricOf(
  row: LiveRow,
  specs: readonly TaskSpec[],
  records: readonly (CellRecord | null)[],
  at: number,
): number | null {
  const record = records[at] as TaskRecord | null | undefined;
  if (record === null || record === undefined) return null;
  const value = KERNEL_METRICS[row.metric]!(specs[at]!, record);
  return Number.isFinite(value) && value > 0 ? value : null;
}

/** A metric that is about linear in prices: a rate becomes the time of a byte. */
const linear = (row: LiveRow, value: number): number => (row.metric === 'gbps' ? 8 / value : value);

/** What the rows can tell apart, from the first round's slopes. */
function statesOf(slopes: readonly (readonly number[])[]): FittedGroup[] {
  const column = (at: number): number[] => slopes.map((row) => row[at]!);
  const states: FittedGroup[] = [];
  GROUPS.forEach(({ name }, at) => {
    const mine = column(at);
    if (Math.max(0, ...mine.map(Math.abs)) * STEP < SEEN) {
      states.push({ name, factor: 1, state: 'unseen', tiedTo: null });
      return;
    }
    const twin = states.findIndex(
      ({ state }, other) => state === 'measured' && cosine(mine, column(other)) > PARALLEL,
    );
    states.push(
      twin < 0
        ? { name, factor: 1, state: 'measured', tiedTo: null }
        : { name, factor: 1, state: 'tied', tiedTo: GROUPS[twin]!.name },
    );
  });
  return states;
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, at) => sum + value * y[at]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** The next factors: the linear model through the present ones, pulled a little towards the book. */
function solved(
  rows: readonly LiveRow[],
  slopes: readonly (readonly number[])[],
  factors: readonly number[],
  now: (row: LiveRow) => number,
  states: readonly FittedGroup[],
): number[] {
  const free = states.flatMap(({ state }, at) => (state === 'measured' ? [at] : []));
  // A tied group moves with the one that it is tied to.
  const partners = (at: number): number[] => [
    at,
    ...states.flatMap(({ tiedTo }, other) => (tiedTo === GROUPS[at]!.name ? [other] : [])),
  ];
  const perFactor = (row: number, at: number): number =>
    partners(at).reduce((sum, other) => sum + slopes[row]![other]! / factors[other]!, 0);
  const weight = rows.map(({ q1, q3, measured }) => SPREAD_MIN / Math.max(SPREAD_MIN, (q3 - q1) / measured));
  const a = rows.map((_, r) => free.map((at) => perFactor(r, at) * weight[r]!));
  const b = rows.map((row, r) => {
    const through = free.reduce((sum, at, c) => sum + a[r]![c]! * factors[at]!, 0);
    return (1 - now(row) / linear(row, row.measured)) * weight[r]! + through;
  });
  for (const at of free) {
    a.push(free.map((other) => (other === at ? PULL : 0)));
    b.push(PULL);
  }
  const found = nnls(a, b);
  const next = [...factors];
  free.forEach((at, c) => {
    const least = factors[at]! / LEAP;
    const value = Math.min(Math.max(found[c]!, least), factors[at]! * LEAP);
    for (const one of partners(at)) next[one] = value;
  });
  return next;
}
