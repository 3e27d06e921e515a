/** What leaves a socket: a batch with its addresses, and the price of the first lane of its path. */
import { EPOCH_SHIFT, F_NEW } from '../fabric/batch.ts';
import type { Lane } from '../host/compile.ts';
import type { Partition } from '../host/partition.ts';
import { FLOW } from '../host/rows.ts';
import { MARK_FRESH } from '../host/sockets.ts';

/** A batch of one packet from socket `s`, first in its path. */
export function newSegment(p: Partition, s: number, flags: number): number {
  const { batches, sockets } = p;
  const b = batches.alloc();
  batches.t0[b] = p.wheel.now;
  batches.spacing[b] = 0;
  batches.seq[b] = 0;
  batches.bytes[b] = 0;
  batches.packets[b] = 1;
  batches.units[b] = 1;
  batches.tsVal[b] = -1;
  batches.tsEcr[b] = -1;
  batches.sackCount[b] = 0;
  batches.sock[b] = sockets.peerSock[s]!;
  batches.from[b] = -1;
  batches.path[b] = sockets.path[s]!;
  batches.lane[b] = 0;
  batches.flags[b] = flags | (sockets.epoch[s]! << EPOCH_SHIFT);
  batches.srcNode[b] = p.firstNode + sockets.node[s]!;
  batches.dstNode[b] = sockets.peerNode[s]!;
  batches.rss[b] = sockets.rss[s]!;
  batches.ecmp[b] = sockets.ecmp[s]!;
  batches.parts[b] = 0;
  return b;
}

/** Prices the first lane of batch `b`. */
export function firstLane(p: Partition, s: number, b: number): Lane {
  const { batches, sockets, setup } = p;
  const lane = setup.compiled.paths[batches.path[b]!]!.lanes[0]!;
  const units = batches.units[b]!;
  const packets = batches.packets[b]!;
  const row = units < packets ? lane.rowGso : lane.rowPlain;
  p.charge(row, units, packets, batches.bytes[b]!);
  p.counts.bornPackets += packets;
  p.counts.bornBytes += batches.bytes[b]!;
  if ((sockets.marks[s]! & MARK_FRESH) !== 0) {
    sockets.marks[s]! &= ~MARK_FRESH;
    batches.flags[b]! |= F_NEW;
    p.chargeColumn(row, FLOW, 1);
  }
  return lane;
}

/** Whether a NIC's completion tells the socket that its bytes have left: not where a lane orphans the skb. */
export function keepsSocket(p: Partition, b: number, lane: Lane): boolean {
  const { setup, batches } = p;
  return !lane.orphans && setup.machine.wire === 'nic' && setup.compiled.paths[batches.path[b]!]!.wired;
}
