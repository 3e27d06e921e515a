/**
 * Partitions run one window at a time. A window begins at the earliest event of all and lasts one lookahead (the
 * shortest link between partitions), so nothing that one sends can concern another inside it: the order in which
 * partitions run cannot matter. Messages are exchanged at its end, by source partition and sequence.
 */
import { LimitError } from './core/assert.ts';
import { C_REMOTE } from './core/kinds.ts';
import { type Observer, runPartition } from './dispatch.ts';
import { MESSAGE_DOUBLES } from './fabric/batch.ts';
import type { Partition } from './host/partition.ts';
import type { Setup } from './host/setup.ts';

export interface WindowRun {
  readonly partitions: readonly Partition[];
  readonly setup: Setup;
  readonly observer: Observer;
  readonly lookaheadPs: number;
  /** No event at or after this time runs, ps. */
  readonly endPs: number;
  readonly eventsMax: number;
  /** Asked at every window's end once `now` is past the measured window: all work done? */
  readonly finished: (nowPs: number) => boolean;
  /** Reorders the partitions of a window (tests): gets their indices. */
  readonly shuffle?: (indices: number[]) => void;
  readonly progress?: (nowPs: number, events: number) => void;
}

/** Runs until nothing is left, `finished` says so, or `endPs`. @returns the time reached, ps. */
export function runWindows(run: WindowRun): number {
  const { partitions, setup, lookaheadPs, endPs } = run;
  const next = new Float64Array(partitions.length);
  for (let i = 0; i < partitions.length; i++) next[i] = partitions[i]!.wheel.peek();
  const order: number[] = [];
  let events = 0;
  let reported = 0;
  for (;;) {
    let start = Infinity;
    for (let i = 0; i < next.length; i++) if (next[i]! < start) start = next[i]!;
    if (start >= endPs || run.finished(start)) return start < endPs ? start : endPs;
    const end = start + lookaheadPs < endPs ? start + lookaheadPs : endPs;
    setup.windowEnd = end;
    order.length = 0;
    for (let i = 0; i < next.length; i++) if (next[i]! < end) order.push(i);
    run.shuffle?.(order);
    for (let k = 0; k < order.length; k++) {
      const i = order[k]!;
      const p = partitions[i]!;
      events -= p.events;
      runPartition(p, end, run.observer, run.eventsMax - events);
      events += p.events;
      next[i] = p.wheel.peek();
    }
    if (events > run.eventsMax)
      throw new LimitError('event limit reached: raise eventsMax or shorten the run');
    // By source partition, whatever order they ran in.
    if (run.shuffle !== undefined) order.sort((a, b) => a - b);
    for (let k = 0; k < order.length; k++) {
      const p = partitions[order[k]!]!;
      if (p.outboxCount > 0) exchange(partitions, p, next);
    }
    if (run.progress !== undefined && events - reported >= 200_000) {
      reported = events;
      run.progress(start, events);
    }
  }
}

/** Hands a partition's messages over, in the order they were written. */
export function exchange(partitions: readonly Partition[], source: Partition, next: Float64Array): void {
  const stride = MESSAGE_DOUBLES + 3;
  const { outbox } = source;
  for (let m = 0; m < source.outboxCount; m++) {
    const o = m * stride;
    const to = outbox[o]!;
    const p = partitions[to]!;
    const b = p.batches.decode(outbox, o + 3);
    const at = p.batches.t0[b]!;
    p.push(at, C_REMOTE, outbox[o + 1]!, outbox[o + 2]!, b);
    if (at < next[to]!) next[to] = at;
  }
  source.outboxCount = 0;
}
