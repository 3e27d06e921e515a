/**
 * Switches: a ToR sends down to its hosts or up over one of its uplinks by the ECMP hash; a spine sends down to
 * the rack. One event a hop. Left out: L2 learning, spine failures (state is read per batch, so they can come).
 */
import { mix32 } from '../core/toeplitz.ts';
import { C_LINK, K_NIC, K_SPINE, K_TOR_DOWN } from '../core/kinds.ts';
import type { Partition } from '../host/partition.ts';
import { Q_DOWNLINK, Q_TOR_PORT, Q_UPLINK } from '../core/queues.ts';

/** A host's batch at its ToR. */
export function torUp(p: Partition, b: number): void {
  const { setup, batches } = p;
  const rack = (batches.dstNode[b]! / setup.nodesPerRack) | 0;
  if (rack === p.index) {
    torDown(p, b);
    return;
  }
  const uplink = ((mix32(batches.ecmp[b]!, setup.ecmpSeed[p.index]!) >>> 0) % setup.uplinks) | 0;
  const port = p.nodeCount * 2 + uplink;
  if (forward(p, port, b, Q_UPLINK)) p.post(rack, K_SPINE, uplink, b);
}

/** A batch at spine `uplink`'s port toward this rack. */
export function spine(p: Partition, uplink: number, b: number): void {
  const port = p.nodeCount * 2 + p.setup.uplinks + uplink;
  if (forward(p, port, b, Q_DOWNLINK)) p.push(p.batches.t0[b]!, C_LINK, K_TOR_DOWN, uplink, b);
}

/** The ToR's port to the destination host. */
export function torDown(p: Partition, b: number): void {
  const local = p.batches.dstNode[b]! - p.firstNode;
  const port = p.nodeCount + local;
  if (forward(p, port, b, Q_TOR_PORT)) p.push(p.batches.t0[b]!, C_LINK, K_NIC, local, b);
}

function forward(p: Partition, port: number, b: number, queue: number): boolean {
  const { ports, batches, setup } = p;
  p.offered[queue]! += batches.packets[b]!;
  if (ports.send(port, batches, b, p.wheel.now, ports.limitBytes(port), setup.mssBytes)) {
    if (ports.lastDropped > 0) p.drop(queue, ports.lastDropped);
    return true;
  }
  p.lose(b, queue);
  return false;
}
