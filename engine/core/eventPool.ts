/**
 * What wheels are made of: a pool of nodes, each in one place of memory, chained by `next` into a free list, the
 * slots of wheels and their open lists; with the stable sort of such a chain by (time, class). All wheels of a thread
 * share one: its arrays are at hand whichever rack runs, and a node that one gives back the next one takes, warm.
 *
 * Left out: shrinking.
 * Source: Knuth, TAOCP vol. 3, 5.2.4, list merge sort, bottom up.
 */
import { assert, LimitError } from './assert.ts';

/** The end of a chain. */
export const none = -1;
const nodesAtStart = 256;
/** A node is half a cache line: its time, then order, actor, payload and next. Its id is its place in words. */
const bytesPerNode = 32;
const step = bytesPerNode / 4;

export class EventPool {
  /** Whole ps, at `node >> 1`; the other fields at `node`. */
  time = new Float64Array(0);
  /** class · 256 + kind. */
  order = new Int32Array(0);
  actors = new Int32Array(0);
  payloads = new Int32Array(0);
  next = new Int32Array(0);
  private buffer = new ArrayBuffer(0);
  private free = none;
  private readonly eventsMax: number;
  /** bins[i] holds a sorted run of 2^i nodes, all of them ahead of those in lower bins. */
  private readonly bins = new Int32Array(32);

  /** @param eventsMax most nodes at once, 1 … 2^26 */
  constructor(eventsMax: number) {
    assert(eventsMax >= 1 && eventsMax <= 1 << 26, 'event pool: eventsMax');
    this.eventsMax = eventsMax;
    this.grow();
  }

  /** A node with these values, in no chain. @throws LimitError beyond eventsMax */
  take(at: number, order: number, actor: number, payload: number): number {
    if (this.free === none) this.grow();
    const node = this.free;
    this.free = this.next[node]!;
    this.time[node >> 1] = at;
    this.order[node] = order;
    this.actors[node] = actor;
    this.payloads[node] = payload;
    return node;
  }

  release(node: number): void {
    this.next[node] = this.free;
    this.free = node;
  }

  /** Whether a node leaves after an event of this time and class that entered later. */
  later(node: number, at: number, cls: number): boolean {
    const time = this.time[node >> 1]!;
    return time > at || (time === at && this.order[node]! >> 8 > cls);
  }

  /** Sorts a chain by (time, class); equal keys keep their order. O(n log n), no allocation; the new head. */
  sort(head: number): number {
    const { bins, next } = this;
    let binCount = 0;
    for (let node = head; node !== none; ) {
      const after = next[node]!;
      next[node] = none;
      let run = node;
      let bin = 0;
      for (; bin < binCount && bins[bin]! !== none; bin++) {
        run = this.merge(bins[bin]!, run);
        bins[bin] = none;
      }
      bins[bin] = run;
      if (bin === binCount) binCount++;
      node = after;
    }
    let sorted = none;
    for (let bin = 0; bin < binCount; bin++) {
      if (bins[bin]! !== none) sorted = sorted === none ? bins[bin]! : this.merge(bins[bin]!, sorted);
    }
    return sorted;
  }

  /** Merges two sorted chains, neither of them empty; at equal keys `early` comes first. The new head. */
  merge(early: number, late: number): number {
    const { time, order, next } = this;
    let a = early;
    let b = late;
    let first = none;
    let last = none;
    while (a !== none && b !== none) {
      const takeLate = this.later(a, time[b >> 1]!, order[b]! >> 8);
      const node = takeLate ? b : a;
      if (takeLate) b = next[b]!;
      else a = next[a]!;
      if (last === none) first = node;
      else next[last] = node;
      last = node;
    }
    next[last] = a !== none ? a : b;
    return first;
  }

  memoryBytes(): number {
    return this.buffer.byteLength;
  }

  private grow(): void {
    const old = this.buffer.byteLength / bytesPerNode;
    const size = Math.min(Math.max(nodesAtStart, 2 * old), this.eventsMax);
    if (size === old) throw new LimitError('events pending at once: the limit of the event list is reached');
    const buffer = new ArrayBuffer(size * bytesPerNode);
    const ints = new Int32Array(buffer);
    ints.set(new Int32Array(this.buffer));
    this.buffer = buffer;
    this.time = new Float64Array(buffer);
    this.order = ints.subarray(2);
    this.actors = ints.subarray(3);
    this.payloads = ints.subarray(4);
    this.next = ints.subarray(5);
    for (let k = old; k < size; k++) this.next[k * step] = k + 1 < size ? (k + 1) * step : none;
    this.free = old * step;
  }
}
