/**
 * Seeds until the figures are precise: after how many seeds a cell is looked at, what is found then, and in words why
 * no more were run. A function of the cell's records alone, so a resumed run decides as the first one did. A percentile
 * for which one seed has too few samples is taken over groups of seeds, at least five of them.
 *
 * Looking often and stopping when it looks narrow makes intervals that hold too rarely. So the first look comes at
 * five seeds and each further one half as many later (5, 8, 12, 18, 27, 40): at most six looks. What is left of the
 * effect is measured by tests/reports/precision.test.ts: intervals at the stop hold in 92 … 94 % of cases instead of
 * 95 %, and the mean lies within the target of the truth in at least 95 %.
 */
import { METRICS, type MetricId, type TaskRecord } from '../engine/core/record.ts';
import { type Grouped, groupedQuantile, seedsFor } from './distribution.ts';
import { CONFIDENCE, intervalOf } from './interval.ts';
import { PERCENTILES, SCALES } from './metrics.ts';
import type { Cell, CellPrecision, PrecisionRule, Result } from './schema.ts';
import { percent } from './units.ts';
import { figureOf, headlines } from './view.ts';

export const SEEDS_MIN = 5;
export const SEEDS_MAX = 40;

/** @param metrics  null: the headline figures of each cell */
export function precisionRule(
  target: number,
  metrics: readonly MetricId[] | null,
  seedsMax: number,
): PrecisionRule {
  const named = metrics === null ? null : [...metrics];
  return { target, confidence: CONFIDENCE, seedsMin: SEEDS_MIN, seedsMax, metrics: named };
}

/** Seeds at the next look, after one at `seeds` (0: none yet). */
export function nextLook(seeds: number, { seedsMin, seedsMax }: PrecisionRule): number {
  return Math.min(seedsMax, Math.max(seedsMin, Math.ceil(seeds * 1.5)));
}

/** The cell with what its seeds have reached. @param records  of the cell, in seed order */
export function withPrecision(cell: Cell, records: readonly TaskRecord[], rule: PrecisionRule): Cell {
  return cell.status === 'infeasible' ? cell : { ...cell, precision: precisionOf(cell, records, rule) };
}

/** What the seeds of a cell have reached. */
export function precisionOf(cell: Cell, records: readonly TaskRecord[], rule: PrecisionRule): CellPrecision {
  const given = cell.metrics.goodput?.samples.length ?? 0;
  const intervals: CellPrecision['intervals'] = [];
  const without: MetricId[] = [];
  for (const metric of (rule.metrics as MetricId[] | null) ?? headlines(cell)) {
    const samples = samplesOf(cell, records, metric);
    if (samples !== null) {
      const interval = intervalOf(samples.values);
      const reached = interval.relative !== null && interval.relative <= rule.target;
      intervals.push({ metric, each: samples.each, ...interval, reached });
      // A headline that says nothing about this traffic is none of the cell's.
    } else if (rule.metrics !== null || figureOf(cell, metric) !== null || comes(cell, metric, rule)) {
      without.push(metric);
    }
  }
  return { seeds: given, ...stateOf(cell, rule, given, intervals, without), intervals, without };
}

/** Independent values; null with less than two, or where a seed has none. */
function samplesOf(cell: Cell, records: readonly TaskRecord[], metric: MetricId): Grouped | null {
  const percentile = PERCENTILES[metric];
  if (percentile !== undefined) {
    const { from, id } = percentile;
    const seeds = records.map((record) => record[from]);
    return cell.overloaded ? null : groupedQuantile(seeds, id, SCALES[from], SEEDS_MIN);
  }
  const known = (cell.metrics[metric]?.samples ?? []).filter((sample) => sample !== null);
  return known.length >= 2 && known.length === cell.seeds.length ? { values: known, each: 1 } : null;
}

/** Whether a percentile that lacks samples would have an interval with the most seeds. */
function comes(cell: Cell, metric: MetricId, { seedsMax }: PrecisionRule): boolean {
  const percentile = PERCENTILES[metric];
  if (percentile === undefined) return false;
  const each = seedsFor(cell.distributions[percentile.from].count, cell.seeds.length, percentile.id);
  return each * SEEDS_MIN <= seedsMax;
}

