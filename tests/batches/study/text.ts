/** The study's tables as Markdown. */
import { BOUNDS, type Difference, type Metric } from './differ.ts';
import type { Outcome } from './runCase.ts';

const METRICS: readonly Metric[] = ['goodput', 'p50', 'p99', 'drops'];
/** Groups whose backends stand one by one. */
const BY_BACKEND = /^(large-cluster|incast 32|two flows)/;

const percent = (ratio: number, digits = 1): string =>
  Number.isFinite(ratio) ? `${(ratio * 100).toFixed(digits)} %` : 'from none';
const signed = ({ ratio, error }: Difference): string =>
  `${ratio > 0 ? '+' : ''}${percent(ratio)} ± ${percent(error)}`;
const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

function table(
  head: readonly string[],
  numbers: number,
  rows: readonly (readonly (string | number)[])[],
): string {
  const rule = head.map((_, i) => (i < head.length - numbers ? '---' : '--:'));
  return [row(head), row(rule), ...rows.map(row)].join('\n');
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Of one metric, the difference that is largest against what its error allows. */
function worst(outcomes: readonly Outcome[], metric: Metric): string {
  const all = outcomes.flatMap(({ differences }) => differences.filter((d) => d.metric === metric));
  if (all.length === 0) return '–';
  return signed(all.reduce((a, b) => (Math.abs(b.ratio) > Math.abs(a.ratio) ? b : a)));
}

const speed = (ratio: number): string => `${ratio.toFixed(1)} ×`;

function byGroup(outcomes: readonly Outcome[]): string {
  const groups = [...new Set(outcomes.map(({ group }) => group))];
  return table(
    ['scenario', 'cells', 'same run', ...METRICS, 'faster', 'fewer events'],
    8,
    groups.map((group) => {
      const cells = outcomes.filter((outcome) => outcome.group === group);
      return [
        group,
        cells.length,
        cells.filter(({ identical }) => identical).length,
        ...METRICS.map((metric) => worst(cells, metric)),
        speed(median(cells.map(({ speedUp }) => speedUp))),
        speed(median(cells.map(({ eventsRatio }) => eventsRatio))),
      ];
    }),
  );
}

function byBackend(outcomes: readonly Outcome[]): string {
  return table(
    ['cell', 'backend', 'runs', ...METRICS, 'faster', 'fewer events'],
    7,
    outcomes
      .filter(({ group }) => BY_BACKEND.test(group))
      .map((outcome) => [
        outcome.group,
        backendOf(outcome.cell),
        outcome.runs,
        ...METRICS.map((metric) => worst([outcome], metric)),
        speed(outcome.speedUp),
        speed(outcome.eventsRatio),
      ]),
  );
}

const backendOf = (cell: string): string => /backend=([^/]*)/.exec(cell)![1]!;

function beyond(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap(({ group, cell, runs, differences }) =>
    differences
      .filter(({ verdict }) => verdict !== 'within')
      .map((d) => [
        group,
        cell.replace('backend=', '').replaceAll('/', ', '),
        d.metric,
        runs,
        signed(d),
        percent(d.spread),
        d.verdict === 'worse' ? 'surely' : 'perhaps',
      ]),
  );
  return table(
    ['scenario', 'cell', 'figure', 'runs', 'difference', "a run's spread", 'beyond the bound'],
    4,
    rows,
  );
}

/** @param stamp when and where it ran, one sentence */
export function studyText(outcomes: readonly Outcome[], stamp: string): string {
  const all = outcomes.flatMap(({ differences }) => differences);
  const count = (verdict: Difference['verdict'], metric: Metric): number =>
    all.filter((d) => d.verdict === verdict && d.metric === metric).length;
  const verdicts = METRICS.map((metric) => {
    const figures = all.filter((d) => d.metric === metric).length;
    return [
      metric,
      percent(BOUNDS[metric], 0),
      figures,
      count('within', metric),
      count('open', metric),
      count('worse', metric),
    ];
  });
  return [
    stamp,
    '',
    table(['figure', 'bound', 'figures', 'within', 'perhaps beyond', 'surely beyond'], 5, verdicts),
    '',
    '### By scenario: the largest difference of any cell',
    '',
    byGroup(outcomes),
    '',
    '### Clusters, incast, two flows, by backend',
    '',
    byBackend(outcomes),
    '',
    '### Beyond the bound',
    '',
    beyond(outcomes),
  ].join('\n');
}
