/**
 * A comparison's parts in words that terminal, Markdown, page and annotations share.
 */
import { percent, printOne } from '../units.ts';
import type { Comparison, Floor, MetricComparison, Problem, Source } from './types.ts';

/** "+3.0 %", "−0.41 %"; two digits at least, however small. */
export function signedPercent(ratio: number): string {
  const size = Math.abs(ratio);
  const digits = size >= 0.1 ? 1 : size >= 5e-4 || size === 0 ? 2 : -1;
  const text = digits < 0 ? `${(size * 100).toExponential(1)} %` : percent(size, digits);
  return `${ratio < 0 ? '−' : '+'}${text}`;
}

/** The size of a change, relative where that can be; "" without one. */
export function deltaText({ delta, unit }: Pick<MetricComparison, 'delta' | 'unit'>): string {
  if (delta === null) return '';
  if (delta.ratio !== null) return signedPercent(delta.ratio);
  return `${delta.absolute < 0 ? '−' : '+'}${printOne(Math.abs(delta.absolute), unit)}`;
}

/** What stands in a table's column of changes: the size only where it is more than noise. */
export function changeText(row: MetricComparison): string {
  switch (row.verdict) {
    case 'same':
      return '=';
    case 'noise':
      return '~';
    case 'too-few':
      return `${deltaText(row)} ?`.trim();
    case 'lost':
    case 'gained':
      return row.verdict;
    default:
      return deltaText(row);
  }
}

/** "+1.1 … +3.9 %"; "" without an interval. */
export function intervalText({ interval, unit }: Pick<MetricComparison, 'interval' | 'unit'>): string {
  if (interval === null) return '';
  const { low, high, lowRatio, highRatio } = interval;
  if (lowRatio === null || highRatio === null) return `${printOne(low, unit)} … ${printOne(high, unit)}`;
  const digits = Math.max(Math.abs(lowRatio), Math.abs(highRatio)) >= 0.1 ? 1 : 2;
  const ends = [lowRatio, highRatio].map((end) => (100 * Math.abs(end)).toFixed(digits));
  return `${lowRatio < 0 ? '−' : '+'}${ends[0]} … ${highRatio < 0 ? '−' : '+'}${ends[1]} %`;
}

export function pText(p: number | null): string {
  if (p === null) return '';
  return p < 0.001 ? p.toExponential(0) : p.toFixed(3);
}

/** "16", or "16+12" of samples that do not go in pairs. */
export const nText = ({ n, evidence }: Pick<MetricComparison, 'n' | 'evidence'>): string =>
  evidence === 'unmatched' ? `${n.base}+${n.head}` : String(Math.min(n.base, n.head));

export const floorText = ({ kind, value }: Floor, unit: string): string =>
  kind === 'ratio' ? `${Number((value * 100).toPrecision(6))} %` : printOne(value, unit);

/** "flannel-vxlan: RPC p99 +3.0 % (p 0.002, n 16)". */
export function findingText(cell: string, row: MetricComparison): string {
  if (row.verdict === 'lost') return `${cell}: ${row.label} is no longer there`;
  const p = row.pAdjusted === null ? '' : ` (p ${pText(row.pAdjusted)}, n ${nText(row)})`;
  return `${cell}: ${row.label} ${deltaText(row)}${p}`;
}

/** "9 seeds" and the rest of who a source is, without its label. */
export function sourceText(source: Source): string {
  const { scenario, seeds, machine, model, digest, file } = source;
  const facts = [
    scenario.id,
    `${seeds.length} ${seeds.length === 1 ? 'seed' : 'seeds'}`,
    `machine ${machine.name}`,
    `model ${model}`,
    `digest ${digest.slice(0, 8)}`,
    ...(file === null ? [] : [file]),
  ];
  return facts.join(' · ');
}

/** Why two results do not compare, and what to do about it; one line a problem and its details. */
export function refusalText(problems: readonly Problem[]): string[] {
  const left = problems.filter(({ allowed }) => !allowed);
  if (left.length === 0) return [];
  const aspects = left.filter(({ aspect }) => aspect !== 'schema').map(({ aspect }) => aspect);
  const lines = left.flatMap(({ message }) => message.split('\n').map((line) => `  ${line}`));
  const one = aspects.length === 1;
  const hint = `if ${one ? 'that is' : 'those are'} the change that you want to see: --allow ${aspects.join(',')}`;
  return ['not comparable:', ...lines, ...(aspects.length === 0 ? [] : [hint])];
}

/** The gate's result in one or a few lines. */
export function gateText(comparison: Comparison): string[] {
  const { gate, summary, equal, comparable } = comparison;
  if (!comparable) return [];
  if (equal) return ['equal: every byte of the results is the same'];
  const { same, changed, onlyBase, onlyHead } = summary.cells;
  const count = (n: number, what: string): string => `${n} ${n === 1 ? what : `${what}s`}`;
  const cells = [`${count(changed, 'cell')} changed, ${same} unchanged`];
  if (onlyBase > 0) cells.push(`${onlyBase} only in ${comparison.base.label}`);
  if (onlyHead > 0) cells.push(`${onlyHead} only in ${comparison.head.label}`);
  const lines = [cells.join(', ')];
  const { worse, better, lost, noise } = summary.verdicts;
  const told = Object.entries({ worse, lost, better, changed: summary.verdicts.changed, '~': noise })
    .filter(([, n]) => n > 0)
    .map(([word, n]) => `${n} ${word}`);
  if (told.length > 0) lines.push(`of ${count(gate.figures, 'figure')} in the gate: ${told.join(', ')}`);
  if (summary.verdicts['too-few'] > 0) lines.push(tooFewText(comparison));
  if (gate.accepted > 0) lines.push(`${count(gate.accepted, 'finding')} accepted`);
  if (gate.policy !== 'off') {
    const counts = `${count(gate.errors, 'error')}, ${count(gate.warnings, 'warning')}`;
    const undecided = gate.undecided > 0 ? `, ${gate.undecided} undecided` : '';
    lines.push(`gate (${gate.policy}): ${gate.passed ? 'passed' : 'FAILED'}: ${counts}${undecided}`);
  }
  return lines;
}

function tooFewText({ gate, base, head }: Comparison): string {
  const seeds = Math.min(base.seeds.length, head.seeds.length);
  const hint =
    seeds < gate.seedsNeeded
      ? `run with --replications ${gate.seedsNeeded}`
      : 'fewer seeds of one side show the figure: overloaded, or a window too short for its samples';
  return (
    `no verdict: ${gate.figures} ${gate.figures === 1 ? 'figure needs' : 'figures need'} at least ` +
    `${gate.seedsNeeded} seeds, here are ${gate.seeds ?? 0} (${hint})`
  );
}
