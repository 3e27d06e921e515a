/**
 * The page of a comparison (or of thresholds): one HTML file that loads nothing. What gates stands first, then the
 * charts in pairs, then every figure that differs, then what differs besides figures.
 *
 * Left out: figures of cells that are equal to the byte; the CSV and JSON exports have them.
 */
import { changeCharts } from '../charts/changes.ts';
import { renderSvg } from '../charts/svg.ts';
import type { CellComparison, Check, Comparison, FieldChange, Source } from '../comparison/types.ts';
import { signedPercent } from '../comparison/words.ts';
import {
  type Found,
  findingsOf,
  gatedMeans,
  type Outcome,
  oneLine,
  thresholdText,
} from '../exports/findings.ts';
import { headlineOf } from '../exports/headline.ts';
import { percent } from '../units.ts';
import { esc } from './escape.ts';
import { inline, page, section } from './frame.ts';
import { changeTables, plainTable } from './gateTables.ts';

/** The first chart has a page's width, pairs stand in two columns. */
const FIRST_PX = 1100;
const WIDE_PX = 640;
const NARROW_PX = 340;
const FINDINGS_MAX = 12;
const LIST_MAX = 30;

/** The whole page. */
export async function renderGatePage(outcome: Outcome): Promise<string> {
  const { comparisons, checks } = outcome;
  const parts: string[] = [];
  for (const [place, one] of comparisons.entries()) parts.push(await comparisonPart(one, place));
  for (const one of checks) parts.push(checkPart(one));
  const title = comparisons.length > 0 ? 'Comparison' : 'Thresholds';
  const titles = new Set(sourcesOf(outcome).map(({ scenario }) => scenario.title));
  return page(title.toLowerCase(), [
    `<header><h1>${title}: ${esc([...titles].join(', '))}</h1>` +
      '<p class="sub">Windtunnel: results of a deterministic simulation, compared seed by seed</p></header>',
    '<main>',
    `<p class="verdict">${esc(headlineOf(outcome))}</p>`,
    findings(findingsOf(outcome)),
    ...parts,
    section('How to read this', list(READING)),
    '</main>',
    `<footer>${sourcesOf(outcome).map(digestLine).join('')}</footer>`,
  ]);
}

const READING = [
  'Base and head run the same seeds, so that each seed is a pair: what differs between the two of a pair is the ' +
    'change and no chance of arrivals.',
  'A verdict needs both: significance after Holm’s correction over all figures in the gate, and a change of at ' +
    'least the floor. ~ is everything else.',
  'Medians are over seeds; the change is the median of the pairs’ differences (unmatched seeds: the Hodges-Lehmann ' +
    'shift), with its 95 % interval.',
  'Equal digests mean equal to the byte: nothing is left to test.',
];

const digestLine = ({ label, digest }: Source): string =>
  `<p>Digest of ${esc(label)} <code>${esc(digest)}</code></p>`;

const sourcesOf = ({ comparisons, checks }: Outcome): Source[] => [
  ...comparisons.flatMap(({ base, head }) => [base, head]),
  ...checks.map(({ source }) => source),
];

function findings(found: readonly Found[]): string {
  if (found.length === 0) return '';
  const items = found
    .slice(0, FINDINGS_MAX)
    .map(
      ({ level, title, cell, text }) =>
        `${level === 'error' ? 'error' : 'warning'}: ${title}, ${cell}: ${text}`,
    );
  const rest = found.length - items.length;
  return section('What gates', list(rest === 0 ? items : [...items, `and ${rest} more, in the tables`]));
}