function stateOf(
  cell: Cell,
  rule: PrecisionRule,
  given: number,
  intervals: CellPrecision['intervals'],
  without: readonly MetricId[],
): Pick<CellPrecision, 'state' | 'text'> {
  const also = alsoOf(cell, intervals, without);
  const most = given >= rule.seedsMax;
  const wide = intervals.filter(({ reached }) => !reached).map(({ metric }) => metric);
  if (cell.status === 'failed') return { state: 'failed', text: 'a seed failed' };
  if (cell.seeds.length < given || given < rule.seedsMin) return { state: 'unfinished', text: 'unfinished' };
  // Growth that some seeds do not see may be chance: further ones tell, and percentiles with them.
  if (cell.overloaded && !most && cell.seeds.some(({ overloaded }) => !overloaded)) {
    return { state: 'unfinished', text: 'overloaded in some seeds only' };
  }
  if (!cell.overloaded && !most && without.some((metric) => comes(cell, metric, rule))) {
    return { state: 'unfinished', text: `unfinished${also}` };
  }
  if (intervals.length === 0) return { state: 'no value', text: `nothing to narrow${also}` };
  if (wide.length === 0) {
    const state = rule.metrics !== null && without.length > 0 ? 'no value' : 'reached';
    return { state, text: `within ${percentText(rule.target)}${also}` };
  }
  const text = `${labelsOf(wide)} wider after ${given} seeds${most ? ', the most allowed' : ''}${also}`;
  return { state: most ? 'most seeds' : 'unfinished', text };
}

/** What stands behind the outcome: metrics left out and why, percentiles of several seeds. */
function alsoOf(cell: Cell, intervals: CellPrecision['intervals'], without: readonly MetricId[]): string {
  const tails = without.filter((metric) => PERCENTILES[metric] !== undefined);
  const others = without.filter((metric) => PERCENTILES[metric] === undefined);
  const parts: string[] = [];
  for (const { metric, each } of intervals) {
    if (each > 1) parts.push(`${labelsOf([metric])}: ${each} seeds a value`);
  }
  if (tails.length > 0)
    parts.push(`${labelsOf(tails)}: ${cell.overloaded ? 'overloaded' : 'too few samples'}`);
  if (others.length > 0) parts.push(`${labelsOf(others)}: no value`);
  return parts.map((part) => `; ${part}`).join('');
}

const labelsOf = (metrics: readonly string[]): string =>
  metrics.map((metric) => METRICS[metric as MetricId].label).join(', ');

/** "2 %", "0.5 %". */
export const percentText = (ratio: number): string => percent(ratio, ratio < 0.01 ? 1 : 0);

/** What the seeds of each cell have reached, as a table. */
export interface PrecisionTable {
  readonly title: string;
  readonly metrics: readonly string[];
  /** Cells in order; `figures` as "±1.2 %", "–" where there is no interval. */
  readonly rows: readonly {
    readonly cell: Cell;
    readonly seeds: number;
    readonly figures: readonly string[];
    readonly text: string;
  }[];
}

/** null: the run asked for no precision. */
export function precisionTable(result: Result): PrecisionTable | null {
  const rule = result.seeds.precision;
  if (rule === undefined) return null;
  const cells = result.cells.filter(({ precision, seeds }) => precision !== undefined && seeds.length > 0);
  const used = new Set(cells.flatMap(({ precision }) => precision!.intervals.map(({ metric }) => metric)));
  const metrics = Object.keys(METRICS).filter((metric) => used.has(metric));
  return {
    title: `precision: half of the ${percent(rule.confidence)} interval over seeds (Student t), of the mean`,
    metrics,
    rows: cells.map((cell) => ({
      cell,
      seeds: cell.seeds.length,
      figures: metrics.map((metric) => {
        const found = cell.precision!.intervals.find((one) => one.metric === metric);
        return found?.relative == null ? '–' : `±${percent(found.relative, 1)}`;
      }),
      text: cell.precision!.text,
    })),
  };
}

/** "3 seeds from 1", "5 … 18 seeds from 1". */
export function seedsText({ cells, seeds }: Result): string {
  const counts = cells.flatMap(({ precision }) => (precision === undefined ? [] : [precision.seeds]));
  const most = seeds.replications.length;
  const least = Math.min(most, ...counts);
  const words = most === 1 ? '1 seed' : `${least < most ? `${least} … ` : ''}${most} seeds`;
  return `${words} from ${seeds.root}`;
}
