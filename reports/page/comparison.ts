/**
 * The comparison table of the page: the columns of the terminal table, with the range over seeds below each
 * figure, and the detail of each cell.
 */
import { remarkOf } from '../remarks.ts';
import type { Cell, CellBinding, Result } from '../schema.ts';
import { percent, printCount, printOne, printScaled } from '../units.ts';
import {
  BASELINE, type Column, columnsOf, columnValue, hasFigures, type Section, settingOf, varyingDims, whyNot,
} from '../view.ts';
import { esc } from './escape.ts';

const SECTION_TITLES: Readonly<Record<Section, string>> = {
  throughput: 'Throughput', latency: 'Latency and slowdown', cpu: 'CPU and copies', binding: 'What binds',
};
const RATIO_WORTH_COLOUR = 0.1;

/** The table and its footnotes. */
export function comparisonTable(result: Result): string {
  const columns = columnsOf(result);
  const dims = varyingDims(result);
  const notes: string[] = [];
  const rows = result.cells.map((cell) =>
    hasFigures(cell) ? figureRow(result, cell, columns, dims, notes) : absentRow(cell, columns, dims),
  );
  const list = notes.map((note) => `<li>${esc(note)}</li>`).join('');
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="Comparison table"><table>` +
    `<caption>Small figures: range over seeds.</caption>` +
    `<thead>${headRows(columns, dims)}</thead><tbody>${rows.join('')}</tbody></table></div>` +
    (notes.length === 0 ? '' : `<ol class="notes">${list}</ol>`)
  );
}

function headRows(columns: readonly Column[], dims: readonly string[]): string {
  const sections = [...new Set(columns.map((column) => column.section))];
  const spans = sections.map((section) => {
    const own = columns.filter((column) => column.section === section).length + (section === 'binding' ? 2 : 0);
    return `<th colspan="${own}">${SECTION_TITLES[section]}</th>`;
  });
  const names = columns.map((column) => `${esc(column.header.join(' ').replace('- ', ''))}`);
  const texts = ['binding resource', 'remark'];
  const at = columns.findIndex((column) => column.section === 'binding');
  const cut = at < 0 ? columns.length : at;
  const heads = [
    ...names.slice(0, cut).map((name) => `<th>${name}</th>`),
    ...texts.map((name) => `<th class="text">${name}</th>`),
    ...names.slice(cut).map((name) => `<th>${name}</th>`),
  ];
  const units = columns.map((column) => `<th>${esc(column.scale.unit)}</th>`);
  units.splice(cut, 0, '<th></th><th></th>');
  const tail = at < 0 ? `<th colspan="2">${SECTION_TITLES.binding}</th>` : '';
  return (
    `<tr class="sections"><th colspan="${dims.length}"></th>${spans.join('')}${tail}</tr>` +
    `<tr>${dims.map((name) => `<th class="name">${esc(name)}</th>`).join('')}${heads.join('')}</tr>` +
    `<tr class="units">${dims.map(() => '<th></th>').join('')}${units.join('')}</tr>`
  );
}

function nameCells(cell: Cell, dims: readonly string[]): string {
  return dims
    .map((name, k) => `<${k === 0 ? 'th class="name" scope="row"' : 'td'}>${esc(cell.dims[name] ?? '')}</${k === 0 ? 'th' : 'td'}>`)
    .join('');
}

function figureRow(
  result: Result, cell: Cell, columns: readonly Column[], dims: readonly string[], notes: string[],
): string {
  const at = columns.findIndex((column) => column.section === 'binding');
  const cells = columns.map((column) => figure(result, cell, column, notes));
  const texts = `<td class="text">${esc(bindingText(cell.binding, 'seeds'))}</td><td class="text">${esc(remarkOf(cell))}</td>`;
  cells.splice(at < 0 ? columns.length : at, 0, texts);
  const base = cell.dims.backend === BASELINE ? ' class="base"' : '';
  return `<tr${base}>${nameCells(cell, dims)}${cells.join('')}</tr>`;
}

function figure(result: Result, cell: Cell, column: Column, notes: string[]): string {
  const value = columnValue(result, cell, column);
  if (value === null) {
    const note = whyNot(cell, column);
    if (!notes.includes(note)) notes.push(note);
    return `<td class="none">–<sup>${notes.indexOf(note) + 1}</sup></td>`;
  }
  const text = printScaled(value, column.scale);
  if (column.kind === 'value') return `<td>${text}${rangeOf(cell, column)}</td>`;
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

function absentRow(cell: Cell, columns: readonly Column[], dims: readonly string[]): string {
  const reason = cell.status === 'missing' ? 'not run' : `${cell.status}: ${cell.reason ?? 'no reason given'}`;
  return `<tr class="absent">${nameCells(cell, dims)}<td colspan="${columns.length + 2}">${esc(reason)}</td></tr>`;
}

/** A binding in words, with how many seeds (probes) say the same when not all do. */
export function bindingText(binding: CellBinding | null, of: string): string {
  if (binding === null) return '';
  return binding.agree === binding.of ? binding.text : `${binding.text} (${binding.agree} of ${binding.of} ${of})`;
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
    `${cell.nodes} nodes, ${cell.plainNodes} without a probe; measured window ${printOne(cell.windowPs / 1e12, 's')} a seed; ${printCount(cell.events)} events.`,
  ];
  if (cell.load !== null) facts.push(`Offered load ${percent(cell.load, 1)} of the NIC rate${cell.uplinkLoad === null ? '' : `, ${percent(cell.uplinkLoad, 1)} of the uplinks`}.`);
  if (cell.binding !== null) facts.push(`Binding resource: ${bindingText(cell.binding, 'seeds')}.`);
  if (cell.probes !== null) facts.push(`On the path of the probes: ${bindingText(cell.probes.binding, 'probes')}.`);
  for (const [label, { started, censored }] of [['flows', cell.flows], ['RPCs', cell.rpcs]] as const) {
    if (started > 0) facts.push(`${printCount(started)} ${label}, ${printCount(censored)} unfinished.`);
  }
  return facts.join(' ');
}

function provenance(cell: Cell): string {
  if (cell.provenance === null) return '';
  const { measured, published, assumed } = cell.provenance;
  const parts = [['measured', measured], ['published', published], ['assumed', assumed]] as const;
  const bars = parts.map(([name, share]) => `<i class="${name}" style="width:${(share * 100).toFixed(2)}%"></i>`);
  const words = parts.map(([name, share]) => `${percent(share)} ${name}`).join(', ');
  return `<h3>Prices behind the network CPU</h3><div class="bar" role="img" aria-label="${words}">${bars.join('')}</div><p class="note">${words}</p>`;
}

function utilisationTable(cell: Cell): string {
  const rows = Object.entries(cell.utilisation).map(
    ([name, { value, low, high }]) =>
      `<tr><th class="name" scope="row">${esc(name)}</th><td>${percent(value, 1)}</td><td>${percent(low, 1)} – ${percent(high, 1)}</td></tr>`,
  );
  return small(['resource', 'mean', 'seeds'], rows);
}

function dropsTable(cell: Cell): string {
  const rows = Object.entries(cell.drops).filter(([, packets]) => packets > 0).map(([reason, packets]) => {
    const offered = cell.queueOffered[reason];
    const share = offered ? percent(packets / offered, 3) : '';
    return `<tr><th class="name" scope="row">${esc(reason)}</th><td>${packets}</td><td>${share}</td></tr>`;
  });
  return rows.length === 0 ? '<p class="note">none</p>' : small(['reason', 'packets, all seeds', 'of those offered'], rows);
}

function seedsTable(cell: Cell): string {
  const rows = cell.seeds.map(
    ({ seed, digest, binding }) =>
      `<tr><th class="name" scope="row">${seed}</th><td class="text">${esc(binding)}</td><td class="text"><code>${esc(digest.slice(0, 16))}</code></td></tr>`,
  );
  return small(['seed', 'binds', 'digest of events'], rows);
}

function stageTable(cell: Cell): string {
  const rows = cell.cpuByStage.map(
    (one) =>
      `<tr><th class="name" scope="row"><code>${esc(one.stage)}</code></th><td>${one.class}</td>` +
      `<td>${one.coresPerNode.toFixed(4)}</td><td>${percent(one.share, 1)}</td><td>${one.confidence}</td></tr>`,
  );
  return rows.length === 0 ? '<p class="note">none</p>' : small(['stage', 'class', 'cores a node', 'share', 'price'], rows);
}

function sources(cell: Cell): string {
  if (cell.sources.length === 0) return '<p class="note">none</p>';
  return `<ul class="findings">${cell.sources.map((source) => `<li>${esc(source)}</li>`).join('')}</ul>`;
}

function small(heads: readonly string[], rows: readonly string[]): string {
  const head = heads.map((name, k) => `<th${k === 0 ? ' class="name"' : ''}>${name}</th>`).join('');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
