/**
 * Cells of two results side by side: which are in both, which are equal to the last byte, how large the largest
 * change is, and what else differs.
 */
import { METRICS, type MetricId } from '../../engine/core/record.ts';
import type { Cell, CellMetric, Result } from '../schema.ts';
import { differences } from './exact.ts';
import { type Figure, figureOf, type Seeds } from './figure.ts';
import { inFilter, type Policy, ruleOf } from './policy.ts';
import type { Dims } from './selector.ts';
import type { CellComparison, FieldChange } from './types.ts';

/** Fields of a cell that are told besides its metrics. */
const FIELDS_SHOWN = 12;
/** Parts of a cell that follow from what is told anyway, or are too long to tell. */
const SKIPPED = /^(metrics|seeds|series|distributions|coreBusy|probes)\b/;

/** A cell of either side or both. */
export interface CellPair {
  readonly base: Cell | null;
  readonly head: Cell | null;
}

/** In the order of base, then what only head has. */
export function pairCells(base: Result, head: Result): CellPair[] {
  const heads = new Map(head.cells.map((cell) => [cell.id, cell]));
  const ids = new Set(base.cells.map(({ id }) => id));
  return [
    ...base.cells.map((cell) => ({ base: cell, head: heads.get(cell.id) ?? null })),
    ...head.cells.filter(({ id }) => !ids.has(id)).map((cell) => ({ base: null, head: cell })),
  ];
}

export interface CellFigure {
  readonly metric: string;
  readonly label: string;
  readonly base: CellMetric;
  readonly head: CellMetric;
  readonly figure: Figure;
}

/** A cell as compared so far, and its figures, which wait for their verdicts. */
export interface ComparedCell {
  readonly cell: Omit<CellComparison, 'metrics'>;
  /** With the scenario's name. */
  readonly dims: Dims;
  readonly figures: readonly CellFigure[];
  /** Metrics of the gate that only all seeds together show. */
  readonly thin: readonly string[];
}

export function compareCells(pair: CellPair, seeds: Seeds, scenario: string, policy: Policy): ComparedCell {
  const { base, head } = pair;
  const of = (base ?? head)!;
  const dims = { ...of.dims, scenario };
  const changes = base === null || head === null ? [] : differences(base, head, '');
  const same = base !== null && head !== null && changes.length === 0;
  return {
    cell: {
      id: of.id,
      dims: of.dims,
      title: of.title,
      presence: base === null ? 'only-head' : head === null ? 'only-base' : 'both',
      baseAbsent: absenceOf(base),
      headAbsent: absenceOf(head),
      same,
      seeds: seedsOf(base, head),
      largest: largestOf(changes),
      fields: changes
        .filter(({ path }) => !SKIPPED.test(path))
        .slice(0, FIELDS_SHOWN)
        .map(({ path, a, b, relative }) => ({ path, base: a ?? null, head: b ?? null, relative })),
    },
    dims,
    figures: figuresOf(pair, seeds, same).filter(({ metric }) => inFilter(policy, metric, dims)),
    thin: base === null || head === null ? [] : thinIn(base, dims, policy),
  };
}

const thinIn = ({ metrics }: Cell, dims: Dims, policy: Policy): string[] =>
  Object.entries(metrics)
    .filter(([, { value, samples }]) => value !== null && samples.every((sample) => sample === null))
    .filter(([metric, { unit }]) => ruleOf(policy, metric, unit, dims).level !== 'off')
    .flatMap(([metric]) => (inFilter(policy, metric, dims) ? [metric] : []));

function absenceOf(cell: Cell | null): string | null {
  if (cell === null) return 'not in this result';
  if (cell.seeds.length > 0) return null;
  return cell.status === 'missing' ? 'not run' : `${cell.status}: ${cell.reason ?? 'no reason given'}`;
}

function seedsOf(base: Cell | null, head: Cell | null): CellComparison['seeds'] {
  const digests = new Map((base?.seeds ?? []).map(({ seed, digest }) => [seed, digest]));
  const common = (head?.seeds ?? []).filter(({ seed }) => digests.has(seed));
  const changed = common.filter(({ seed, digest }) => digests.get(seed) !== digest);
  return { common: common.length, changed: changed.length };
}

function largestOf(changes: readonly Omit<FieldChange, 'base' | 'head'>[]): CellComparison['largest'] {
  const metrics = changes.flatMap(({ path, relative }) => {
    const metric = /^metrics\.([^.]+)\.value$/.exec(path)?.[1];
    return metric === undefined ? [] : [{ metric, ratio: relative }];
  });
  const size = ({ ratio }: { ratio: number | null }): number => (ratio === null ? -1 : Math.abs(ratio));
  return metrics.sort((a, b) => size(b) - size(a))[0] ?? null;
}

const none = (unit: string, better: CellMetric['better']): CellMetric => ({
  unit,
  better,
  samples: [],
  value: null,
});

/** In table order; a metric without a value of any seed on either side is left out. */
function figuresOf({ base, head }: CellPair, seeds: Seeds, same: boolean): CellFigure[] {
  const ids = new Set([
    ...Object.keys(METRICS),
    ...Object.keys(base?.metrics ?? {}),
    ...Object.keys(head?.metrics ?? {}),
  ]);
  return [...ids].flatMap((metric) => {
    const known = base?.metrics[metric] ?? head?.metrics[metric];
    if (known === undefined) return [];
    const from = base?.metrics[metric] ?? none(known.unit, known.better);
    const to = head?.metrics[metric] ?? none(known.unit, known.better);
    if ([...from.samples, ...to.samples].every((value) => value === null)) return [];
    const label = METRICS[metric as MetricId]?.label ?? metric;
    return [{ metric, label, base: from, head: to, figure: figureOf(from, to, seeds, same) }];
  });
}
