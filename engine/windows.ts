/**
 * Partitions run one window at a time. A window begins at the earliest event of all and lasts one lookahead (the
 * shortest link between partitions), so nothing that one sends can concern another inside it: neither the order in
 * which partitions run nor the thread that runs them can matter. Messages are handed over at its end, by source
 * partition and sequence.
 */
import { LimitError } from './core/assert.ts';
import { C_REMOTE } from './core/kinds.ts';
import { type Observer, runPartition } from './dispatch.ts';
import { Alone, type Gang, MAIL_DOUBLES } from './gang.ts';
import type { Partition } from './host/partition.ts';
import type { Setup } from './host/setup.ts';

export interface WindowRun {
  /** Consecutive racks, in order: all of the cluster's, or those of this thread. */
  readonly partitions: readonly Partition[];
  readonly setup: Setup;
  readonly observer: Observer;
  readonly lookaheadPs: number;
  /** No event at or after this time runs, ps. */
  readonly endPs: number;
  readonly eventsMax: number;
  /** Past `stopPs` the run ends once no thread has open work; absent: it ends with its events. */
  readonly until?: { readonly stopPs: number; readonly open: () => number };
  /** The threads that have the other racks; absent: all are here. */
  readonly gang?: Gang;
  /** Reorders the partitions of a window (tests): gets their places. */
  readonly shuffle?: (places: number[]) => void;
  readonly progress?: (nowPs: number, events: number) => void;
}

/** Runs until nothing is left, all work is done, or `endPs`. @returns the time reached, ps. */
export function runWindows(run: WindowRun): number {
  const { partitions, setup, lookaheadPs, endPs, until } = run;
  const gang = run.gang ?? new Alone();
  const next = Float64Array.from(partitions, (p) => p.wheel.peek());
  /** Places of the partitions that ran in the last window, ascending. */
  const order: number[] = [];
  let reported = 0;
  for (;;) {
    let earliest = postAway(partitions, order, gang);
    let events = 0;
    for (let i = 0; i < next.length; i++) {
      if (next[i]! < earliest) earliest = next[i]!;
      events += partitions[i]!.events;
    }
    gang.meet(earliest, until === undefined ? 1 : until.open(), events);
    deliver(partitions, order, gang, next);
    const start = gang.nextPs;
    if (start >= endPs || (until !== undefined && start > until.stopPs && gang.open === 0))
      return start < endPs ? start : endPs;
    if (gang.events > run.eventsMax)
      throw new LimitError('event limit reached: raise eventsMax or shorten the run');
    const end = start + lookaheadPs < endPs ? start + lookaheadPs : endPs;
    setup.windowEnd = end;
    order.length = 0;
    for (let i = 0; i < next.length; i++) if (next[i]! < end) order.push(i);
    run.shuffle?.(order);
    for (let k = 0; k < order.length; k++) {
      const p = partitions[order[k]!]!;
      runPartition(p, end, run.observer, run.eventsMax - gang.events + p.events);
      next[order[k]!] = p.wheel.peek();
    }
    // By source partition, whatever order they ran in.
    if (run.shuffle !== undefined) order.sort((a, b) => a - b);
    if (run.progress !== undefined && gang.events - reported >= 200_000) {
      reported = gang.events;
      run.progress(start, gang.events);
    }
  }
}

/** Posts what partitions have for other threads. @returns the earliest time of all their messages, ps */
function postAway(partitions: readonly Partition[], order: readonly number[], gang: Gang): number {
  const first = partitions[0]!.index;
  let earliest = Infinity;
  for (let k = 0; k < order.length; k++) {
    const { outbox, outboxCount } = partitions[order[k]!]!;
    for (let m = 0; m < outboxCount; m++) {
      const at = m * MAIL_DOUBLES;
      const place = outbox[at]! - first;
      if (outbox[at + 3]! < earliest) earliest = outbox[at + 3]!;
      if (place < 0 || place >= partitions.length) gang.post(outbox, at);
    }
  }
  return earliest;
}

/** Hands all messages to the partitions here, by source partition, each source's in the order it wrote them. */
function deliver(
  partitions: readonly Partition[],
  order: readonly number[],
  gang: Gang,
  next: Float64Array,
): void {
  for (let from = 0; from < gang.size; from++) {
    if (from !== gang.index) {
      receive(partitions, gang.mail(from), gang.mailCount(from), next);
      continue;
    }
    for (let k = 0; k < order.length; k++) {
      const p = partitions[order[k]!]!;
      receive(partitions, p.outbox, p.outboxCount, next);
      p.outboxCount = 0;
    }
  }
}

/** Those of `count` messages that are for partitions here become their events. */
function receive(
  partitions: readonly Partition[],
  words: Float64Array,
  count: number,
  next: Float64Array,
): void {
  const first = partitions[0]!.index;
  for (let m = 0; m < count; m++) {
    const o = m * MAIL_DOUBLES;
    const place = words[o]! - first;
    if (place < 0 || place >= partitions.length) continue;
    const p = partitions[place]!;
    const b = p.batches.decode(words, o + 3);
    const at = p.batches.t0[b]!;
    p.push(at, C_REMOTE, words[o + 1]!, words[o + 2]!, b);
    if (at < next[place]!) next[place] = at;
  }
}
