/**
 * What leaves a job at its end: batches to the wire, to a ring, to another worker; sockets whose threads have
 * work now. Tail drops at every queue, with the kernel's reason.
 */

import { C_HOST, K_NOTE } from '../core/kinds.ts';
import { Q_DAEMON_SOCKET, Q_QDISC, Q_TUN_RING } from '../core/queues.ts';
import { ROW_SHIFT, STRIDE } from '../core/table.ts';
import { mix32 } from '../core/toeplitz.ts';
import { leaveHost } from '../fabric/forward.ts';
import { raise, wakeThread } from './cores.ts';
import { cryptQueue, peerOrder } from './crypt.ts';
import { append, arm } from './napi.ts';
import type { Partition } from './partition.ts';
import { MARK_NOTE, MARK_WORK } from './sockets.ts';
import { lateWakeNs } from './wake.ts';

const TUN_RING_PACKETS = 500; // TUN_READQ_SIZE, drivers/net/tun.c

/** Lets batch `b` go from `core`. */
export function emit(p: Partition, b: number, core: number): void {
  const { batches, setup } = p;
  const lane = setup.compiled.paths[batches.path[b]!]!.lanes[batches.lane[b]!]!;
  batches.lane[b]! += 1;
  batches.t0[b] = p.wheel.now;
  batches.spacing[b] = 0;
  if (lane.split) batches.units[b] = batches.packets[b]!;
  switch (lane.exit) {
    case 'wire':
      if (p.opens === null || !p.opens.holds(p, b, core, true)) nicTransmit(p, b, core);
      return;
    case 'tunRing':
    case 'udpSocket':
      serverQueue(p, b, lane.exit === 'tunRing', p.daemonOf(batches, b, lane));
      return;
    case 'wgCrypt':
      if (p.opens === null || lane.endsAtReceiver || !p.opens.holds(p, b, core, false))
        cryptQueue(p, b, core);
      return;
    case 'wgPeer':
      peerOrder(p, b);
      return;
    case 'rps':
    case 'vethRing': {
      const napi = p.backlogNapi + (lane.exit === 'rps' ? rpsCore(p, b) : core);
      append(p, napi, b);
      raise(p, napi);
      return;
    }
    default:
      if (p.opens === null) throw new Error('a batch at its socket is not emitted');
      p.opens.opened(p, b, core);
  }
}

/**
 * get_rps_cpu: by a hash of the flow, which the dissector finds behind the outer header too. Two hosts on one core set
 * have a core each in their masks.
 */
function rpsCore(p: Partition, b: number): number {
  const { batches, setup } = p;
  if (setup.sharedCores) return ((batches.dstNode[b]! - p.firstNode) % setup.cores) * STRIDE;
  const flow = mix32(batches.sock[b]!, batches.srcNode[b]!) >>> 0;
  return p.coreBase(batches.dstNode[b]! - p.firstNode) + (flow % setup.cores) * STRIDE;
}

/** qdisc and NIC: the skb's packets leave at the line's rate; its completion comes back to the TX queue's core. */
export function nicTransmit(p: Partition, b: number, core: number): void {
  const { batches, ports, items, napis, qdiscs, setup } = p;
  const local = batches.srcNode[b]! - p.firstNode;
  const port = p.bond === null ? local : p.bond.nicPort(p, b);
  const units = batches.units[b]!;
  const packets = batches.packets[b]!;
  const bytes = batches.bytes[b]!;
  const sock = batches.from[b]!;
  const backlogBytes = ports.backlogPs(port, p.wheel.now) / ports.psPerByte(port);
  const skbBytes = batches.wire[b]! / units;
  const limit = qdiscs.limitBytes(port, backlogBytes, setup.machine.nic.qdiscSkbs, skbBytes);
  p.counts.offered[Q_QDISC]! += packets;
  let sent = 0;
  while (setup.packetGranularity && batches.packets[b]! > 1) {
    sent += transmit(p, batches.splitFront(b, 1), port, limit);
  }
  sent += transmit(p, b, port, limit);
  if (sent === 0) {
    if (sock >= 0) p.upper.completed(p, sock, bytes, core);
    return;
  }
  // An skb of which the tail was cut still takes its place.
  qdiscs.add(port, Math.ceil((units * sent) / packets), (skbBytes * units * sent) / packets);
  const queue = ((core >> ROW_SHIFT) % setup.cores) % setup.rxQueues;
  const napi = p.rxNapi(local, queue);
  const item = items.alloc();
  items.ref[item] = sock;
  items.bytes[item] = bytes;
  items.at[item] = ports.lastDeparture;
  items.units[item] = units;
  items.packets[item] = sent;
  items.next[item] = -1;
  if (napis.doneHead[napi]! < 0) napis.doneHead[napi] = item;
  else items.next[napis.doneTail[napi]!] = item;
  napis.doneTail[napi] = item;
  arm(p, napi);
}

