/**
 * UDP sockets. A send buffer counts what the NIC has not completed, a receive buffer what nobody has read.
 * A datagram above its pod's MTU, or above what an ICMP message has told of the path, leaves in fragments.
 * UDP_SEGMENT: several datagrams of one call stay one skb until a device splits it, or the receiving socket does. Left
 * out: UDP GRO (off unless a socket asks for it). Source: net/ipv4/udp.c, Linux 6.12.
 */

import { Q_UDP_SOCKET } from '../core/queues.ts';
import { F_FRAG, F_UDP } from '../fabric/batch.ts';
import { UDP_BYTES_MAX } from '../host/mtu.ts';
import { leaveLane } from '../host/napi.ts';
import { note } from '../host/notes.ts';
import type { Partition } from '../host/partition.ts';
import { CALL } from '../host/rows.ts';
import { batchWireBytes } from '../host/setup.ts';
import { MARK_PMTU } from '../host/sockets.ts';
import { deliverFragments, sendFragments } from './fragments.ts';
import { refused } from './pathMtu.ts';
import { firstLane, keepsSocket, newSegment } from './segment.ts';

/**
 * Payload from which on a datagram's linear head does not fit the largest slab: two pages less skb_shared_info (320),
 * headers and headroom (KMALLOC_MAX_CACHE_SIZE, include/linux/slab.h).
 */
const SLAB_BYTES_MAX = 7_750;

const SEGMENTS_MAX = 64; // UDP_MAX_SEGMENTS before Linux 6.9 (128 since)

/** Datagrams of `bytes` that one call of UDP_SEGMENT takes; 1: the path's MTU is too small for one of them. */
export function segmentsMax(p: Partition, s: number, bytes: number): number {
  if (bytes + p.setup.udpIpBytes > sourceMtuBytes(p, s)) return 1;
  const most = Math.floor(UDP_BYTES_MAX / bytes);
  return most < SEGMENTS_MAX ? most : SEGMENTS_MAX;
}

/** `count` datagrams of `bytes` with one system call; more than one (at most segmentsMax) are one skb. */
export function sendSegments(p: Partition, s: number, count: number, bytes: number): void {
  if (count === 1) {
    sendDatagram(p, s, bytes);
    return;
  }
  const { row } = p.setup.compiled;
  p.chargeColumn(row.udpTx, CALL, 1);
  p.charge(row.udpTx, 1, count, count * bytes);
  sendWhole(p, s, count, bytes);
}

/** One datagram with its system call. */
export function sendDatagram(p: Partition, s: number, bytes: number): void {
  const { setup } = p;
  p.chargeColumn(setup.compiled.row.udpTx, CALL, 1);
  p.charge(setup.compiled.row.udpTx, 1, 1, bytes);
  const limit = sourceMtuBytes(p, s);
  if (bytes + setup.udpIpBytes > limit) {
    sendFragments(p, s, bytes, limit);
    return;
  }
  if (bytes > SLAB_BYTES_MAX) p.charge(setup.compiled.row.pageHead, 1, 1, 0);
  sendWhole(p, s, 1, bytes);
}

/** One skb of `count` datagrams goes down the path. */
function sendWhole(p: Partition, s: number, count: number, bytes: number): void {
  const { batches, sockets, setup } = p;
  const b = newSegment(p, s, F_UDP);
  batches.seq[b] = sockets.delivered[s]!;
  sockets.delivered[s]! += count * bytes;
  batches.bytes[b] = count * bytes;
  batches.packets[b] = count;
  batches.tsVal[b] = p.wheel.now;
  batches.wire[b] = batchWireBytes(setup, batches.path[b]!, 1, bytes, setup.udpIpBytes) * count;
  p.counts.sentPackets += count;
  const lane = firstLane(p, s, b);
  if (refused(p, b, bytes + setup.udpIpBytes)) {
    if (setup.cluster.pmtud) sockets.marks[s]! |= MARK_PMTU;
    return;
  }
  if (keepsSocket(p, b, lane)) {
    sockets.sndBytes[s]! += count * bytes;
    batches.from[b] = s;
  }
  leaveLane(p, b, lane);
}

/** Largest packet that socket `s` sends whole, bytes; the loopback device takes any. */
function sourceMtuBytes(p: Partition, s: number): number {
  const { setup, sockets } = p;
  const path = sockets.path[s]!;
  if (setup.compiled.paths[path]!.path.loopback === true) return Infinity;
  return (sockets.marks[s]! & MARK_PMTU) !== 0 ? setup.pathMtuBytes[path]! : setup.podMtuBytes;
}

/** Datagrams reach their socket: its buffer counts truesize. */
export function deliverUdp(p: Partition, b: number): void {
  const { batches, sockets, setup } = p;
  if ((batches.flags[b]! & F_FRAG) !== 0) {
    deliverFragments(p, b);
    return;
  }
  const s = p.socketOf(b);
  let n = batches.packets[b]!;
  const { row, paths } = setup.compiled;
  const keepsRoute = paths[batches.path[b]!]!.path.loopback === true;
  const units = batches.units[b]!;
  if (units < n) p.charge(keepsRoute ? row.udpRxWholeLoop : row.udpRxWhole, units, n, batches.bytes[b]!);
  else p.charge(keepsRoute ? row.udpRxLoop : row.udpRx, n, n, batches.bytes[b]!);
  const unit = setup.machine.nic.rxTruesizeBytes;
  const limit = setup.machine.udpRcvbufBytes;
  const used = sockets.rcvPackets[s]! * unit;
  const fits = used > limit ? 0 : Math.floor((limit - used) / unit) + 1;
  p.counts.offered[Q_UDP_SOCKET]! += n;
  if (fits < n) {
    if (fits === 0) {
      p.lose(b, Q_UDP_SOCKET);
      return;
    }
    p.drop(Q_UDP_SOCKET, n - fits);
    batches.truncate(b, fits);
    n = fits;
  }
  sockets.rcvPackets[s]! += n;
  sockets.rcvUnits[s]! += n;
  sockets.rcvBytes[s]! += batches.bytes[b]!;
  p.counts.deliveredPackets += n;
  p.counts.deliveredUnits += n;
  p.consume(b);
  if (sockets.thread[s]! >= 0) note(p, s, n);
}
