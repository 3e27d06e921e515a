/**
 * What `--json` and the JSON export of a comparison (of thresholds) hold: everything, base units.
 */
import type { Outcome } from './findings.ts';

export function outcomeDocument({ comparisons, checks }: Outcome): object {
  return comparisons.length > 0
    ? { schema: 'windtunnel/comparison', schemaVersion: '1.0', comparisons }
    : { schema: 'windtunnel/check', schemaVersion: '1.0', checks };
}

export const renderOutcomeJson = (outcome: Outcome): string =>
  `${JSON.stringify(outcomeDocument(outcome), null, 1)}\n`;
