/**
 * Tables of a comparison's page: for each metric the cells in which it differs, base beside head, the worst first;
 * what is not significant is folded away.
 */
import type { CellComparison, Comparison, MetricComparison } from '../comparison/types.ts';
import { deltaText, intervalText, nText, pText } from '../comparison/words.ts';
import { sizeOf } from '../exports/findings.ts';
import { printScaled, scaleOf } from '../units.ts';
import { esc } from './escape.ts';
import { section } from './frame.ts';

interface Row {
  readonly cell: CellComparison;
  readonly metric: MetricComparison;
}

const QUIET: readonly MetricComparison['verdict'][] = ['noise', 'too-few'];
const ROWS_MAX = 200;

/** Sections by loudness; '' where nothing differs. */
export function changeTables({ cells }: Comparison): string {
  const rows = cells
    .flatMap((cell) => cell.metrics.map((metric): Row => ({ cell, metric })))
    .filter(({ metric }) => metric.verdict !== 'same');
  const quiet = rows.filter(({ metric }) => QUIET.includes(metric.verdict));
  const loud = rows.filter(({ metric }) => !QUIET.includes(metric.verdict));
  const folded =
    quiet.length === 0
      ? ''
      : `<details><summary>${quiet.length} figures that differ without a verdict <span>not significant, ` +
        `below the floor, or too few seeds</span></summary>${tables(quiet)}</details>`;
  return loud.length + quiet.length === 0 ? '' : section('Figures', tables(loud) + folded);
}

function tables(rows: readonly Row[]): string {
  const metrics = [...new Set(rows.map(({ metric }) => metric.metric))];
  return metrics
    .map((name) => {
      const own = rows.filter(({ metric }) => metric.metric === name);
      own.sort((a, b) => {
        const [x, y] = [sizeOf(a.metric), sizeOf(b.metric)];
        return x === y ? 0 : x < y ? 1 : -1;
      });
      return metricTable(own);
    })
    .join('');
}

function metricTable(rows: readonly Row[]): string {
  const { label, unit, better } = rows[0]!.metric;
  const scale = scaleOf(
    unit,
    rows.flatMap(({ metric }) => [metric.baseMedian, metric.headMedian]),
  );
  const way = better === 'neither' ? '' : `; ${better} is better`;
  const title = `${label}${scale.unit === '' ? '' : ` (${scale.unit})`}${way}`;
  const print = (value: number | null): string => (value === null ? '–' : printScaled(value, scale));
  const body = rows.slice(0, ROWS_MAX).map(({ cell, metric }) => {
    const { verdict } = metric;
    const tone = verdict === 'worse' || verdict === 'lost' ? 'worse' : verdict === 'better' ? 'better' : '';
    const interval = intervalText(metric);
    const range = interval === '' ? '' : `<small>${esc(interval)}</small>`;
    const said =
      metric.acceptedBy === null ? verdict : `${verdict}, accepted until ${metric.acceptedBy.until}`;
    return (
      `<tr><th class="name long" scope="row">${esc(cell.id)}</th><td>${print(metric.baseMedian)}</td>` +
      `<td>${print(metric.headMedian)}</td>` +
      `<td class="${tone}">${esc(metric.delta === null ? verdict : deltaText(metric))}${range}</td>` +
      `<td>${esc(pText(metric.pAdjusted))}</td><td>${esc(nText(metric))}</td>` +
      `<td class="word ${tone}">${esc(verdict === 'noise' ? '~' : said)}</td></tr>`
    );
  });
  const rest = rows.length - body.length;
  const more = rest > 0 ? `<tr class="absent"><td colspan="7">and ${rest} more</td></tr>` : '';
  return scroll(
    title,
    '<thead><tr><th class="name">cell</th><th>base</th><th>head</th><th>change</th><th>p</th><th>n</th>' +
      `<th class="word">verdict</th></tr></thead><tbody>${body.join('')}${more}</tbody>`,
  );
}

/** A table of texts, of which the first `words` columns are aligned left. */
export function plainTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  words: number,
): string {
  const kind = (k: number): string => (k < words ? ' class="word"' : '');
  const head = heads.map((one, k) => `<th${kind(k)}>${esc(one)}</th>`).join('');
  const body = rows.map(
    (row) => `<tr>${row.map((one, k) => `<td${kind(k)}>${esc(one)}</td>`).join('')}</tr>`,
  );
  return scroll('', `<thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody>`);
}

function scroll(title: string, content: string): string {
  const caption = title === '' ? '' : `<caption>${esc(title)}</caption>`;
  const label = title === '' ? 'table' : title;
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${esc(label)}">` +
    `<table>${caption}${content}</table></div>`
  );
}
