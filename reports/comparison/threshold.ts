/**
 * Thresholds in k6's grammar: `p(99) < 400us`, `med >= 9 Gbit/s`, `value < 0.8`.
 *
 * Of a metric: value (the figure of the tables), min, max, avg, med, p(N) over its seeds (quantile R-7). Of the
 * distributions rpcLatency, slowdownSmall, slowdownLarge: p(50), p(90), p(99), p(99.9) of all samples of all seeds.
 * A figure that a cell should have and has not breaks its threshold: silence is no pass.
 */
import { max, mean, median, min, quantile } from 'simple-statistics';
import { METRICS, type MetricId } from '../../engine/core/record.ts';
import type { QuantileId } from '../distribution.ts';
import type { Cell, CellMetric } from '../schema.ts';
import { applies } from '../view.ts';
import { parseAmount } from './amount.ts';
import { type Named, sourceOf } from './compare.ts';
import { acceptOf, expiredAccepts, metricSelector, type Policy } from './policy.ts';
import { type Dims, GrammarError, type Selector, selectsCell } from './selector.ts';
import type { Check, Level, ThresholdOutcome } from './types.ts';

/** Distributions by the unit of their values. */
const DISTRIBUTIONS: Readonly<Record<string, { readonly unit: string; readonly label: string }>> = {
  rpcLatency: { unit: 's', label: 'RPC latency' },
  slowdownSmall: { unit: 'ratio', label: 'slowdown ≤10 KB' },
  slowdownLarge: { unit: 'ratio', label: 'slowdown >100 KB' },
};
const QUANTILES: Readonly<Record<string, QuantileId>> = { 50: 'p50', 90: 'p90', 99: 'p99', 99.9: 'p999' };

type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=';
type Aggregate = { readonly of: 'value' | 'min' | 'max' | 'avg' | 'med' } | { readonly percentile: number };

export interface Threshold {
  readonly selector: Selector;
  readonly level: Level;
  /** As written. */
  readonly condition: string;
  readonly aggregate: Aggregate;
  readonly operator: Operator;
  readonly limit: number;
}

/** What a metric or distribution of a selector is. */
function subjectOf(selector: Selector): { readonly unit: string; readonly label: string } {
  const of = DISTRIBUTIONS[selector.metric] ?? METRICS[selector.metric as MetricId];
  if (of === undefined)
    throw new GrammarError(`'${selector.text}': a threshold takes one metric, not a pattern`);
  return of;
}

/**
 * Reads a threshold.
 * @param selector   `rpcLatency{backend=host}`
 * @param condition  `p(99) < 400us`
 * @throws GrammarError
 */
export function parseThreshold(selector: string, condition: string, level: Level): Threshold {
  const parsed = metricSelector(selector, Object.keys(DISTRIBUTIONS));
  const { unit } = subjectOf(parsed);
  const match = /^\s*(?:([a-z]+)?\s*(?:\(?\s*(\d+(?:\.\d+)?)\s*\)?)?)\s*(<=|>=|==|!=|<|>)\s*(.+)$/.exec(
    condition,
  );
  if (match === null) throw badCondition(selector, condition);
  const [, word, digits, operator, amount] = match as unknown as [
    string,
    string | undefined,
    string | undefined,
    Operator,
    string,
  ];
  const aggregate = aggregateOf(word, digits);
  if (aggregate === null) throw badCondition(selector, condition);
  if (parsed.metric in DISTRIBUTIONS && !('percentile' in aggregate && QUANTILES[aggregate.percentile])) {
    const known = Object.keys(QUANTILES).sort((a, b) => Number(a) - Number(b));
    throw new GrammarError(
      `'${condition}' of ${selector}: a distribution has ${known.map((q) => `p(${q})`).join(', ')}`,
    );
  }
  const limit = parseAmount(amount, unit);
  return { selector: parsed, level, condition: condition.trim(), aggregate, operator, limit };
}

function aggregateOf(word: string | undefined, digits: string | undefined): Aggregate | null {
  if (word === 'p') {
    const percentile = Number(digits ?? Number.NaN);
    return percentile >= 0 && percentile <= 100 ? { percentile } : null;
  }
  if (digits !== undefined) return null;
  const of = (['value', 'min', 'max', 'avg', 'med'] as const).find((known) => known === (word ?? 'value'));
  return of === undefined ? null : { of };
}

