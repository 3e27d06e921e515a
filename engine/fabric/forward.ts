/**
 * Switches: a ToR sends down to its hosts or up over one of its uplinks by the ECMP hash; a spine sends down to
 * the rack. One event a hop; at a port that is nearly full, one a packet. Left out: L2 learning, spine failures
 * (state is read per batch, so they can come).
 */

import { C_LINK, K_NIC, K_SPINE, K_TOR_DOWN, K_TOR_UP } from '../core/kinds.ts';
import { Q_DOWNLINK, Q_TOR_PORT, Q_UPLINK } from '../core/queues.ts';
import { mix32 } from '../core/toeplitz.ts';
import type { Partition } from '../host/partition.ts';
import { F_GROUP } from './batch.ts';
import { copyDown, copyFor } from './group.ts';

/** A host's batch at its ToR. */
export function torUp(p: Partition, b: number): void {
  const { setup, batches } = p;
  if (p.fabricMtu !== null && !p.fabricMtu.passes(p, b)) return;
  if ((batches.flags[b]! & F_GROUP) !== 0) {
    groupUp(p, b);
    return;
  }
  const rack = (batches.dstNode[b]! / setup.nodesPerRack) | 0;
  if (rack === p.index) {
    torDown(p, b);
    return;
  }
  const uplink = uplinkOf(p, b);
  const port = p.nodeCount * 2 + uplink;
  const sent = forward(p, port, b, Q_UPLINK, K_TOR_UP, batches.srcNode[b]! - p.firstNode);
  if (sent >= 0) p.post(rack, K_SPINE, uplink, sent);
}

/** A group's packet at its sender's ToR: up once, to every other rack from there, and down to the rack's hosts. */
function groupUp(p: Partition, b: number): void {
  const { setup, batches } = p;
  if (setup.racks > 1) {
    const up = uplinkOf(p, b);
    const first = copyFor(p, b, batches.dstNode[b]!);
    const sent = forward(
      p,
      p.nodeCount * 2 + up,
      first,
      Q_UPLINK,
      K_TOR_UP,
      batches.srcNode[b]! - p.firstNode,
    );
    for (let rack = 0; sent >= 0 && rack < setup.racks; rack++) {
      if (rack !== p.index) p.post(rack, K_SPINE, up, copyFor(p, sent, rack * setup.nodesPerRack));
    }
    if (sent >= 0) p.consume(sent);
  }
  copyDown(p, b, torDown);
}

const uplinkOf = (p: Partition, b: number): number =>
  ((mix32(p.batches.ecmp[b]!, p.setup.ecmpSeed[p.index]!) >>> 0) % p.setup.uplinks) | 0;

/** A batch at spine `uplink`'s port toward this rack. */
export function spine(p: Partition, uplink: number, b: number): void {
  const port = p.nodeCount * 2 + p.setup.uplinks + uplink;
  const sent = forward(p, port, b, Q_DOWNLINK, K_SPINE, uplink);
  if (sent >= 0) p.push(p.batches.t0[sent]!, C_LINK, K_TOR_DOWN, uplink, sent);
}

/** The ToR's port to the destination host. */
export function torDown(p: Partition, b: number): void {
  if ((p.batches.flags[b]! & F_GROUP) !== 0) {
    copyDown(p, b, torDown);
    return;
  }
  const local = p.batches.dstNode[b]! - p.firstNode;
  const port = p.bond === null ? p.nodeCount + local : p.bond.torPort(p, b);
  const sent = forward(p, port, b, Q_TOR_PORT, K_TOR_DOWN, local);
  if (sent < 0) return;
  if (p.loss === null) p.push(p.batches.t0[sent]!, C_LINK, K_NIC, local, sent);
  else p.loss.pass(p, local, sent);
}

/**
 * Puts batch `b` on a port. Where the queue might overflow before its last packet is here, what is lost depends on
 * what else arrives meanwhile: its first packet goes alone, and the rest comes back as the event `kind` when its
 * own first packet arrives. @returns the batch on its way, or -1
 */
function forward(p: Partition, port: number, b: number, queue: number, kind: number, actor: number): number {
  const { ports, batches } = p;
  const limit = ports.limitBytes(port);
  let sent = b;
  if (
    batches.packets[b]! > 1 &&
    batches.spacing[b]! > 0 &&
    ports.mayOverflow(port, batches.wire[b]!, p.wheel.now)
  ) {
    sent = batches.splitFront(b, 1);
    p.push(batches.t0[b]!, C_LINK, kind, actor, b);
  }
  p.offered[queue]! += batches.packets[sent]!;
  if (ports.send(port, batches, sent, p.wheel.now, limit)) {
    if (ports.lastDropped > 0) p.drop(queue, ports.lastDropped);
    return sent;
  }
  p.lose(sent, queue);
  return -1;
}
