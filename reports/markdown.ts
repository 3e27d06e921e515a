/**
 * A result as GitHub-flavoured Markdown: the verdict, then the columns of the terminal table by section.
 */
import type { MetricId } from '../engine/core/record.ts';
import { absentOf } from './absent.ts';
import { basisOf } from './belowTable.ts';
import { bindingText } from './page/comparison.ts';
import { precisionTable, seedsText } from './precision.ts';
import { remarkOf } from './remarks.ts';
import type { Result } from './schema.ts';
import { SLICE_LIMITS, sliceSentence, sliceTable } from './slice.ts';
import { printScaled } from './units.ts';
import { verdict } from './verdict.ts';
import {
  columnName,
  columnsOf,
  columnValue,
  constantDims,
  dimText,
  hasFigures,
  type Section,
  shortName,
  varyingDims,
  whyNot,
} from './view.ts';

const TITLES: Readonly<Record<Section, string>> = {
  throughput: 'Throughput',
  latency: 'Latency and slowdown',
  cpu: 'CPU and copies',
  binding: 'What binds',
};

/** The comparison as Markdown, for issues, pull requests and job summaries. */
export function renderMarkdown(result: Result): string {
  const dims = varyingDims(result);
  const rows = result.cells.filter(hasFigures);
  const notes: string[] = [];
  const out = [`## ${text(result.scenario.title)}`, '', `**${text(verdict(result))}**`, ''];
  const constant = constantDims(result).map(([name, value]) => `${name} ${value}`);
  const seeds = seedsText(result);
  out.push(
    text(
      [`machine ${result.model.machine.name}`, ...constant, seeds, `model ${result.model.version}`].join(
        ' · ',
      ),
    ),
  );
  const columns = columnsOf(result);
  for (const section of Object.keys(TITLES) as Section[]) {
    const own = columns.filter((column) => column.section === section);
    const words = section === 'binding' ? ['binding resource', 'remark'] : [];
    if (own.length + words.length === 0) continue;
    const heads = own.map((column) => {
      const unit =
        column.scale.unit === ''
          ? ''
          : column.kind === 'ratio'
            ? ` ${column.scale.unit}`
            : ` (${column.scale.unit})`;
      return columnName(column) + unit;
    });
    out.push('', `### ${TITLES[section]}`, '', line([...dims, ...heads, ...words]));
    out.push(line([...dims.map(() => ':--'), ...own.map(() => '--:'), ...words.map(() => ':--')]));
    for (const cell of rows) {
      const figures = own.map((column) => {
        const value = columnValue(result, cell, column);
        if (value !== null) return printScaled(value, column.scale);
        const note = whyNot(cell, column);
        if (!notes.includes(note)) notes.push(note);
        return `– (${notes.indexOf(note) + 1})`;
      });
      const said = words.length === 0 ? [] : [bindingText(cell.binding, 'seeds'), remarkOf(cell)];
      out.push(
        line([...dims.map((name) => text(dimText(name, cell.dims[name]))), ...figures, ...said.map(text)]),
      );
    }
  }
  out.push(...precisionLines(result, dims), ...sliceLines(result));
  const absent = absentOf(result);
  if (absent.length > 0) out.push('');
  for (const { backend, setting, state, reason } of absent) {
    const name = setting === '' ? backend : `${backend} (${setting})`;
    out.push(`- ${text(name)}: ${text(state === 'not run' ? state : `${state}: ${reason}`)}`);
  }
  out.push('', ...notes.map((note, k) => `(${k + 1}) ${text(note)}  `));
  for (const sentence of basisOf(result)) out.push('', text(sentence));
  return `${out
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

function precisionLines(result: Result, dims: readonly string[]): string[] {
  const table = precisionTable(result);
  if (table === null) return [];
  const names = table.metrics.map((metric) => shortName(metric as MetricId).join(' '));
  return [
    '',
    '### Precision',
    '',
    line([...dims, 'seeds', ...names, 'outcome']),
    line([...dims.map(() => ':--'), '--:', ...names.map(() => '--:'), ':--']),
    ...table.rows.map(({ cell, seeds, figures, text: why }) =>
      line([
        ...dims.map((name) => text(dimText(name, cell.dims[name]))),
        String(seeds),
        ...figures,
        text(why),
      ]),
    ),
    '',
    text(table.title),
  ];
}

function sliceLines(result: Result): string[] {
  if (result.slice === undefined) return [];
  const said = ['', '### Slice', '', text(`${sliceSentence(result)} ${SLICE_LIMITS}`)];
  const table = sliceTable(result);
  if (table === null) return said;
  return [
    ...said,
    '',
    line(table.heads),
    line(table.heads.map((_, k) => (k === 0 ? ':--' : '--:'))),
    ...table.rows.map((row) => line(row.map(text))),
    '',
    text(table.title),
  ];
}

/** One row of a table. */
export function line(fields: readonly string[]): string {
  return `| ${fields.join(' | ')} |`;
}

/** Label text: what Markdown or HTML would interpret is escaped. */
export function text(label: string): string {
  return label
    .replace(/\p{Cc}/gu, ' ')
    .replace(/[\\|*_`[\]~]/g, (character) => `\\${character}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
