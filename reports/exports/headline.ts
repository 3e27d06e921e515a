/**
 * The one sentence about an outcome that comes first everywhere, and its mark.
 */
import { findingsOf, type Outcome, passedOf } from './findings.ts';

/** "2 errors, 1 warning", "no regression", "nothing changed", … */
export function headlineOf(outcome: Outcome): string {
  const { comparisons } = outcome;
  if (comparisons.some((one) => !one.comparable)) return 'results do not compare';
  const found = findingsOf(outcome);
  const errors = found.filter(({ level }) => level === 'error').length;
  const counted = [counts(errors, 'error'), counts(found.length - errors, 'warning')];
  if (found.length > 0) return counted.filter((one) => one !== '').join(', ');
  if (comparisons.length === 0) return 'all thresholds hold';
  return comparisons.every((one) => one.equal) ? 'nothing changed' : 'no regression';
}

export function markOf(outcome: Outcome): '✅' | '⚠️' | '❌' {
  const found = findingsOf(outcome);
  if (!passedOf(outcome) || found.some(({ level }) => level === 'error')) return '❌';
  return found.length > 0 ? '⚠️' : '✅';
}

const counts = (count: number, word: string): string =>
  count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`;
