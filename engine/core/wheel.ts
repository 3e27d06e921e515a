/**
 * The event list of one partition: a radix wheel. Events leave in the order (time, class, entry).
 *
 * Four levels of 1,024 slots; a level's slot is 1,024 times as long as one of the level below. An event lies in
 * the level of the highest digit in which its tick differs from the cursor's, so every slot behind the cursor
 * is empty and the earliest slot of a level is the lowest bit of its bitmap:
 *
 *     level 3    70 s a slot      hours      (agents, leases)
 *     level 2    69 ms a slot     a minute   (retransmission timers)
 *     level 1    67 us a slot     69 ms      (round trips, delayed ACKs)
 *     level 0    66 ns a slot     67 us      (jobs, interrupts)
 *     open       the slot under the cursor: a list kept sorted by (time, class, entry)
 *
 * Slots are lists in entry order. A slot of level 0 is sorted once, when the cursor opens it; an upper slot is
 * dealt downwards in list order before anything can enter the slots below it directly, so entry order survives
 * without a stored sequence number. Long timers cost two or three moves in all, and comparisons only at the end.
 *
 * Left out: removing an event (owners let a stale one pass).
 * Source: Varghese and Lauck, "Hashed and hierarchical timing wheels", SOSP 1987; the radix form after Ahuja
 * et al., "Faster algorithms for the shortest path problem", JACM 1990. Speed: bench/eventList.ts.
 */
import { assert } from './assert.ts';
import { EventPool, none } from './eventPool.ts';

const tickBits = 16;
const psPerTick = 1 << tickBits;
const ticksPerPs = 1 / psPerTick;
const digitBits = 10;
const slotsPerLevel = 1 << digitBits;
const levelCount = 4;
const epochTicks = 1 << (3 * digitBits);
const psPerEpoch = psPerTick * epochTicks;
const timeMaxPs = Number.MAX_SAFE_INTEGER;
const insertionsMax = 24;

export class Wheel {
  /** Time of the last event popped, ps. */
  now = 0;
  /** Class, kind, actor and payload of the last event popped. */
  cls = 0;
  kind = 0;
  actor = 0;
  payload = 0;
  /** Events pending. */
  length = 0;
  /** `popNext` takes nothing at or after it, ps; Infinity: takes any. A field: a double as argument is an object. */
  limitPs = Infinity;

  /** Head and tail of each slot's list, side by side. */
  private readonly ends = new Int32Array(2 * levelCount * slotsPerLevel);
  /** A bit a slot that holds events; heads and tails of the others are stale. */
  private readonly words = new Int32Array((levelCount * slotsPerLevel) >> 5);
  /** A bit a word that is not zero: one summary a level. */
  private readonly summaries = new Int32Array(levelCount);

  /** Start of the slot of level 3 that the cursor is in, ps. */
  private epochStart = 0;
  /** Tick since epochStart; no pending event lies before it. */
  private cursor = 0;
  /** Tick whose slot is open, or none. */
  private openTick = none;
  private openHead = none;
  private openTail = none;
  /** Pushes before this time would break the order, ps. */
  private floor = 0;
  /** Earliest event outside the open slot, ps; negative: not known. */
  private earliest = -1;
  /** No event is earlier, ps. */
  private clearPs = 0;

  private readonly pool: EventPool;

  /** @param pool of this wheel and others; absent: its own */
  constructor(pool = new EventPool(1 << 24)) {
    this.pool = pool;
  }

