/**
 * The comparison table of the page: the columns of the terminal table, with the range over seeds below each
 * figure, and the detail of each cell.
 */
import { byFamily, familyOf, isCrowded } from '../families.ts';
import { remarkOf } from '../remarks.ts';
import type { Cell, CellBinding, Result } from '../schema.ts';
import { percent, printCount, printOne, printScaled } from '../units.ts';
import {
  BASELINE,
  beyondOf,
  type Column,
  columnName,
  columnsOf,
  columnValue,
  dimText,
  groupsOf,
  hasFigures,
  type Section,
  samplesOf,
  settingOf,
  varyingDims,
  whyNot,
} from '../view.ts';
import { esc } from './escape.ts';

const SECTION_TITLES: Readonly<Record<Section, string>> = {
  throughput: 'Throughput',
  latency: 'Latency and slowdown',
  cpu: 'CPU and copies',
  binding: 'What binds',
};
const RATIO_WORTH_COLOUR = 0.1;
/** Percentiles below which the number of samples stands, once for all of a distribution. */
const FIRST_TAILS: ReadonlySet<string> = new Set(['rpcP50', 'slowdownSmallP50', 'slowdownLargeP50']);

/** Which sections share a table: each fits a wide screen without scrolling. */
const TABLES: readonly (readonly Section[])[] = [['throughput', 'latency'], ['cpu'], ['binding']];

/** The tables and their footnotes. */
export function comparisonTables(result: Result): string {
  // Samples stand below the percentiles: columns of their own would not fit.
  const columns = columnsOf(result).filter(({ kind }) => kind !== 'samples');
  const notes: string[] = [];
  const tables = TABLES.map((sections) => {
    const own = columns.filter((column) => sections.includes(column.section));
    return own.length === 0 && !sections.includes('binding') ? '' : table(result, sections, own, notes);
  });
  const list = notes.map((note) => `<li>${esc(note)}</li>`).join('');
  return tables.join('') + (notes.length === 0 ? '' : `<ol class="notes">${list}</ol>`);
}

function table(
  result: Result,
  sections: readonly Section[],
  columns: readonly Column[],
  notes: string[],
): string {
  // Headings of families say the setting: what figures stand behind them then fits a telephone.
  const dims = isCrowded(result.cells) ? ['backend'] : varyingDims(result);
  const texts = sections.includes('binding') ? bindingTexts(result) : [];
  const name = sections
    .map((section, k) => (k === 0 ? SECTION_TITLES[section] : SECTION_TITLES[section].toLowerCase()))
    .join(', ');
  const wide = columns.length + texts.length;
  const rows = rowsOf(result, dims.length + wide).map((entry) => {
    if (typeof entry === 'string') return entry;
    return hasFigures(entry)
      ? figureRow(result, entry, columns, dims, texts, notes)
      : absentRow(result, entry, wide, dims);
  });
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${esc(name)}">` +
    `<table><caption>${esc(name)}</caption>` +
    `<thead>${headRows(result, columns, dims, texts)}</thead><tbody>${rows.join('')}</tbody></table></div>`
  );
}

/** Cells in order; where they are many, by family below headings (HTML), for each setting. */
function rowsOf(result: Result, span: number): (Cell | string)[] {
  if (!isCrowded(result.cells)) return [...result.cells];
  return [...groupsOf(result).values()].flatMap((cells) => {
    const sorted = byFamily(cells);
    return sorted.flatMap((cell, k) => {
      const title = familyOf(cell);
      if (k > 0 && familyOf(sorted[k - 1]!) === title) return [cell];
      const setting = settingOf(result, cell);
      const words = esc(setting === '' ? title : `${title}, ${setting}`);
      return [`<tr class="family"><th colspan="${span}" scope="rowgroup">${words}</th></tr>`, cell];
    });
  });
}

/** A column of words. */
interface TextColumn {
  readonly name: string;
  readonly text: (cell: Cell) => string;
}

function bindingTexts(result: Result): TextColumn[] {
  const all: TextColumn[] = [
    { name: 'binding resource', text: (cell) => bindingText(cell.binding, 'seeds') },
    {
      name: 'on the path of the probes',
      text: (cell) => bindingText(cell.probes?.binding ?? null, 'probes'),
    },
    { name: 'remark', text: remarkOf },
  ];
  return all.filter(({ text }) => result.cells.some((cell) => hasFigures(cell) && text(cell) !== ''));
}

