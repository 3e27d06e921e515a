/**
 * The report of a validation as one HTML file that loads nothing; the same document gives the same bytes.
 */
import { renderSvg } from '../charts/svg.ts';
import { validationCharts } from '../charts/validation.ts';
import { esc } from '../page/escape.ts';
import { inline, page, section } from '../page/frame.ts';
import type { Validation } from './schema.ts';
import { againstOf, KEPT, MISSED, rowTables, summaryTables, type TextTable, verdictOf } from './tables.ts';
import { counted, problemLines, share } from './words.ts';

const WIDE_PX = 640;
const NARROW_PX = 340;

/** The whole page. */
export async function renderValidationHtml(document: Validation): Promise<string> {
  const figures: string[] = [];
  for (const chart of validationCharts(document.rows)) {
    const wide = inline(await renderSvg(chart, WIDE_PX), 'wide');
    const narrow = inline(await renderSvg(chart, NARROW_PX), 'narrow');
    figures.push(`<figure id="${chart.id}">${wide}${narrow}</figure>`);
  }
  const [targets, ...summary] = summaryTables(document);
  return page('validate', [
    head(document),
    '<main>',
    `<p class="verdict">${esc(verdictOf(document))}</p>`,
    targets === undefined ? '' : section('Targets', table(targets)),
    figures.length === 0 ? '' : section('Charts', `<div class="charts">${figures.join('\n')}</div>`),
    section('Summary', summary.map((one) => heading(one) + table(one)).join('\n')),
    section('Rows', rowSections(document)),
    unusable(document),
    '</main>',
    footer(document),
  ]);
}

function head(document: Validation): string {
  const { model, overall, kernel, rows } = document;
  const facts: [string, string][] = [
    ['model', model.version],
    ['compared with', againstOf(document)],
    ['rows', String(rows.length)],
    ['published: median error', share(overall.medianAbsErr)],
    ['published: 90th percentile', share(overall.p90AbsErr)],
    ['measured kernel: median error', share(kernel.medianAbsErr)],
  ];
  const items = facts.map(([name, value]) => `<div><dt>${esc(name)}</dt><dd>${esc(value)}</dd></div>`);
  return (
    '<header><h1>Predictions beside measurements</h1>' +
    '<p class="sub">Windtunnel validation: errors by test bed and family</p>' +
    `<dl class="facts">${items.join('')}</dl></header>`
  );
}

/** A bed and family each, folded: there are hundreds of rows. */
function rowSections(document: Validation): string {
  return rowTables(document, true)
    .map(
      (one) =>
        `<details><summary>${esc(one.title)} <span>${counted(one.rows.length, 'row')}</span>` +
        `</summary>${table(one)}</details>`,
    )
    .join('\n');
}

const heading = (one: TextTable): string => `<h3>${esc(one.title)}</h3>`;

/** A table of text cells. */
export function table({ columns, rows, note }: TextTable): string {
  const notes = note === '' ? '' : `<p class="note">${esc(note)}</p>`;
  if (rows.length === 0) return notes;
  const head = columns.map(
    ({ name, align }) => `<th${align === 'left' ? ' class="text"' : ''}>${esc(name)}</th>`,
  );
  const body = rows.map((cells) => {
    const line = cells.map((text, k) => cell(text, columns[k]!.align, k === 0));
    return `<tr>${line.join('')}</tr>`;
  });
  return (
    `${notes}<div class="scroll" tabindex="0"><table><thead><tr>${head.join('')}</tr></thead>` +
    `<tbody>${body.join('')}</tbody></table></div>`
  );
}

/** The first text of a line names it; long ids may break after commas, slashes, underscores. */
function cell(text: string, align: 'left' | 'right', first: boolean): string {
  const shown = esc(text).replace(/[,/_](?=\S)/g, '$&<wbr>');
  if (first && align === 'left') return `<th class="name long" scope="row">${shown}</th>`;
  const tone = text === KEPT ? ' better' : text === MISSED ? ' worse' : '';
  const long = text.length > 34 ? 'text' : 'word';
  if (align === 'left') return `<td class="${long}${tone}">${shown}</td>`;
  return `<td>${shown}</td>`;
}

function unusable({ problems }: Validation): string {
  if (problems.length === 0) return '';
  const items = problemLines(problems).map((line) => `<li>${esc(line)}</li>`);
  return section('What could not be used', `<ul class="findings">${items.join('')}</ul>`);
}

function footer({ tool, model }: Validation): string {
  return (
    `<footer><p>Computed by ${esc(tool.name)} ${esc(tool.version)}, model ${esc(model.version)}. Measured ` +
    'values are of the sources named in docs/SOURCES.md or of the files given; predictions are the ' +
    "engine's.</p></footer>"
  );
}
