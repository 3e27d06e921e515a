/**
 * The terminal table: its committed text, its width, and what it does with hostile labels.
 * After a wanted change run this file once with UPDATE_GOLDEN=1 and read the difference.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderMarkdown } from '../../reports/markdown.ts';
import { mergeRecords } from '../../reports/result.ts';
import { renderTable } from '../../reports/table.ts';
import { printCount, printOne, printScaled, scaleOf } from '../../reports/units.ts';
import { columnsOf, ratioToBaseline } from '../../reports/view.ts';
import { fixtureInput, fixtureResult, planOf, recordOf, SHAPES, sweepResult } from './fixture.ts';

const GOLDEN = new URL('./table.golden.txt', import.meta.url);

test('the table is the committed one', () => {
  const text = renderTable(fixtureResult());
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, text);
  assert.equal(text, readFileSync(GOLDEN, 'utf8'));
});

test('no line is wider than asked, at 120 and at 80 columns, with eight long names and four MTUs', () => {
  for (const result of [fixtureResult(), sweepResult()]) {
    for (const width of [120, 80]) {
      for (const line of renderTable(result, { width }).split('\n')) {
        assert.ok([...line].length <= width, `${[...line].length} columns: ${line}`);
      }
    }
  }
});

test('ratios refer to host under the same other dimensions', () => {
  const result = sweepResult();
  const cell = result.cells.find((one) => one.id === 'backend=calico-bgp/mtu=9000')!;
  const ratio = ratioToBaseline(result, cell, 'goodputPerNode')!;
  assert.ok(Math.abs(ratio - 0.5) < 1e-12, String(ratio));
  assert.equal(columnsOf(result).filter((column) => column.kind === 'ratio').length, 3);
  const noHost = mergeRecords(
    fixtureInput({
      cells: fixtureInput().cells.slice(1),
      records: fixtureInput().records.filter((one) => one.cell !== 'backend=host'),
    }),
  );
  assert.equal(columnsOf(noHost).filter((column) => column.kind === 'ratio').length, 0);
});

test('colour changes no printed character', () => {
  const mark = (text: string) => `\u001b[1m${text}\u001b[0m`;
  const paint = { bold: mark, dim: mark, red: mark, yellow: mark, green: mark };
  const painted = renderTable(fixtureResult(), { paint });
  const bare = painted
    .replaceAll('\u001b[1m', '')
    .replaceAll('\u001b[0m', '')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
  assert.notEqual(painted, bare);
  assert.equal(bare, readFileSync(GOLDEN, 'utf8'));
});

test('a label cannot move the cursor or break a row', () => {
  const name = 'evil\u001b[2J\nname';
  const plan = { ...fixtureInput().cells[0]!, id: 'backend=x', dims: { backend: name, mtu: 1500 } };
  const records = [recordOf(SHAPES[0]!, 0, 0, { cell: 'backend=x' }), recordOf(SHAPES[1]!, 0, 1)];
  const text = renderTable(mergeRecords(fixtureInput({ cells: [plan, fixtureInput().cells[1]!], records })));
  assert.ok(!text.includes('\u001b'));
  assert.ok(text.includes('evil [2J name'));
});

test('numbers: one prefix a column, at least two digits for the smallest', () => {
  const rate = scaleOf('bit/s', [9.41e9, 0.5e9, null]);
  assert.deepEqual(rate, { unit: 'Gbit/s', divisor: 1e9, decimals: 3 });
  assert.equal(printScaled(9.41e9, rate), '9.410');
  const wide = scaleOf('s', [3e-3, 20e-6]);
  assert.deepEqual([wide.unit, printScaled(20e-6, wide), printScaled(3e-3, wide)], ['ms', '0.020', '3.000']);
  assert.equal(scaleOf('s', [3e-3, 2e-6]).unit, 'µs');
  assert.equal(printOne(0.0452, 's'), '45.2 ms');
  assert.equal(printOne(3.2e-9, 's/B'), '3.20 ns/B');
  assert.equal(printOne(0, 'bit/s'), '0 bit/s');
  assert.deepEqual([printCount(9999), printCount(220e6), printCount(12_345)], ['9999', '220 M', '12.3 k']);
});

test('a section that does not fit side by side goes on under a title of its own', () => {
  const titles = renderTable(sweepResult(), { width: 80 })
    .split('\n')
    .filter((text) => text.startsWith('CPU and copies'));
  assert.equal(titles[0], 'CPU and copies');
  assert.ok(titles.length > 1);
  assert.ok(titles.slice(1).every((title) => title === 'CPU and copies, continued'));
});

test('a dimension without a value is named by what it means; times that nobody has are in µs', () => {
  const result = fixtureResult();
  const changed = (name: string) => ({
    ...result,
    cells: result.cells.map((cell, k) => ({
      ...cell,
      dims: { backend: cell.dims.backend, [name]: k === 0 ? 'null' : 1500 },
    })),
  });
  assert.match(renderTable(changed('podMtuBytes')), /^host +derived /m);
  assert.match(renderTable(changed('cluster.fabricMtuBytes')), /^host +none /m);
  assert.match(renderMarkdown(changed('podMtuBytes')), /^\| host \| derived \|/m);
  assert.equal(scaleOf('s', [null, null]).unit, 'µs');
  assert.equal(scaleOf('s', [0, null]).unit, 's');
});

test('one text for all settings in which a backend cannot work', () => {
  const reason = 'its pods pass netfilter by';
  const plan = (proxy: string, services: number, why = reason) => ({
    ...planOf('cilium-native', 'routed'),
    ...{ id: `${proxy} ${services}`, dims: { backend: 'cilium-native', proxy, services } },
    ...{ status: 'infeasible' as const, reason: why },
  });
  const grid = ['iptables', 'ipvs', 'nft'].flatMap((proxy) =>
    [10, 100].map((services) => plan(proxy, services)),
  );
  const said = (cells: readonly ReturnType<typeof plan>[]): string[] =>
    renderTable(mergeRecords(fixtureInput({ cells, records: [] })))
      .split('\n')
      .filter((text) => text.startsWith('cilium-native'));
  assert.deepEqual(said(grid), [
    'cilium-native  proxy=iptables ipvs nft, services=10 100  infeasible: its pods pass netfilter by',
  ]);
  assert.deepEqual(said([grid[0]!, grid[3]!]), [
    'cilium-native  proxy=iptables, services=10; proxy=ipvs, services=100  infeasible: its pods pass netfilter by',
  ]);
  assert.equal(said([grid[0]!, plan('ebpf', 10, 'another reason')]).length, 2);
});

test('work per payload is not shown beside a flood, with the reason; others keep theirs', () => {
  const records = [0, 1, 2].flatMap((seed) => [
    recordOf(SHAPES[0]!, seed, seed),
    recordOf(SHAPES[1]!, seed, 3 + seed, { flooded: true }),
  ]);
  const cells = [planOf('host', 'baseline'), planOf('flannel-vxlan', 'tunnel')];
  const text = renderTable(mergeRecords(fixtureInput({ cells, records })));
  const [, section] = text.split('CPU and copies');
  const fields = (name: string): string[] =>
    new RegExp(`^${name} .*$`, 'm')
      .exec(section!)![0]
      .split(/ +/)
      .filter((field) => field.startsWith('–'));
  assert.deepEqual([fields('host').length, fields('flannel-vxlan').length], [0, 4]);
  assert.match(text, /^. broadcasts copy, call and compute as well: no figure of the payload alone$/m);
});
