/**
 * The meeting place of the threads that run one task: a barrier and mailboxes in shared memory, nothing else. Each
 * window every thread writes its mail and where it is, arrives, and reads what the others wrote. Two sets of
 * mailboxes take turns: a thread that is quick writes into one while a slow one still reads the other.
 *
 * A thread that waits spins for a moment (a window lasts some 100 µs), then sleeps. Whoever fails poisons the
 * barrier, and the pool does it for a thread that has died; sleepers look every second, and give up after ten
 * minutes of looks (a stopped process resumes: looks are counted, not time).
 */
import os from 'node:os';
import type { Batches } from '../engine/fabric/batch.ts';
import { type Gang, MAIL_DOUBLES, nowhere, type Whereabouts } from '../engine/gang.ts';
import { spanOf } from '../engine/traffic/cluster.ts';

// Words of the control block, a cache line apart.
const LINE = 16;
const COUNT = 0;
const GENERATION = LINE;
const SLEEPERS = 2 * LINE;
const POISON = 3 * LINE;
const WORDS = 4 * LINE;

// What each thread says at a meeting.
const HOST = 0;
const UP = 1;
const DOWN = 2;
const OPEN = 3;
const EVENTS = 4;
const MORE = 5;
const SAYS = 8;

/** Messages that a mailbox holds; more take further rounds of the same meeting. */
const MAILBOX_ROWS = 4096;
/** Looks before a thread sleeps; none where threads have to share cores. */
const SPINS = 20_000;
const LOOK_MS = 1000;
const LOOKS_MAX = 600;

/** What a gang's threads share; crosses threads by reference. */
export interface GangShared {
  readonly size: number;
  readonly racks: number;
  readonly spins: number;
  readonly control: SharedArrayBuffer;
  readonly says: SharedArrayBuffer;
  /** By parity, sender, receiver: messages, and their number. */
  readonly mail: SharedArrayBuffer;
  readonly counts: SharedArrayBuffer;
}

/** This thread stopped because another one of its gang has failed, which says why itself. */
export class GangError extends Error {}

/** Messages that wait, one after another. */
class Pile {
  words = new Float64Array(0);
  count = 0;

  add(from: Float64Array, at: number, count: number): void {
    const size = (this.count + count) * MAIL_DOUBLES;
    if (size > this.words.length) {
      const bigger = new Float64Array(size * 2);
      bigger.set(this.words);
      this.words = bigger;
    }
    copy(from, at, this.words, this.count * MAIL_DOUBLES, count * MAIL_DOUBLES);
    this.count += count;
  }
}

function copy(from: Float64Array, at: number, to: Float64Array, o: number, length: number): void {
  for (let k = 0; k < length; k++) to[o + k] = from[at + k]!;
}

/** @param size threads, 2 … racks */
export function shareGang(size: number, racks: number): GangShared {
  const boxes = 2 * size * size;
  return {
    size,
    racks,
    spins: size <= os.availableParallelism() ? SPINS : 0,
    control: new SharedArrayBuffer(WORDS * 4),
    says: new SharedArrayBuffer(2 * size * SAYS * 8),
    mail: new SharedArrayBuffer(boxes * MAILBOX_ROWS * MAIL_DOUBLES * 8),
    counts: new SharedArrayBuffer(boxes * LINE * 4),
  };
}

/** From any thread: wakes all that wait, and makes them fail. */
export function poison(shared: GangShared): void {
  const control = new Int32Array(shared.control);
  Atomics.store(control, POISON, 1);
  Atomics.notify(control, GENERATION);
}

export class Member implements Gang {
  readonly size: number;
  readonly index: number;
  readonly all: Whereabouts = nowhere();
  private readonly control: Int32Array;
  private readonly says: Float64Array;
  private readonly counts: Int32Array;
  private readonly boxes: Float64Array[];
  private readonly spins: number;
  private readonly capacity: number;
  /** Thread of each rack. */
  private readonly threadOf: Int32Array;
  /** Messages beyond a mailbox's room, by receiver. */
  private readonly spill: Pile[];
  /** Mail of a meeting of several rounds, by sender. */
  private readonly piles: Pile[];
  private piled = false;
  private readonly letter = new Float64Array(MAIL_DOUBLES);
  /** Which of the two sets is being written. */
  private parity = 0;

  constructor(shared: GangShared, index: number) {
    const { size, racks } = shared;
    this.size = size;
    this.index = index;
    this.spins = shared.spins;
    this.control = new Int32Array(shared.control);
    this.says = new Float64Array(shared.says);
    this.counts = new Int32Array(shared.counts);
    const words = shared.mail.byteLength / 8 / (2 * size * size);
    this.capacity = words / MAIL_DOUBLES;
    this.boxes = Array.from(
      { length: 2 * size * size },
      (_, box) => new Float64Array(shared.mail, box * words * 8, words),
    );
    this.threadOf = new Int32Array(racks);
    for (let m = 0; m < size; m++) {
      const { from, to } = spanOf(racks, size, m);
      this.threadOf.fill(m, from, to);
    }
    this.spill = Array.from({ length: size }, () => new Pile());
    this.piles = Array.from({ length: size }, () => new Pile());
  }

