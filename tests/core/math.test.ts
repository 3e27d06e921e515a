/** The project's own logarithm and cube root against the runtime's, and against values known on paper. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InvariantError } from '../../engine/core/assert.ts';
import { cbrt, ln } from '../../engine/core/math.ts';
import { Stream } from '../../engine/core/streams.ts';

// The stated bounds plus the half unit by which the runtime's own functions may differ.
const lnBound = 2 ** -51 + 2 ** -53;
const cbrtBound = 2 ** -51 + 2 ** -53;

test('ln is within its bound over all binades and around 1', () => {
  const stream = new Stream(1, 'test/ln');
  for (let i = 0; i < 200_000; i++) {
    const wide = (1 + stream.unit()) * 2 ** (stream.below(2044) - 1022);
    const near = 1 + (stream.unit() - 0.5) * 2 ** -stream.below(50);
    for (const x of [wide, near]) {
      const expected = Math.log(x);
      assert.ok(Math.abs(ln(x) - expected) <= lnBound * Math.abs(expected), `ln(${x})`);
    }
  }
});

test('ln of known values', () => {
  assert.equal(ln(1), 0);
  assert.equal(ln(2), 0.6931471805599453);
  assert.ok(Math.abs(ln(2.718281828459045) - 1) <= 2 ** -50);
  assert.ok(Math.abs(ln(2 ** -53) + 36.7368005696771) < 1e-12);
});

test('ln refuses what has no finite logarithm', () => {
  for (const x of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** -1060]) {
    assert.throws(() => ln(x), InvariantError);
  }
});

test('cbrt is within its bound over all binades, with signs', () => {
  const stream = new Stream(2, 'test/cbrt');
  for (let i = 0; i < 200_000; i++) {
    const x = (1 + stream.unit()) * 2 ** (stream.below(2044) - 1022);
    const expected = Math.cbrt(x);
    assert.ok(Math.abs(cbrt(x) - expected) <= cbrtBound * expected, `cbrt(${x})`);
    assert.equal(cbrt(-x), -cbrt(x));
  }
});

test('cbrt of known values', () => {
  for (const root of [1, 2, 3, 10, 1_000, 65_535]) assert.equal(cbrt(root * root * root), root);
  assert.equal(cbrt(0), 0);
  assert.equal(cbrt(2 ** -1060), 0);
  assert.throws(() => cbrt(Number.NaN), InvariantError);
  assert.throws(() => cbrt(Number.NEGATIVE_INFINITY), InvariantError);
});
