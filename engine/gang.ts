/**
 * The threads that run one task together, as the window loop sees them: each has consecutive racks, and they meet at
 * the end of every window. What a meeting is made of (shared memory, waiting) is workers/gang.ts.
 */
import { type Batches, MESSAGE_DOUBLES } from './fabric/batch.ts';

/** A message between racks of two threads: destination rack, then the batch. */
export const MAIL_DOUBLES = 1 + MESSAGE_DOUBLES;

/** Where a thread is, or all of them together: the earliest times of what is to come, ps (Infinity: nothing). */
export interface Whereabouts {
  /** Events of hosts and of what hangs below a ToR. */
  hostPs: number;
  /** Batches on their way up, at their sender's ToR. */
  upPs: number;
  /** Batches at a spine's port toward their receiver's rack. */
  downPs: number;
  /** Open work. */
  open: number;
  /** Events so far. */
  events: number;
}

export interface Gang {
  readonly size: number;
  /** Place of this thread, 0 … size − 1: ascending places have ascending racks. */
  readonly index: number;
  /** Of all threads, at the last meeting. */
  readonly all: Readonly<Whereabouts>;
  /** Copies batch `b` for another thread's rack. */
  post(rack: number, batches: Batches, b: number): void;
  /** Says where this thread is, waits until all have, and takes their mail. @throws if another thread has failed */
  meet(own: Readonly<Whereabouts>): void;
  /** Messages that thread `from` has posted here in the last window: MAIL_DOUBLES each, in its order. */
  mail(from: number): Float64Array;
  mailCount(from: number): number;
}

export const nowhere = (): Whereabouts => ({
  hostPs: Infinity,
  upPs: Infinity,
  downPs: Infinity,
  open: 0,
  events: 0,
});

const NO_MAIL = new Float64Array(0);

/** A gang of one: all racks are here. */
export class Alone implements Gang {
  readonly size = 1;
  readonly index = 0;
  all: Readonly<Whereabouts> = nowhere();

  meet(own: Readonly<Whereabouts>): void {
    this.all = own;
  }

  post(): void {
    throw new Error('all racks are here');
  }

  mail(): Float64Array {
    return NO_MAIL;
  }

  mailCount(): number {
    return 0;
  }
}
