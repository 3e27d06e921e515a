/**
 * The statistics of comparisons against SciPy and R: tests/reports/statistics/ has the samples, the scripts, the
 * commands and what they printed.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bootstrapMedians, medianInterval } from '../../reports/comparison/statistics/bootstrap.ts';
import { holm, seedsNeeded, smallestP } from '../../reports/comparison/statistics/holm.ts';
import { normalQuantile, normalTail } from '../../reports/comparison/statistics/normal.ts';
import { hodgesLehmann, mannWhitney } from '../../reports/comparison/statistics/rankSum.ts';
import { signedRank } from '../../reports/comparison/statistics/signedRank.ts';

const read = (name: string): string => readFileSync(new URL(`statistics/${name}`, import.meta.url), 'utf8');
type Pair = [number, number];
const scipy = JSON.parse(read('scipy.json')) as {
  cases: Record<string, { signedRank: number; mannWhitney: number | null; medianInterval: Pair | null }>;
  normalTail: Pair[];
  normalQuantile: Pair[];
};
const r = JSON.parse(read('r.json')) as {
  cases: Record<string, { shift: [number]; interval: Pair | null }>;
  holm: { p: number[]; adjusted: number[] };
};

const samples = new Map<string, { base: number[]; head: number[] }>();
for (const line of read('samples.csv').trim().split('\n').slice(1)) {
  const [name, side, , value] = line.split(',') as [string, 'base' | 'head', string, string];
  if (!samples.has(name)) samples.set(name, { base: [], head: [] });
  samples.get(name)![side].push(Number(value));
}
const differencesOf = ({ base, head }: { base: number[]; head: number[] }): number[] =>
  base.map((value, index) => head[index]! - value);

function near(actual: number, expected: number, relative: number, what: string): void {
  const bound = relative * Math.max(Math.abs(expected), Number.MIN_VALUE);
  assert.ok(Math.abs(actual - expected) <= bound, `${what}: ${actual}, expected ${expected}`);
}

test('signed ranks: p as SciPy has it, exact with and without ties, and normal for many', () => {
  assert.equal(samples.size, 9);
  for (const [name, sides] of samples) {
    near(signedRank(differencesOf(sides)).p, scipy.cases[name]!.signedRank, 1e-9, name);
  }
  assert.deepEqual(signedRank([0, 0, 0]), { p: 1, n: 0, positive: 0 });
});

test('rank sums: p as SciPy has it, exact with and without ties, and normal for many', () => {
  let told = 0;
  for (const [name, { base, head }] of samples) {
    const expected = scipy.cases[name]!.mannWhitney;
    if (expected === null) continue;
    near(mannWhitney(base, head), expected, 1e-9, name);
    told++;
  }
  assert.equal(told, 8);
  assert.equal(mannWhitney([], [1]), 1);
});

test('shift of two samples and its interval as R has them', () => {
  let intervals = 0;
  for (const [name, { base, head }] of samples) {
    const { shift, interval } = hodgesLehmann(base, head, 0.95);
    near(shift, r.cases[name]!.shift[0], 1e-9, name);
    const expected = r.cases[name]!.interval;
    if (expected === null) continue;
    intervals++;
    near(interval![0], expected[0], 1e-9, `${name} low`);
    near(interval![1], expected[1], 1e-9, `${name} high`);
  }
  assert.equal(intervals, 5);
  assert.equal(hodgesLehmann([1, 2, 3], [4, 5, 6], 0.95).interval, null);
});

test('BCa interval of a median: the limit of what SciPy draws 400,000 times', () => {
  let told = 0;
  for (const [name, sides] of samples) {
    const expected = scipy.cases[name]!.medianInterval;
    if (expected === null) continue;
    const [low, high] = medianInterval(differencesOf(sides), 0.95)!;
    near(low, expected[0], 1e-9, `${name} low`);
    near(high, expected[1], 1e-9, `${name} high`);
    told++;
  }
  assert.equal(told, 8);
  assert.equal(medianInterval([1, 2, 3, 4, 5], 0.95), null);
  // No spread at all: SciPy has no answer, and there is but one.
  assert.deepEqual(medianInterval([2, 2, 2, 2, 2, 2, 2], 0.95), [2, 2]);
});

test('medians of all resamples of four and of three values, counted by hand', () => {
  // 4^4 = 256 and 3^3 = 27 resamples.
  const of = (values: number[]): Map<number, number> => {
    const counted = new Map<number, number>();
    for (const { value, probability } of bootstrapMedians(Float64Array.from(values))) {
      counted.set(value, (counted.get(value) ?? 0) + probability * values.length ** values.length);
    }
    return counted;
  };
  const byHand = (values: number[]): Map<number, number> => {
    const counted = new Map<number, number>();
    const n = values.length;
    for (let code = 0; code < n ** n; code++) {
      const drawn = values.map((_, at) => values[Math.floor(code / n ** at) % n]!).sort((a, b) => a - b);
      const median = (drawn[(n - 1) >> 1]! + drawn[n >> 1]!) / 2;
      counted.set(median, (counted.get(median) ?? 0) + 1);
    }
    return counted;
  };
  for (const values of [
    [1, 2, 4],
    [1, 2, 4, 8],
  ]) {
    const [made, expected] = [of(values), byHand(values)];
    assert.deepEqual([...made.keys()].sort(), [...expected.keys()].sort());
    for (const [median, count] of expected) near(made.get(median)!, count, 1e-9, String(median));
  }
});

test('Holm as R has it; the fewest seeds of 1, 8 and 200 figures', () => {
  for (const [index, adjusted] of holm(r.holm.p).entries()) {
    near(adjusted, r.holm.adjusted[index]!, 1e-12, `p ${r.holm.p[index]}`);
  }
  const needed = (evidence: 'paired' | 'unmatched'): number[] =>
    [1, 8, 200].map((figures) => seedsNeeded(figures, 0.05, evidence));
  assert.deepEqual(needed('paired'), [6, 9, 13]);
  assert.deepEqual(needed('unmatched'), [4, 6, 8]);
  // The smallest p is the one of samples that do not overlap at all.
  for (const n of [3, 4, 10]) {
    const low = Array.from({ length: n }, (_, k) => k);
    const high = low.map((value) => value + 100);
    near(mannWhitney(low, high), smallestP(n, 'unmatched'), 1e-12, `unmatched ${n}`);
    near(
      signedRank(high.map((value, k) => value - low[k]! / 2)).p,
      smallestP(n, 'paired'),
      1e-12,
      `paired ${n}`,
    );
  }
});

test('normal distribution: relative accuracy to the far tail', () => {
  for (const [z, p] of scipy.normalTail) near(normalTail(z), p, 1e-12, `tail ${z}`);
  for (const [p, z] of scipy.normalQuantile) {
    if (z === 0) assert.ok(Math.abs(normalQuantile(p)) < 1e-15);
    else near(normalQuantile(p), z, 1e-12, `quantile ${p}`);
  }
});
