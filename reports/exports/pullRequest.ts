/**
 * Comparisons and checks as Markdown for a pull request's comment or a job's summary: the verdict, what gates, the
 * worst first, and everything else folded away.
 *
 * Both places refuse what is too long, so rows are left out, and counted, until the text fits. What gates comes
 * before what does not. The first line is a comment by which a workflow finds its own comment again.
 */
import type { Check, Comparison, MetricComparison, Source } from '../comparison/types.ts';
import { deltaText, intervalText, nText, pText, signedPercent } from '../comparison/words.ts';
import { line, text } from '../markdown.ts';
import { percent } from '../units.ts';
import { gatedMeans, isTold, type Outcome, oneLine, sizeOf, thresholdText, valuesText } from './findings.ts';

import { headlineOf, markOf } from './headline.ts';

/** GitHub takes 65,536 characters in a comment and 1 MiB in a summary. Both are met in bytes, with some room. */
export const COMMENT_BYTES_MAX = 65_000;
export const SUMMARY_BYTES_MAX = 1_000_000;

/** Rows under a heading; `fixed` are lines before them. */
interface Section {
  readonly title: string;
  readonly folded: boolean;
  readonly fixed: readonly string[];
  readonly rows: readonly string[];
}

/** Room for the line that counts the rows left out. */
const MORE_BYTES = 120;
/** Of a label, reason or note: those are the user's words, and may be long. */
const WORDS_MAX = 400;
const NOTES_MAX = 10;
const MARKS = { error: '❌', warn: '⚠️', off: '' } as const;

/** @param bytesMax  of UTF-8, at least some 4 KB for each comparison */
export function renderPullRequest(outcome: Outcome, bytesMax = COMMENT_BYTES_MAX): string {
  const { comparisons, checks } = outcome;
  const top = [marker(outcome), `## ${markOf(outcome)} Windtunnel: ${headlineOf(outcome)}`, ''];
  const sections = [...comparisons.flatMap(comparisonSections), ...checks.flatMap(checkSections)];
  const foot = ['', `<sub>${FOOT}</sub>`, ''];
  let room = bytesMax - bytes([...top, ...foot].join('\n')) - MORE_BYTES;
  // Frames of all sections first, so that rows of one do not push out the heading of the next.
  const framed = sections.filter((section) => {
    const size = bytes(frameOf(section, []).join('\n')) + MORE_BYTES;
    const fits = size <= room;
    if (fits) room -= size;
    return fits;
  });
  const lines = framed.flatMap((section) => {
    const shown: string[] = [];
    for (const row of section.rows) {
      const size = bytes(row) + 1;
      if (size > room) break;
      room -= size;
      shown.push(row);
    }
    return frameOf(section, shown);
  });
  const rest = sections.length - framed.length;
  if (rest > 0) lines.push(`and ${rest} more parts, left out: this text may be no longer`);
  return [...top, ...lines, ...foot].join('\n');
}

const FOOT =
  'Simulated, not measured: the same seeds give the same bytes, so only changes of model, scenario or backend show. ' +
  'p: two-sided, after Holm’s correction over the gate.';

/** Lines of a message are listed; what is very long is cut. */
function cut(message: string): string {
  const words = oneLine(message);
  return text(words.length > WORDS_MAX ? `${words.slice(0, WORDS_MAX)}…` : words);
}

const noteLines = (notes: readonly string[]): string[] =>
  notes.slice(0, NOTES_MAX).flatMap((note) => ['', `note: ${cut(note)}`]);

const bytes = (content: string): number => Buffer.byteLength(content, 'utf8');

function marker({ comparisons, checks }: Outcome): string {
  const sources = [...comparisons.map(({ head }) => head), ...checks.map(({ source }) => source)];
  const ids = [...new Set(sources.map(({ scenario }) => scenario.id))];
  return `<!-- windtunnel: ${ids.join(' ').replace(/[^\w ./-]/g, '')} -->`;
}

