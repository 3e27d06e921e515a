/**
 * Functions that the language leaves to the implementation, built from the operations that IEEE 754 fixes to the
 * bit: the same results on every engine and processor.
 *
 * Left out: powers, exponentials, trigonometry; nothing here needs them.
 * Source: ln by 2 artanh s (Abramowitz and Stegun, 4.1.27); cbrt by Newton, as Linux's
 * tcp_cubic.c does, from the first guess of FreeBSD's s_cbrt.c.
 */
import { assert } from './assert.ts';

const view = new DataView(new ArrayBuffer(8));
/** ln 2 in two parts: the high one has 21 trailing zero bits, so that k · high is exact for |k| < 2^11. */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;
const root2 = 1.4142135623730951;
const exponentBias = 1023;

const C3 = 1 / 3;
const C5 = 1 / 5;
const C7 = 1 / 7;
const C9 = 1 / 9;
const C11 = 1 / 11;
const C13 = 1 / 13;
const C15 = 1 / 15;
const C17 = 1 / 17;
const C19 = 1 / 19;

/**
 * Natural logarithm.
 * @param x  positive, normal (at least 2^-1022), finite
 * @returns  within 2^-51 relative of the true value; ln 1 = 0 exactly
 * @throws   InvariantError outside that range
 *
 * Rounding: m + 1, the quotient and the last sum add half a unit each, the rest less than another half.
 * x = m · 2^k with m in [0.707, 1.415); ln m = 2 artanh s, s = (m − 1) / (m + 1), |s| < 0.1716. The series is cut
 * after s^19: the rest, relative to 2 s, is below 0.1716^20 / (21 · 0.97) < 2^-55.
 */
export function ln(x: number): number {
  assert(x >= 2.2250738585072014e-308 && x <= Number.MAX_VALUE, 'ln: argument');
  view.setFloat64(0, x);
  const high = view.getUint32(0);
  let k = (high >>> 20) - exponentBias;
  view.setUint32(0, (high & 0xfffff) | (exponentBias << 20));
  let m = view.getFloat64(0);
  if (m > root2) {
    m *= 0.5;
    k += 1;
  }
  const f = m - 1;
  const s = f / (m + 1);
  const z = s * s;
  // Horner, written out: nine divisions less a draw than the loop, the same bits.
  const tail = ((((C19 * z + C17) * z + C15) * z + C13) * z + C11) * z + C9;
  const series = (((tail * z + C7) * z + C5) * z + C3) * z;
  return k * ln2High + (k * ln2Low + 2 * s * series + 2 * s);
}

/**
 * Cube root.
 * @param x  finite; denormals count as 0
 * @returns  within 2^-51 relative of the true root; exact signs, cbrt(0) = 0
 * @throws   InvariantError for NaN and infinities
 *
 * The first guess divides the exponent by three (error below 6 %); each Newton step squares the error.
 */
export function cbrt(x: number): number {
  assert(x >= -Number.MAX_VALUE && x <= Number.MAX_VALUE, 'cbrt: argument');
  const size = Math.abs(x);
  if (size < 2.2250738585072014e-308) return 0;
  view.setFloat64(0, size);
  // 715,094,163 = (1,023 − 1,023 / 3 − 0.03306) · 2^20: the bits of a double are nearly its logarithm.
  view.setUint32(0, Math.floor(view.getUint32(0) / 3) + 715_094_163);
  view.setUint32(4, 0);
  let root = view.getFloat64(0);
  for (let step = 0; step < 4; step++) root -= (root - size / (root * root)) / 3;
  return x < 0 ? -root : root;
}
