/**
 * The event loops of one partition: pop, count, digest, act. Hosts and what hangs below the ToR have one order of
 * events; what leaves the rack and what comes to it pass a stage each, which knows its arrivals longer in advance
 * (engine/windows.ts).
 */
import { LimitError } from './core/assert.ts';
import {
  C_LINK,
  C_REMOTE,
  K_AGENT,
  K_CORE_WAKE,
  K_IRQ,
  K_JOB_END,
  K_NIC,
  K_NOTE,
  K_SAMPLE,
  K_SOCK_TIMER,
  K_SPINE,
  K_TOR_DOWN,
  K_TOR_UP,
  K_TRAFFIC,
  K_WIRE_SOURCE,
} from './core/kinds.ts';
import { spine, torDown, torTurn, torUp } from './fabric/forward.ts';
import { coreAwake, jobEnd } from './host/cores.ts';
import { notify } from './host/emit.ts';
import { irq } from './host/napi.ts';
import { nicArrive } from './host/nicRing.ts';
import type { Partition } from './host/partition.ts';

/** What measures, and what control-plane agents do when their step comes (none yet). */
export interface Observer {
  sample(p: Partition, index: number): void;
  /** All that happened before `nowPs`, an instant of measurement, has run; nothing of that instant has. */
  edge?(nowPs: number): void;
  agent?(p: Partition, agent: number): void;
}

const LIMIT = 'event limit reached: raise eventsMax or shorten the run';

/**
 * Runs what happens at hosts and below the ToR before `limit`: at equal times links first.
 * @throws LimitError past `eventsMax` events of this partition
 */
export function runPartition(p: Partition, limit: number, observer: Observer, eventsMax: number): void {
  const { wheel, links } = p;
  let events = p.events;
  for (;;) {
    const linkPs = links.nextPs;
    wheel.limitPs = linkPs < limit ? linkPs : limit;
    if (wheel.popNext()) hostEvent(p, observer);
    else if (linkPs < limit) linkEvent(p);
    else break;
    if (++events > eventsMax) throw new LimitError(LIMIT);
  }
  links.advance(limit);
  p.events = events;
}

/** The first batch on a link has arrived. */
function linkEvent(p: Partition): void {
  const { batches, digest, firstNode, links, wheel } = p;
  wheel.reach(links.nextPs);
  const b = links.take(Infinity);
  const kind = batches.kind[b]!;
  p.counts.kindCounts[kind]!++;
  if (kind === K_NIC) {
    const local = batches.dstNode[b]! - firstNode;
    digest.fold(wheel.now, (C_LINK << 28) ^ (K_NIC << 22) ^ local);
    nicArrive(p, local, b);
  } else if (kind === K_TOR_DOWN) {
    digest.fold(wheel.now, (C_LINK << 28) ^ (K_TOR_DOWN << 22) ^ batches.via[b]!);
    torDown(p, b);
  } else {
    digest.fold(wheel.now, (C_LINK << 28) ^ (K_TOR_UP << 22) ^ (batches.srcNode[b]! - firstNode));
    torTurn(p, b);
  }
}

/** The id from which events of a kind count their actors in the digest: other racks of the thread must not show. */
function firstOf(p: Partition, kind: number): number {
  if (kind === K_JOB_END || kind === K_CORE_WAKE) return p.firstCore;
  if (kind === K_IRQ) return p.firstNapi;
  return kind === K_SOCK_TIMER || kind === K_NOTE ? p.firstSocket : 0;
}

/** The event that the wheel has popped. */
function hostEvent(p: Partition, observer: Observer): void {
  const { kind, actor, payload } = p.wheel;
  p.counts.kindCounts[kind]!++;
  p.digest.fold(p.wheel.now, (p.wheel.cls << 28) ^ (kind << 22) ^ (actor - firstOf(p, kind)));
  switch (kind) {
    case K_JOB_END:
      jobEnd(p, actor, payload);
      break;
    case K_IRQ:
      irq(p, actor, payload);
      break;
    case K_CORE_WAKE:
      coreAwake(p, actor);
      break;
    case K_SOCK_TIMER:
      p.upper.timer(p, actor);
      break;
    case K_TRAFFIC:
      p.upper.traffic(p, actor);
      break;
    case K_SAMPLE:
      observer.sample(p, payload);
      break;
    case K_NOTE:
      notify(p, actor, payload);
      break;
    case K_AGENT:
      observer.agent?.(p, actor);
      break;
    case K_WIRE_SOURCE:
      p.wire!.source(p, actor);
      break;
    default:
      throw new LimitError('unknown event kind');
  }
}

/** Sends on what reaches this rack's spine ports before `limit`. */
export function runDown(p: Partition, limit: number, eventsMax: number): void {
  const { batches, down, downDigest } = p;
  let count = 0;
  for (let b = down.take(limit); b >= 0; b = down.take(limit)) {
    if (++count + p.events > eventsMax) throw new LimitError(LIMIT);
    downDigest.fold(batches.t0[b]!, (C_REMOTE << 28) ^ (K_SPINE << 22) ^ batches.via[b]!);
    spine(p, b);
  }
  down.advance(limit);
  if (count === 0) return;
  p.events += count;
  p.counts.kindCounts[K_SPINE]! += count;
}

/** Sends on what reaches the ToR for other racks before `limit`. */
export function runUp(p: Partition, limit: number, eventsMax: number): void {
  const { batches, up, upDigest, firstNode } = p;
  let count = 0;
  for (let b = up.take(limit); b >= 0; b = up.take(limit)) {
    if (++count + p.events > eventsMax) throw new LimitError(LIMIT);
    upDigest.fold(batches.t0[b]!, (C_LINK << 28) ^ (K_TOR_UP << 22) ^ (batches.srcNode[b]! - firstNode));
    torUp(p, b);
  }
  up.advance(limit);
  if (count === 0) return;
  p.events += count;
  p.counts.kindCounts[K_TOR_UP]! += count;
}
