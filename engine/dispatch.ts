/** The event loop of one partition: pop, count, digest, act. */
import { LimitError } from './core/assert.ts';
import {
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
import { spine, torDown, torUp } from './fabric/forward.ts';
import { coreAwake, jobEnd } from './host/cores.ts';
import { notify } from './host/emit.ts';
import { irq } from './host/napi.ts';
import { nicArrive } from './host/nicRing.ts';
import type { Partition } from './host/partition.ts';

/** What measures, and what control-plane agents do when their step comes (none yet). */
export interface Observer {
  sample(p: Partition, index: number): void;
  agent?(p: Partition, agent: number): void;
}

/** Runs all events before `limit`. @throws LimitError past `eventsMax` events of this partition. */
export function runPartition(p: Partition, limit: number, observer: Observer, eventsMax: number): void {
  const { wheel, digest, kindCounts } = p;
  let events = p.events;
  while (wheel.pop(limit)) {
    const { kind, actor, payload } = wheel;
    if (++events > eventsMax) throw new LimitError('event limit reached: raise eventsMax or shorten the run');
    kindCounts[kind]!++;
    digest.fold(wheel.now, (wheel.cls << 28) ^ (kind << 22) ^ actor);
    switch (kind) {
      case K_JOB_END:
        jobEnd(p, actor, payload);
        break;
      case K_TOR_UP:
        torUp(p, payload);
        break;
      case K_SPINE:
        spine(p, actor, payload);
        break;
      case K_TOR_DOWN:
        torDown(p, payload);
        break;
      case K_NIC:
        if (p.wire === null) nicArrive(p, actor, payload);
        else p.wire.sink(p, payload);
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
  p.events = events;
}
