/**
 * The comparison in a terminal: blocks of at most the given width, one row a backend (one a cell where
 * other dimensions vary too), units in the headers, numbers aligned at the point, a dash with a footnote
 * where a figure is not shown. The same result gives the same text; colour comes from the caller.
 */
import type { MetricId } from '../engine/core/record.ts';
import { absentOf } from './absent.ts';
import { belowTable } from './belowTable.ts';
import {
  cut,
  GAP,
  type Paint,
  PLAIN,
  type Printed,
  printBlock,
  shareWidth,
  textOf,
  widestOf,
  widthOf,
  wrap,
} from './grid.ts';
import { precisionTable, seedsText } from './precision.ts';
import { remarkOf } from './remarks.ts';
import type { Cell, Result } from './schema.ts';
import type { Sensitivity } from './sensitivity/schema.ts';
import { SLICE_LIMITS, sliceSentence, sliceTable } from './slice.ts';
import { printScaled } from './units.ts';
import { verdict } from './verdict.ts';
import {
  type Column,
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

const WIDTH = 120;
const TEXT_MIN = 20;
const MARKS = ['¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
const TITLES: Readonly<Record<Section, string>> = {
  throughput: 'throughput',
  latency: 'latency, slowdown of flows by size',
  cpu: 'CPU and copies',
  binding: 'what binds',
};

/** Footnotes of one table, numbered in order of use. */
class Footnotes {
  readonly texts: string[] = [];
  mark(text: string): string {
    let at = this.texts.indexOf(text);
    if (at < 0) at = this.texts.push(text) - 1;
    return MARKS[at] ?? '*';
  }
}

/**
 * The whole comparison.
 * @param options.width  columns of the terminal, at least 80; 120 by default
 * @param options.sure   a sensitivity study of this scenario, if there is one
 * @returns              lines joined by newlines, one at the end
 */
export function renderTable(
  result: Result,
  options: { width?: number; paint?: Paint; sure?: Sensitivity | null } = {},
): string {
  const width = Math.max(80, options.width ?? WIDTH);
  const paint = options.paint ?? PLAIN;
  const notes = new Footnotes();
  const lines = [...heading(result, width, paint)];
  const rows = result.cells.filter(hasFigures);
  const lead = leadColumns(result, rows);
  if (rows.length > 0) {
    for (const block of blocksOf(result, rows, lead, width, notes, paint)) lines.push('', ...block);
  }
  lines.push(
    ...precisionBlock(result, width, paint),
    ...sliceBlock(result, paint),
    ...absent(result, width, paint),
  );
  lines.push('', ...wrap(verdict(result), width).map(paint.bold));
  lines.push(...footer(result, notes, width, options.sure ?? null).map(paint.dim));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function heading(result: Result, width: number, paint: Paint): string[] {
  const { scenario, model, status } = result;
  const dims = constantDims(result).map(([name, value]) => `${name} ${value}`);
  const facts = [`machine ${model.machine.name}`, ...dims, seedsText(result), `model ${model.version}`];
  const state = status === 'complete' ? [] : [paint.red(`${status}: not every task finished`)];
  const slice = sliceSentence(result);
  const part = slice === '' ? [] : wrap(slice, width).map(paint.yellow);
  return [
    paint.bold(`${scenario.id}: ${scenario.title}`),
    ...wrap(facts.join(' · '), width),
    ...part,
    ...state,
  ];
}

function leadColumns(result: Result, rows: readonly Cell[]): Printed[] {
  return varyingDims(result).map((name) => {
    const entries = rows.map((cell) => textOf(dimText(name, cell.dims[name])));
    const numeric = rows.every((cell) => typeof cell.dims[name] === 'number');
    return { header: [name], entries, align: numeric ? 'right' : 'left' };
  });
}

/** Sections side by side as long as they fit; each block repeats the leading columns. */
function blocksOf(
  result: Result,
  rows: readonly Cell[],
  lead: readonly Printed[],
  width: number,
  notes: Footnotes,
  paint: Paint,
): string[][] {
  const columns = columnsOf(result);
  const of = (section: Section) =>
    columns
      .filter((column) => column.section === section)
      .map((column) => printColumn(result, rows, column, notes, paint));
  const blocks: { title: string; columns: Printed[] }[] = [];
  for (const section of ['throughput', 'latency', 'cpu'] as const) {
    const own = of(section);
    if (own.length === 0) continue;
    const last = blocks.at(-1);
    const fits = last !== undefined && widthOf([...lead, ...last.columns, ...own]) <= width;
    if (fits && section === 'latency') {
      last.columns.push(...own);
      last.title += ` and ${TITLES[section]}`;
    } else {
      blocks.push(...titled(section, cut(own, width - widthOf(lead) - GAP.length)));
    }
  }
  blocks.push(...bindingBlocks(rows, lead, of('binding'), width, paint));
  return blocks.map(({ title, columns }) => [paint.bold(title), ...printBlock([...lead, ...columns], paint)]);
}

/** Blocks of one section: the first has its title, what did not fit beside it continues it. */
function titled(section: Section, runs: readonly Printed[][]): { title: string; columns: Printed[] }[] {
  return runs.map((columns, k) => ({ title: TITLES[section] + (k === 0 ? '' : ', continued'), columns }));
}

function printColumn(
  result: Result,
  rows: readonly Cell[],
  column: Column,
  notes: Footnotes,
  paint: Paint,
): Printed {
  const values = rows.map((cell) => columnValue(result, cell, column));
  const entries = values.map((value, row) =>
    value === null ? `–${notes.mark(whyNot(rows[row]!, column))}` : printScaled(value, column.scale),
  );
  const header = [...column.header, column.scale.unit].filter((line) => line !== '');
  const better = rows[0]!.metrics[column.metric]?.better;
  const colour = (text: string, row: number): string => {
    const value = values[row];
    if (column.kind !== 'ratio' || value == null || Math.abs(value - 1) < 0.1) return text;
    return value > 1 === (better === 'higher') ? paint.green(text) : paint.red(text);
  };
  return { header, entries, align: 'right', paint: colour };
}

/** Words and numbers of what binds side by side; on a narrow terminal one below the other. */
function bindingBlocks(
  rows: readonly Cell[],
  lead: readonly Printed[],
  numbers: readonly Printed[],
  width: number,
  paint: Paint,
): { title: string; columns: Printed[] }[] {
  const beside = [...textColumns(rows, width - widthOf([...lead, ...numbers]), paint), ...numbers];
  if (widthOf([...lead, ...beside]) <= width) return [{ title: TITLES.binding, columns: beside }];
  const words = textColumns(rows, width - widthOf(lead), paint);
  return titled(
    'binding',
    [words, [...numbers]].filter((columns) => columns.length > 0),
  );
}

/** Binding resources and remarks: text, wrapped into the room that the numbers leave. */
function textColumns(rows: readonly Cell[], room: number, paint: Paint): Printed[] {
  const said = (binding: Cell['binding'], of: string): string => {
    if (binding === null) return '';
    return binding.agree === binding.of
      ? binding.text
      : `${binding.text} (${binding.agree} of ${binding.of} ${of})`;
  };
  const colour = (text: string, row: number): string =>
    rows[row]!.overloaded ? paint.red(text) : rows[row]!.binding?.kind === 'none' ? text : paint.yellow(text);
  const texts = [
    { header: ['binds'], entries: rows.map((cell) => said(cell.binding, 'seeds')), paint: colour },
    {
      header: ['binds the probes'],
      entries: rows.map((cell) => said(cell.probes?.binding ?? null, 'probes')),
    },
    { header: ['remark'], entries: rows.map(remarkOf) },
  ].filter(({ entries }) => entries.some((entry) => entry !== ''));
  const wanted = texts.map(({ header, entries }) => widestOf([...header, ...entries]));
  const free = room - texts.length * GAP.length;
  const widths = shareWidth(wanted, free);
  return texts.map((text, k) => ({
    ...text,
    align: 'left' as const,
    entries: text.entries.map((entry) => wrap(entry, widths[k]!).join('\n')),
  }));
}

/** Seeds of each cell, the intervals that they have reached, and why no more were run. */
function precisionBlock(result: Result, width: number, paint: Paint): string[] {
  const table = precisionTable(result);
  if (table === null || table.rows.length === 0) return [];
  const right = { align: 'right' as const };
  const columns: Printed[] = [
    ...leadColumns(
      result,
      table.rows.map(({ cell }) => cell),
    ),
    { ...right, header: ['seeds'], entries: table.rows.map(({ seeds }) => String(seeds)) },
    ...table.metrics.map((metric, k) => ({
      ...right,
      header: shortName(metric as MetricId),
      entries: table.rows.map(({ figures }) => figures[k]!),
    })),
  ];
  const room = Math.max(TEXT_MIN, width - widthOf(columns) - GAP.length);
  const texts = table.rows.map(({ text }) => wrap(text, room).join('\n'));
  const block = printBlock([...columns, { align: 'left', header: ['outcome'], entries: texts }], paint);
  return ['', paint.bold(table.title), ...block];
}

/** One cell in the slice and in the whole cluster. */
function sliceBlock(result: Result, paint: Paint): string[] {
  const table = sliceTable(result);
  if (table === null) return [];
  const columns = table.heads.map((head, k): Printed => {
    return { header: [head], entries: table.rows.map((row) => row[k]!), align: k === 0 ? 'left' : 'right' };
  });
  return ['', paint.bold(table.title), ...printBlock(columns, paint)];
}

/** Rows without figures: in words, below the blocks. */
function absent(result: Result, width: number, paint: Paint): string[] {
  const groups = absentOf(result);
  if (groups.length === 0) return [];
  const lines = groups.flatMap(({ backend, setting, state, reason }) => {
    const name = setting === '' ? backend : `${backend}${GAP}${setting}`;
    const words = state === 'not run' ? state : `${state}: ${reason}`;
    const [first, ...more] = wrap(`${name}${GAP}${words}`, width - 4);
    return [paint.yellow(first!), ...more.map((line) => paint.yellow(`    ${line}`))];
  });
  return ['', paint.bold('without figures'), ...lines];
}

function footer(result: Result, notes: Footnotes, width: number, sure: Sensitivity | null): string[] {
  const lines = notes.texts.flatMap((text, k) => wrap(`${MARKS[k] ?? '*'} ${text}`, width));
  const limits = result.slice === undefined ? [] : [SLICE_LIMITS];
  return [...lines, ...[...limits, ...belowTable(result, sure)].flatMap((text) => wrap(text, width))];
}
