/**
 * Comparisons and checks as CSV (RFC 4180): one line a figure (a threshold), base units, ratios as fractions.
 */

import type { Check, Comparison } from '../comparison/types.ts';
import { csvText } from '../csv.ts';
import type { Outcome } from './findings.ts';

const FIGURES = [
  'base',
  'head',
  'cell',
  'metric',
  'unit',
  'better',
  'baseMedian',
  'headMedian',
  'delta',
  'deltaRatio',
  'low',
  'high',
  'lowRatio',
  'highRatio',
  'evidence',
  'nBase',
  'nHead',
  'p',
  'pAdjusted',
  'verdict',
  'level',
  'finding',
  'accepted',
];

const THRESHOLDS = [
  'result',
  'cell',
  'metric',
  'unit',
  'condition',
  'observed',
  'limit',
  'passed',
  'level',
  'finding',
  'accepted',
];

/** All figures of all comparisons, whatever their verdict; the thresholds where there is no comparison. */
export function renderComparisonCsv({ comparisons, checks }: Outcome): string {
  return comparisons.length > 0
    ? csvText([FIGURES, ...comparisons.flatMap(figureLines)])
    : csvText([THRESHOLDS, ...checks.flatMap(thresholdLines)]);
}

function figureLines({ base, head, cells }: Comparison): (string | number)[][] {
  return cells.flatMap((cell) =>
    cell.metrics.map((one) => [
      base.label,
      head.label,
      cell.id,
      one.metric,
      one.unit,
      one.better,
      one.baseMedian ?? '',
      one.headMedian ?? '',
      one.delta?.absolute ?? '',
      one.delta?.ratio ?? '',
      one.interval?.low ?? '',
      one.interval?.high ?? '',
      one.interval?.lowRatio ?? '',
      one.interval?.highRatio ?? '',
      one.evidence,
      one.n.base,
      one.n.head,
      one.p ?? '',
      one.pAdjusted ?? '',
      one.verdict,
      one.level,
      one.finding,
      one.acceptedBy?.reason ?? '',
    ]),
  );
}

function thresholdLines({ source, outcomes }: Check): (string | number)[][] {
  return outcomes.map((one) => [
    source.label,
    one.cell,
    one.metric,
    one.unit,
    one.condition,
    one.observed ?? '',
    one.limit,
    String(one.passed),
    one.level,
    one.finding,
    one.acceptedBy?.reason ?? '',
  ]);
}
