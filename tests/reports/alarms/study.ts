/**
 * How often 200 unchanged cells raise an alarm, and how often a shift is found: 16 of 60 seeds are drawn again and
 * again. Draws come from a small generator of the study's own, so that every run of it is the same.
 */
import { compareResults } from '../../../reports/comparison/compare.ts';
import type { Comparison, MetricComparison } from '../../../reports/comparison/types.ts';
import { type Made, namedOf } from '../comparisonFixture.ts';
import type { AlarmCell, AlarmMetric } from './cells.ts';

const REPETITIONS = 50;
const DRAWN = 16;

export interface Study {
  readonly cells: readonly AlarmCell[];
  readonly metric: AlarmMetric;
  /** paired: matched seeds under another hash seed; unmatched: disjoint seeds. */
  readonly design: 'paired' | 'unmatched';
}

/** xorshift32. */
function drawsOf(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** `count` of 0 … all − 1, each once. */
function chosen(draw: (below: number) => number, all: number, count: number): number[] {
  const rest = Array.from({ length: all }, (_, at) => at);
  return Array.from({ length: count }, () => rest.splice(draw(rest.length), 1)[0]!);
}

/**
 * The two sides of one repetition.
 * @param shift  cell whose head is multiplied by 1.05; null: nothing has changed
 */
export function drawSides(study: Study, repetition: number, shift: number | null): [base: Made, head: Made] {
  const { cells, metric, design } = study;
  const draw = drawsOf(1000 + repetition);
  const seeds = chosen(draw, 60, 2 * DRAWN);
  const base = seeds.slice(0, DRAWN);
  const head = design === 'paired' ? base : seeds.slice(DRAWN);
  // Which hash seed is the base must not matter: they take turns.
  const side = repetition % 2;
  const sideOf = (which: 'base' | 'head', at: readonly number[]): Made => ({
    seeds: at.map((seed) => seed + 1),
    cells: Object.fromEntries(
      cells.map(({ id, samples }, index) => {
        const from = samples[metric]![which === 'base' || design === 'unmatched' ? side : 1 - side]!;
        const factor = which === 'head' && index === shift ? 1.05 : 1;
        return [id, { [metric]: at.map((seed) => from[seed]! * factor) }];
      }),
    ),
  });
  return [sideOf('base', base), sideOf('head', head)];
}

function compareDraw(study: Study, repetition: number, shift: number | null): Comparison {
  const [base, head] = drawSides(study, repetition, shift);
  const policy = { gate: 'error', allow: ['seeds'], metrics: [study.metric] } as const;
  return compareResults(namedOf('base', base), namedOf('head', head), policy);
}

const alarming = ({ verdict }: MetricComparison): boolean => ['better', 'worse', 'changed'].includes(verdict);
const rowsOf = ({ cells }: Comparison): MetricComparison[] => cells.flatMap(({ metrics }) => metrics);

/** Shares of repetitions in which any unchanged cell raised an alarm. */
export interface AlarmRates {
  /** Got a verdict. */
  readonly gate: number;
  /** Was significant, whatever its size. */
  readonly statistics: number;
  /** Figures in each gate. */
  readonly figures: number;
}

export function alarmRates(study: Study): AlarmRates {
  let [gate, statistics, figures] = [0, 0, 0];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const comparison = compareDraw(study, repetition, null);
    figures = comparison.gate.figures;
    const rows = rowsOf(comparison);
    if (rows.some(alarming)) gate++;
    if (rows.some(({ pAdjusted }) => pAdjusted !== null && pAdjusted <= comparison.gate.alpha)) statistics++;
  }
  return { gate: gate / REPETITIONS, statistics: statistics / REPETITIONS, figures };
}

/** Share of repetitions in which a cell that grew by 5 % is found, a different cell each time. */
export function foundRate(study: Study): number {
  let found = 0;
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    const shifted = (repetition * 37) % study.cells.length;
    const comparison = compareDraw(study, repetition, shifted);
    const row = comparison.cells[shifted]!.metrics[0]!;
    if (alarming(row) && row.delta!.absolute > 0) found++;
  }
  return found / REPETITIONS;
}
