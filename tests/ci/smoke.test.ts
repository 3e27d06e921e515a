/**
 * ci-smoke has as many seeds as a verdict on its gated figures needs, and cells that a paired test can use: every
 * default backend carries its payload without overload.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_BACKENDS } from '../../backends/catalog.ts';
import { GATE_METRICS } from '../../reports/comparison/policy.ts';
import ciSmoke from '../../scenarios/ci-smoke.ts';
import { recordsOf, tasksOf } from '../scenarios/run.ts';

test('ci-smoke has seeds enough for all figures that its cells can have in the gate', () => {
  const cells = new Set(tasksOf(ciSmoke, { backends: DEFAULT_BACKENDS }).map(({ cell }) => cell)).size;
  assert.equal(cells, 16);
  // Signed ranks of n pairs: the smallest two-sided p is 2 / 2^n; Holm's first step divides alpha by the figures.
  const smallest = 2 / 2 ** ciSmoke.replications;
  assert.ok(smallest <= 0.05 / (cells * GATE_METRICS.length), `${smallest}`);
  assert.ok(smallest <= 0.05 / 200);
});

test('no cell of ci-smoke is near overload: a verdict there would be about the window', () => {
  const records = recordsOf(ciSmoke, { backends: DEFAULT_BACKENDS, set: [['windowMs', 10]] });
  assert.equal(records.size, 16);
  for (const [cell, record] of records) {
    assert.ok(!record.overloaded, cell);
    assert.ok(record.counters.rpcsFinished > 0, cell);
  }
});