/** Puts batch `b` on its host's link `port`. @returns the packets that found room. */
function transmit(p: Partition, b: number, port: number, limitBytes: number): number {
  const { batches, ports, setup } = p;
  batches.t0[b] = p.wheel.now;
  if (!ports.send(port, batches, b, limitBytes)) {
    p.lose(b, Q_QDISC);
    return 0;
  }
  if (ports.lastDropped > 0) p.drop(Q_QDISC, ports.lastDropped);
  // Whoever sent it is told by its completion.
  batches.from[b] = -1;
  batches.parts[b] = 0;
  // Between guests of one host nobody splits what the sender left whole.
  if (!setup.machine.facts.rxWhole) batches.units[b] = batches.packets[b]!;
  const packets = batches.packets[b]!;
  leaveHost(p, b);
  return packets;
}

/** The TUN ring or the UDP socket of a node's daemon. */
function serverQueue(p: Partition, b: number, tun: boolean, t: number): void {
  const { batches, threads, setup } = p;
  const n = batches.packets[b]!;
  // A datagram holds its driver buffer: truesize, not payload.
  const unit = tun ? 1 : setup.machine.nic.rxTruesizeBytes;
  const limit = tun ? TUN_RING_PACKETS : setup.machine.udpRcvbufBytes;
  const used = tun ? threads.aCount[t]! : threads.bCount[t]! * unit;
  // One datagram more than fits is let in (__udp_enqueue_schedule_skb).
  const room = tun ? limit - used : Math.ceil((limit - used) / unit) + (used <= limit ? 0 : -1);
  const queue = tun ? Q_TUN_RING : Q_DAEMON_SOCKET;
  p.counts.offered[queue]! += n;
  if (room < n) {
    if (room <= 0) {
      p.lose(b, queue);
      wakeThread(p, t);
      return;
    }
    p.drop(queue, n - room);
    batches.truncate(b, room);
  }
  batches.next[b] = -1;
  if (tun) {
    if (threads.aHead[t]! < 0) threads.aHead[t] = b;
    else batches.next[threads.aTail[t]!] = b;
    threads.aTail[t] = b;
    threads.aCount[t]! += batches.packets[b]!;
  } else {
    if (threads.bHead[t]! < 0) threads.bHead[t] = b;
    else batches.next[threads.bTail[t]!] = b;
    threads.bTail[t] = b;
    threads.bCount[t]! += batches.packets[b]!;
  }
  wakeThread(p, t);
}

/**
 * Socket `s` has something for its thread: readable data, or room to write. A thread that has gone to sleep since
 * the job on `core` was priced is woken later by the price of it.
 */
export function notify(p: Partition, s: number, core: number): void {
  const { sockets } = p;
  const { now } = p.wheel;
  const ns = lateWakeNs(p, sockets.thread[s]!, core);
  if (ns > 0) {
    sockets.noteDue[s] = now + Math.round(ns * 1000);
    p.push(sockets.noteDue[s]!, C_HOST, K_NOTE, s, core);
    return;
  }
  sockets.hidden[s] = sockets.hiddenNext[s]!;
  if (sockets.hidden[s]! > 0) {
    const due = sockets.nextDue[s]!;
    sockets.hiddenNext[s] = 0;
    sockets.noteDue[s] = due;
    p.push(due > now ? due : now, C_HOST, K_NOTE, s, core);
  } else sockets.marks[s]! &= ~MARK_NOTE;
  queueWork(p, s);
}

/** Puts socket `s` on its thread's work list and wakes the thread. */
export function queueWork(p: Partition, s: number): void {
  const { sockets, threads } = p;
  const t = sockets.thread[s]!;
  if ((sockets.marks[s]! & MARK_WORK) === 0) {
    sockets.marks[s]! |= MARK_WORK;
    sockets.workNext[s] = -1;
    if (threads.aHead[t]! < 0) threads.aHead[t] = s;
    else sockets.workNext[threads.aTail[t]!] = s;
    threads.aTail[t] = s;
  }
  wakeThread(p, t);
}
