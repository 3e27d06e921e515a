/**
 * Physics at the end of every run: what was sent was delivered, dropped for a named reason, or is still under
 * way; no core and no link worked longer than time passed.
 */

import { assert } from './core/assert.ts';
import { STRIDE } from './core/table.ts';
import type { Partition } from './host/partition.ts';

/** Sent − delivered − dropped − under way in one rack; over all racks nothing is left. */
export interface Balance {
  readonly packets: number;
  readonly bytes: number;
}

/** @throws InvariantError if a core or a link worked longer than time passed */
export function balanceOf(p: Partition): Balance {
  assert(p.outboxCount === 0, 'a message was not exchanged');
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
  const flying = p.batches.inFlight();
  return {
    packets: p.bornPackets - p.diedPackets - p.lostPackets - flying.packets,
    bytes: p.bornBytes - p.diedBytes - p.lostBytes - p.batches.cutBytes - flying.bytes,
  };
}

/** @param balances of all racks @throws InvariantError if anything was lost or made */
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
