/**
 * What the study found → sensitivity.json: labels, units, ranges over the draws, prices in the order of what they move.
 */
import { METRICS, type MetricId } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { orderOf } from '../../planning/sensitivity/order.ts';
import { factorAt, type Lever, ranks } from '../../planning/sensitivity/prices.ts';
import { THRESHOLD } from '../../planning/sensitivity/screen.ts';
import type {
  CellStudy,
  Figures,
  Moved,
  Moves,
  SensitivityOptions,
} from '../../planning/sensitivity/study.ts';
import { canonicalSha256 } from '../../reports/canonical.ts';
import type { Sensitivity, SensitivityCell } from '../../reports/sensitivity/schema.ts';

/** A cell of the scenario: studied, or why not. */
export interface PlannedCell {
  readonly tasks: readonly TaskSpec[];
  /** Why it cannot work; null: it can. */
  readonly infeasible: string | null;
}

export interface DocumentInput {
  readonly cells: readonly PlannedCell[];
  /** Of the feasible cells, in their order. */
  readonly studies: readonly CellStudy[];
  readonly options: SensitivityOptions;
  readonly scenario: Sensitivity['scenario'];
  readonly modelVersion: string;
  readonly runs: number;
}

/** The document; equal studies give equal documents. @param failed  a run failed */
export function documentOf(input: DocumentInput, failed: boolean): Sensitivity {
  const { cells, studies, options, scenario, modelVersion, runs } = input;
  const [first] = cells[0]!.tasks;
  const levers = new Map(
    studies.flatMap(({ prices }) => prices.map(({ lever }) => [lever.stage, lever] as const)),
  );
  const left = [...studies];
  return {
    schema: 'windtunnel/sensitivity',
    schemaVersion: '1.0',
    status: failed ? 'failed' : 'complete',
    tool: { name: packageJson.name, version: packageJson.version },
    model: {
      version: modelVersion,
      machine: { name: first!.machine.name, sha256: canonicalSha256(first!.machine) },
    },
    scenario,
    seeds: cells[0]!.tasks.map(({ seed }) => seed),
    draws: { count: options.draws, seed: options.seed },
    all: options.all,
    threshold: THRESHOLD,
    runs,
    prices: [...levers.values()].map((lever) => priceOf(lever, options)),
    cells: cells.map(({ tasks, infeasible }) =>
      infeasible === null
        ? cellOf(left.shift()!)
        : { ...blank(tasks), status: 'infeasible', reason: infeasible },
    ),
    pairs: orderOf(studies).map((pair) => ({ ...pair, dims: { ...pair.dims }, single: [...pair.single] })),
  };
}

function priceOf(
  { stage, confidence, source, range }: Lever,
  options: SensitivityOptions,
): Sensitivity['prices'][number] {
  const draws = ranks(stage, options.draws, options.seed).map((rank) => factorAt(range, rank));
  return { stage, confidence, low: range[0], high: range[1], source, draws };
}

function blank(tasks: readonly TaskSpec[]): SensitivityCell {
  const { cell, dims } = tasks[0]!;
  return {
    id: cell,
    dims: { ...dims },
    status: 'failed',
    assumedShare: null,
    figures: [],
    prices: [],
    together: null,
  };
}

function cellOf(study: CellStudy): SensitivityCell {
  const { tasks, book } = study;
  if (book === null) return { ...blank(tasks), reason: 'a run at the prices of the book failed' };
  return {
    ...blank(tasks),
    status: 'ok',
    assumedShare: study.assumedShare,
    figures: Object.keys(book).map((metric) => figureOf(study, book, metric as MetricId)),
    prices: [...study.prices].sort((a, b) => b.bound - a.bound).map(cellPrice),
    together: study.together === null ? null : movesOf(study.together),
  };
}

function figureOf(study: CellStudy, book: Figures, metric: MetricId): SensitivityCell['figures'][number] {
  const { unit, better } = METRICS[metric];
  const at = (figures: Figures | null): number | null => figures?.[metric] ?? null;
  const draws = study.draws.map(at);
  const shown = draws.filter((value) => value !== null);
  return {
    metric,
    unit,
    better,
    value: book[metric]!,
    low: shown.length === 0 ? null : Math.min(...shown),
    high: shown.length === 0 ? null : Math.max(...shown),
    allLow: at(study.ends[0]),
    allHigh: at(study.ends[1]),
    draws,
    noise: study.noise[metric] ?? 0,
  };
}

const cellPrice = ({ lever, share, bound, run, moves }: Moved): SensitivityCell['prices'][number] => ({
  stage: lever.stage,
  share,
  bound,
  run,
  moves: movesOf(moves),
});

const movesOf = (moves: Moves): SensitivityCell['prices'][number]['moves'] =>
  Object.fromEntries(Object.entries(moves).map(([metric, [low, high]]) => [metric, { low, high }]));
