/**
 * Flags and configuration → the gate's policy and thresholds. The only place of the comparison that reads the clock:
 * accepts end on a day.
 */
import type { Command } from 'commander';
import { METRICS } from '../../engine/core/record.ts';
import { parseFloor } from '../../reports/comparison/amount.ts';
import {
  type Accept,
  DEFAULT_POLICY,
  metricSelector,
  type Policy,
  parseShare,
  type Rule,
} from '../../reports/comparison/policy.ts';
import { parseThreshold, type Threshold } from '../../reports/comparison/threshold.ts';
import { ASPECTS, type Aspect, type Level } from '../../reports/comparison/types.ts';
import { didYouMean } from '../../scenarios/lib/nearest.ts';
import { UsageError } from '../errors.ts';
import { collect, number, oneOf } from '../flags.ts';
import { type Config, type LoadedConfig, reading } from './config.ts';

export interface PolicyFlags {
  readonly gate?: string;
  readonly alpha?: number;
  readonly maxRegression?: string;
  readonly metrics?: string;
  readonly filter?: readonly string[];
  readonly allow?: string;
  readonly config?: string | false;
}

const LEVELS = ['off', 'warn', 'error'] as const;

/** Flags of commands that read the configuration. */
export const addConfigFlags = (command: Command): Command =>
  command
    .option('--config <file>', 'configuration (default: windtunnel.config.{ts,js,json,yaml} in this folder)')
    .option('--no-config', 'without it');

/** Flags of commands that set results against each other. */
export const addPolicyFlags = (command: Command): Command =>
  addConfigFlags(
    command
      .option('--gate <level>', 'off, warn (tell) or error (exit 3 on an error-level finding)')
      .option('--allow <a,b>', `what may differ: ${ASPECTS.join(', ')}`)
      .option('--metrics <a,b>', "metrics in the gate, or 'all' (see: list metrics)")
      .option('--filter <selector>', "only these figures, repeatable: 'rpcP99{backend=calico-*}'", collect)
      .option('--max-regression <5%>', 'smallest change that counts (default: 1%)')
      .option('--alpha <p>', 'significance level of the whole gate (default: 0.05)', number),
  );

/** @throws UsageError naming the flag, or the file and field */
export function policyOf(flags: PolicyFlags, { config, file }: LoadedConfig): Policy {
  const where = file ?? 'configuration';
  const alpha = flags.alpha ?? config.alpha ?? DEFAULT_POLICY.alpha;
  if (!(alpha > 0 && alpha <= 0.5))
    throw new UsageError(`--alpha takes a number from 0 to 0.5, not ${alpha}`);
  const floor = flags.maxRegression ?? config.floor ?? DEFAULT_POLICY.floor;
  if (!floor.includes('%')) throw new UsageError(`--max-regression takes a share such as 5%, not '${floor}'`);
  reading(flags.maxRegression === undefined ? `${where}: floor` : '--max-regression', () =>
    parseFloor(floor, 'ratio'),
  );
  return {
    gate: oneOf('--gate', flags.gate ?? config.gate ?? 'off', LEVELS),
    alpha,
    allow: allowOf(flags.allow, config),
    metrics: metricsOf(flags.metrics, config, where),
    floor,
    rules: rulesOf(config, where),
    accepts: acceptsOf(config, where),
    today: new Date().toISOString().slice(0, 10),
    filter: (flags.filter ?? []).map((text) => reading('--filter', () => metricSelector(text))),
  };
}

function allowOf(flag: string | undefined, config: Config): Aspect[] {
  const words = (flag ?? '').split(',').filter((word) => word.trim() !== '');
  return [...(config.allow ?? []), ...words.map((word) => oneOf('--allow', word.trim(), ASPECTS))];
}

function metricsOf(flag: string | undefined, config: Config, where: string): readonly string[] {
  const known = Object.keys(METRICS);
  const names = flag?.split(',').map((name) => name.trim()) ?? config.metrics;
  if (names === undefined) return DEFAULT_POLICY.metrics;
  if (names.includes('all')) return known;
  for (const name of names) {
    if (known.includes(name)) continue;
    const source = flag === undefined ? `${where}: metrics` : '--metrics';
    throw new UsageError(
      `${source}: unknown metric '${name}'${didYouMean(name, known, 3)} (all: list metrics)`,
    );
  }
  return names;
}

function rulesOf(config: Config, where: string): Rule[] {
  const rules: Rule[] = Object.entries(config.floors ?? {}).map(([text, floor]) => ({
    selector: floorSelector(`${where}: floors`, text, floor),
    floor,
  }));
  for (const { text, level, conditions } of thresholdEntries(config)) {
    for (const one of conditions) {
      if (typeof one === 'string') continue;
      const floor = one.vsBaseline;
      rules.push({ selector: floorSelector(`${where}: thresholds`, text, floor), level, floor });
    }
  }
  return rules;
}

/** A selector whose floor fits the metric; of a pattern of metrics, only a share does. */
function floorSelector(where: string, text: string, floor: string) {
  return reading(where, () => {
    const selector = metricSelector(text);
    parseFloor(floor, METRICS[selector.metric as keyof typeof METRICS]?.unit ?? 'ratio');
    return selector;
  });
}

function acceptsOf(config: Config, where: string): Accept[] {
  return (config.accept ?? []).map(({ match, until, reason, upTo }, at) =>
    reading(`${where}: accept[${at}]`, () => ({
      selector: metricSelector(match, ['rpcLatency', 'slowdownSmall', 'slowdownLarge']),
      until,
      reason,
      upTo: upTo === undefined ? null : parseShare(upTo),
    })),
  );
}

type Conditions = readonly (string | { readonly vsBaseline: string })[];

/** `['warn', 'p(99) < 1ms']`, `'p(99) < 1ms'` → level and conditions; error where no level stands first. */
function thresholdEntries(config: Config): { text: string; level: Level; conditions: Conditions }[] {
  return Object.entries(config.thresholds ?? {}).map(([text, given]) => {
    const list = Array.isArray(given) ? given : [given];
    const first = LEVELS.find((level) => level === list[0]);
    return { text, level: first ?? 'error', conditions: first === undefined ? list : list.slice(1) };
  });
}

/**
 * Thresholds of the configuration and of `--threshold 'rpcLatency{backend=host}: p(99) < 400us'`.
 * @throws UsageError
 */
export function thresholdsOf(flags: readonly string[], { config, file }: LoadedConfig): Threshold[] {
  const where = `${file ?? 'configuration'}: thresholds`;
  const configured = thresholdEntries(config).flatMap(({ text, level, conditions }) =>
    conditions.flatMap((condition) =>
      typeof condition === 'string' ? [reading(where, () => parseThreshold(text, condition, level))] : [],
    ),
  );
  const typed = flags.map((text) => {
    const at = text.lastIndexOf(':');
    if (at < 1) throw new UsageError(`--threshold takes 'selector: condition', not '${text}'`);
    return reading('--threshold', () => parseThreshold(text.slice(0, at), text.slice(at + 1), 'error'));
  });
  return [...configured, ...typed];
}
