/**
 * A NIC's receive rings: which one a packet falls into, and what finds no room in it.
 *
 * Left out: rings of buffers of several sizes, flow steering by rules. Source: Documentation/networking/scaling.rst,
 * Linux 6.12.
 */
import { K_NIC } from '../core/kinds.ts';
import { Q_RX_RING } from '../core/queues.ts';
import { ROW_SHIFT } from '../core/table.ts';
import { append, arm } from './napi.ts';
import type { Partition } from './partition.ts';

/**
 * Batch `b` is on node `local`'s link. One port feeds the link, so batches come in the order in which they are put on
 * it, and whoever looks into a ring looks at arrival times: a batch that will find room whatever polls do meanwhile
 * enters its ring now and needs no event of its own. In a ring that is filling up, and behind the several ports of a
 * bond, it waits for its arrival.
 *
 * What a poll has left of a batch goes behind those in the ring that come before its next packet (napi.ts): behind one
 * on the link too, if that is in the ring already. What enters after that stays behind the rest, whatever comes first.
 */
export function toNic(p: Partition, local: number, b: number): void {
  const { batches, napis, setup } = p;
  const napi = ringOf(p, local, b);
  const n = batches.packets[b]!;
  const inOrder = p.bond === null && napis.late[napi] === 0;
  if (inOrder && (napis.packets[napi]! + 2 * n) * 2 <= setup.machine.nic.rxRingPackets) {
    enter(p, napi, b);
  } else toNicLater(p, local, b);
}

/** Batch `b` enters its ring at node `local` when its first packet arrives. */
export function toNicLater(p: Partition, local: number, b: number): void {
  p.napis.late[ringOf(p, local, b)]!++;
  p.link(K_NIC, b);
}

/** NAPI instance of the ring that batch `b` falls into. */
const ringOf = (p: Partition, local: number, b: number): number => p.rxNapi(local, rxQueue(p, b));

/** Batch `b`, which finds room, is in the ring from its t0 on. */
function enter(p: Partition, napi: number, b: number): void {
  arriveWhole(p, b);
  p.counts.offered[Q_RX_RING]! += p.batches.packets[b]!;
  append(p, napi, b);
  arm(p, napi);
}

function arriveWhole(p: Partition, b: number): void {
  const { batches } = p;
  if (!isWhole(p, b)) return;
  batches.t0[b]! += (batches.packets[b]! - 1) * batches.spacing[b]!;
  batches.spacing[b] = 0;
}

/**
 * A batch's first packet is at node `local`'s NIC. Where the ring may be full before its last one is here, polls
 * meanwhile decide what is lost: the first packet goes alone, the rest comes back when its own first one arrives.
 */
export function nicArrive(p: Partition, local: number, all: number): void {
  const { batches, napis, setup } = p;
  const napi = ringOf(p, local, all);
  napis.late[napi]!--;
  let b = all;
  let n = batches.packets[b]!;
  arriveWhole(p, b);
  const room = setup.machine.nic.rxRingPackets - napis.packets[napi]!;
  // Twice, because another batch may come meanwhile.
  if (room < 2 * n && n > 1 && batches.spacing[b]! > 0) {
    b = batches.splitFront(all, 1);
    n = 1;
    toNicLater(p, local, all);
  }
  p.counts.offered[Q_RX_RING]! += n;
  if (room < n) {
    if (room <= 0) {
      p.lose(b, Q_RX_RING);
      return;
    }
    p.drop(Q_RX_RING, n - room);
    batches.truncate(b, room);
  }
  append(p, napi, b);
  arm(p, napi);
}

/** A super-packet that nobody splits (virtio within one host): it is in with its last byte, and received as one. */
export function isWhole(p: Partition, b: number): boolean {
  return p.setup.machine.facts.rxWhole && p.batches.units[b] === 1;
}

/** Queue by the hash of the outer header; with aRFS, and a header that shows the flow, the reader's. */
function rxQueue(p: Partition, b: number): number {
  const { batches, setup } = p;
  const { facts } = setup.machine;
  const sock = p.socketOf(b);
  if (facts.arfs && setup.compiled.paths[batches.path[b]!]!.headerBytes === 0 && sock >= 0) {
    const core = p.threads.core[p.sockets.thread[sock]!]!;
    return ((core >> ROW_SHIFT) % setup.cores) % setup.rxQueues;
  }
  return (batches.rss[b]! & 127) % setup.rxQueues; // indirection table of 128, filled round-robin
}
