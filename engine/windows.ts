/**
 * Partitions run one window at a time. Nothing that one sends can concern another inside a window: neither the order
 * in which partitions run nor the thread that runs them can matter.
 *
 * What a host sends reaches its ToR a host link later (h), a spine's port toward the other rack a fabric link later
 * (f), that rack's ToR another f later, and only there its hosts. So a rack has three clocks. Its way up knows all
 * arrivals as far as h ahead of its hosts; its way down, f ahead of every rack's way up; its hosts may follow f ahead
 * of that: a window is h + 2f long, not f. It begins where the first event of all is; empty stretches are jumped.
 * At instants of measurement all clocks stand at the same time.
 */
import { LimitError } from './core/assert.ts';
import { K_SPINE } from './core/kinds.ts';
import { type Observer, runDown, runPartition, runUp } from './dispatch.ts';
import { Mail } from './fabric/mail.ts';
import { Alone, type Gang, MAIL_DOUBLES, nowhere, type Whereabouts } from './gang.ts';
import type { Partition } from './host/partition.ts';
import type { Setup } from './host/setup.ts';

export interface WindowRun {
  /** Consecutive racks, in order: all of the cluster's, or those of this thread. */
  readonly partitions: readonly Partition[];
  readonly setup: Setup;
  readonly observer: Observer;
  /** Delay of a link between racks and spines, ps (f); with one rack, how much to run before others are asked. */
  readonly lookaheadPs: number;
  /** No event at or after this time runs, ps. */
  readonly endPs: number;
  readonly eventsMax: number;
  /** Instants, ps, ascending, up to which everything has happened when their events run: of measurements. */
  readonly stops?: readonly number[];
  /** Past `stopPs` the run ends once no thread has open work; absent: it ends with its events. */
  readonly until?: { readonly stopPs: number; readonly open: () => number };
  /** The threads that have the other racks; absent: all are here. */
  readonly gang?: Gang;
  /** Reorders the partitions of a window (tests): gets their places. */
  readonly shuffle?: (places: number[]) => void;
  readonly progress?: (nowPs: number, events: number) => void;
}

/** How far a window lets each clock go, ps: the way down, the hosts, the way up. */
interface Limits {
  downPs: number;
  hostPs: number;
  upPs: number;
}

/** Runs until nothing is left, all work is done, or `endPs`. @returns the time reached, ps. */
export function runWindows(run: WindowRun): number {
  const { partitions, endPs, until, stops = [] } = run;
  const gang = run.gang ?? new Alone();
  const racks = new Racks(run, gang);
  const limits: Limits = { downPs: 0, hostPs: 0, upPs: 0 };
  const order: number[] = [];
  const own = nowhere();
  let back = true;
  let stop = 0;
  let reported = 0;
  for (;;) {
    racks.whereabouts(own);
    // Open work is counted where it can end the run: each rack's books are cold memory.
    own.open = until === undefined || limits.hostPs <= until.stopPs ? 1 : until.open();
    gang.meet(own);
    racks.takeMail();
    const { all } = gang;
    const start = Math.min(all.hostPs, all.upPs, all.downPs);
    if (start >= endPs || (until !== undefined && start > until.stopPs && all.open === 0)) {
      racks.close();
      return start < endPs ? start : endPs;
    }
    if (all.events > run.eventsMax)
      throw new LimitError('event limit reached: raise eventsMax or shorten the run');
    while (stop < stops.length && stops[stop]! < start) stop++;
    setLimits(limits, all, run, start, stops[stop] ?? Infinity);
    if (start === stops[stop]) run.observer.edge?.(start);
    racks.due(limits, order);
    run.shuffle?.(order);
    // There and back: the racks that ran last are still in the cache, and run first.
    back = !back;
    for (let k = 0; k < order.length; k++) {
      const place = order[back ? order.length - 1 - k : k]!;
      racks.visit(partitions[place]!, place, limits, all.events);
    }
    if (run.progress !== undefined && all.events - reported >= 200_000) {
      reported = all.events;
      run.progress(start, all.events);
    }
  }
}

