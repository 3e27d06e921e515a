/** Cost over nodes: what a line says, where there is none, and the charts that go with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartsOf, renderSvg } from '../../reports/charts/index.ts';
import { costLines, costText } from '../../reports/cost.ts';
import type { Result } from '../../reports/schema.ts';
import { fixtureResult, sweepResult } from './fixture.ts';

/** One backend's cells on 100, 200 and 400 nodes. */
function grown(events: readonly number[], bytes: readonly number[]): Result {
  const result = sweepResult();
  const some = result.cells.filter((cell) => cell.dims.backend === 'host').slice(0, 3);
  assert.equal(some.length, 3);
  const cells = some.map((cell, k) => ({
    ...cell,
    id: `n${k}`,
    nodes: 100 * 2 ** k,
    events: events[k]! * cell.seeds.length,
    dims: { backend: 'host', nodes: 100 * 2 ** k },
  }));
  return { ...result, cells, memory: Object.fromEntries(cells.map(({ id }, k) => [id, bytes[k]!])) };
}

test('in words: the range of a node’s share, and how far from its mean', () => {
  const text = costText(grown([100_000, 200_000, 400_000], [4_000_000, 8_000_000, 20_000_000]));
  assert.equal(
    text,
    'Cost over 100 to 400 nodes, linear where a node’s share is the same: ' +
      'host: 1000 to 1000 events a node (within 0.0 %), 40.0 kB to 50.0 kB of memory a node (within 15.4 %).',
  );
  assert.equal(costText(fixtureResult()), '');
  assert.deepEqual(costLines(sweepResult()), []);
});

test('two charts over nodes come first; without memory, one', async () => {
  const result = grown([100_000, 200_000, 400_000], [4_000_000, 8_000_000, 20_000_000]);
  const ids = (of: Result) => chartsOf(of).map(({ id }) => id);
  assert.deepEqual(ids(result).slice(0, 2), ['sweep-cost-events', 'sweep-cost-memory']);
  const { memory: _, ...old } = result;
  assert.ok(!ids(old).includes('sweep-cost-memory'));
  const svg = await renderSvg(chartsOf(result)[1]!, 640);
  assert.ok(svg.includes('aria-label="host, 400 nodes: 50.0 kB"'), svg);
  for (const tick of ['>100<', '>200<', '>400<']) assert.ok(svg.includes(tick), tick);
});
