/**
 * Targets: the limits are those that were promised, every row counts in one line, and a line is judged by its rows.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConditionsOf, RowConditions } from '../../calibration/conditions.ts';
import { readConditions } from '../../calibration/conditions.ts';
import { shippedMeasurements } from '../../calibration/formats/shipped.ts';
import type { Row } from '../../calibration/study.ts';
import { type TargetResult, targetsOf } from '../../calibration/targets.ts';
import { row } from './row.ts';

const NONE: ConditionsOf = new Map();
const line = (rows: readonly Row[], id: string, conditions = NONE, whole = false): TargetResult =>
  targetsOf(rows, conditions, whole).find((target) => target.id === id)!;

test('the limits are the promised ones', () => {
  assert.deepEqual(
    targetsOf([], NONE, true).map(({ id, medianMax, p90Max, shareMin }) => [id, medianMax, p90Max, shareMin]),
    [
      ['kernel-packet', 0.04, 0.1, null],
      ['kernel-bulk', 0.1, 0.2, null],
      ['kernel-exchange', 0.1, 0.2, null],
      ['kernel-udp', 0.15, 0.3, null],
      ['bottleneck-goodput', 0.02, 0.06, null],
      ['bottleneck-rtt', 0.1, 0.2, null],
      ['bottleneck-drops', null, null, 0.8],
      ['published-line', 0.02, 0.07, null],
      ['published-software', 0.2, 0.4, 0.9],
      ['published-tcp', 0.1, 0.25, null],
      ['published-udp', 0.15, 0.35, null],
      ['published-latency', 0.15, 0.4, null],
      ['published-cpu', 0.2, 0.5, null],
      ['published-all', 0.1, 0.25, null],
      ['published-beds', 0.1, null, null],
      ['order', null, null, 0.9],
      ['order-beds', null, null, 0.9],
    ],
  );
  assert.ok(targetsOf([], NONE, true).every(({ ok, rows }) => ok === null && rows === 0));
});

test('conditions choose the line of a TCP row; the frozen list fills the lines so', () => {
  const conditions = (more: Partial<RowConditions>): ConditionsOf =>
    new Map([['X-1', { lineLimited: false, tunnelWithoutOffload: false, ratio: 0.8, ...more }]]);
  const one = [row({})];
  assert.equal(line(one, 'published-tcp', conditions({})).rows, 1);
  assert.equal(line(one, 'published-line', conditions({ lineLimited: true })).rows, 1);
  assert.equal(line(one, 'published-software', conditions({ tunnelWithoutOffload: true })).rows, 1);
  assert.equal(line([row({ family: 'tcpN' })], 'published-line', conditions({})).rows, 1);
  const { published } = shippedMeasurements();
  const rows = published
    .filter(({ row }) => row.list === 'scored')
    .map(({ row: { id, bed, family } }) => row({ id, bed, family }));
  const filled = targetsOf(rows, readConditions(published), false);
  assert.deepEqual(
    filled.filter(({ id }) => /^published-(line|software|tcp|udp|latency|all)$/.test(id)).map((t) => t.rows),
    [32, 16, 21, 52, 9, 130],
  );
});

test('only scored rows count, none that a price was fitted on; CPU rows in their own line alone', () => {
  const rows = [
    row({ predicted: 103 }),
    row({ predicted: 300, inSample: true }),
    row({ predicted: 300, list: 'not scored' }),
    row({ predicted: 300, list: 'both states' }),
    row({ predicted: null }),
    row({ predicted: 140, list: 'cpu', family: 'cpu' }),
  ];
  assert.equal(line(rows, 'published-tcp').rows, 1);
  assert.equal(line(rows, 'published-all').rows, 1);
  assert.equal(line(rows, 'published-cpu').rows, 1);
  assert.equal(line(rows, 'published-cpu').ok, false);
});

test('a line is kept up to its limits and missed beyond either', () => {
  const packet = (...predicted: number[]): boolean | null =>
    line(
      predicted.map((one) => row({ bed: 'veth-vm', family: 'ns per packet', predicted: one })),
      'kernel-packet',
    ).ok;
  assert.equal(packet(103, 97, 109), true);
  assert.equal(packet(105, 95, 109), false, 'median');
  assert.equal(packet(103, 97, 111), false, '90th percentile');
});

test('drops: a factor of 1.5 either way, in four of five', () => {
  const drops = (...predicted: number[]): TargetResult =>
    line(
      predicted.map((one) => row({ bed: 'tcp-bottleneck', family: 'bottleneck drops', predicted: one })),
      'bottleneck-drops',
    );
  assert.deepEqual([drops(100, 149, 67, 100, 300).share, drops(100, 149, 67, 100, 300).ok], [0.8, true]);
  assert.deepEqual([drops(100, 151, 66, 100, 100).share, drops(100, 151, 66, 100, 100).ok], [0.6, false]);
});

test('regime: more than a twofold loss, or not, as measured', () => {
  const software = (ratio: number, predicted: number): number | null =>
    line(
      [row({ predicted })],
      'published-software',
      new Map([['X-1', { lineLimited: false, tunnelWithoutOffload: true, ratio }]]),
    ).share;
  // Measured 100 at 0.4 of the host: 130 would be 0.52 of it.
  assert.equal(software(0.4, 120), 1);
  assert.equal(software(0.4, 130), 0);
  assert.equal(software(0.6, 90), 1);
  assert.equal(software(0.6, 80), 0);
});

test('the least numbers of rows and beds are asked of a whole comparison only', () => {
  const rows = Array.from({ length: 109 }, (_, k) => row({ bed: `B${k % 10}`, predicted: 101 }));
  assert.equal(line(rows, 'published-all', NONE, true).ok, false);
  assert.equal(line(rows, 'published-all', NONE, false).ok, true);
  assert.equal(line([...rows, row({ bed: 'B0' })], 'published-all', NONE, true).ok, true);
});