  /**
   * Adds an event.
   * @param at      whole ps, below 2^53; not before `now`, nor before the limit of a pop that found nothing
   * @param cls     0 … 15; lower classes leave first at equal times
   * @param kind    0 … 255, opaque; so are actor and payload (int32)
   */
  push(at: number, cls: number, kind: number, actor: number, payload: number): void {
    assert(at >= this.floor, 'wheel: event in the past');
    assert(at <= timeMaxPs && Math.floor(at) === at, 'wheel: time not whole');
    assert(((cls & ~15) | (kind & ~255)) === 0, 'wheel: class or kind');
    const node = this.pool.take(at, (cls << 8) | kind, actor, payload);
    this.length++;
    if (at < this.clearPs) this.clearPs = at;
    const ticks = (at - this.epochStart) * ticksPerPs;
    if (ticks < epochTicks && (ticks | 0) === this.openTick) {
      this.insertOpen(node, at, cls);
    } else {
      this.place(node, ticks);
      if (at < this.earliest) this.earliest = at;
    }
  }

  /** `popNext` with this limit. */
  pop(limit: number): boolean {
    this.limitPs = limit;
    return this.popNext();
  }

  /** Removes the earliest event before `limitPs` and sets now … payload; false, and nothing set, if there is none. */
  popNext(): boolean {
    const limit = this.limitPs;
    if (limit <= this.clearPs || (this.openHead === none && !this.open())) return this.nothing();
    const node = this.openHead;
    const at = this.pool.time[node >> 1]!;
    if (at >= limit) {
      this.clearPs = at;
      return this.nothing();
    }
    assert(at >= this.now, 'wheel: time ran backwards');
    const order = this.pool.order[node]!;
    this.openHead = this.pool.next[node]!;
    this.pool.release(node);
    this.length--;
    this.now = at;
    this.floor = at;
    this.cls = order >> 8;
    this.kind = order & 255;
    this.actor = this.pool.actors[node]!;
    this.payload = this.pool.payloads[node]!;
    return true;
  }

  /** Time goes on to `at`, ps, before which no event is left: `pop(at)` has found none. */
  reach(at: number): void {
    assert(at >= this.now, 'wheel: time ran backwards');
    this.now = at;
    this.floor = at;
  }

  /** Time of the earliest pending event, ps; Infinity if there is none. Moves nothing. */
  peek(): number {
    if (this.openHead !== none) return this.pool.time[this.openHead >> 1]!;
    if (this.earliest < 0) this.earliest = this.earliestOfSlots();
    return this.earliest;
  }

  /** Later pushes start at the limit: the cursor may have come as far as that. */
  private nothing(): boolean {
    if (this.length > 0 && this.limitPs > this.floor) this.floor = this.limitPs;
    return false;
  }

  /** @param ticks since epochStart, with a fraction; past epochTicks for another slot of level 3 */
  private place(node: number, ticks: number): void {
    if (ticks >= epochTicks) {
      this.append(3 * slotsPerLevel + Math.floor(this.pool.time[node >> 1]! / psPerEpoch), node);
      return;
    }
    const tick = ticks | 0;
    const differ = tick ^ this.cursor;
    if (differ < slotsPerLevel) {
      this.append(tick & (slotsPerLevel - 1), node);
    } else if (differ < slotsPerLevel << digitBits) {
      this.append(slotsPerLevel + ((tick >> digitBits) & (slotsPerLevel - 1)), node);
    } else {
      this.append(2 * slotsPerLevel + (tick >> (2 * digitBits)), node);
    }
  }

  private append(slot: number, node: number): void {
    const word = slot >> 5;
    const bits = this.words[word]!;
    const bit = 1 << (slot & 31);
    this.pool.next[node] = none;
    if ((bits & bit) !== 0) {
      this.pool.next[this.ends[2 * slot + 1]!] = node;
    } else {
      this.words[word] = bits | bit;
      this.summaries[word >> 5]! |= 1 << (word & 31);
      this.ends[2 * slot] = node;
    }
    this.ends[2 * slot + 1] = node;
  }

