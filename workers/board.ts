/**
 * Progress of running tasks in shared memory: workers write two numbers, the main thread reads them
 * whenever it draws. No messages, so a busy worker never queues anything.
 */
const FIELDS = 2;
const PERMILLE = 0;
const KILO_EVENTS = 1;

export class Board {
  readonly buffer: SharedArrayBuffer;
  private readonly cells: Int32Array;

  /** @param from  number of tasks, or the buffer of another thread's board */
  constructor(from: number | SharedArrayBuffer) {
    this.buffer = typeof from === 'number' ? new SharedArrayBuffer(from * FIELDS * 4) : from;
    this.cells = new Int32Array(this.buffer);
  }

  /** @param share  simulated share of the task, 0…1 */
  set(slot: number, share: number, events: number): void {
    Atomics.store(this.cells, slot * FIELDS + PERMILLE, Math.round(Math.min(1, Math.max(0, share)) * 1000));
    Atomics.store(this.cells, slot * FIELDS + KILO_EVENTS, Math.min(2 ** 31 - 1, Math.floor(events / 1000)));
  }

  /** 0…1. */
  share(slot: number): number {
    return Atomics.load(this.cells, slot * FIELDS + PERMILLE) / 1000;
  }

  /** Rounded down to thousands. */
  events(slot: number): number {
    return Atomics.load(this.cells, slot * FIELDS + KILO_EVENTS) * 1000;
  }
}
