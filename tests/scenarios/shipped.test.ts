/**
 * Every shipped scenario runs: each of its points with some of its backends, in a small cluster and a short
 * window, and moves payload; it is listed, stands in the README, and is named as its file is.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import { SCENARIOS } from '../../scenarios/index.ts';
import { recordsOf, type Small, tasksOf } from './run.ts';

const SMALL: NonNullable<Small['set']> = [
  ['warmupMs', 1],
  ['windowMs', 2],
];
/** Cells that may move nothing: too many rules for the window, an MTU that nobody is told of. */
const MAY_STALL = / (10000|50000|filtered as-is)$/;
/** Clusters that would take long. */
const NODES: Readonly<Record<string, number>> = { 'large-cluster': 8, websearch: 8, scaling: 8 };

for (const scenario of SCENARIOS) {
  test(`${scenario.id} runs at small size`, () => {
    const nodes = NODES[scenario.id];
    const set = nodes === undefined ? SMALL : [...SMALL, ['nodes', nodes] as const];
    const backends = ['host', 'flannel-vxlan', ...(scenario.id === 'all-backends' ? ['all'] : [])];
    const records = recordsOf(scenario, { set, backends });
    const points = new Set(
      tasksOf(scenario, { set }).map(({ dims }) => JSON.stringify({ ...dims, backend: 0 })),
    );
    assert.ok(records.size >= 2 * points.size, `${records.size} records of ${points.size} points`);
    for (const [cell, record] of records) {
      const { payloadBytes, rpcsFinished } = record.counters;
      assert.ok(payloadBytes > 0 || rpcsFinished > 0 || MAY_STALL.test(cell), cell);
    }
  });
}

test('scenarios are named as their files, ask a question, and stand in the README', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  for (const { id, question } of SCENARIOS) {
    assert.ok(existsSync(new URL(`../../scenarios/${id}.ts`, import.meta.url)), id);
    assert.match(question, /\?$/);
    assert.ok(readme.includes(`\`${id}\``), `README lacks ${id}`);
  }
  assert.equal(new Set(SCENARIOS.map(({ id }) => id)).size, SCENARIOS.length);
});

test('all-backends has a row for each backend of the catalogue, and nobody is refused', () => {
  const scenario = SCENARIOS.find(({ id }) => id === 'all-backends')!;
  assert.equal(tasksOf(scenario).length, 3 * BACKENDS.length);
});