/** @param start earliest event of all @param stop next instant of measurement: clocks go on only when all are there */
function setLimits(
  limits: Limits,
  all: Readonly<Whereabouts>,
  run: WindowRun,
  start: number,
  stop: number,
): void {
  const fabricPs = run.lookaheadPs;
  const hostPs = Math.round(run.setup.cluster.hostDelayNs * 1000);
  if (start === stop) {
    limits.downPs = limits.hostPs = limits.upPs = Math.min(stop + 1, run.endPs);
    return;
  }
  const most = Math.min(stop, run.endPs);
  // Whatever a host does next reaches its ToR no earlier than this.
  const sentPs = Math.min(all.hostPs, all.downPs + fabricPs) + hostPs;
  const downPs = Math.min(all.upPs, sentPs) + fabricPs;
  limits.downPs = Math.min(downPs, most);
  limits.hostPs = Math.min(downPs + fabricPs, most);
  limits.upPs = Math.min(limits.hostPs + hostPs, most);
}

const nextOf = (p: Partition): number => Math.min(p.wheel.peek(), p.links.nextPs);

/** The racks of this thread, and where each of their clocks will find its next event: in one place of memory. */
class Racks {
  private readonly run: WindowRun;
  private readonly gang: Gang;
  private readonly mail: Mail;
  private readonly hostPs: Float64Array;
  private readonly upPs: Float64Array;
  private readonly downPs: Float64Array;
  private events = 0;

  constructor(run: WindowRun, gang: Gang) {
    const { partitions } = run;
    const { batches, index } = partitions[0]!;
    this.run = run;
    this.gang = gang;
    this.mail = new Mail(batches, index, partitions.length, (rack, b) => gang.post(rack, batches, b));
    for (const p of partitions) p.mail = this.mail;
    this.hostPs = Float64Array.from(partitions, nextOf);
    this.upPs = Float64Array.from(partitions, (p) => p.up.nextPs);
    this.downPs = Float64Array.from(partitions, (p) => p.down.nextPs);
    for (const p of partitions) this.events += p.events;
  }

  whereabouts(own: Whereabouts): void {
    const { hostPs, upPs, downPs, mail } = this;
    let host = Infinity;
    let up = Infinity;
    let down = mail.awayPs;
    for (let i = 0; i < hostPs.length; i++) {
      if (hostPs[i]! < host) host = hostPs[i]!;
      if (upPs[i]! < up) up = upPs[i]!;
      if (downPs[i]! < down) down = downPs[i]!;
      if (mail.nextPs[i]! < down) down = mail.nextPs[i]!;
    }
    own.hostPs = host;
    own.upPs = up;
    own.downPs = down;
    own.events = this.events;
    mail.awayPs = Infinity;
  }

  /** What other threads have sent to racks here. */
  takeMail(): void {
    const { gang, mail } = this;
    const { batches, index } = this.run.partitions[0]!;
    for (let from = 0; from < gang.size; from++) {
      if (from === gang.index) continue;
      const words = gang.mail(from);
      const count = gang.mailCount(from);
      for (let m = 0; m < count; m++) {
        const o = m * MAIL_DOUBLES;
        const b = batches.decode(words, o + 1);
        batches.kind[b] = K_SPINE;
        mail.keep(words[o]! - index, b);
      }
    }
  }

  /** Places of the racks that have something to do within `limits`, ascending. */
  due(limits: Limits, order: number[]): void {
    const { hostPs, upPs, downPs, mail } = this;
    mail.floorPs = limits.downPs;
    order.length = 0;
    for (let i = 0; i < hostPs.length; i++) {
      const down = downPs[i]! < mail.nextPs[i]! ? downPs[i]! : mail.nextPs[i]!;
      if (hostPs[i]! < limits.hostPs || upPs[i]! < limits.upPs || down < limits.downPs) order.push(i);
    }
  }

  visit(p: Partition, place: number, limits: Limits, eventsBefore: number): void {
    const before = p.events;
    const most = this.run.eventsMax - eventsBefore + before;
    this.mail.collect(place, p.down);
    runDown(p, limits.downPs, most);
    runPartition(p, limits.hostPs, this.run.observer, most);
    runUp(p, limits.upPs, most);
    this.hostPs[place] = nextOf(p);
    this.upPs[place] = p.up.nextPs;
    this.downPs[place] = p.down.nextPs;
    this.events += p.events - before;
  }

  /** Nothing is left in the mail. */
  close(): void {
    this.run.partitions.forEach((p, place) => {
      this.mail.collect(place, p.down);
    });
  }
}
