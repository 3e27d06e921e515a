/**
 * Switches: a ToR sends down to its hosts or up over one of its uplinks by the ECMP hash; a spine sends down to
 * the rack. One event a hop but the last; at a port that is nearly full, one a packet. Every one of these events
 * happens at the batch's t0. Left out: L2 learning, spine failures (state is read per batch, so they can come).
 */

import { K_TOR_DOWN, K_TOR_UP } from '../core/kinds.ts';
import { Q_DOWNLINK, Q_TOR_PORT, Q_UPLINK } from '../core/queues.ts';
import { mix32 } from '../core/toeplitz.ts';
import type { Partition } from '../host/partition.ts';
import { F_GROUP } from './batch.ts';
import { copyDown, copyFor } from './group.ts';

/** Batch `b` is on its host's link: to the rack's own hosts in the partition's events, to others in the way up. */
export function leaveHost(p: Partition, b: number): void {
  const { setup, batches } = p;
  const group = (batches.flags[b]! & F_GROUP) !== 0;
  if (!group && !isHere(p, b)) {
    leaveRack(p, b);
    return;
  }
  if (group && setup.racks > 1) {
    leaveRack(p, copyFor(p, b, batches.dstNode[b]!));
  }
  batches.via[b] = 0;
  p.link(K_TOR_UP, b);
}

function leaveRack(p: Partition, b: number): void {
  p.batches.kind[b] = K_TOR_UP;
  p.batches.via[b] = 0;
  p.up.push(b);
}

const isHere = (p: Partition, b: number): boolean => {
  const local = p.batches.dstNode[b]! - p.firstNode;
  return local >= 0 && local < p.nodeCount;
};

/** A host's batch at its ToR, for hosts of its own rack. */
export function torTurn(p: Partition, b: number): void {
  if (p.fabricMtu === null || p.fabricMtu.passes(p, b)) torDown(p, b);
}

/** A host's batch at its ToR, for other racks: each rack's copy of a group's packet parts behind the uplink. */
export function torUp(p: Partition, b: number): void {
  const { setup, batches } = p;
  if (p.fabricMtu !== null && !p.fabricMtu.passes(p, b)) return;
  const uplink = ((mix32(batches.ecmp[b]!, setup.ecmpSeed[p.index]!) >>> 0) % setup.uplinks) | 0;
  const port = p.nodeCount * 2 + uplink;
  const first = front(p, port, b);
  if (first !== b) p.up.push(b);
  if (!forward(p, port, first, Q_UPLINK)) return;
  if ((batches.flags[first]! & F_GROUP) === 0) {
    p.mail.post((batches.dstNode[first]! / setup.nodesPerRack) | 0, uplink, first);
    return;
  }
  for (let rack = 0; rack < setup.racks; rack++) {
    if (rack !== p.index) p.mail.post(rack, uplink, copyFor(p, first, rack * setup.nodesPerRack));
  }
  p.consume(first);
}

/** A batch at the port toward this rack of the spine that it came over. */
export function spine(p: Partition, b: number): void {
  const { batches } = p;
  const uplink = batches.via[b]!;
  const port = p.nodeCount * 2 + p.setup.uplinks + uplink;
  const first = front(p, port, b);
  if (first !== b) p.down.push(b);
  if (forward(p, port, first, Q_DOWNLINK)) p.link(K_TOR_DOWN, first);
}

/** The ToR's port to the destination host. */
export function torDown(p: Partition, b: number): void {
  const { batches } = p;
  if ((batches.flags[b]! & F_GROUP) !== 0) {
    copyDown(p, b, torDown);
    return;
  }
  const local = batches.dstNode[b]! - p.firstNode;
  const port = p.bond === null ? p.nodeCount + local : p.bond.torPort(p, b);
  const first = front(p, port, b);
  if (first !== b) p.link(K_TOR_DOWN, b);
  if (!forward(p, port, first, Q_TOR_PORT)) return;
  if (p.loss === null) p.toNic(local, first);
  else p.loss.pass(p, local, first);
}

/**
 * Where a queue might overflow before a batch's last packet is here, what is lost depends on what else arrives
 * meanwhile: its first packet goes alone, and the rest comes when its own first packet arrives.
 * @returns what goes now; if it is not `b`, that is the rest
 */
function front(p: Partition, port: number, b: number): number {
  return p.batches.packets[b] === 1 ? b : frontOfMany(p, port, b);
}

function frontOfMany(p: Partition, port: number, b: number): number {
  const { ports, batches } = p;
  if (batches.spacing[b] === 0 || !ports.mayOverflow(port, batches.wire[b]!, batches.t0[b]!)) return b;
  return batches.splitFront(b, 1);
}

/** Puts batch `b` on a port, at its t0. @returns whether any of it found room */
function forward(p: Partition, port: number, b: number, queue: number): boolean {
  const { ports, batches } = p;
  p.counts.offered[queue]! += batches.packets[b]!;
  if (!ports.send(port, batches, b)) {
    p.lose(b, queue);
    return false;
  }
  if (ports.lastDropped > 0) p.drop(queue, ports.lastDropped);
  return true;
}
