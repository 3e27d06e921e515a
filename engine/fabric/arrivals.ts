/**
 * Batches on links, in the order (arrival, kind, sender, uplink). A batch is its own event: lists run through the
 * pool's `next`, and an arrival is the batch's `t0`.
 *
 * A ring of 128 slots of 66 ns holds what arrives within 8.4 µs of the ring's begin, each slot sorted as batches
 * come; what arrives later waits in one chain, in order of entry, and is dealt out when the ring has come near.
 * Left out: removing a batch, arrivals before the ring's begin.
 * Source: Brown, "Calendar queues", CACM 1988, with one fixed width. Order by key, not by entry: what a window of
 * partitions hands over may come in any order (engine/windows.ts).
 */
import { assert } from '../core/assert.ts';
import type { Batches } from './batch.ts';

const SLOTS = 128;
const SLOT_PS = 1 << 16;
const SLOTS_PER_PS = 1 / SLOT_PS;
const RING_PS = SLOTS * SLOT_PS;
// One array: a bit a slot in use, then head and tail of each slot.
const WORDS = SLOTS >> 5;
const HEAD = WORDS;
const TAIL = WORDS + 1;

export class Arrivals {
  /** The first arrival, ps; Infinity: none. */
  nextPs = Infinity;
  /** Kind of the first: read early, so that its row is on its way from memory while the one before is worked on. */
  ahead = 0;
  private readonly batches: Batches;
  private readonly ring = new Int32Array(WORDS + 2 * SLOTS);
  /** No arrival lies before, and the ring ends RING_PS behind it; whole slots. */
  private beginPs = 0;
  /** Chain of what arrives after the ring, and the first of it, ps. */
  private laterHead = -1;
  private laterTail = -1;
  private laterPs = Infinity;

  constructor(batches: Batches) {
    this.batches = batches;
  }

  /** Adds batch `b`, which arrives at its t0: not before the last `advance`. */
  push(b: number): void {
    const at = this.batches.t0[b]!;
    assert(at >= this.beginPs, 'arrivals: a batch in the past');
    if (at < this.nextPs) this.nextPs = at;
    if (at < this.beginPs + RING_PS) this.place(b, at);
    else this.wait(b, at);
  }

  private wait(b: number, at: number): void {
    const { next } = this.batches;
    next[b] = -1;
    if (this.laterHead < 0) this.laterHead = b;
    else next[this.laterTail] = b;
    this.laterTail = b;
    if (at < this.laterPs) this.laterPs = at;
  }

  /** Takes the first batch if it arrives before `limit`, ps; −1: none does. */
  take(limit: number): number {
    const at = this.nextPs;
    if (at >= limit) return -1;
    if (at === this.laterPs) this.deal(at);
    const { ring } = this;
    const { kind, next, t0 } = this.batches;
    const slot = slotOf(at);
    const b = ring[HEAD + 2 * slot]!;
    const after = next[b]!;
    if (after >= 0) {
      ring[HEAD + 2 * slot] = after;
      this.nextPs = t0[after]!;
      this.ahead = kind[after]!;
      return b;
    }
    ring[slot >> 5]! &= ~(1 << (slot & 31));
    const following = this.firstSlot(slot);
    if (following < 0) this.nextPs = this.laterPs;
    else {
      const head = ring[HEAD + 2 * following]!;
      this.nextPs = t0[head]!;
      this.ahead = kind[head]!;
    }
    return b;
  }

  /** Nothing will arrive before `nowPs`, and nothing that waits does: the ring may begin there. */
  advance(nowPs: number): void {
    const begin = Math.floor(nowPs * SLOTS_PER_PS) * SLOT_PS;
    if (begin <= this.beginPs || nowPs > this.nextPs) return;
    this.beginPs = begin;
    if (this.laterPs < begin + RING_PS) this.deal(nowPs);
  }

  /** Begins the ring at `nowPs`, if that is later, and takes in what arrives within it. */
  private deal(nowPs: number): void {
    const begin = Math.floor(nowPs * SLOTS_PER_PS) * SLOT_PS;
    if (begin > this.beginPs) this.beginPs = begin;
    const end = this.beginPs + RING_PS;
    const { next, t0 } = this.batches;
    let b = this.laterHead;
    this.laterHead = -1;
    this.laterPs = Infinity;
    while (b >= 0) {
      const after = next[b]!;
      const at = t0[b]!;
      if (at < end) this.place(b, at);
      else this.wait(b, at);
      b = after;
    }
  }

  private place(b: number, at: number): void {
    const { ring } = this;
    const { next } = this.batches;
    const slot = slotOf(at);
    const bits = ring[slot >> 5]!;
    const bit = 1 << (slot & 31);
    if ((bits & bit) === 0) {
      ring[slot >> 5] = bits | bit;
      ring[HEAD + 2 * slot] = b;
      ring[TAIL + 2 * slot] = b;
      next[b] = -1;
    } else this.sortIn(b, slot);
  }

  private sortIn(b: number, slot: number): void {
    const { ring } = this;
    const { next } = this.batches;
    const tail = ring[TAIL + 2 * slot]!;
    if (!this.precedes(b, tail)) {
      next[tail] = b;
      next[b] = -1;
      ring[TAIL + 2 * slot] = b;
      return;
    }
    let before = ring[HEAD + 2 * slot]!;
    if (this.precedes(b, before)) {
      next[b] = before;
      ring[HEAD + 2 * slot] = b;
      return;
    }
    while (!this.precedes(b, next[before]!)) before = next[before]!;
    next[b] = next[before]!;
    next[before] = b;
  }

  private precedes(b: number, other: number): boolean {
    const { kind, t0, srcNode, via } = this.batches;
    const apart = t0[b]! - t0[other]!;
    if (apart !== 0) return apart < 0;
    // What is nearer its end goes first.
    if (kind[b] !== kind[other]) return kind[b]! > kind[other]!;
    const nodes = srcNode[b]! - srcNode[other]!;
    return nodes === 0 ? via[b]! < via[other]! : nodes < 0;
  }

  /** First slot in use from `slot` on, once around; −1: none. */
  private firstSlot(slot: number): number {
    const { ring } = this;
    const word = slot >> 5;
    const rest = ring[word]! & (-1 << (slot & 31));
    if (rest !== 0) return (word << 5) + lowestBit(rest);
    for (let k = 1; k <= WORDS; k++) {
      const w = (word + k) & (WORDS - 1);
      const bits = ring[w]!;
      if (bits !== 0) return (w << 5) + lowestBit(bits);
    }
    return -1;
  }
}

/** Whole slots since time zero, modulo the ring: the conversion keeps the low 32 bits. */
const slotOf = (at: number): number => ((at * SLOTS_PER_PS) | 0) & (SLOTS - 1);

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);
