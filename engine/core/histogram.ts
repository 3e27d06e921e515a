/**
 * Histograms of one fixed layout: whole-number counters in log-linear buckets, merged in any order with one result.
 *
 * Values 0 … 255 have a bucket each; above, every octave is cut into 128 equal buckets, so that a bucket's
 * midpoint lies within 1/256 (0.4 %) of every value in it:
 *
 *     v < 128                  index v
 *     2^e ≤ v < 2^(e+1), e ≥ 7  index 128 · (e − 6) + floor(v / 2^(e−7)) − 128
 *
 * Counters are doubles holding whole numbers up to 2^53: they cannot wrap in any run. The table grows to the
 * highest octave seen (24 KB for values up to 2^30). Left out: sums of values, minimum, maximum.
 * Source: the layout of G. Tene's HdrHistogram.
 */
import { assert, assertWhole, InvariantError } from './assert.ts';
import type { HistogramData } from './record.ts';

const subBits = 7;
const subCount = 1 << subBits;
const two32 = 0x1_0000_0000;
/** Values go up to 2^53 − 1: octaves 7 … 52, and the 128 values below. */
const bucketCount = (52 - subBits + 2) * subCount;

export class Histogram {
  /** Values recorded. */
  count = 0;
  private counts = new Float64Array(subCount);

  /** @param value  whole, 0 … 2^53 − 1 */
  record(value: number): void {
    assertWhole(value, 'histogram: value');
    const index = bucketOf(value);
    if (index >= this.counts.length) this.widen(index);
    this.counts[index]! += 1;
    this.count += 1;
  }

  /** Adds all counts of another histogram; the order of additions does not matter. */
  add(other: Histogram): void {
    if (other.counts.length > this.counts.length) this.widen(other.counts.length - 1);
    for (let index = 0; index < other.counts.length; index++) this.counts[index]! += other.counts[index]!;
    this.count += other.count;
  }

  /**
   * Midpoint of the bucket that holds the value of rank ceil(q · count), at least the first.
   * @param q  0 … 1; count must not be 0
   */
  quantile(q: number): number {
    assert(q >= 0 && q <= 1, 'histogram: q');
    assert(this.count > 0, 'histogram: empty');
    let left = rankOf(q, this.count);
    for (let index = 0; index < this.counts.length; index++) {
      left -= this.counts[index]!;
      if (left <= 0) return bucketMidpoint(index);
    }
    throw new InvariantError('histogram: count differs from its buckets');
  }

  /** How many values rank after the one that quantile(q) names. */
  countBeyond(q: number): number {
    return this.count - rankOf(q, this.count);
  }

  /** How many values lie in buckets above the one of `value`. */
  countAbove(value: number): number {
    assertWhole(value, 'histogram: value');
    let above = 0;
    for (let index = bucketOf(value) + 1; index < this.counts.length; index++) above += this.counts[index]!;
    return above;
  }

  toData(): HistogramData {
    const buckets: [number, number][] = [];
    for (let index = 0; index < this.counts.length; index++) {
      if (this.counts[index]! > 0) buckets.push([index, this.counts[index]!]);
    }
    return { count: this.count, buckets };
  }

  /** @throws InvariantError if indices do not ascend or the counts do not add up */
  static fromData(data: HistogramData): Histogram {
    const histogram = new Histogram();
    let last = -1;
    for (const [index, count] of data.buckets) {
      assert(Number.isInteger(index) && index > last && index < bucketCount, 'histogram: bucket index');
      assert(Number.isSafeInteger(count) && count > 0, 'histogram: bucket count');
      if (index >= histogram.counts.length) histogram.widen(index);
      histogram.counts[index] = count;
      histogram.count += count;
      last = index;
    }
    assert(histogram.count === data.count, 'histogram: count differs from its buckets');
    return histogram;
  }

  private widen(index: number): void {
    const counts = new Float64Array((Math.floor(index / subCount) + 1) * subCount);
    counts.set(this.counts);
    this.counts = counts;
  }
}

/** Rank 1 … count; the slack of 2^-50 takes back the rounding of products such as 0.07 · 100. */
function rankOf(q: number, count: number): number {
  return Math.max(1, Math.ceil(q * count * (1 - 8.881784197001252e-16)));
}

/** @param value  whole, 0 … 2^53 − 1 */
function bucketOf(value: number): number {
  if (value < two32) {
    const word = value >>> 0;
    const octave = 31 - Math.clz32(word | subCount);
    return ((octave - subBits) << subBits) + (word >>> (octave - subBits));
  }
  // Dividing by a power of two is exact: 2^(octave − 7) leaves the leading eight bits before the point.
  const high = (value / two32) | 0;
  const octave = 63 - Math.clz32(high);
  const unit = (1 << (octave - 32)) * (two32 / subCount);
  return ((octave - subBits) << subBits) + Math.floor(value / unit);
}

/**
 * The value that stands for a bucket: whole, its lowest value plus half of its width, rounded down.
 * @param index  0 … 6,015
 */
export function bucketMidpoint(index: number): number {
  assert(Number.isInteger(index) && index >= 0 && index < bucketCount, 'histogram: bucket index');
  if (index < 2 * subCount) return index;
  let width = 2;
  for (let octave = 2; octave < index >> subBits; octave++) width *= 2;
  return (subCount + (index & (subCount - 1))) * width + width / 2;
}

/** Sum of any number of histograms, in any order with one result. */
export function mergeHistograms(data: readonly HistogramData[]): HistogramData {
  const merged = new Histogram();
  for (const one of data) merged.add(Histogram.fromData(one));
  return merged.toData();
}
