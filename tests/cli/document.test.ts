/**
 * Rows → validation.json, on rows made by hand: who counts where, naive predictors, beds left out, moved prices.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOVED_PRICES } from '../../calibration/published/movedPrices.ts';
import { documentOf } from '../../cli/validation/document.ts';
import { validationSchema } from '../../reports/validation/schema.ts';
import { row } from '../calibration/row.ts';

const nothing = { published: [], kernel: [], bottleneck: [], own: [], problems: [] };
const ROWS = [
  row({ id: 'X-1', predicted: 90, naive: { host: 0.5, line: null } }),
  row({ id: 'X-2', predicted: 104, naive: { host: 0.3, line: -0.02 } }),
  row({ id: 'X-3', predicted: 150, inSample: true, naive: { host: 9, line: 9 } }),
  row({ id: 'X-4', predicted: 160, list: 'both states', naive: { host: 9, line: 9 } }),
  row({ id: 'X-5', predicted: 170, list: 'not scored', naive: { host: 9, line: 9 } }),
  row({
    id: 'Y-1',
    bed: 'Y',
    predicted: 120,
    noise: null,
    scaleAssumed: true,
    naive: { host: -0.4, line: null },
  }),
  row({ id: 'k', bed: 'veth-vm', family: 'bulk TCP', predicted: 101 }),
  row({ id: 'k2', bed: 'veth-vm', family: 'bulk TCP', predicted: 200, inSample: true }),
];
const LEFT_OUT = [
  row({ id: 'X-1', predicted: 70 }),
  row({ id: 'X-2', predicted: 150 }),
  row({ id: 'X-3', predicted: 900, inSample: true }),
  row({ id: 'Y-1', bed: 'Y', predicted: 120 }),
];
const DOCUMENT = documentOf({
  rows: ROWS,
  leftOut: LEFT_OUT,
  measurements: nothing,
  problems: [],
  choice: { against: [], beds: ['X'], families: [] },
  modelVersion: '1',
  failed: false,
});
const near = (actual: number | null, expected: number): void =>
  assert.ok(Math.abs(actual! - expected) < 1e-9, `${actual} against ${expected}`);

test('the published figures count scored rows that nothing was fitted on; the kernel has its own', () => {
  const { overall, kernel, beds, families } = validationSchema.parse(DOCUMENT);
  assert.equal(overall.predictedRows, 3);
  near(overall.medianAbsErr, 0.1);
  near(overall.p90AbsErr, 0.2);
  near(overall.medianOfBedMedians, (0.07 + 0.2) / 2);
  assert.equal(kernel.predictedRows, 1);
  near(kernel.medianAbsErr, 0.01);
  const counts = (groups: typeof beds): [string, number][] => groups.map(({ name, rows }) => [name, rows]);
  assert.deepEqual(counts(beds), [
    ['X', 2],
    ['Y', 1],
    ['veth-vm', 1],
  ]);
  assert.deepEqual(counts(families), [
    ['tcp1', 3],
    ['bulk TCP', 1],
  ]);
});

test('naive predictors stand beside the model on the rows where they say something', () => {
  const [host, line] = DOCUMENT.naive;
  assert.deepEqual([host!.name, host!.rows, line!.name, line!.rows], ['host', 3, 'line', 1]);
  near(host!.medianAbsErr, 0.4);
  near(host!.p90AbsErr, 0.5);
  near(host!.modelMedianAbsErr, 0.1);
  near(line!.medianAbsErr, 0.02);
  near(line!.modelMedianAbsErr, 0.04);
});

test('beds left out: their own predictions, beside those with all prices', () => {
  near(DOCUMENT.overallLeftOut.medianAbsErr, 0.3);
  near(DOCUMENT.overallLeftOut.p90AbsErr, 0.5);
  const [x, y] = DOCUMENT.leaveOneBedOut;
  assert.deepEqual([x!.bed, x!.rows, y!.bed, y!.rows], ['X', 2, 'Y', 1]);
  near(x!.medianAbsErr, 0.4);
  near(x!.modelMedianAbsErr, 0.07);
  near(y!.medianAbsErr, 0.2);
});

test('every moved price is shown with old and new value, range and reason', () => {
  assert.equal(DOCUMENT.movedPrices.length, MOVED_PRICES.length);
  for (const [at, { from, to, range, reason, beds }] of MOVED_PRICES.entries()) {
    const shown = DOCUMENT.movedPrices[at]!;
    assert.deepEqual([shown.old, shown.new, shown.reason, shown.beds], [from, to, reason, [...beds]]);
    near(shown.min / from, range[0]);
    near(shown.max / from, range[1]);
  }
});

test('rows carry their marks; one that tells no spread takes that of publications', () => {
  const shown = DOCUMENT.rows.map((one) => [one.id, one.list, one.inSample, one.scaleAssumed, one.noise]);
  assert.deepEqual(shown.slice(2, 6), [
    ['X-3', 'scored', true, false, 0.13],
    ['X-4', 'both states', false, false, 0.13],
    ['X-5', 'not scored', false, false, 0.13],
    ['Y-1', 'scored', false, true, 0.04],
  ]);
});