function comparisonSections(comparison: Comparison): Section[] {
  const { base, head, cells, summary, gate, problems, notes } = comparison;
  const all = cells.flatMap((cell) => cell.metrics.map((metric) => ({ cell: cell.id, metric })));
  const bySize = [...all].sort((a, b) =>
    sizeOf(a.metric) < sizeOf(b.metric) ? 1 : sizeOf(a.metric) > sizeOf(b.metric) ? -1 : 0,
  );
  const rank = { error: 0, warn: 1, off: 2 };
  const gating = bySize
    .filter(({ metric }) => metric.finding !== 'off')
    .sort((a, b) => rank[a.metric.finding] - rank[b.metric.finding]);
  const accepted = bySize.filter(({ metric }) => metric.acceptedBy !== null);
  const others = bySize.filter(
    ({ metric }) =>
      metric.finding === 'off' && metric.acceptedBy === null && metric.verdict !== 'noise' && isTold(metric),
  );
  const { same, changed, onlyBase, onlyHead } = summary.cells;
  const total = same + changed + onlyBase + onlyHead;
  const sides = [
    onlyBase > 0 ? `${onlyBase} only in base` : '',
    onlyHead > 0 ? `${onlyHead} only in head` : '',
  ];
  const cellCounts = [`${same} same`, `${changed} changed`, ...sides].filter((one) => one !== '').join(', ');
  const seeds = gate.seeds === null ? '' : `; seeds ${gate.seeds}, needed ${gate.seedsNeeded}`;
  const intro = [
    `**${cut(base.label)} → ${cut(head.label)}** · ${sourceText(head)}`,
    '',
    `${total} cells: ${cellCounts} · gate: ${gate.figures} figures, α = ${percent(gate.alpha)}${seeds}`,
    ...problems.flatMap((one) => [
      '',
      `${one.allowed ? 'allowed' : '❌ not comparable'}: ${cut(one.message)}`,
    ]),
    ...noteLines(notes),
    '',
  ];
  return [
    {
      title: '',
      folded: false,
      fixed: gating.length === 0 ? intro : [...intro, ...HEAD],
      rows: gating.map(row),
    },
    { title: `${others.length} other changes`, folded: true, fixed: HEAD, rows: others.map(row) },
    { title: `${accepted.length} accepted`, folded: true, fixed: ACCEPTED, rows: accepted.map(acceptedRow) },
    {
      title: 'Geometric means over cells',
      folded: true,
      fixed: table(['metric', 'head / base − 1', 'cells']),
      rows: gatedMeans(comparison).map((one) =>
        line([text(one.label), signedPercent(one.ratio), String(one.cells)]),
      ),
    },
  ].filter((section) => section.title === '' || section.rows.length > 0);
}

function sourceText({ scenario, machine, model, seeds }: Source): string {
  return text(`${scenario.id} · machine ${machine.name} · model ${model} · ${seeds.length} seeds`);
}

const table = (heads: readonly string[]): string[] => [line(heads), line(heads.map(() => ':--'))];

const HEAD = table(['', 'cell', 'metric', 'base → head', 'change', '95 %', 'p', 'n']);
const ACCEPTED = table(['cell', 'metric', 'change', 'until', 'reason']);

function row({ cell, metric }: { readonly cell: string; readonly metric: MetricComparison }): string {
  return line([
    `${MARKS[metric.finding]} ${metric.verdict}`.trim(),
    text(cell),
    text(metric.label),
    text(valuesText(metric)),
    text(deltaText(metric)),
    text(intervalText(metric)),
    pText(metric.pAdjusted),
    nText(metric),
  ]);
}

function acceptedRow({ cell, metric }: { readonly cell: string; readonly metric: MetricComparison }): string {
  const { until, reason } = metric.acceptedBy!;
  return line([text(cell), text(metric.label), text(deltaText(metric)), text(until), text(reason)]);
}

function checkSections({ source, outcomes, notes }: Check): Section[] {
  const broken = outcomes.filter((one) => !one.passed && one.acceptedBy === null);
  const accepted = outcomes.filter((one) => !one.passed && one.acceptedBy !== null);
  const rank = { error: 0, warn: 1, off: 2 };
  broken.sort((a, b) => rank[a.finding] - rank[b.finding]);
  const intro = [
    `**thresholds of ${cut(source.label)}** · ${sourceText(source)}`,
    '',
    `${outcomes.length} checked, ${outcomes.length - broken.length - accepted.length} hold`,
    ...noteLines(notes),
    '',
  ];
  const rowOf = (one: Check['outcomes'][number]): string =>
    line([MARKS[one.finding], text(one.cell), text(one.label), text(thresholdText(one))]);
  const heads = table(['', 'cell', 'metric', 'threshold: observed']);
  return [
    {
      title: '',
      folded: false,
      fixed: broken.length === 0 ? intro : [...intro, ...heads],
      rows: broken.map(rowOf),
    },
    { title: `${accepted.length} accepted`, folded: true, fixed: heads, rows: accepted.map(rowOf) },
  ].filter((section) => section.title === '' || section.rows.length > 0);
}

function frameOf({ title, folded, fixed, rows }: Section, shown: readonly string[]): string[] {
  const rest = rows.length - shown.length;
  const more = rest === 0 ? [] : ['', `and ${rest} more rows, left out: this text may be no longer`];
  const body = [...fixed, ...shown, ...more];
  if (!folded) return [...body, ''];
  return ['<details>', `<summary>${title}</summary>`, '', ...body, '', '</details>', ''];
}
