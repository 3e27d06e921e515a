/**
 * The threads that run one task together, as the window loop sees them: each has consecutive racks, and they meet at
 * the end of every window. What a meeting is made of (shared memory, waiting) is workers/gang.ts.
 */
import { MESSAGE_DOUBLES } from './fabric/batch.ts';

/** A message between racks: destination rack, event kind, actor, then the batch. */
export const MAIL_DOUBLES = 3 + MESSAGE_DOUBLES;

export interface Gang {
  readonly size: number;
  /** Place of this thread, 0 … size − 1: ascending places have ascending racks. */
  readonly index: number;
  /** Earliest event and message of all threads, ps; Infinity: none. */
  readonly nextPs: number;
  /** Open work of all threads. */
  readonly open: number;
  /** Events of all threads so far. */
  readonly events: number;
  /** Copies a message for another thread's rack; `words[at]` is the rack. */
  post(words: Float64Array, at: number): void;
  /** Says where this thread is, waits until all have, and takes their mail. @throws if another thread has failed */
  meet(nextPs: number, open: number, events: number): void;
  /** Messages that thread `from` has posted here in the last window: MAIL_DOUBLES each, in its order. */
  mail(from: number): Float64Array;
  mailCount(from: number): number;
}

const NO_MAIL = new Float64Array(0);

/** A gang of one: all racks are here. */
export class Alone implements Gang {
  readonly size = 1;
  readonly index = 0;
  nextPs = 0;
  open = 0;
  events = 0;

  meet(nextPs: number, open: number, events: number): void {
    this.nextPs = nextPs;
    this.open = open;
    this.events = events;
  }

  post(): void {}

  mail(): Float64Array {
    return NO_MAIL;
  }

  mailCount(): number {
    return 0;
  }
}
