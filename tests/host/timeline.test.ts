/** The timeline of a run: what it holds adds up to the record's counters, and ends with the window. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTask } from '../../engine/task.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

test('payload of the bins of the window is the payload of the window', () => {
  // Of 5 ms, 1 is warm-up: 30 of 150 bins.
  const record = runTask(tinyTask());
  const { timeline, counters } = record;
  assert.deepEqual([timeline!.warmupPs, timeline!.endPs, timeline!.payloadBytes.length], [1e9, 5e9, 150]);
  assert.equal(sum(timeline!.payloadBytes.slice(30)), counters.payloadBytes);
  assert.ok(sum(timeline!.payloadBytes.slice(0, 30)) > 0);
  assert.deepEqual([timeline!.probeBytes, timeline!.exchanges, timeline!.latencyNs], [[], [], []]);
});

test('exchanges and their latency: Little’s law of one exchange at a time', () => {
  const { timeline } = runTask(tinyTask({ traffic: netperfTraffic('TCP_RR') }));
  // One is always under way, from the first start (1 µs) to the window's end.
  const busyNs = sum(timeline!.latencyNs);
  assert.ok(busyNs > 5e6 - 1000 - 200_000 && busyNs <= 5e6, `${busyNs}`);
  assert.ok(sum(timeline!.exchanges) > 20);
});
