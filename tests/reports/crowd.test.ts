/**
 * Reports of many backends, of single cores and over time: families as headings and charts, the cores' own
 * figures on their marks, and lines only where they explain something.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import { chartsOf, renderSvg } from '../../reports/charts/index.ts';
import { familiesOf } from '../../reports/families.ts';
import { comparisonTables } from '../../reports/page/comparison.ts';
import { mergeRecords, type Result } from '../../reports/result.ts';
import { keyFindings } from '../../reports/verdict.ts';
import { fixtureInput, fixtureResult, planOf, recordOf, SEEDS, SHAPES } from './fixture.ts';

/** Ten backends in an order that mixes their groups. */
function crowd(): Result {
  const groups = ['routed', 'tunnel', 'encrypted', 'daemon', 'tunnel', 'routed', 'tunnel', 'odd', 'tunnel'];
  const names = [['host', 'baseline'], ...groups.map((group, k) => [`n${k}`, group])] as [string, string][];
  const cells = names.map(([name, group]) => planOf(name, group));
  const records = names.flatMap(([backend], n) =>
    SEEDS.map((_, seed) => recordOf({ ...SHAPES[0]!, backend }, seed, n * SEEDS.length + seed)),
  );
  return mergeRecords(fixtureInput({ cells, records }));
}

/** The fixture with other records. */
const changed = (change: (backend: string) => Partial<TaskRecord>): Result => {
  const records = SEEDS.flatMap((_, seed) =>
    SHAPES.map((shape, k) => recordOf(shape, seed, k * 3 + seed, change(shape.backend))),
  );
  return mergeRecords(fixtureInput({ records }));
};

const idsOf = (result: Result): string[] => chartsOf(result).map((chart) => chart.id);

test('ten backends stand below headings, baseline, tunnels, routed, encrypted; eight have none', () => {
  const table = comparisonTables(crowd()).split('</table>')[0]!;
  const heads = [...table.matchAll(/class="family"><th colspan="\d+" scope="rowgroup">([^<]*)</g)];
  assert.deepEqual(
    heads.map((match) => match[1]),
    ['Baseline', 'Tunnels', 'Routed', 'Encrypted', 'odd'],
  );
  const rows = [...table.matchAll(/<th class="name" scope="row">([^<]*)</g)].map((match) => match[1]);
  assert.deepEqual(rows, ['host', 'n3', 'n1', 'n4', 'n6', 'n8', 'n0', 'n5', 'n2', 'n7']);
  assert.ok(!comparisonTables(fixtureResult()).includes('class="family"'));
});

test('below headings nobody repeats the setting; without them words stand left, numbers right', () => {
  const at = (result: Result, dims: Readonly<Record<string, string | number>>): Result => {
    const doubled = [{ kind: 'TCP_RR', message: 1 }, dims].flatMap((more) =>
      result.cells.map((cell) => ({ ...cell, dims: { ...cell.dims, ...more } })),
    );
    return { ...result, cells: doubled };
  };
  const many = comparisonTables(at(crowd(), { kind: 'TCP_STREAM', message: 65_536 }));
  assert.ok(many.includes('>Tunnels, kind=TCP_RR, message=1</th>'));
  assert.ok(!/<t[hd][^>]*>(kind|message|TCP_RR|65536)</.test(many));
  const few = comparisonTables(at(fixtureResult(), { kind: 'TCP_STREAM', message: 65_536 }));
  assert.ok(few.includes('<th class="word" scope="col">kind</th><th scope="col">message</th>'));
  assert.ok(few.includes('<td class="word">TCP_STREAM</td><td>65536</td>'));
});

test('what binds is said for each kind of traffic by itself', () => {
  const { cells, ...rest } = crowd();
  const bound = { ...cells[0]!.binding!, kind: 'resource' as const, resource: 'NIC' };
  const of = (kind: string, binding: typeof bound | undefined) =>
    cells.map((cell) => ({ ...cell, ...(binding && { binding }), dims: { ...cell.dims, kind } }));
  const two = { ...rest, cells: [...of('TCP_STREAM', bound), ...of('TCP_RR', undefined)] };
  assert.deepEqual(
    keyFindings(two).filter((finding) => /binds at this load|bound by/i.test(finding)),
    [
      'TCP_STREAM: bound by the NIC: all 10 backends.',
      'TCP_RR: nothing binds at this load: all 10 backends.',
    ],
  );
});

test('lines of ten backends are drawn by family, each beside the baseline', () => {
  assert.deepEqual(
    familiesOf(crowd().cells).map(({ title, cells }) => [title, cells.map((cell) => cell.dims.backend)]),
    [
      ['Tunnels', ['host', 'n3', 'n1', 'n4', 'n6', 'n8']],
      ['Routed', ['host', 'n0', 'n5']],
      ['Encrypted', ['host', 'n2']],
      ['odd', ['host', 'n7']],
    ],
  );
  const curves = idsOf(crowd()).filter((id) => id.startsWith('rpcLatency-cdf'));
  assert.equal(curves.length, 4);
  assert.equal(new Set(curves).size, 4);
});

