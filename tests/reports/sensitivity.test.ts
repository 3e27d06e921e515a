/**
 * A sensitivity study's tables, charts, page and schema, from a document made by hand.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderSvg } from '../../reports/charts/index.ts';
import { rangeCharts, tornadoCharts } from '../../reports/charts/sensitivity.ts';
import type { Result } from '../../reports/schema.ts';
import { renderSensitivityHtml } from '../../reports/sensitivity/html.ts';
import {
  type Sensitivity,
  type SensitivityCell,
  sensitivityJsonSchema,
  sensitivitySchema,
} from '../../reports/sensitivity/schema.ts';
import {
  orderTable,
  priceTable,
  rangeTables,
  settingOf,
  verdictOf,
} from '../../reports/sensitivity/tables.ts';
import { renderSensitivity } from '../../reports/sensitivity/text.ts';
import { sureLine } from '../../reports/sure.ts';

const figure = (value: number, low: number, high: number, noise = 0): SensitivityCell['figures'][number] => ({
  metric: 'goodput',
  unit: 'bit/s',
  better: 'higher',
  value,
  low,
  high,
  allLow: high * 1.1,
  allHigh: low * 0.9,
  draws: [low, value, high, null],
  noise,
});
const price = (stage: string, low: number, high: number): SensitivityCell['prices'][number] => ({
  stage,
  share: 0.2,
  bound: 0.1,
  run: 'alone',
  moves: { goodput: { low, high } },
});
const cell = (
  backend: string,
  streams: number,
  figures: SensitivityCell['figures'],
  prices: SensitivityCell['prices'],
): SensitivityCell => ({
  id: `backend=${backend}/streams=${streams}`,
  dims: { backend, kind: 'TCP_STREAM', streams, message: streams * 100 },
  status: 'ok',
  assumedShare: 0.4,
  figures,
  prices,
  together: null,
});
const still: SensitivityCell['prices'][number] = { ...price('NF_HOOK', 0, 0), run: 'together', moves: {} };
const DOCUMENT: Sensitivity = sensitivitySchema.parse({
  schema: 'windtunnel/sensitivity',
  schemaVersion: '1.0',
  status: 'complete',
  tool: { name: 'windtunnel', version: '0.1.0' },
  model: { version: '7', machine: { name: 'xeon-25g', sha256: 'a'.repeat(64) } },
  scenario: { id: 'pod-to-pod', title: 'two nodes' },
  seeds: [1],
  draws: { count: 4, seed: 1 },
  all: false,
  threshold: 0.005,
  runs: 44,
  prices: ['ENCAP', 'CT', 'NF_HOOK'].map((stage) => ({
    stage,
    confidence: 'assumed',
    low: 0.5,
    high: 2,
    source: 'test',
    draws: [1, 1, 1, 1],
  })),
  cells: [
    cell(
      'flannel-vxlan',
      1,
      [figure(10e9, 8e9, 11e9)],
      [price('ENCAP', 0.08, -0.2), price('CT', 0.003, -0.002), still],
    ),
    cell('calico-bgp', 1, [figure(20e9, 19e9, 20.4e9)], [price('CT', 0.02, -0.06)]),
    cell('flannel-vxlan', 4, [figure(12e9, 11e9, 13e9, 0.3)], [price('ENCAP', -0.25, -0.28)]),
    { ...cell('calico-bgp', 4, [], []), status: 'infeasible', reason: 'no <routes> here' },
  ],
  pairs: [
    {
      dims: { kind: 'TCP_STREAM', streams: 1, message: 100 },
      metric: 'goodput',
      ahead: 'calico-bgp',
      behind: 'flannel-vxlan',
      ratio: 2,
      draws: 4,
      flips: 1,
      ties: 0,
      single: [{ stage: 'ENCAP', end: 'low' }],
    },
    {
      dims: { kind: 'TCP_STREAM', streams: 4, message: 400 },
      metric: 'goodput',
      ahead: 'calico-bgp',
      behind: 'flannel-vxlan',
      ratio: 1.5,
      draws: 4,
      flips: 0,
      ties: 2,
      single: [],
    },
  ],
});

test('prices: the largest move first, noise and small ones by name alone', () => {
  const { rows, note } = priceTable(DOCUMENT);
  assert.deepEqual(rows, [
    ['ENCAP', '×0.5 … 2', '+8.0 %', '−20.0 %', 'goodput', 'flannel-vxlan, streams=1'],
    ['CT', '×0.5 … 2', '+2.0 %', '−6.0 %', 'goodput', 'calico-bgp, streams=1'],
  ]);
  assert.match(note, /Nowhere above 0\.5 % or noise: NF_HOOK\./);
  assert.match(priceTable(DOCUMENT, 1).note, /1 more in sensitivity\.json\./);
});

test('ranges: figures of draws and ends, prices that stand out of the noise', () => {
  const [first, second] = rangeTables(DOCUMENT);
  assert.equal(first!.title, 'streams=1: goodput (Gbit/s)');
  assert.deepEqual(first!.rows, [
    ['flannel-vxlan', '10.00', '8.00', '11.00', '12.10', '7.20', '±0.0%', 'ENCAP +8.0/−20.0 %'],
    ['calico-bgp', '20.00', '19.00', '20.40', '22.44', '17.10', '±0.0%', 'CT +2.0/−6.0 %'],
  ]);
  assert.deepEqual(second!.rows[0]!.slice(-2), ['±30.0%', ''], 'a quarter is inside its noise');
});

test('order: what flips in a draw or by one price', () => {
  const { rows, note } = orderTable(DOCUMENT);
  assert.deepEqual(rows, [
    ['calico-bgp', 'flannel-vxlan', 'goodput', '2.000', '1/4', 'ENCAP low', 'streams=1'],
  ]);
  assert.match(note, /^1 of 2 pairs further apart than 0\.5 % and their noise keeps/);
  assert.equal(orderTable({ ...DOCUMENT, pairs: [] }).rows.length, 0);
});

test('the verdict, and documents with little to say', () => {
  assert.equal(
    verdictOf(DOCUMENT),
    'Over 4 draws of 3 prices, at most: goodput −20.0 % to +10.0 % (flannel-vxlan). ENCAP moves most: goodput of ' +
      'flannel-vxlan, streams=1 by +8.0 % at its low and −20.0 % at its high end. 1 of 2 pairs of backends can ' +
      'change their order.',
  );
  assert.match(verdictOf({ ...DOCUMENT, prices: [] }), /nothing to vary/);
  assert.match(verdictOf({ ...DOCUMENT, cells: DOCUMENT.cells.slice(3) }), /No cell has figures/);
  assert.equal(settingOf(DOCUMENT, DOCUMENT.cells[2]!.dims), 'streams=4', 'message follows from streams');
});

test('the terminal: at most 100 columns, and 80', () => {
  for (const [asked, width] of [
    [200, 100],
    [80, 80],
  ] as const) {
    const text = renderSensitivity(DOCUMENT, { width: asked });
    for (const line of text.split('\n')) assert.ok([...line].length <= width, `${width}: ${line}`);
    assert.match(text, /infeasible: no <routes> here/);
  }
});

test('charts: a tornado of each cell that moves, ranges of each setting', async () => {
  const tornados = tornadoCharts(DOCUMENT);
  assert.deepEqual(
    tornados.map(({ title }) => title),
    ['flannel-vxlan, streams=1', 'calico-bgp, streams=1'],
  );
  const svg = await renderSvg(tornados[0]!, 640);
  assert.match(svg, /ENCAP × 2: goodput −20\.0 %/);
  assert.match(svg, /ENCAP × 0\.5: goodput \+8\.0 %/);
  assert.doesNotMatch(svg, /CT ×/, 'below the threshold');
  const ranges = rangeCharts(DOCUMENT);
  assert.equal(ranges.length, 2);
  assert.match(await renderSvg(ranges[0]!, 340), /flannel-vxlan: 10\.00 Gbit\/s, draws from 8\.00 to 11\.00/);
});

test('the page: whole, offline, the same twice, text escaped', async () => {
  const html = await renderSensitivityHtml(DOCUMENT);
  assert.equal(html, await renderSensitivityHtml(DOCUMENT));
  assert.doesNotMatch(html, /(src|href)="(?!#)/);
  assert.doesNotMatch(html, /NaN|undefined|\bnull\b/);
  assert.match(html, /no &lt;routes&gt; here/);
  for (const part of ['Prices', 'Order of backends', 'Range of the figures', 'What moves each backend'])
    assert.ok(html.includes(`<h2>${part}</h2>`), part);
});

test('the published schema is the code’s', () => {
  const file = new URL('../../reports/schema/sensitivity.schema.json', import.meta.url);
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), sensitivityJsonSchema());
});

test('below the table of a run: the share of assumed prices, and the ranges where a study has its cells', () => {
  const run = (id: string, assumed: number): Result =>
    ({
      scenario: { id: 'pod-to-pod' },
      cells: [
        { id, provenance: { assumed } },
        { id: 'other', provenance: { assumed: 0.126 } },
        { provenance: null },
      ],
    }) as unknown as Result;
  const [here, elsewhere] = ['backend=calico-bgp/streams=1', 'backend=calico-bgp/streams=9'];
  const hint =
    /carry 13 to 41 % of network CPU\. What their ranges .* tsx run sensitivity pod-to-pod, same flags\.$/;
  assert.match(sureLine(run(here!, 0.412), null), hint);
  assert.match(sureLine(run(elsewhere!, 0.412), DOCUMENT), hint);
  assert.equal(
    sureLine(run(here!, 0.412), DOCUMENT),
    'Sureness: assumed prices carry 13 to 41 % of network CPU. Within their ranges (4 draws), at most: goodput ' +
      '−5.0 % to +2.0 % (calico-bgp).',
  );
});
