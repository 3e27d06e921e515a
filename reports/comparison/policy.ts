/**
 * What the gate looks at and how strictly: levels, floors, accepts. Data that the command line makes of flags and
 * configuration; later rules win over earlier ones.
 */
import { METRICS, type MetricId } from '../../engine/core/record.ts';
import { parseAmount, parseFloor } from './amount.ts';
import { type Dims, GrammarError, parseSelector, type Selector, selects } from './selector.ts';
import type { Aspect, Floor, Level, MetricComparison } from './types.ts';

/** Level and floor of the figures that a selector names; what is absent stays as it was. */
export interface Rule {
  readonly selector: Selector;
  readonly level?: Level;
  /** `2%`, or an amount in the metric's unit. */
  readonly floor?: string;
}

/** A finding that is known and wanted, until a day. */
export interface Accept {
  readonly selector: Selector;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly until: string;
  readonly reason: string;
  /** Larger changes are not covered; null: any size. */
  readonly upTo: number | null;
}

export interface Policy {
  readonly gate: Level;
  /** Of the whole gate, 0 … 0.5. */
  readonly alpha: number;
  readonly allow: readonly Aspect[];
  /** Metrics in the gate at level error, unless a rule says otherwise. */
  readonly metrics: readonly string[];
  /** Smallest change that counts, unless a rule says otherwise: `1%`. */
  readonly floor: string;
  readonly rules: readonly Rule[];
  readonly accepts: readonly Accept[];
  /** `YYYY-MM-DD`, for accepts; the caller reads the clock. */
  readonly today: string;
  /** Figures that are compared at all; empty: all. */
  readonly filter: readonly Selector[];
}

/**
 * The gate's figures by default: what users ask for (payload, latency, flow times) and what it costs. More would
 * overlap, and each takes seeds: 200 figures need 13.
 */
export const GATE_METRICS: readonly MetricId[] = [
  'goodput',
  'rpcP50',
  'rpcP99',
  'slowdownSmallP99',
  'slowdownLargeP99',
  'cpuPerByte',
];

export const DEFAULT_POLICY: Policy = {
  gate: 'off',
  alpha: 0.05,
  allow: [],
  metrics: GATE_METRICS,
  floor: '1%',
  rules: [],
  accepts: [],
  today: '1970-01-01',
  filter: [],
};

/** Level and floor of one figure. @throws GrammarError a floor that does not fit the metric's unit */
export function ruleOf(
  policy: Policy,
  metric: string,
  unit: string,
  dims: Dims,
): { level: Level; floor: Floor } {
  let level: Level = policy.metrics.includes(metric) ? 'error' : 'off';
  let floor = policy.floor;
  for (const rule of policy.rules) {
    if (!selects(rule.selector, metric, dims)) continue;
    level = rule.level ?? level;
    floor = rule.floor ?? floor;
  }
  return { level, floor: parseFloor(floor, unit) };
}

/** Whether a figure is to be compared at all. */
export const inFilter = (policy: Policy, metric: string, dims: Dims): boolean =>
  policy.filter.length === 0 || policy.filter.some((selector) => selects(selector, metric, dims));

/**
 * The accept that covers a finding.
 * @param ratio  size of the change; null: none that could be told
 */
export function acceptOf(
  policy: Policy,
  metric: string,
  dims: Dims,
  ratio: number | null,
): MetricComparison['acceptedBy'] {
  const found = policy.accepts.find(
    ({ selector, until, upTo }) =>
      until >= policy.today &&
      selects(selector, metric, dims) &&
      (upTo === null || (ratio !== null && Math.abs(ratio) <= upTo)),
  );
  return found === undefined
    ? null
    : { match: found.selector.text, until: found.until, reason: found.reason };
}

/** What the reader should know about accepts that no longer hold. */
export function expiredAccepts(policy: Policy): string[] {
  return policy.accepts
    .filter(({ until }) => until < policy.today)
    .map(({ selector, until, reason }) => `the accept of ${selector.text} ended on ${until} (${reason})`);
}

/** A selector that names a metric, all of them, or a pattern of them. @throws GrammarError unknown name */
export function metricSelector(text: string, more: readonly string[] = []): Selector {
  const selector = parseSelector(text);
  const known = [...Object.keys(METRICS), ...more];
  if (selector.metric.includes('*')) return selector;
  if (!known.includes(selector.metric)) {
    throw new GrammarError(`unknown metric '${selector.metric}' in '${text}'; there are ${known.join(', ')}`);
  }
  return selector;
}

/** `3%` → 0.03, for sizes that have no unit. @throws GrammarError */
export const parseShare = (text: string): number => Math.abs(parseAmount(text, 'ratio'));
