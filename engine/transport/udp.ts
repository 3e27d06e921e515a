/**
 * UDP sockets. A send buffer counts what the NIC has not completed, a receive buffer what nobody has read.
 * Left out: UDP GSO and GRO, fragments. Source: net/ipv4/udp.c, Linux 6.12.
 */

import { Q_UDP_SOCKET } from '../core/queues.ts';
import { F_UDP } from '../fabric/batch.ts';
import { leaveLane } from '../host/napi.ts';
import { note } from '../host/notes.ts';
import type { Partition } from '../host/partition.ts';
import { CALL } from '../host/rows.ts';
import { batchWireBytes } from '../host/setup.ts';
import { firstLane, keepsSocket, newSegment } from './segment.ts';

/**
 * Payload from which on a datagram's linear head does not fit the largest slab: two pages less skb_shared_info (320),
 * headers and headroom (KMALLOC_MAX_CACHE_SIZE, include/linux/slab.h).
 */
const SLAB_BYTES_MAX = 7_750;

/** `count` datagrams of `bytes` each, one system call each. */
export function sendDatagrams(p: Partition, s: number, count: number, bytes: number): void {
  const { batches, sockets, setup } = p;
  const b = newSegment(p, s, F_UDP);
  batches.seq[b] = sockets.delivered[s]!;
  sockets.delivered[s]! += count * bytes;
  batches.bytes[b] = count * bytes;
  batches.packets[b] = count;
  batches.units[b] = count;
  batches.tsVal[b] = p.wheel.now;
  batches.wire[b] = batchWireBytes(setup, batches.path[b]!, 1, bytes, setup.udpIpBytes) * count;
  p.sentPackets += count;
  p.chargeColumn(setup.compiled.row.udpTx, CALL, count);
  p.charge(setup.compiled.row.udpTx, count, count, count * bytes);
  if (bytes > SLAB_BYTES_MAX) p.charge(setup.compiled.row.pageHead, count, count, 0);
  const lane = firstLane(p, s, b);
  if (keepsSocket(p, b, lane)) {
    sockets.sndBytes[s]! += count * bytes;
    batches.from[b] = s;
  }
  leaveLane(p, b, lane);
}

/** Datagrams reach their socket: its buffer counts truesize. */
export function deliverUdp(p: Partition, b: number): void {
  const { batches, sockets, setup } = p;
  const s = batches.sock[b]!;
  let n = batches.packets[b]!;
  const { row, paths } = setup.compiled;
  const keepsRoute = paths[batches.path[b]!]!.path.loopback === true;
  p.charge(keepsRoute ? row.udpRxLoop : row.udpRx, n, n, batches.bytes[b]!);
  const unit = setup.machine.nic.rxTruesizeBytes;
  const limit = setup.machine.udpRcvbufBytes;
  const used = sockets.rcvPackets[s]! * unit;
  const fits = used > limit ? 0 : Math.floor((limit - used) / unit) + 1;
  p.offered[Q_UDP_SOCKET]! += n;
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
  p.deliveredPackets += n;
  p.deliveredUnits += n;
  p.consume(b);
  if (sockets.thread[s]! >= 0) note(p, s, n);
}
