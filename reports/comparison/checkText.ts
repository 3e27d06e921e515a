/**
 * Thresholds of a result in a terminal: a line each, broken ones first, with what was found.
 */
import { type Paint, PLAIN, textOf } from '../grid.ts';
import { printOne } from '../units.ts';
import type { Check, ThresholdOutcome } from './types.ts';
import { sourceText } from './words.ts';

/** Lines joined by newlines, one at the end. @param passed  also the thresholds that hold */
export function renderCheck(check: Check, options: { paint?: Paint; passed?: boolean } = {}): string {
  const paint = options.paint ?? PLAIN;
  const { source, outcomes, gate, notes } = check;
  const broken = outcomes.filter(({ passed }) => !passed);
  const shown = [...broken, ...(options.passed === true ? outcomes.filter(({ passed }) => passed) : [])];
  const held = outcomes.length - broken.length;
  const counted = (n: number, what: string): string => `${n} ${n === 1 ? what : `${what}s`}`;
  const counts = `${counted(gate.errors, 'error')}, ${counted(gate.warnings, 'warning')}`;
  const accepted = gate.accepted > 0 ? `, ${gate.accepted} accepted` : '';
  const summary = `${held} of ${outcomes.length} thresholds hold: ${counts}${accepted}`;
  const lines = [
    `${paint.bold(textOf(source.label))}  ${textOf(sourceText(source))}`,
    ...shown.map((outcome) => lineOf(outcome, paint)),
    gate.passed ? summary : paint.red(summary),
    ...notes.map((note) => paint.yellow(`note: ${note}`)),
  ];
  return `${lines.join('\n')}\n`;
}

function lineOf(outcome: ThresholdOutcome, paint: Paint): string {
  const { passed, cell, label, condition, observed, unit, reason, acceptedBy, level } = outcome;
  const found = observed === null ? `no figure: ${reason ?? ''}` : printOne(observed, unit);
  const text = textOf(`${cell}: ${label}, ${condition}: ${found}`);
  if (passed) return `  ${paint.green('✓')} ${text}`;
  if (acceptedBy !== null) return `  ~ ${text} (accepted until ${acceptedBy.until}: ${acceptedBy.reason})`;
  return level === 'error' ? `  ${paint.red('✗')} ${text}` : `  ${paint.yellow('!')} ${text} (warning)`;
}
