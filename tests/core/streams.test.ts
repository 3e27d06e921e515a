/**
 * Named streams: statistics within bounds worked out on paper, independence of labels, stability.
 *
 * Bounds: the mean of n draws with standard deviation s lies within 5 s / sqrt(n) of its expectation but for
 * 6e-7 of the seeds; a chi-square of k degrees lies within k ± 5 sqrt(2 k).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../engine/core/assert.ts';
import { Stream } from '../../engine/core/streams.ts';

const n = 400_000;

function within(value: number, expected: number, bound: number): void {
  assert.ok(Math.abs(value - expected) <= bound, `${value} is not within ${bound} of ${expected}`);
}

/** Chi-square of equally likely cells. */
function chiSquare(counts: readonly number[], draws: number): number {
  const expected = draws / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

test('unit is uniform: mean 1/2, variance 1/12, 256 equal cells', () => {
  const stream = new Stream(7, 'test/unit');
  const counts = new Array<number>(256).fill(0);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const u = stream.unit();
    assert.ok(u >= 0 && u < 1);
    sum += u;
    squares += (u - 0.5) ** 2;
    counts[Math.floor(u * 256)]! += 1;
  }
  within(sum / n, 0.5, (5 * Math.sqrt(1 / 12)) / Math.sqrt(n));
  // Fourth central moment of the uniform is 1/80: the variance of (u − 1/2)² is 1/80 − 1/144 = 1/180.
  within(squares / n, 1 / 12, 5 / Math.sqrt(180 * n));
  within(chiSquare(counts, n), 255, 5 * Math.sqrt(2 * 255));
});

test('every bit of u32 is set half of the time, and follows no neighbour draw', () => {
  const stream = new Stream(8, 'test/bits');
  const ones = new Array<number>(32).fill(0);
  const changes = new Array<number>(32).fill(0);
  let last = stream.u32();
  for (let i = 0; i < n; i++) {
    const word = stream.u32();
    assert.ok(word >= 0 && word < 2 ** 32);
    for (let bit = 0; bit < 32; bit++) {
      ones[bit]! += (word >>> bit) & 1;
      changes[bit]! += ((word ^ last) >>> bit) & 1;
    }
    last = word;
  }
  for (let bit = 0; bit < 32; bit++) {
    within(ones[bit]! / n, 0.5, 2.5 / Math.sqrt(n));
    within(changes[bit]! / n, 0.5, 2.5 / Math.sqrt(n));
  }
});

test('below is unbiased, also where the count does not divide 2^32', () => {
  const stream = new Stream(9, 'test/below');
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < n; i++) counts[stream.below(7)]! += 1;
  within(chiSquare(counts, n), 6, 5 * Math.sqrt(12) + 5);
  // With count = 3 · 2^30 a plain remainder would give the lowest third half of all draws instead of a third.
  let low = 0;
  for (let i = 0; i < n; i++) if (stream.below(3 * 2 ** 30) < 2 ** 30) low += 1;
  within(low / n, 1 / 3, (5 * Math.sqrt(2 / 9)) / Math.sqrt(n));
  assert.equal(stream.below(1), 0);
  assert.throws(() => stream.below(0), InvariantError);
  assert.throws(() => stream.below(2.5), InvariantError);
});

test('exponentialPs has its mean, its variance and its tail', () => {
  const stream = new Stream(10, 'test/exponential');
  const mean = 5_000_000;
  let sum = 0;
  let squares = 0;
  let beyond = 0;
  for (let i = 0; i < n; i++) {
    const x = stream.exponentialPs(mean);
    assert.ok(Number.isSafeInteger(x) && x >= 1);
    sum += x / mean;
    squares += (x / mean - 1) ** 2;
    if (x > 3 * mean) beyond += 1;
  }
  within(sum / n, 1, 5 / Math.sqrt(n));
  // Fourth central moment 9: the variance of (x − 1)² is 8.
  within(squares / n, 1, (5 * Math.sqrt(8)) / Math.sqrt(n));
  // e^-3
  within(beyond / n, 0.049787, (5 * Math.sqrt(0.0474)) / Math.sqrt(n));
  const short = new Stream(10, 'test/short');
  for (let i = 0; i < 1_000; i++) assert.ok(short.exponentialPs(1) >= 1);
});

test('a stream is a function of seed and label; any change of either gives unrelated draws', () => {
  const first = (seed: number, label: string): string => {
    const stream = new Stream(seed, label);
    return [stream.u32(), stream.u32()].join();
  };
  assert.equal(first(1, 'rack/0/rpc'), first(1, 'rack/0/rpc'));
  const seen = new Set<string>();
  for (let seed = 0; seed < 100; seed++) {
    for (let node = 0; node < 200; node++) seen.add(first(seed, `node/${node}`));
  }
  for (const seed of [2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1]) seen.add(first(seed, 'node/0'));
  for (const label of ['', 'a', 'b', 'ab', 'ba', '\u0100', '\u0001']) seen.add(first(0, label));
  assert.equal(seen.size, 100 * 200 + 3 + 7);
});

test('neighbouring labels are uncorrelated in their first draw', () => {
  // Correlation of n independent uniform pairs has standard deviation 1 / sqrt(n).
  const labels = 20_000;
  let product = 0;
  let before = new Stream(4, 'node/0').unit() - 0.5;
  for (let node = 1; node <= labels; node++) {
    const u = new Stream(4, `node/${node}`).unit() - 0.5;
    product += u * before;
    before = u;
  }
  within((12 * product) / labels, 0, 5 / Math.sqrt(labels));
});

test('draws are pinned: a change of the generator changes every result of the project', () => {
  const stream = new Stream(42, 'pinned');
  // Worked out with arbitrary-precision integers in another language.
  assert.deepEqual([stream.u32(), stream.u32(), stream.u32()], [263874630, 1829069237, 3526977758]);
});
