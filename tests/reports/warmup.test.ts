/**
 * Warm-up against MSER-5: series of which the end of the drift is known, how often noise is called drift, and what
 * readers get to see.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TimelineRecord } from '../../engine/core/record.ts';
import { Stream } from '../../engine/core/streams.ts';
import { mergeRecords } from '../../reports/result.ts';
import { renderTable } from '../../reports/table.ts';
import { driftIn, mser, warmupOf } from '../../reports/warmup.ts';
import { fixtureInput, planOf, recordOf, SEEDS, SHAPES } from './fixture.ts';

test('MSER cuts where the squared error of the rest is smallest: by hand', () => {
  // Behind cut 0: 3 × 2² × 3 / 16 = 2.25 … squares 12, /16; behind 1: 0 / 9.
  assert.equal(mser([0, 4, 4, 4], 2), 1);
  // 5, 1, 3, 3, 3: squares 8, 3, 0 over 25, 16, 9.
  assert.equal(mser([5, 1, 3, 3, 3], 3), 2);
  assert.equal(mser([5, 1, 3, 3, 3], 1), 1);
  assert.equal(mser([2, 2, 2, 2], 2), 0);
});

/** Thirty batches that rise from 0 to 100 until batch `settled`, then swing by 1. */
const rising = (settled: number): number[] =>
  Array.from({ length: 30 }, (_, k) => (k < settled ? (100 * k) / settled : 100 + (k % 2 === 0 ? 1 : -1)));

test('drift that ends in the warm-up is none; one that reaches into the window is found with its end', () => {
  assert.equal(driftIn(rising(8), 10), null);
  const drift = driftIn(rising(14), 10)!;
  assert.equal(drift.cut, 14);
  // 50 + 5.5 of 14 steps: batches 10 … 13 stand for 1000/14 … 1300/14, sixteen more for 100.
  const window = ((1000 + 1100 + 1200 + 1300) / 14 + 1600) / 20;
  assert.ok(Math.abs(drift.shift - (window / 100 - 1)) < 1e-12);
});

test('noise is called drift in at most 3 % of series, a ramp of half the warm-up’s length in at least 90 %', () => {
  const stream = new Stream(3, 'test/warmup');
  const noise = (): number => (stream.unit() + stream.unit() + stream.unit() - 1.5) * 2;
  const share = (spread: number, ramp: number): number => {
    let found = 0;
    for (let run = 0; run < 1000; run++) {
      const values = Array.from({ length: 30 }, (_, k) => 100 * (1 + spread * noise()) - (k < ramp ? 30 : 0));
      if (driftIn(values, 10) !== null) found++;
    }
    return found / 1000;
  };
  for (const spread of [0.005, 0.05, 0.2])
    assert.ok(share(spread, 0) <= 0.03, `${spread}: ${share(spread, 0)}`);
  for (const spread of [0.005, 0.05]) assert.ok(share(spread, 15) >= 0.9, `${spread}: ${share(spread, 15)}`);
});

/** 30 ms, of which 10 are warm-up: payload of each of 150 bins; five make a batch of 1 ms. */
const timeline = (payloadBytes: readonly number[], more: Partial<TimelineRecord> = {}): TimelineRecord => ({
  ...{ warmupPs: 10e9, endPs: 30e9, payloadBytes, probeBytes: [], exchanges: [], latencyNs: [] },
  ...more,
});
const bins = (batches: readonly number[]): number[] => batches.flatMap((value) => Array(5).fill(value / 5));
const records = (line: TimelineRecord | null) =>
  SEEDS.map((_, seed) => recordOf(SHAPES[0]!, seed, seed, line === null ? {} : { timeline: line }));

test('a cell: the figure that drifts longest, in time; seeds are summed; latency is a mean', () => {
  const steady = bins(rising(5));
  assert.deepEqual(warmupOf(records(timeline(steady)), false), {
    ...{ warmupPs: 10e9, enough: true, figure: null, untilPs: null, atLeast: false, shift: null },
  });
  const slow = { ...timeline(bins(rising(14))), probeBytes: bins(rising(17)) };
  const found = warmupOf(records(slow), false)!;
  assert.deepEqual(
    [found.enough, found.figure, found.untilPs, found.atLeast],
    [false, 'probe stream', 17e9, false],
  );
  const exchanges = bins(Array(30).fill(100));
  const latencyNs = bins(rising(13).map((value) => (value + 50) * 1000));
  const waits = warmupOf(records(timeline(steady, { exchanges, latencyNs })), false)!;
  assert.deepEqual([waits.figure, waits.untilPs], ['RPC latency', 13e9]);
  assert.equal(warmupOf(records(timeline(steady, { exchanges, latencyNs })), true)!.enough, true);
  const late = warmupOf(records(timeline(bins(rising(28)))), false)!;
  assert.deepEqual([late.untilPs, late.atLeast], [20e9, true]);
});

test('records without timelines, or without any work, say nothing', () => {
  assert.equal(warmupOf(records(null), false), null);
  assert.equal(warmupOf(records(timeline([])), false), null);
  assert.equal(warmupOf([], false), null);
});

test('the table says it in the row and once for all', () => {
  const cells = [planOf('host', 'baseline')];
  const text = (line: TimelineRecord): string =>
    renderTable(mergeRecords(fixtureInput({ cells, records: records(line) }))).replace(/\s+/g, ' ');
  assert.match(
    text(timeline(bins(rising(5)))),
    /Warm-up of 10\.0 ms: enough: no drift in the window \(MSER-5\)\./,
  );
  const short = text(timeline(bins(rising(14))));
  assert.match(short, /Warm-up of 10\.0 ms: too short in every row: see remark\./);
  assert.match(short, /goodput drifts until 14\.0 ms \(mean −3\.6 %\)/);
});
