/**
 * Physics at the end of every run: what was sent was delivered, dropped for a named reason, or is still under
 * way; no core and no link worked longer than time passed.
 */

import { assert } from './core/assert.ts';
import { STRIDE } from './core/table.ts';
import type { Partition } from './host/partition.ts';
import type { Pools } from './host/pools.ts';

/** Sent − delivered − dropped − under way: over all threads, zero. */
export interface Balance {
  readonly packets: number;
  readonly bytes: number;
}

/** @throws InvariantError if a core or a link worked longer than time passed */
export function checkWork(p: Partition): void {
  const { now } = p.wheel;
  const end = p.firstCore + p.coreCount * STRIDE;
  for (let c = p.firstCore; c < end; c += STRIDE) {
    assert(
      p.cores.busySoftPs[c]! + p.cores.busyProcPs[c]! <= now + 1,
      'a core worked longer than time passed',
    );
  }
  for (let i = 0; i < p.ports.count; i++) {
    assert(p.ports.workPs(i) <= p.ports.busyUntil(i) + 1, 'a link worked longer than time passed');
  }
}

/** Of one thread: less what is under way, and what was cut off on the way. */
export function balanceOf({ batches, counts }: Pools): Balance {
  const underWay = batches.inFlight();
  let packets = -underWay.packets;
  let bytes = -underWay.bytes - batches.cutBytes;
  for (const c of counts) {
    packets += c.bornPackets - c.diedPackets - c.lostPackets;
    bytes += c.bornBytes - c.diedBytes - c.lostBytes;
  }
  return { packets, bytes };
}

/** @param balances of all threads @throws InvariantError if anything was lost or made */
export function checkConservation(balances: readonly Balance[]): void {
  let packets = 0;
  let bytes = 0;
  for (const balance of balances) {
    packets += balance.packets;
    bytes += balance.bytes;
  }
  assert(packets === 0, 'packets were lost or made: sent != delivered + dropped + in flight');
  assert(bytes === 0, 'payload was lost or made: sent != delivered + dropped + in flight');
}
