/**
 * What a gate has to say, from comparisons and checks alike, the worst first: the list that annotations, job
 * summaries and pull-request comments share, with one line of words each.
 */
import type {
  Check,
  Comparison,
  GateResult,
  Level,
  MetricComparison,
  ThresholdOutcome,
} from '../comparison/types.ts';
import { deltaText, intervalText, nText, pText } from '../comparison/words.ts';
import { printScaled, scaleOf } from '../units.ts';

/** What a command has found: one comparison a head, one check a result. */
export interface Outcome {
  readonly comparisons: readonly Comparison[];
  readonly checks: readonly Check[];
}

/** One figure that gates. */
export interface Found {
  readonly level: 'error' | 'warn';
  /** "worse: RPC p99", "threshold broken: RPC p99". */
  readonly title: string;
  readonly cell: string;
  /** The figures, one line. */
  readonly text: string;
  /** For the order: relative size; Infinity for what is gone. */
  readonly size: number;
}

/** Findings of level warn and error; errors first, then the largest change. */
export function findingsOf({ comparisons, checks }: Outcome): Found[] {
  const found = [
    ...comparisons.flatMap(({ head, problems, cells, gate }) => [
      ...problems
        .filter((problem) => !problem.allowed)
        .map((problem) => lineOf('error', `not comparable: ${problem.aspect}`, head.label, problem.message)),
      ...(gate.undecided === 0
        ? []
        : [lineOf(gate.policy, 'no verdict: too few seeds', head.label, undecidedText(gate))]),
      ...cells.flatMap((cell) =>
        cell.metrics
          .filter((metric) => metric.finding !== 'off')
          .map((metric) => ({
            ...lineOf(metric.finding, `${metric.verdict}: ${metric.label}`, cell.id, figuresText(metric)),
            size: sizeOf(metric),
          })),
      ),
    ]),
    ...checks.flatMap(({ outcomes }) =>
      outcomes
        .filter((outcome) => outcome.finding !== 'off')
        .map((outcome) => ({
          ...lineOf(
            outcome.finding,
            `threshold broken: ${outcome.label}`,
            outcome.cell,
            thresholdText(outcome),
          ),
          size: distanceOf(outcome),
        })),
    ),
  ];
  const rank = ({ level }: Found): number => (level === 'error' ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b) || compare(b.size, a.size));
}

/** "4 figures changed, 3 seeds: a verdict on 24 figures needs 10". */
export function undecidedText({ undecided, seeds, seedsNeeded, figures }: GateResult): string {
  return `${undecided} figures changed, ${seeds} seeds: a verdict on ${figures} figures needs ${seedsNeeded}`;
}

/** A message and its details: "settings of shop: cluster.mtuBytes: 9000 → 1500; …". */
export const oneLine = (message: string): string =>
  message
    .trim()
    .replace(/:\s*\n\s*/, ': ')
    .replace(/\s*\n\s*/g, '; ');

function lineOf(level: Level, title: string, cell: string, text: string): Found {
  return {
    level: level === 'error' ? 'error' : 'warn',
    title,
    cell,
    text: oneLine(text),
    size: Number.POSITIVE_INFINITY,
  };
}

/** Two infinities are equal, which their difference does not say. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/** Whether a figure says something beside what is in the gate: outside it, most have too few seeds for a verdict. */
export const isTold = ({ level, verdict }: MetricComparison): boolean =>
  verdict !== 'same' && (level !== 'off' || !['noise', 'too-few'].includes(verdict));

/** Geometric means of the metrics in the gate. */
export function gatedMeans({ cells, summary }: Comparison): Comparison['summary']['geomeans'] {
  const gated = new Set(
    cells.flatMap(({ metrics }) =>
      metrics.filter(({ level }) => level !== 'off').map(({ metric }) => metric),
    ),
  );
  return summary.geomeans.filter(({ metric }) => gated.has(metric));
}

/** Size of a change for the order of a list. */
export function sizeOf({ delta, verdict }: MetricComparison): number {
  if (verdict === 'lost' || delta === null || delta.ratio === null) return Number.POSITIVE_INFINITY;
  return Math.abs(delta.ratio);
}

function distanceOf({ observed, limit }: ThresholdOutcome): number {
  if (observed === null || limit === 0) return Number.POSITIVE_INFINITY;
  return Math.abs((observed - limit) / limit);
}

/** "10.00 → 9.50 Gbit/s, −5.00 % (−5.10 … −4.90 %), p 0.049, n 13". */
export function figuresText(metric: MetricComparison): string {
  if (metric.delta === null) return valuesText(metric);
  const interval = intervalText(metric);
  const change = interval === '' ? deltaText(metric) : `${deltaText(metric)} (${interval})`;
  const test = metric.pAdjusted === null ? [] : [`p ${pText(metric.pAdjusted)}`];
  return [valuesText(metric), change, ...test, `n ${nText(metric)}`].join(', ');
}

/** Both medians under one unit: "10.0 → 9.50 Gbit/s". */
export function valuesText({ baseMedian, headMedian, unit }: MetricComparison): string {
  const scale = scaleOf(unit, [baseMedian, headMedian]);
  const print = (value: number | null): string => (value === null ? '–' : printScaled(value, scale));
  return `${print(baseMedian)} → ${print(headMedian)} ${scale.unit}`.trimEnd();
}

/** "max < 400us: 512 µs". */
export function thresholdText({ condition, observed, unit, reason }: ThresholdOutcome): string {
  if (observed === null) return `${condition}: no figure${reason === null ? '' : ` (${reason})`}`;
  const scale = scaleOf(unit, [observed]);
  return `${condition}: ${printScaled(observed, scale)} ${scale.unit}`.trimEnd();
}

/** Whether the gate of every part passes, and every comparison could be made. */
export function passedOf({ comparisons, checks }: Outcome): boolean {
  return (
    comparisons.every((one) => one.comparable && one.gate.passed) && checks.every((one) => one.gate.passed)
  );
}
