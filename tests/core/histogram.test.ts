/** Histograms: layout against its definition, quantiles against sorted values, merging in any order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../engine/core/assert.ts';
import { bucketMidpoint, Histogram, mergeHistograms } from '../../engine/core/histogram.ts';
import { Stream } from '../../engine/core/streams.ts';

const maximum = 2 ** 53 - 1;

/** The header's definition, with exact integers. */
function bucketByDefinition(value: number): number {
  if (value < 128) return value;
  const big = BigInt(value);
  const e = big.toString(2).length - 1;
  return 128 * (e - 6) + Number(big >> BigInt(e - 7)) - 128;
}

function values(label: string, count: number): number[] {
  const stream = new Stream(5, label);
  return Array.from({ length: count }, () => Math.floor(stream.unit() * 2 ** stream.below(54)));
}

function histogramOf(all: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of all) histogram.record(value);
  return histogram;
}

test('every value falls where the layout says, borders of all octaves included', () => {
  const borders = Array.from({ length: 53 }, (_, e) => [2 ** e - 1, 2 ** e, 2 ** e + 1]).flat();
  const thirds = Array.from({ length: 45 }, (_, e) => [129 * 2 ** (e + 1) - 1, 129 * 2 ** (e + 1)]).flat();
  for (const value of [...borders, ...thirds, ...values('test/layout', 20_000), maximum]) {
    const data = histogramOf([value]).toData();
    assert.deepEqual(data, { count: 1, buckets: [[bucketByDefinition(value), 1]] }, `${value}`);
  }
});

test('a midpoint lies within 0.4 % of every value of its bucket; up to 255 it is the value', () => {
  for (let value = 0; value < 256; value++) assert.equal(histogramOf([value]).quantile(0.5), value);
  for (const value of [...values('test/midpoint', 20_000), 256, 257, maximum]) {
    const middle = histogramOf([value]).quantile(1);
    assert.ok(Math.abs(middle - value) <= value / 256, `${value} became ${middle}`);
  }
  assert.equal(bucketMidpoint(256), 257);
  assert.equal(bucketMidpoint(6_015), 2 ** 53 - 2 ** 44);
  assert.throws(() => bucketMidpoint(6_016), InvariantError);
});

test('quantiles are the ranks of the sorted values', () => {
  const hundred = histogramOf(Array.from({ length: 100 }, (_, i) => i + 1));
  const expected = [
    [0, 1],
    [0.001, 1],
    [0.07, 7],
    [0.5, 50],
    [0.51, 51],
    [0.99, 99],
    [0.991, 100],
    [1, 100],
  ] as const;
  for (const [q, value] of expected) assert.equal(hundred.quantile(q), value, `q = ${q}`);
  const all = values('test/quantile', 9_999);
  const sorted = [...all].sort((x, y) => x - y);
  const histogram = histogramOf(all);
  for (const permille of [1, 100, 500, 900, 990, 999, 1_000]) {
    const exact = sorted[Math.ceil((permille * 9_999) / 1_000) - 1]!;
    const shown = histogram.quantile(permille / 1_000);
    assert.ok(Math.abs(shown - exact) <= exact / 256, `q = ${permille / 1_000}`);
  }
});

test('samples beyond a quantile and above a value', () => {
  const hundred = histogramOf(Array.from({ length: 100 }, (_, i) => i + 1));
  assert.equal(hundred.countBeyond(0.99), 1);
  assert.equal(hundred.countBeyond(0.5), 50);
  assert.equal(hundred.countAbove(90), 10);
  assert.equal(hundred.countAbove(100), 0);
  assert.equal(hundred.countAbove(maximum), 0);
});

test('parts merge in any order to the histogram of the whole', () => {
  const all = values('test/merge', 3_000);
  const parts = [all.slice(0, 10), all.slice(10, 1_500), [], all.slice(1_500)].map((part) =>
    histogramOf(part).toData(),
  );
  const whole = histogramOf(all).toData();
  assert.equal(whole.count, 3_000);
  assert.deepEqual(mergeHistograms(parts), whole);
  assert.deepEqual(mergeHistograms([...parts].reverse()), whole);
  assert.deepEqual(Histogram.fromData(whole).toData(), whole);
  assert.deepEqual(mergeHistograms([]), { count: 0, buckets: [] });
});

test('bad values and damaged data are refused', () => {
  const histogram = new Histogram();
  for (const value of [-1, 0.5, Number.NaN, 2 ** 53]) {
    assert.throws(() => histogram.record(value), InvariantError);
  }
  assert.throws(() => histogram.quantile(0.5), InvariantError);
  assert.throws(() => Histogram.fromData({ count: 2, buckets: [[5, 1]] }), InvariantError);
  assert.throws(
    () =>
      Histogram.fromData({
        count: 2,
        buckets: [
          [5, 1],
          [5, 1],
        ],
      }),
    InvariantError,
  );
  assert.throws(() => Histogram.fromData({ count: 1, buckets: [[6_016, 1]] }), InvariantError);
});