function headRows(
  result: Result,
  columns: readonly Column[],
  dims: readonly string[],
  texts: readonly TextColumn[],
): string {
  const names = [
    ...dims.map((name, k) => `<th${dimClass(result, name, k)} scope="col">${esc(name)}</th>`),
    ...texts.map(({ name }) => `<th class="text" scope="col">${esc(name)}</th>`),
    ...columns.map((column) => `<th scope="col">${esc(columnName(column))}</th>`),
  ];
  const units = columns.map((column) => `<td>${esc(column.scale.unit)}</td>`);
  const blanks = '<td></td>'.repeat(dims.length + texts.length);
  return `<tr>${names.join('')}</tr><tr class="units">${blanks}${units.join('')}</tr>`;
}

/** Words stand left and numbers right, heads as what is below them. */
function dimClass(result: Result, name: string, k: number): string {
  if (k === 0) return ' class="name"';
  return result.cells.every(({ dims }) => typeof dims[name] === 'number') ? '' : ' class="word"';
}

function nameCells(result: Result, cell: Cell, dims: readonly string[]): string {
  return dims
    .map((name, k) => {
      const label = esc(dimText(name, cell.dims[name]));
      const kind = dimClass(result, name, k);
      return k === 0 ? `<th${kind} scope="row">${label}</th>` : `<td${kind}>${label}</td>`;
    })
    .join('');
}

function figureRow(
  result: Result,
  cell: Cell,
  columns: readonly Column[],
  dims: readonly string[],
  texts: readonly TextColumn[],
  notes: string[],
): string {
  const words = texts.map(({ text }) => `<td class="text">${esc(text(cell))}</td>`);
  const figures = columns.map((column) => figure(result, cell, column, notes));
  const base = cell.dims.backend === BASELINE ? ' class="base"' : '';
  return `<tr${base}>${nameCells(result, cell, dims)}${words.join('')}${figures.join('')}</tr>`;
}

function figure(result: Result, cell: Cell, column: Column, notes: string[]): string {
  const value = columnValue(result, cell, column);
  if (value === null) {
    const note = whyNot(cell, column);
    if (!notes.includes(note)) notes.push(note);
    return `<td class="none">–<sup>${notes.indexOf(note) + 1}</sup></td>`;
  }
  const text = printScaled(value, column.scale);
  if (column.kind === 'value') return `<td>${text}${rangeOf(cell, column)}${beyond(cell, column)}</td>`;
  const far = Math.abs(value - 1) >= RATIO_WORTH_COLOUR;
  const better = value > 1 === (cell.metrics[column.metric]?.better === 'higher');
  return `<td${far ? ` class="${better ? 'better' : 'worse'}"` : ''}>${text}</td>`;
}

/** Lowest and highest seed; nothing unless every seed has a sample. */
function rangeOf(cell: Cell, column: Column): string {
  const samples = cell.metrics[column.metric]?.samples ?? [];
  const known = samples.filter((sample) => sample !== null);
  if (known.length < 2 || known.length < samples.length) return '';
  const low = printScaled(Math.min(...known), column.scale);
  const high = printScaled(Math.max(...known), column.scale);
  return low === high ? '' : `<small>${low} – ${high}</small>`;
}

function beyond(cell: Cell, column: Column): string {
  const count = beyondOf(cell, column.metric);
  if (count === null) return '';
  const samples = samplesOf(cell, column.metric);
  const all = samples === null ? '' : `<small>${printCount(samples)} samples</small>`;
  return `<small>${printCount(count)} beyond</small>${FIRST_TAILS.has(column.metric) ? all : ''}`;
}

function absentRow(result: Result, cell: Cell, span: number, dims: readonly string[]): string {
  const reason =
    cell.status === 'missing' ? 'not run' : `${cell.status}: ${cell.reason ?? 'no reason given'}`;
  return `<tr class="absent">${nameCells(result, cell, dims)}<td colspan="${span}">${esc(reason)}</td></tr>`;
}

/** A binding in words, with how many seeds (probes) say the same when not all do. */
export function bindingText(binding: CellBinding | null, of: string): string {
  if (binding === null) return '';
  return binding.agree === binding.of
    ? binding.text
    : `${binding.text} (${binding.agree} of ${binding.of} ${of})`;
}

/** Everything about one cell, folded. */
export function cellDetail(result: Result, cell: Cell): string {
  const setting = settingOf(result, cell);
  const name = `${cell.dims.backend}${setting === '' ? '' : `, ${setting}`}`;
  return (
    `<details><summary>${esc(name)} <span>${esc(cell.title)}</span></summary>` +
    `<p>${esc(factsOf(cell))}</p>${provenance(cell)}<div class="pair"><div>` +
    `<h3>Utilisation</h3>${utilisationTable(cell)}<h3>Drops</h3>${dropsTable(cell)}` +
    `<h3>Seeds</h3>${seedsTable(cell)}</div><div><h3>CPU by stage</h3>${stageTable(cell)}</div></div>` +
    `<h3>Sources of the prices used</h3>${sources(cell)}</details>`
  );
}