async function comparisonPart(comparison: Comparison, place: number): Promise<string> {
  const { base, head, cells, problems, notes, gate, summary } = comparison;
  const charts: string[] = [];
  for (const chart of changeCharts(comparison, place)) {
    const wide = inline(await renderSvg(chart, charts.length === 0 ? FIRST_PX : WIDE_PX), 'wide');
    const narrow = inline(await renderSvg(chart, NARROW_PX), 'narrow');
    charts.push(`<figure id="${chart.id}">${wide}${narrow}</figure>`);
  }
  const [first = '', ...pairs] = charts;
  const { same, changed, onlyBase, onlyHead } = summary.cells;
  const seeds = gate.seeds === null ? 'not tested' : `${gate.seeds} (${gate.seedsNeeded} needed)`;
  return [
    section(
      `${esc(base.label)} → ${esc(head.label)}`,
      facts([
        ['scenario', head.scenario.id],
        ['machine', sides(base.machine.name, head.machine.name)],
        ['model', sides(base.model, head.model)],
        ['seeds', seeds],
        ['cells', `${same} same, ${changed} changed, ${onlyBase} only in base, ${onlyHead} only in head`],
        ['gate', `${gate.policy}: ${gate.figures} figures, α = ${percent(gate.alpha)}`],
      ]) +
        list(
          problems.map(
            ({ allowed, message }) => `${allowed ? 'allowed' : 'not comparable'}: ${oneLine(message)}`,
          ),
        ) +
        list(notes),
    ),
    charts.length === 0 ? '' : section('Changes', `${first}<div class="charts">${pairs.join('\n')}</div>`),
    changeTables(comparison),
    geomeans(comparison),
    besides(cells),
  ].join('');
}

const sides = (base: string, head: string): string => (base === head ? head : `${base} → ${head}`);

function geomeans(comparison: Comparison): string {
  const rows = gatedMeans(comparison).map(({ label, ratio, cells }) => [
    label,
    signedPercent(ratio),
    String(cells),
  ]);
  return rows.length === 0
    ? ''
    : section('Geometric means', plainTable(['metric', 'head / base − 1', 'cells'], rows, 1));
}

/** Cells of one side, and fields that are no figures. */
function besides(cells: readonly CellComparison[]): string {
  const lines = cells.flatMap((cell) => [
    ...(cell.presence === 'both'
      ? []
      : [`${cell.id}: ${cell.presence === 'only-base' ? 'only in base' : 'only in head'}`]),
    ...(cell.baseAbsent === cell.headAbsent
      ? []
      : [`${cell.id}: base ${cell.baseAbsent ?? 'has figures'}; head ${cell.headAbsent ?? 'has figures'}`]),
    ...cell.fields.map((field) => `${cell.id}: ${fieldText(field)}`),
  ]);
  if (lines.length === 0) return '';
  const rest = lines.length - LIST_MAX;
  const shown = lines.slice(0, LIST_MAX);
  return section('What else differs', list(rest > 0 ? [...shown, `and ${rest} more`] : shown));
}

function fieldText({ path, base, head, relative }: FieldChange): string {
  const by = relative === null ? '' : ` (${signedPercent(relative)})`;
  return `${path}: ${base ?? '–'} → ${head ?? '–'}${by}`;
}

function checkPart({ source, outcomes, notes }: Check): string {
  const rows = outcomes.map((one) => [
    one.cell,
    one.label,
    thresholdText(one),
    one.passed
      ? 'holds'
      : one.acceptedBy === null
        ? `broken (${one.level})`
        : `accepted: ${one.acceptedBy.reason}`,
  ]);
  return section(
    `Thresholds of ${esc(source.label)}`,
    facts([
      ['scenario', source.scenario.id],
      ['machine', source.machine.name],
      ['model', source.model],
      ['seeds', String(source.seeds.length)],
    ]) +
      list(notes) +
      plainTable(['cell', 'metric', 'threshold: observed', 'outcome'], rows, 4),
  );
}

function facts(entries: readonly (readonly [string, string])[]): string {
  const rows = entries.map(([name, value]) => `<div><dt>${esc(name)}</dt><dd>${esc(value)}</dd></div>`);
  return `<dl class="facts">${rows.join('')}</dl>`;
}

function list(items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<ul class="findings">${items.map((item) => `<li>${esc(item)}</li>`).join('')}</ul>`;
}
