/**
 * Every tail states its samples: how many are behind a percentile and how many lie beyond it, wherever one is shown.
 * The fixture has 60,000 RPCs, 9,000 small and 420 large flows of three seeds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartsOf } from '../../reports/charts/index.ts';
import { renderCsv } from '../../reports/csv.ts';
import { distributionOf } from '../../reports/distribution.ts';
import { renderHtml } from '../../reports/html.ts';
import { renderMarkdown } from '../../reports/markdown.ts';
import { renderTable } from '../../reports/table.ts';
import { verdict } from '../../reports/verdict.ts';
import { fixtureResult, histogram } from './fixture.ts';

const result = fixtureResult();
const host = result.cells[0]!;

test('result: samples beyond each percentile, whole numbers, also of one that is not shown', () => {
  const { rpcLatency, slowdownSmall, slowdownLarge } = host.distributions;
  const beyond = ({ quantiles }: typeof rpcLatency) =>
    (['p50', 'p90', 'p99', 'p999'] as const).map((id) => quantiles[id].beyond);
  assert.deepEqual(beyond(rpcLatency), [30_000, 6000, 600, 60]);
  assert.deepEqual(beyond(slowdownSmall), [4500, 900, 90, 9]);
  assert.deepEqual(beyond(slowdownLarge), [210, 42, 4, 0]);
});

test('a percentile needs 100 samples beyond it: 9,999 samples have no p99, 10,000 have one', () => {
  const p99 = (count: number) => distributionOf([histogram([[1000, count]])], 's', 1e12, false).quantiles.p99;
  assert.deepEqual([p99(9999).value, p99(9999).beyond], [null, 99]);
  assert.equal(p99(10_000).beyond, 100);
  assert.notEqual(p99(10_000).value, null);
});

test('table: a column of samples beside each distribution, and the fewest beyond', () => {
  const text = renderTable(result);
  assert.match(text, /RPC p99 600 \(host\), ≤10 KB p50 4500 \(host\), >100 KB p50 210 \(host\)\./);
  const lines = text.split('\n');
  const head = lines.findIndex((line) => line.includes('p99.9'));
  // Without a prefix for its counts, the last one's name stands a line lower.
  assert.equal(`${lines[head]}${lines[head + 1]}`.match(/samples/g)?.length, 3);
  assert.match(lines[head + 2]!, /^host .* 60\.0 .* 9\.00 .* 420$/);
});

test('Markdown and CSV carry them', () => {
  assert.match(renderMarkdown(result), /RPC samples.*≤10 KB samples.*>100 KB samples/);
  const [head, first] = renderCsv(result)
    .split('\r\n')
    .map((line) => line.split(','));
  const at = (name: string) => first![head!.indexOf(name)];
  assert.deepEqual(['rpcLatencySamples', 'slowdownSmallSamples', 'slowdownLargeSamples', 'seeds'].map(at), [
    '60000',
    '9000',
    '420',
    '3',
  ]);
  assert.deepEqual(['rpcP50Beyond', 'rpcP99Beyond', 'rpcP999Beyond'].map(at), ['30000', '600', '']);
});

test('page, charts and verdict carry them', async () => {
  const page = await renderHtml(result);
  assert.ok(page.includes('<small>600 beyond</small></td>'));
  assert.ok(page.includes('<small>30.0 k beyond</small><small>60.0 k samples</small></td>'));
  assert.ok(page.includes('<small>210 beyond</small>'));
  assert.ok(!page.includes('<small>60 beyond</small>'));
  const curves = chartsOf(result).filter(({ id }) => /cdf|tail/.test(id));
  assert.ok(curves.length >= 3);
  for (const { subtitle } of curves) assert.match(String(subtitle), /^(60\.0 k|9000|420) samples a curve/);
  const tailed = fixtureResult();
  for (const cell of tailed.cells)
    for (const id of ['goodputPerNode', 'probeGoodput']) delete cell.metrics[id];
  assert.match(verdict(tailed), /RPC p99 latency of flannel-host-gw \(at least 600 samples beyond\)/);
});