function factsOf(cell: Cell): string {
  const facts = [
    `Pod MTU ${cell.podMtuBytes} bytes, MSS ${cell.mssBytes} bytes.`,
    `${cell.nodes} nodes, ${cell.plainNodes} without a probe.`,
    `Measured window ${printOne(cell.windowPs / 1e12, 's')} a seed; ${printCount(cell.events)} events.`,
  ];
  if (cell.load !== null) {
    const uplink = cell.uplinkLoad === null ? '' : `, ${percent(cell.uplinkLoad, 1)} of the uplinks`;
    facts.push(`Offered load ${percent(cell.load, 1)} of the NIC rate${uplink}.`);
  }
  if (cell.binding !== null) facts.push(`Binding resource: ${bindingText(cell.binding, 'seeds')}.`);
  if (cell.probes !== null)
    facts.push(`On the path of the probes: ${bindingText(cell.probes.binding, 'probes')}.`);
  for (const [label, { started, censored }] of [
    ['flows', cell.flows],
    ['RPCs', cell.rpcs],
  ] as const) {
    if (started > 0) facts.push(`${printCount(started)} ${label}, ${printCount(censored)} unfinished.`);
  }
  return facts.join(' ');
}

function provenance(cell: Cell): string {
  if (cell.provenance === null) return '';
  const { measured, published, assumed } = cell.provenance;
  const parts = [
    ['measured', measured],
    ['published', published],
    ['assumed', assumed],
  ] as const;
  const bars = parts.map(
    ([name, share]) => `<i class="${name}" style="width:${(share * 100).toFixed(2)}%"></i>`,
  );
  const words = parts.map(([name, share]) => `${percent(share)} ${name}`).join(', ');
  return (
    '<h3>Prices behind the network CPU</h3>' +
    `<div class="bar" role="img" aria-label="${words}">${bars.join('')}</div><p class="note">${words}</p>`
  );
}

function utilisationTable(cell: Cell): string {
  const rows = Object.entries(cell.utilisation).map(([name, { value, low, high }]) => {
    const range = `${percent(low, 1)} – ${percent(high, 1)}`;
    return row(esc(name), `<td>${percent(value, 1)}</td><td>${range}</td>`);
  });
  return small(['resource', 'mean', 'seeds'], rows);
}

function dropsTable(cell: Cell): string {
  const rows = Object.entries(cell.drops)
    .filter(([, packets]) => packets > 0)
    .map(([reason, packets]) => {
      const offered = cell.queueOffered[reason];
      const share = offered ? percent(packets / offered, 3) : '';
      return row(esc(reason), `<td>${packets}</td><td>${share}</td>`);
    });
  return rows.length === 0 ? NOTHING : small(['reason', 'packets, all seeds', 'of those offered'], rows);
}

function seedsTable(cell: Cell): string {
  const rows = cell.seeds.map(({ seed, digest, binding }) => {
    const short = `<code>${esc(digest.slice(0, 16))}</code>`;
    return row(String(seed), `<td class="text">${esc(binding)}</td><td class="text">${short}</td>`);
  });
  return small(['seed', 'binds', 'digest of events'], rows);
}

function stageTable(cell: Cell): string {
  const rows = cell.cpuByStage.map((one) => {
    const figures = `<td>${one.coresPerNode.toFixed(4)}</td><td>${percent(one.share, 1)}</td>`;
    const words = [one.class, one.confidence].map((word) => `<td class="word">${word}</td>`);
    return row(`<code>${esc(one.stage)}</code>`, `${words[0]}${figures}${words[1]}`);
  });
  return rows.length === 0 ? NOTHING : small(['stage', 'class', 'cores a node', 'share', 'price'], rows);
}

function sources(cell: Cell): string {
  if (cell.sources.length === 0) return NOTHING;
  return `<ul class="findings">${cell.sources.map((source) => `<li>${esc(source)}</li>`).join('')}</ul>`;
}

const NOTHING = '<p class="note">none</p>';

/** One row of a small table; both arguments are HTML. */
function row(head: string, cells: string): string {
  return `<tr><th class="name" scope="row">${head}</th>${cells}</tr>`;
}

/** Heads over words stand left, as the words do. */
const WORDS = new Set(['binds', 'digest of events', 'class', 'price']);

function small(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((name, k) => {
    const kind = k === 0 ? ' class="name"' : WORDS.has(name) ? ' class="text"' : '';
    return `<th scope="col"${kind}>${name}</th>`;
  });
  const table = `<thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody>`;
  return `<div class="scroll"><table>${table}</table></div>`;
}
