/**
 * The cost of a run grows in step with its cluster: events and memory of a node are the same in small clusters and in
 * larger ones, and events grow in a straight line with load. What is quadratic in nodes shows here at once.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import scaling from '../../scenarios/scaling.ts';
import { recordsOf } from './run.ts';

const SET = [
  ['warmupMs', 1],
  ['windowMs', 3],
] as const;
/** Traffic within a rack takes fewer hops: with four racks it is a quarter, with sixteen a sixteenth. */
const EVENTS_WITHIN = 0.06;
const MEMORY_WITHIN = 0.05;
const LOAD_WITHIN = 0.25;

const perNode = (of: (record: TaskRecord) => number, records: Map<string, TaskRecord>): number[] =>
  [...records.values()].map((record) => of(record) / record.nodes);

function spread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.max(...values.map((value) => Math.abs(value / mean - 1)));
}

test('events and memory of a node do not depend on the number of nodes', (t) => {
  const records = recordsOf(scaling, { set: [...SET, ['load', 0.02]], sweep: { nodes: [160, 320, 640] } });
  const events = perNode((record) => record.events, records);
  const bytes = perNode((record) => record.memoryBytes, records);
  t.diagnostic(
    `events a node ${events.map(Math.round).join()}, bytes a node ${bytes.map(Math.round).join()}`,
  );
  assert.equal(records.size, 3);
  assert.ok(spread(events) < EVENTS_WITHIN, `${spread(events)}`);
  assert.ok(spread(bytes) < MEMORY_WITHIN, `${spread(bytes)}`);
});

test('events grow in a straight line with load', (t) => {
  const records = recordsOf(scaling, { set: [...SET, ['nodes', 160]], sweep: { load: [0.02, 0.04, 0.08] } });
  const [low, middle, high] = perNode((record) => record.events, records) as [number, number, number];
  t.diagnostic(`events a node ${[low, middle, high].map(Math.round).join()}`);
  const bend = (high - middle) / (2 * (middle - low));
  assert.ok(Math.abs(bend - 1) < LOAD_WITHIN, `${bend}`);
});