  /** Behind everything of the open slot that is not later, by (time, class). */
  private insertOpen(node: number, at: number, cls: number): void {
    const head = this.openHead;
    if (head === none) {
      this.pool.next[node] = none;
      this.openHead = node;
      this.openTail = node;
    } else if (!this.pool.later(this.openTail, at, cls)) {
      this.pool.next[node] = none;
      this.pool.next[this.openTail] = node;
      this.openTail = node;
    } else if (this.pool.later(head, at, cls)) {
      this.pool.next[node] = head;
      this.openHead = node;
    } else {
      let before = head;
      while (!this.pool.later(this.pool.next[before]!, at, cls)) before = this.pool.next[before]!;
      this.pool.next[node] = this.pool.next[before]!;
      this.pool.next[before] = node;
    }
  }

  /** First slot in use of the lowest level in use, over all levels; none if the wheel is empty. */
  private firstSlot(): number {
    for (let level = 0; level < levelCount; level++) {
      const summary = this.summaries[level]!;
      if (summary === 0) continue;
      const word = (level << 5) + 31 - Math.clz32(summary & -summary);
      const bits = this.words[word]!;
      return (word << 5) + 31 - Math.clz32(bits & -bits);
    }
    return none;
  }

  /** Opens the next slot of level 0 if it starts before the limit, dealing upper slots down on the way. */
  private open(): boolean {
    const limit = this.limitPs;
    for (;;) {
      const slot = this.firstSlot();
      if (slot === none) return false;
      const level = slot >> digitBits;
      const digit = slot & (slotsPerLevel - 1);
      if (level === 3) {
        if (digit * psPerEpoch >= limit) {
          this.clearPs = digit * psPerEpoch;
          return false;
        }
        this.epochStart = digit * psPerEpoch;
        this.cursor = 0;
      } else {
        const shift = level * digitBits;
        const above = this.cursor & ~((slotsPerLevel << shift) - 1);
        const tick = above | (digit << shift);
        const begin = this.epochStart + tick * psPerTick;
        if (begin >= limit) {
          this.clearPs = begin;
          return false;
        }
        this.cursor = tick;
      }
      const head = this.detach(slot);
      this.earliest = -1;
      if (level === 0) {
        this.openSorted(head, this.ends[2 * slot + 1]!);
        return true;
      }
      this.openTick = none;
      this.deal(head);
    }
  }

  private detach(slot: number): number {
    const word = slot >> 5;
    const bits = this.words[word]! & ~(1 << (slot & 31));
    this.words[word] = bits;
    if (bits === 0) this.summaries[word >> 5]! &= ~(1 << (word & 31));
    return this.ends[2 * slot]!;
  }

  private deal(head: number): void {
    for (let node = head; node !== none; ) {
      const after = this.pool.next[node]!;
      this.place(node, (this.pool.time[node >> 1]! - this.epochStart) * ticksPerPs);
      node = after;
    }
  }

  /** A few events are inserted one by one; what a crowded slot has beyond them is merge-sorted. */
  private openSorted(head: number, tail: number): void {
    this.openTick = this.cursor;
    this.openHead = head;
    this.openTail = head;
    if (head === tail) return;
    let rest = this.pool.next[head]!;
    this.pool.next[head] = none;
    for (let count = 1; rest !== none && count < insertionsMax; count++) {
      const after = this.pool.next[rest]!;
      this.insertOpen(rest, this.pool.time[rest >> 1]!, this.pool.order[rest]! >> 8);
      rest = after;
    }
    if (rest === none) return;
    this.openHead = this.pool.merge(this.openHead, this.pool.sort(rest));
    // The end of a merged list is the end of one of its parts, but which part is not known: walk.
    let last = this.openTail;
    while (this.pool.next[last]! !== none) last = this.pool.next[last]!;
    this.openTail = last;
  }

  private earliestOfSlots(): number {
    const slot = this.firstSlot();
    let at = Number.POSITIVE_INFINITY;
    if (slot === none) return at;
    for (let node = this.ends[2 * slot]!; node !== none; node = this.pool.next[node]!) {
      if (this.pool.time[node >> 1]! < at) at = this.pool.time[node >> 1]!;
    }
    return at;
  }
}