const badCondition = (selector: string, condition: string): GrammarError =>
  new GrammarError(
    `'${condition}' of ${selector} is no condition; one looks like p(99) < 400us; ` +
      'before the sign: value, min, max, avg, med or p(N)',
  );

/** Holds thresholds against a result. */
export function checkResultAgainst(named: Named, thresholds: readonly Threshold[], policy: Policy): Check {
  const scenario = named.result.scenario.id;
  const notes = [...expiredAccepts(policy)];
  const outcomes = thresholds
    .filter(({ level }) => level !== 'off')
    .flatMap((threshold) => {
      const own = named.result.cells
        .filter((cell) => selectsCell(threshold.selector, { ...cell.dims, scenario }))
        .flatMap((cell) => outcomeOf(threshold, cell, { ...cell.dims, scenario }, policy) ?? []);
      if (own.length === 0) notes.push(`${threshold.selector.text} matches no cell of ${named.label}`);
      return own;
    });
  const errors = outcomes.filter(({ finding }) => finding === 'error').length;
  return {
    source: sourceOf(named),
    outcomes,
    gate: {
      policy: policy.gate,
      errors,
      warnings: outcomes.filter(({ finding }) => finding === 'warn').length,
      accepted: outcomes.filter(({ acceptedBy }) => acceptedBy !== null).length,
      passed: policy.gate !== 'error' || errors === 0,
    },
    notes: [...new Set(notes)],
  };
}

/** null: the cell has no traffic of that kind. */
function outcomeOf(threshold: Threshold, cell: Cell, dims: Dims, policy: Policy): ThresholdOutcome | null {
  const { selector, condition, level, operator, limit } = threshold;
  if (cell.seeds.length > 0 && !hasTraffic(cell, selector.metric)) return null;
  const { unit, label } = subjectOf(selector);
  const observed = cell.seeds.length === 0 ? null : observe(cell, threshold);
  const passed = observed !== null && holds(observed, operator, limit);
  const by = observed === null || limit === 0 ? null : (observed - limit) / Math.abs(limit);
  const acceptedBy = passed ? null : acceptOf(policy, selector.metric, dims, by);
  return {
    selector: selector.text,
    condition,
    level,
    cell: cell.id,
    dims: cell.dims,
    metric: selector.metric,
    label,
    unit,
    observed,
    limit,
    passed,
    reason: observed === null ? whyNone(cell) : null,
    acceptedBy,
    finding: passed || acceptedBy !== null ? 'off' : level,
  };
}

function hasTraffic(cell: Cell, metric: string): boolean {
  if (metric in DISTRIBUTIONS) return distributionOf(cell, metric).count > 0;
  const of = cell.metrics[metric];
  return (
    of !== undefined && (of.samples.some((value) => value !== null) || applies(cell, metric as MetricId))
  );
}

const distributionOf = (cell: Cell, name: string) => cell.distributions[name as keyof Cell['distributions']];

function observe(cell: Cell, { selector, aggregate }: Threshold): number | null {
  if (selector.metric in DISTRIBUTIONS && 'percentile' in aggregate) {
    return distributionOf(cell, selector.metric).quantiles[QUANTILES[aggregate.percentile]!].value;
  }
  const metric: CellMetric = cell.metrics[selector.metric]!;
  if ('of' in aggregate && aggregate.of === 'value') return metric.value;
  const samples = metric.samples.filter((value) => value !== null);
  if (samples.length === 0) return null;
  if ('percentile' in aggregate) return quantile(samples, aggregate.percentile / 100);
  return { min, max, avg: mean, med: median }[aggregate.of as 'min' | 'max' | 'avg' | 'med'](samples);
}

function whyNone(cell: Cell): string {
  if (cell.seeds.length === 0) return cell.reason ?? cell.status;
  return cell.overloaded
    ? 'overloaded: percentiles have no meaning'
    : 'too few samples for this figure: more seeds or a longer window';
}

function holds(observed: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return observed < limit;
    case '<=':
      return observed <= limit;
    case '>':
      return observed > limit;
    case '>=':
      return observed >= limit;
    case '==':
      return observed === limit;
    case '!=':
      return observed !== limit;
  }
}
