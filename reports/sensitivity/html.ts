/**
 * The report of a sensitivity study as one HTML file that loads nothing: verdict, order flips, ranges over the draws,
 * tornados, every price of every cell. The same document gives the same bytes.
 */
import { renderSvg } from '../charts/index.ts';
import { rangeCharts, tornadoCharts } from '../charts/sensitivity.ts';
import type { ChartPlan } from '../charts/svg.ts';
import { esc } from '../page/escape.ts';
import { inline, page, section } from '../page/frame.ts';
import { table } from '../validation/html.ts';
import type { TextTable } from '../validation/tables.ts';
import { counted, NONE, share, signed } from '../validation/words.ts';
import type { Sensitivity, SensitivityCell } from './schema.ts';
import { labelOf, orderTable, priceTable, rangeTables, settingOf, verdictOf } from './tables.ts';
import { legendOf } from './text.ts';

const WIDE_PX = 640;
const NARROW_PX = 340;

/** The whole page. */
export async function renderSensitivityHtml(document: Sensitivity): Promise<string> {
  const ranges = await figures(rangeCharts(document));
  const tornados = await figures(tornadoCharts(document));
  return page(`${document.scenario.id}, sensitivity`, [
    head(document),
    '<main>',
    `<p class="verdict">${esc(verdictOf(document))}</p>`,
    section('Prices', table(priceTable(document))),
    section('Order of backends', table(orderTable(document))),
    ranges === '' ? '' : section('Range of the figures', ranges),
    tornados === '' ? '' : section('What moves each backend', tornados),
    section(
      'Figures',
      `<p class="note">${esc(legendOf(document))}</p>` +
        rangeTables(document)
          .map((one) => `<h3>${esc(one.title)}</h3>${table(one)}`)
          .join('\n'),
    ),
    section('Every price by cell', details(document)),
    absent(document),
    '</main>',
    footer(document),
  ]);
}

async function figures(charts: readonly ChartPlan[]): Promise<string> {
  const parts: string[] = [];
  for (const chart of charts) {
    const wide = inline(await renderSvg(chart, WIDE_PX), 'wide');
    const narrow = inline(await renderSvg(chart, NARROW_PX), 'narrow');
    parts.push(`<figure id="${chart.id}">${wide}${narrow}</figure>`);
  }
  return parts.length === 0 ? '' : `<div class="charts">${parts.join('\n')}</div>`;
}

function head({ scenario, model, seeds, draws, prices, runs, all, status }: Sensitivity): string {
  const facts: [string, string][] = [
    ['scenario', scenario.id],
    ['machine', model.machine.name],
    [all ? 'prices varied' : 'assumed prices varied', String(prices.length)],
    ['draws', `${draws.count} from seed ${draws.seed}`],
    ['seeds of every run', seeds.join(', ')],
    ['runs', String(runs)],
    ['model', model.version],
    ['status', status],
  ];
  const items = facts.map(([name, value]) => `<div><dt>${esc(name)}</dt><dd>${esc(value)}</dd></div>`);
  return (
    '<header><h1>How sure are these figures?</h1>' +
    `<p class="sub">Windtunnel sensitivity: ${esc(scenario.title)}</p>` +
    `<dl class="facts">${items.join('')}</dl></header>`
  );
}

/** A cell each, folded. */
function details(document: Sensitivity): string {
  return document.cells
    .filter(({ status }) => status === 'ok')
    .map((cell) => {
      const name = [cell.dims.backend, settingOf(document, cell.dims)]
        .filter((text) => text !== '')
        .join(', ');
      const assumed = `${share(cell.assumedShare)} of CPU at assumed prices`;
      return (
        `<details><summary>${esc(name)} <span>${esc(`${counted(cell.prices.length, 'price')}, ${assumed}`)}</span>` +
        `</summary>${table(cellTable(document, cell))}</details>`
      );
    })
    .join('\n');
}

function cellTable(document: Sensitivity, cell: SensitivityCell): TextTable {
  const metrics = cell.figures.map(({ metric }) => metric);
  const together = cell.prices.filter(({ run }) => run === 'together').length;
  return {
    id: cell.id,
    title: cell.id,
    note: together === 0 ? '' : `${NONE}: run together with others that are small; ${togetherText(cell)}.`,
    columns: [
      { name: 'price', align: 'left' },
      { name: 'range', align: 'right' },
      { name: 'share of CPU', align: 'right' },
      { name: 'at most, estimated', align: 'right' },
      ...metrics.map((metric) => ({ name: `${labelOf(metric)}, low / high`, align: 'right' as const })),
    ],
    rows: cell.prices.map(({ stage, share: ofCpu, bound, run, moves }) => {
      const { low, high } = document.prices.find((one) => one.stage === stage)!;
      return [
        stage,
        `× ${Math.round(low * 100) / 100} … ${Math.round(high * 100) / 100}`,
        share(ofCpu),
        share(bound),
        ...metrics.map((metric) => {
          const move = moves[metric];
          return run === 'together' || move === undefined
            ? NONE
            : `${signed(move.low)} / ${signed(move.high)}`;
        }),
      ];
    }),
  };
}

function togetherText({ together }: SensitivityCell): string {
  const changes = Object.values(together ?? {}).flatMap(({ low, high }) => [low ?? 0, high ?? 0]);
  const most = Math.max(0, ...changes.map(Math.abs));
  return `all of them at one end at once move no figure by more than ${share(most)}`;
}

function absent({ cells }: Sensitivity): string {
  const items = cells
    .filter(({ status }) => status !== 'ok')
    .map(({ id, status, reason }) => `<li>${esc(`${id}: ${status}: ${reason ?? ''}`)}</li>`);
  return items.length === 0 ? '' : section('Without figures', `<ul class="findings">${items.join('')}</ul>`);
}

function footer({ tool, model }: Sensitivity): string {
  return (
    `<footer><p>Computed by ${esc(tool.name)} ${esc(tool.version)}, model ${esc(model.version)}: a deterministic ` +
    'simulation. The ranges are what the stated uncertainty of its prices makes of the figures, not confidence ' +
    'intervals of a measurement.</p></footer>'
  );
}
