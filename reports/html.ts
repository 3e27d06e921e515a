/**
 * The report as one HTML file that loads nothing: style, script and charts are inside, and its content policy
 * forbids everything else. A result gives the same bytes wherever it is rendered: no clock, no locale.
 */
import { belowTable } from './belowTable.ts';
import { chartsOf, renderSvg, settingsLeftOut } from './charts/index.ts';
import { cellDetail, comparisonTables } from './page/comparison.ts';
import { esc } from './page/escape.ts';
import { inline, page, section } from './page/frame.ts';
import { GLOSSARY } from './page/glossary.ts';
import { precisionSection, sliceSection } from './page/trust.ts';
import { seedsText } from './precision.ts';
import type { Result, SliceResult } from './schema.ts';
import type { Sensitivity } from './sensitivity/schema.ts';
import { keyFindings, verdict } from './verdict.ts';
import { constantDims, hasFigures } from './view.ts';

const WIDE_PX = 640;
const NARROW_PX = 340;

/** The whole page. @param sure  a sensitivity study of this scenario, if there is one */
export async function renderHtml(result: Result, sure: Sensitivity | null = null): Promise<string> {
  const charts = await figures(result);
  return page(result.scenario.id, [
    head(result),
    '<main>',
    `<p class="verdict">${esc(verdict(result))}</p>`,
    section('Key findings', list(keyFindings(result).filter((finding) => finding !== verdict(result)))),
    section(
      'Comparison',
      '<p class="note">Small figures: range over seeds; of percentiles, samples beyond and in all.</p>' +
        comparisonTables(result) +
        note(belowTable(result, sure)),
    ),
    sliceSection(result),
    precisionSection(result),
    charts === '' ? '' : section('Charts', charts + note([leftOut(result)])),
    ruleFindings(result),
    section(
      'Detail by backend',
      result.cells
        .filter(hasFigures)
        .map((cell) => cellDetail(result, cell))
        .join(''),
    ),
    parameters(result),
    section('Words', glossary()),
    '</main>',
    footer(result),
  ]);
}

function footer({ tool, digest }: Result): string {
  return (
    `<footer><p>Computed by ${esc(tool.name)} ${esc(tool.version)}, a deterministic simulation: these are ` +
    'predictions of a model, not measurements of a cluster. The same scenario, machine, model and seeds ' +
    `give the same digest anywhere.</p><p>Digest <code>${esc(digest.value)}</code></p></footer>`
  );
}

function head(result: Result): string {
  const { scenario, model, slice, status } = result;
  const facts: [string, string][] = [
    ['scenario', scenario.id],
    ['machine', model.machine.name],
    ...constantDims(result).map(([name, value]): [string, string] => [name, String(value)]),
    ['seeds', seedsOf(result)],
    ...(slice === undefined ? [] : [sliceFact(slice)]),
    ['model', model.version],
    ['status', status],
    ['digest', result.digest.value.slice(0, 16)],
  ];
  const rows = facts
    .map(([name, value]) => `<div><dt>${esc(name)}</dt><dd>${esc(value)}</dd></div>`)
    .join('');
  return (
    `<header><h1>${esc(scenario.title.charAt(0).toUpperCase() + scenario.title.slice(1))}</h1>` +
    '<p class="sub">Windtunnel report: Kubernetes network backends compared</p>' +
    `<dl class="facts">${rows}</dl></header>`
  );
}

const sliceFact = ({ racks, fullRacks, nodes, fullNodes }: SliceResult): [string, string] => [
  'slice',
  `${racks} of ${fullRacks} racks, ${nodes} of ${fullNodes} nodes`,
];

function seedsOf(result: Result): string {
  const { precision, replications, root } = result.seeds;
  if (precision !== undefined) return `${seedsText(result)}, as many as each row needs`;
  return `${replications.length} (${replications.join(', ')}) from root ${root}`;
}

/** Charts over a dimension, and below them those of each setting together. */
async function figures(result: Result): Promise<string> {
  const grids = new Map<string, string[]>();
  for (const chart of chartsOf(result)) {
    const wide = inline(await renderSvg(chart, WIDE_PX), 'wide');
    const narrow = inline(await renderSvg(chart, NARROW_PX), 'narrow');
    // The place of the setting is the last number of an id.
    const grid = chart.id.startsWith('sweep-') ? 'sweep' : chart.id.replace(/^.*-/, '');
    const figure = `<figure id="${chart.id}">${wide}${narrow}</figure>`;
    grids.set(grid, [...(grids.get(grid) ?? []), figure]);
  }
  return [...grids.values()].map((grid) => `<div class="charts">${grid.join('\n')}</div>`).join('\n');
}

function leftOut(result: Result): string {
  const count = settingsLeftOut(result);
  return count === 0 ? '' : `CPU and utilisation of ${count} further settings are in the tables only.`;
}

function ruleFindings(result: Result): string {
  if (result.findings.length === 0) return '';
  const items = result.findings.map(({ level, message, source, asOf }) => {
    const where = [source, asOf].filter((part) => part !== undefined).join(', ');
    return `${level}: ${message}${where === '' ? '' : ` (${where})`}`;
  });
  return section('Rules', list(items));
}

function parameters(result: Result): string {
  const rows = Object.entries(result.scenario.params).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const head = `<th class="name" scope="row">${esc(name)}</th>`;
    return `<tr>${head}<td class="text source"><code>${esc(text)}</code></td></tr>`;
  });
  if (rows.length === 0) return '';
  return section(
    'Parameters',
    `<div class="scroll"><table class="params"><tbody>${rows.join('')}</tbody></table></div>`,
  );
}

function glossary(): string {
  const items = GLOSSARY.map(([word, text]) => `<div><dt>${esc(word)}</dt><dd>${esc(text)}</dd></div>`);
  return `<dl class="glossary">${items.join('')}</dl>`;
}

function list(items: readonly string[]): string {
  return `<ul class="findings">${items.map((item) => `<li>${esc(item)}</li>`).join('')}</ul>`;
}

function note(texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .map((text) => `<p class="note">${esc(text)}</p>`)
    .join('');
}