test('legends hold the longest names whole, on a telephone too', async () => {
  const { cells, ...rest } = crowd();
  const long = ['calico-vxlan-crosssubnet', 'flannel-vxlan-directrouting'];
  const named = cells.map((cell, k) => ({ ...cell, dims: { backend: long[k - 2] ?? cell.dims.backend } }));
  const lines = chartsOf({ ...rest, cells: named }).filter((chart) => chart.id.startsWith('rpcLatency-cdf'));
  for (const widthPx of [340, 640]) {
    const drawn = (await Promise.all(lines.map((chart) => renderSvg(chart, widthPx)))).join('');
    for (const name of long) assert.ok(drawn.includes(`>${name}</text>`), `${name} at ${widthPx} px`);
    assert.ok(!drawn.includes('…'));
  }
});

test('a crowd that is bound by one resource is named by those that are not', () => {
  const findings = keyFindings(crowd()).filter((finding) => /binds at this load|^Bound/.test(finding));
  assert.deepEqual(findings, ['Nothing binds at this load: all 10 backends.']);
  const { cells, ...rest } = crowd();
  const free = cells[0]!.binding!;
  const bound = { ...free, kind: 'resource' as const, resource: 'NIC' };
  const others = [...cells, { ...cells[0]!, dims: { backend: 'n9' }, binding: bound }];
  assert.ok(keyFindings({ ...rest, cells: others }).includes('Nothing binds at this load: all but n9.'));
  assert.ok(keyFindings({ ...rest, cells: others }).includes('Bound by the NIC: n9.'));
});

test('single cores: the mean over seeds on each mark, queues named, 90 % framed', async () => {
  const coreBusyPs = [20, 4, 0, 1, 19, 2, 0, 0].map((tenths) => tenths * 1e9);
  const result = changed((backend) => (backend === 'flannel-vxlan' ? { coreBusyPs, rxQueues: 1 } : {}));
  const vxlan = result.cells.find((cell) => cell.dims.backend === 'flannel-vxlan')!;
  assert.deepEqual(vxlan.coreBusy, [1, 0.2, 0, 0.05, 0.95, 0.1, 0, 0]);
  assert.equal(vxlan.rxQueues, 1);
  const chart = chartsOf(result).find((one) => one.id === 'cores-0')!;
  const svg = await renderSvg(chart, 640);
  // Four nodes of two cores.
  assert.ok(svg.includes('aria-label="flannel-vxlan, node 2, core 0 (RX queue 0): 95 %"'));
  assert.ok(svg.includes('aria-label="flannel-vxlan, node 0, core 1: 20 %"'));
  assert.equal([...svg.matchAll(/stroke="var\(--wt-warn/g)].length, 2);
});

test('single cores stay out where no core binds, or where they are not known', () => {
  const known = { coreBusyPs: [1e9, 1e9, 1e9, 1e9], rxQueues: 1 };
  const idle = { ...known, binding: SHAPES[0]!.binding };
  assert.ok(!idsOf(changed(() => idle)).includes('cores-0'));
  assert.ok(!idsOf(fixtureResult()).includes('cores-0'));
  assert.ok(idsOf(changed(() => known)).includes('cores-0'));
});

test('time series: the fullest queue from 100 kB on, unfinished payload under overload, the busiest core', async () => {
  const series = (queueBytes: number) => [
    { name: 'NIC queue, longest', unit: 'B', values: [0, 10_000, 0] },
    { name: 'ToR port queue, longest', unit: 'B', values: [0, queueBytes, 1000] },
    { name: 'unfinished payload', unit: 'B', values: [0, 400_000, 800_000] },
    { name: 'busiest core', unit: 'ratio', values: [0.5, 1, 1] },
  ];
  const ids = (queueBytes: number, overloaded: boolean): string[] =>
    idsOf(changed(() => ({ series: series(queueBytes), overloaded }))).filter((id) =>
      /^(queue|unfinished|busiest)-/.test(id),
    );
  assert.deepEqual(ids(99_000, false), []);
  assert.deepEqual(ids(250_000, false), ['queue-0', 'busiest-0']);
  assert.deepEqual(ids(99_000, true), ['unfinished-0', 'busiest-0']);
  const chart = chartsOf(changed(() => ({ series: series(250_000) }))).find((one) => one.id === 'queue-0')!;
  const svg = await renderSvg(chart, 640);
  for (const text of [
    '>Longest ToR port queue over time<',
    '>waiting (kB)<',
    '>time (ms)<',
    '>250<',
    '>20<',
  ]) {
    assert.ok(svg.includes(text), text);
  }
});
