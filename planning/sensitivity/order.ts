/**
 * Whether the order of two backends can flip: over the draws, and by a single price at an end of its range. Both cells
 * are set beside each other under the same draw, on one moved book.
 *
 * A backend leads where its figure is better by more than 0.5 % and by more than the noise of either cell; closer ones
 * are a tie, and a tie that opens is no flip. Left out: the order of more than two at once.
 */
import { METRICS, type MetricId } from '../../engine/core/record.ts';
import type { StageId } from '../../engine/host/stages.ts';
import { THRESHOLD } from './screen.ts';
import type { CellStudy, Figures } from './study.ts';

export interface Pair {
  /** Dimensions that both cells share. */
  readonly dims: Readonly<Record<string, string | number>>;
  readonly metric: string;
  /** Backend ahead at the book's prices. */
  readonly ahead: string;
  readonly behind: string;
  /** Figure of `ahead` over that of `behind`. */
  readonly ratio: number;
  /** Draws in which both have a figure. */
  readonly draws: number;
  /** Of those, in which `behind` leads. */
  readonly flips: number;
  /** Of those, in which neither leads. */
  readonly ties: number;
  /** Single prices that alone let `behind` lead. */
  readonly single: readonly { readonly stage: StageId; readonly end: 'low' | 'high' }[];
}

interface Judge {
  readonly better: 'higher' | 'lower';
  /** Closer than this is a tie, ratio. */
  readonly margin: number;
}

/** Every pair of backends of one point that is no tie at the book's prices. */
export function orderOf(cells: readonly CellStudy[]): Pair[] {
  const groups = new Map<string, CellStudy[]>();
  for (const cell of cells.filter(({ book }) => book !== null)) {
    const key = JSON.stringify(pointOf(cell));
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()].flatMap((group) =>
    group.flatMap((one, at) => group.slice(at + 1).flatMap((other) => pairsOf(one, other))),
  );
}

/** Dimensions without the backend. */
export function pointOf({ tasks }: CellStudy): Readonly<Record<string, string | number>> {
  const { backend: _backend, ...point } = tasks[0]!.dims;
  return point;
}

function pairsOf(one: CellStudy, other: CellStudy): Pair[] {
  const pairs: Pair[] = [];
  for (const metric of Object.keys(one.book!)) {
    const { better } = METRICS[metric as MetricId];
    const first = one.book![metric];
    const second = other.book![metric];
    if (better === 'neither' || first == null || second == null) continue;
    const margin = Math.max(THRESHOLD, one.noise[metric] ?? 0, other.noise[metric] ?? 0);
    const judge: Judge = { better, margin };
    const leads = leader(first, second, judge);
    if (leads === 0) continue;
    const [ahead, behind] = leads > 0 ? [one, other] : [other, one];
    pairs.push(pairOf(ahead, behind, metric, judge));
  }
  return pairs;
}

/** 1: the first is better by more than the margin, −1: the second, 0: a tie. */
export function leader(first: number, second: number, { better, margin }: Judge): -1 | 0 | 1 {
  const [low, high] = first < second ? [first, second] : [second, first];
  if (high - low <= margin * high) return 0;
  return first > second === (better === 'higher') ? 1 : -1;
}

function pairOf(ahead: CellStudy, behind: CellStudy, metric: string, judge: Judge): Pair {
  const figure = (figures: Figures | null): number | null => figures?.[metric] ?? null;
  const leaders = ahead.draws.flatMap((figures, draw) => {
    const [a, b] = [figure(figures), figure(behind.draws[draw] ?? null)];
    return a === null || b === null ? [] : [leader(a, b, judge)];
  });
  // A price that a cell does not use, or that moves nothing there, leaves the book's figure.
  const at = (cell: CellStudy, stage: StageId, end: 0 | 1): number | null => {
    const moves = cell.prices.find(({ lever }) => lever.stage === stage)?.moves[metric] ?? [0, 0];
    return moves[end] === null ? null : figure(cell.book)! * (1 + moves[end]);
  };
  const flipsAt = (stage: StageId, end: 0 | 1): boolean => {
    const [a, b] = [at(ahead, stage, end), at(behind, stage, end)];
    return a !== null && b !== null && leader(a, b, judge) < 0;
  };
  const stages = new Set([...ahead.prices, ...behind.prices].map(({ lever }) => lever.stage));
  const single = [...stages].flatMap((stage) => [
    ...(flipsAt(stage, 0) ? [{ stage, end: 'low' as const }] : []),
    ...(flipsAt(stage, 1) ? [{ stage, end: 'high' as const }] : []),
  ]);
  return {
    dims: pointOf(ahead),
    metric,
    ahead: String(ahead.tasks[0]!.dims.backend),
    behind: String(behind.tasks[0]!.dims.backend),
    ratio: figure(ahead.book)! / figure(behind.book)!,
    draws: leaders.length,
    flips: leaders.filter((one) => one < 0).length,
    ties: leaders.filter((one) => one === 0).length,
    single,
  };
}
