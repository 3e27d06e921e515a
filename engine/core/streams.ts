/**
 * Random numbers from named streams. A stream is a function of (seed, label) alone: a new consumer of randomness
 * never shifts the draws of an old one, and a workload's labels, which never hold a backend's name, give every
 * backend the same arrivals.
 *
 * Generator: sfc32 (small fast counting: three words of state and a counter, period at least 2^32, mean 2^127),
 * 32-bit integer operations only. Left out: jumping ahead, cryptographic strength.
 * Source: C. Doty-Humphrey, PractRand; finaliser by C. Wellons, "hash-prospector" (lowbias32).
 */
import { assert } from './assert.ts';
import { ln } from './math.ts';

/** Draws thrown away so that every bit of the key reaches every bit of the state. */
const warmupDraws = 15;
const two32 = 0x1_0000_0000;

export class Stream {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /**
   * @param seed   whole, 0 … 2^53 − 1
   * @param label  path of the consumer, such as `rack/3/node/7/rpc`; two hashes of it enter the state, so two of
   *               a million labels meet with probability 3e-8
   */
  constructor(seed: number, label: string) {
    assert(Number.isSafeInteger(seed) && seed >= 0, 'stream: seed');
    const seedHigh = Math.floor(seed / two32) | 0;
    this.a = mix(seed | 0) ^ mix(seedHigh + 0x3c6ef372);
    this.b = hash(label, 0x811c9dc5);
    this.c = hash(label, 0x2545f491) ^ seedHigh;
    for (let draw = 0; draw < warmupDraws; draw++) this.u32();
  }

  /** Uniform on the whole numbers 0 … 2^32 − 1. */
  u32(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform on the multiples of 2^-53 in [0, 1). */
  unit(): number {
    const high = this.u32() >>> 5;
    const low = this.u32() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  /**
   * Uniform on the whole numbers 0 … count − 1, without bias (draws past the last whole multiple are repeated).
   * @param count  1 … 2^32
   */
  below(count: number): number {
    assert(Number.isInteger(count) && count >= 1 && count <= two32, 'stream: count');
    const usable = two32 - (two32 % count);
    let draw = this.u32();
    while (draw >= usable) draw = this.u32();
    return draw % count;
  }

  /**
   * Exponential, rounded to whole ps and at least 1: no two arrivals of one stream at one time.
   * @param meanPs  1 … 2^47 (the longest draw is 36.8 means)
   */
  exponentialPs(meanPs: number): number {
    assert(meanPs >= 1 && meanPs <= 0x8000_0000_0000, 'stream: mean');
    return Math.max(1, Math.round(-ln(1 - this.unit()) * meanPs));
  }
}

/** FNV-1a over both bytes of each UTF-16 code unit, finished so that short labels differ in all bits. */
function hash(label: string, basis: number): number {
  let h = basis;
  for (let i = 0; i < label.length; i++) {
    const unit = label.charCodeAt(i);
    h = Math.imul(h ^ (unit & 0xff), 0x01000193);
    h = Math.imul(h ^ (unit >>> 8), 0x01000193);
  }
  return mix(h);
}

function mix(word: number): number {
  let z = (word + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) | 0;
}
