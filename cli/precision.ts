/**
 * `--precision` and `--metrics`: their texts, and what they mean for the seeds that a run may take.
 */
import { METRICS, type MetricId } from '../engine/core/record.ts';
import { precisionRule, SEEDS_MAX, SEEDS_MIN } from '../reports/precision.ts';
import type { PrecisionRule } from '../reports/schema.ts';
import { nearest } from '../scenarios/lib/nearest.ts';
import { UsageError } from './errors.ts';
import type { RunFlags } from './flags.ts';

export const PRECISION_HELP =
  'more seeds until the 95 % interval of the headline figures is this narrow: half of it / mean; at most ' +
  `${SEEDS_MAX} seeds a cell, or --replications`;

/** null: the seeds are the scenario's, or those of --replications. @throws UsageError */
export function precisionOf(flags: RunFlags): PrecisionRule | null {
  if (flags.precision === undefined) {
    if (flags.metrics === undefined) return null;
    throw new UsageError('--metrics goes with --precision: --precision 2% --metrics rpcP99,cpuPerByte');
  }
  const seedsMax = flags.replications ?? SEEDS_MAX;
  if (seedsMax < SEEDS_MIN) {
    throw new UsageError(
      `--replications ${seedsMax} with --precision: an interval takes at least ${SEEDS_MIN} seeds`,
    );
  }
  return precisionRule(targetOf(flags.precision), metricsOf(flags.metrics), seedsMax);
}

/** The flags with the most seeds that a precision allows. */
export function withSeeds(flags: RunFlags): RunFlags {
  const rule = precisionOf(flags);
  return rule === null ? flags : { ...flags, replications: rule.seedsMax };
}

/** `2%` or `0.02`. */
function targetOf(text: string): number {
  const parts = /^(\d+(?:\.\d+)?|\.\d+)\s*(%?)$/.exec(text.trim());
  // Read as one number: 2/100 and 0.02 are the same double, 0.7/100 and 0.007 need not be.
  const target = parts === null ? Number.NaN : Number(parts[2] === '%' ? `${parts[1]}e-2` : parts[1]);
  if (!(target >= 0.0001 && target <= 0.5)) {
    throw new UsageError(`--precision takes 0.01% to 50% (2%, or 0.02), not '${text}'`);
  }
  return target;
}

function metricsOf(text: string | undefined): MetricId[] | null {
  if (text === undefined) return null;
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  for (const name of names) {
    if (Object.hasOwn(METRICS, name)) continue;
    const near = nearest(name, Object.keys(METRICS), 3);
    const hint = near.length > 0 ? `; nearest: ${near.join(', ')}` : '';
    throw new UsageError(`--metrics: unknown metric '${name}'${hint} (all: list metrics)`);
  }
  return names as MetricId[];
}