  /** Waits until all threads are there, before any takes memory. */
  start(): void {
    this.arrive();
  }

  post(rack: number, batches: Batches, b: number): void {
    const { letter } = this;
    letter[0] = rack;
    batches.encode(b, letter, 1);
    this.put(letter, 0);
  }

  private put(words: Float64Array, at: number): void {
    const to = this.threadOf[words[at]!]!;
    const box = this.box(this.parity, this.index, to);
    const count = this.counts[box * LINE]!;
    if (count === this.capacity) {
      this.spill[to]!.add(words, at, 1);
      return;
    }
    copy(words, at, this.boxes[box]!, count * MAIL_DOUBLES, MAIL_DOUBLES);
    this.counts[box * LINE] = count + 1;
  }

  meet(own: Readonly<Whereabouts>): void {
    this.piled = false;
    let more = this.round(own);
    if (more === 0) return;
    // More than a mailbox holds: everybody keeps what has come and meets again, until all is here.
    for (const pile of this.piles) pile.count = 0;
    for (;;) {
      for (let from = 0; from < this.size; from++)
        this.piles[from]!.add(this.mail(from), 0, this.mailCount(from));
      if (more === 0) break;
      for (const spill of this.spill) {
        const { count } = spill;
        // What does not fit again goes to the pile's beginning, which has been read.
        spill.count = 0;
        for (let m = 0; m < count; m++) this.put(spill.words, m * MAIL_DOUBLES);
      }
      more = this.round(own);
    }
    this.piled = true;
  }

  mail(from: number): Float64Array {
    return this.piled ? this.piles[from]!.words : this.boxes[this.box(1 - this.parity, from, this.index)]!;
  }

  mailCount(from: number): number {
    return this.piled
      ? this.piles[from]!.count
      : this.counts[this.box(1 - this.parity, from, this.index) * LINE]!;
  }

  private box(parity: number, from: number, to: number): number {
    return (parity * this.size + from) * this.size + to;
  }

  /** Says where this thread is and waits for the others. @returns how many have more mail than went */
  private round(where: Readonly<Whereabouts>): number {
    const { all, says, size, parity } = this;
    const own = (parity * size + this.index) * SAYS;
    says[own + HOST] = where.hostPs;
    says[own + UP] = where.upPs;
    says[own + DOWN] = where.downPs;
    says[own + OPEN] = where.open;
    says[own + EVENTS] = where.events;
    says[own + MORE] = this.spill.some(({ count }) => count > 0) ? 1 : 0;
    this.arrive();
    this.parity = 1 - parity;
    for (let to = 0; to < size; to++) this.counts[this.box(this.parity, this.index, to) * LINE] = 0;
    Object.assign(all, nowhere());
    let more = 0;
    for (let m = 0; m < size; m++) {
      const o = (parity * size + m) * SAYS;
      if (says[o + HOST]! < all.hostPs) all.hostPs = says[o + HOST]!;
      if (says[o + UP]! < all.upPs) all.upPs = says[o + UP]!;
      if (says[o + DOWN]! < all.downPs) all.downPs = says[o + DOWN]!;
      all.open += says[o + OPEN]!;
      all.events += says[o + EVENTS]!;
      more += says[o + MORE]!;
    }
    return more;
  }

  private arrive(): void {
    const { control } = this;
    const generation = Atomics.load(control, GENERATION);
    if (Atomics.add(control, COUNT, 1) === this.size - 1) {
      Atomics.store(control, COUNT, 0);
      Atomics.add(control, GENERATION, 1);
      if (Atomics.load(control, SLEEPERS) > 0) Atomics.notify(control, GENERATION);
    } else {
      for (let spin = 0; spin < this.spins && Atomics.load(control, GENERATION) === generation; spin++);
      if (Atomics.load(control, GENERATION) === generation) this.sleep(generation);
    }
    if (Atomics.load(control, POISON) !== 0) throw new GangError('another thread of this task has failed');
  }

  private sleep(generation: number): void {
    const { control } = this;
    Atomics.add(control, SLEEPERS, 1);
    for (let looks = 0; Atomics.load(control, GENERATION) === generation; looks++) {
      if (Atomics.load(control, POISON) !== 0) break;
      if (looks === LOOKS_MAX)
        throw new Error('the other threads of this task have not come for ten minutes');
      Atomics.wait(control, GENERATION, generation, LOOK_MS);
    }
    Atomics.sub(control, SLEEPERS, 1);
  }
}
