/**
 * Physics at the end of every run: what was sent was delivered, dropped for a named reason, or is still under
 * way; no core and no link worked longer than time passed.
 */

import { assert } from './core/assert.ts';
import { STRIDE } from './core/table.ts';
import type { Batches } from './fabric/batch.ts';
import type { Partition } from './host/partition.ts';

/** Sent − delivered − dropped of one rack, or what a thread's racks have under way, less than nothing: in sum, zero. */
export interface Balance {
  readonly packets: number;
  readonly bytes: number;
}

/** @throws InvariantError if a core or a link worked longer than time passed */
export function balanceOf(p: Partition): Balance {
  const { now } = p.wheel;
  for (let c = 0; c < p.cores.end; c += STRIDE) {
    assert(
      p.cores.busySoftPs[c]! + p.cores.busyProcPs[c]! <= now + 1,
      'a core worked longer than time passed',
    );
  }
  for (let i = 0; i < p.ports.count; i++) {
    assert(p.ports.workPs(i) <= p.ports.busyUntil(i) + 1, 'a link worked longer than time passed');
  }
  return {
    packets: p.bornPackets - p.diedPackets - p.lostPackets,
    bytes: p.bornBytes - p.diedBytes - p.lostBytes,
  };
}

/** What a thread's racks have under way, and what was cut off on the way: to be taken from their balances. */
export function underWay(batches: Batches): Balance {
  const { packets, bytes } = batches.inFlight();
  return { packets: -packets, bytes: -bytes - batches.cutBytes };
}

/** @param balances of all racks and threads @throws InvariantError if anything was lost or made */
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
