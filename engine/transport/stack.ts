/**
 * Between hosts and applications: segments into TCP, ACKs and data out of it, datagrams, timers, TSQ.
 *
 * ACKs and what they clock out run in the context in which the segment arrived. Where a forwarding path orphans
 * the skb, TSQ and the send buffer stop counting there. Left out: the socket backlog of an owned socket.
 */

import { C_TIMER, K_SOCK_TIMER } from '../core/kinds.ts';
import { Q_CONNTRACK, Q_STALE } from '../core/queues.ts';
import {
  EPOCH_SHIFT,
  F_ACK,
  F_CE,
  F_DATA,
  F_ECE,
  F_FIN,
  F_FRAME,
  F_RETRANSMIT,
  F_SYN,
  F_UDP,
} from '../fabric/batch.ts';
import type { Conntrack } from '../host/conntrack.ts';
import { queueWork } from '../host/emit.ts';
import { leaveLane } from '../host/napi.ts';
import { note, own, sendsElsewhere, softLater } from '../host/notes.ts';
import type { Partition } from '../host/partition.ts';
import { batchWireBytes } from '../host/setup.ts';
import { MARK_OPENING, MARK_ROOM } from '../host/sockets.ts';
import { admits, openConnection } from './opening.ts';
import { refused } from './pathMtu.ts';
import { firstLane, keepsSocket, newSegment } from './segment.ts';
import type { TcpTable } from './tcpTable.ts';
import { deliverUdp } from './udp.ts';

/** What applications do when their socket's connection changes. */
export interface Applications {
  application(p: Partition, t: number): boolean;
  traffic(p: Partition, source: number): void;
  /** SYN (server), SYN-ACK (client) or FIN reached socket `s`. */
  control(p: Partition, s: number, flags: number): void;
}

export class Stack {
  readonly tcp: TcpTable;
  readonly apps: Applications;
  readonly conntrack: Conntrack;

  constructor(tcp: TcpTable, apps: Applications, conntrack: Conntrack) {
    this.tcp = tcp;
    this.apps = apps;
    this.conntrack = conntrack;
  }

  application(p: Partition, t: number): boolean {
    return this.apps.application(p, t);
  }

  traffic(p: Partition, source: number): void {
    this.apps.traffic(p, source);
  }

  deliver(p: Partition, b: number): void {
    if ((p.batches.flags[b]! & F_UDP) !== 0) deliverUdp(p, b);
    else if ((p.batches.flags[b]! & F_FRAME) !== 0) p.consume(b);
    else this.deliverTcp(p, b);
  }

  private deliverTcp(p: Partition, b: number): void {
    const { batches, sockets, setup } = p;
    const { tcp } = this;
    const { row } = setup.compiled;
    const now = p.wheel.now;
    const flags = batches.flags[b]!;
    const s = p.socketOf(b);
    const packets = batches.packets[b]!;
    const units = batches.units[b]!;
    const bytes = batches.bytes[b]!;
    if ((flags & F_SYN) === 0 && flags >>> EPOCH_SHIFT !== sockets.epoch[s]) {
      p.charge(row.tcpAckRx, packets, packets, 0);
      p.lose(b, Q_STALE);
      return;
    }
    if ((flags & (F_SYN | F_FIN)) !== 0) {
      p.charge(row.tcpAckRx, packets, packets, 0);
      if (!admits(this, p, b)) return;
      p.consume(b);
      this.apps.control(p, s, flags);
      return;
    }
    const ep = sockets.tcp[s]!;
    if (ep < 0) {
      p.lose(b, Q_STALE);
      return;
    }
    let acks = 0;
    const readable = tcp.readableBytes(ep);
    if ((flags & F_DATA) !== 0) p.charge(row.tcpRx, units, packets, bytes);
    else {
      p.charge(row.tcpAckRx, packets, packets, 0);
      tcp.pureAckStamp(ep, batches.tsVal[b]!);
    }
    const ece = (flags & F_ECE) !== 0;
    tcp.onAck(
      ep,
      now,
      batches.ackSeq[b]!,
      batches.window[b]!,
      batches.tsEcr[b]!,
      batches.sackCount[b]!,
      batches.sack,
      b,
      ece,
      packets,
    );
    if ((flags & F_DATA) !== 0) {
      tcp.inTsVal = batches.tsVal[b]!;
      tcp.inMssBytes = batches.mssBytes(b);
      sockets.rcvUnits[s]! += units;
      acks = tcp.onData(ep, now, batches.seq[b]!, bytes, packets, units, (flags & F_CE) !== 0);
      p.counts.deliveredPackets += packets;
      p.counts.deliveredUnits += units;
    }
    p.consume(b);
    // The ACK's way back is work of the same softirq behind the wake-up.
    const came = tcp.readableBytes(ep) - readable;
    if (came > 0 || this.roomAgain(p, s)) note(p, s, came);
    if (acks > 0) this.sendAcks(p, s, acks);
    this.pump(p, s);
    this.syncTimer(p, s);
  }

  private roomAgain(p: Partition, s: number): boolean {
    if ((p.sockets.marks[s]! & MARK_ROOM) === 0 || !this.tcp.writeSpace(p.sockets.tcp[s]!)) return false;
    p.sockets.marks[s]! &= ~MARK_ROOM;
    return true;
  }

  /** Sends what TCP lets go, up to the job's cap; what is left goes on in softirq. */
  pump(p: Partition, s: number): void {
    const { tcp } = this;
    const ep = p.sockets.tcp[s]!;
    const now = p.wheel.now;
    if (sendsElsewhere(p, s)) return;
    // What a call has written it pushes, however long the copy took: one skb always goes.
    do {
      if (!tcp.nextSkb(ep, now)) return;
      this.sendData(p, s);
      p.drainInline();
    } while (p.job.ns < p.setup.jobCapNs);
    if (tcp.canSend(ep, now)) {
      // In a process the same system call goes on; in softirq the core's socket list does.
      if (p.job.soft === 1) softLater(p, s, p.job.core);
      else this.workLater(p, s);
    }
  }

  private workLater(p: Partition, s: number): void {
    const { sockets } = p;
    if (p.cores.thread[p.job.core] === sockets.thread[s]) queueWork(p, s);
    else softLater(p, s, p.job.core);
  }

  private acknowledge(p: Partition, s: number, b: number): void {
    const { batches } = p;
    const { tcp } = this;
    tcp.fillAck(p.sockets.tcp[s]!, p.wheel.now);
    batches.ackSeq[b] = tcp.ackSeq;
    batches.window[b] = tcp.ackWindowBytes;
    batches.tsEcr[b] = tcp.ackTsEcr;
    batches.sackCount[b] = tcp.ackSackCount;
    for (let i = 0; i < tcp.ackSackCount * 2; i++) batches.sack[b + i] = tcp.ackSack[i]!;
    if (tcp.ackCe > 0) batches.flags[b]! |= F_ECE;
  }

  private sendData(p: Partition, s: number): void {
    const { batches, sockets, setup } = p;
    const { tcp } = this;
    const packets = tcp.outPackets;
    const bytes = tcp.outBytes;
    const b = newSegment(p, s, F_DATA | F_ACK | (tcp.outRetransmit ? F_RETRANSMIT : 0));
    batches.seq[b] = tcp.outSeq;
    batches.bytes[b] = bytes;
    batches.packets[b] = packets;
    batches.tsVal[b] = p.wheel.now;
    batches.wire[b] = batchWireBytes(setup, batches.path[b]!, packets, bytes, setup.tcpIpBytes);
    this.acknowledge(p, s, b);
    p.counts.sentPackets += packets;
    own(p, s);
    p.charge(setup.compiled.row.tcpTx, 1, packets, bytes);
    const lane = firstLane(p, s, b);
    const mss = tcp.mssBytes(sockets.tcp[s]!);
    if (refused(p, b, (packets > 1 ? mss : bytes) + setup.tcpIpBytes)) {
      const { pathMssBytes, cluster } = setup;
      const fits = pathMssBytes[sockets.path[s]!]!;
      if (cluster.pmtud) tcp.reduceMss(sockets.tcp[s]!, p.wheel.now, fits);
      return;
    }
    if (keepsSocket(p, b, lane)) {
      tcp.tsqCharge(sockets.tcp[s]!, bytes);
      batches.from[b] = s;
    }
    leaveLane(p, b, lane);
  }

  /** Sends `count` pure ACKs that say the same now (each its own packet). */
  sendAcks(p: Partition, s: number, count: number): void {
    const { batches, setup } = p;
    const b = newSegment(p, s, F_ACK);
    batches.packets[b] = count;
    batches.units[b] = count;
    batches.tsVal[b] = p.wheel.now;
    batches.wire[b] = batchWireBytes(setup, batches.path[b]!, 1, 0, setup.tcpIpBytes) * count;
    this.acknowledge(p, s, b);
    p.charge(setup.compiled.row.ackTx, count, count, 0);
    leaveLane(p, b, firstLane(p, s, b));
  }

  /** A SYN, SYN-ACK or FIN. @param fits false: the node's conntrack table has no room for it */
  sendControl(p: Partition, s: number, flags: number, fits = true): void {
    const { batches, setup } = p;
    const b = newSegment(p, s, flags);
    batches.wire[b] = batchWireBytes(setup, batches.path[b]!, 1, 0, setup.tcpIpBytes);
    p.charge(setup.compiled.row.ackTx, 1, 1, 0);
    const lane = firstLane(p, s, b);
    if (fits) leaveLane(p, b, lane);
    else p.lose(b, Q_CONNTRACK);
  }

  softSocket(p: Partition, s: number): void {
    const { tcp } = this;
    const ep = p.sockets.tcp[s]!;
    if (ep < 0) return;
    if ((p.sockets.marks[s]! & MARK_OPENING) !== 0) {
      if (p.sockets.openAt[s]! <= p.wheel.now) openConnection(this, p, s);
      return;
    }
    if (tcp.timerPs(ep) <= p.wheel.now) {
      const what = tcp.onTimer(ep, p.wheel.now);
      if ((what & 2) !== 0) this.sendAcks(p, s, 1);
    }
    this.pump(p, s);
    if (this.roomAgain(p, s)) note(p, s, 0);
    this.syncTimer(p, s);
  }

  completed(p: Partition, s: number, bytes: number, core: number): void {
    const { sockets } = p;
    const ep = sockets.tcp[s]!;
    if (ep < 0) {
      sockets.sndBytes[s]! -= bytes;
      if (
        (sockets.marks[s]! & MARK_ROOM) !== 0 &&
        sockets.sndBytes[s]! * 2 <= p.setup.machine.udpRcvbufBytes
      ) {
        sockets.marks[s]! &= ~MARK_ROOM;
        queueWork(p, s);
      }
      return;
    }
    this.tcp.tsqRelease(ep, bytes);
    if (this.tcp.canSend(ep, p.wheel.now)) softLater(p, s, core);
  }

  /** One pending event a socket; a later deadline is found out when it fires. */
  syncTimer(p: Partition, s: number): void {
    const { sockets } = p;
    const at = this.deadlinePs(p, s);
    if (at >= sockets.timerAt[s]!) return;
    sockets.timerAt[s] = at;
    p.push(at > p.wheel.now ? at : p.wheel.now, C_TIMER, K_SOCK_TIMER, s, 0);
  }

  private deadlinePs(p: Partition, s: number): number {
    const { sockets } = p;
    return (sockets.marks[s]! & MARK_OPENING) !== 0 ? sockets.openAt[s]! : this.tcp.timerPs(sockets.tcp[s]!);
  }

  timer(p: Partition, s: number): void {
    const { sockets } = p;
    if (sockets.timerAt[s]! > p.wheel.now) return;
    sockets.timerAt[s] = Infinity;
    const ep = sockets.tcp[s]!;
    if (ep < 0) return;
    if (this.deadlinePs(p, s) <= p.wheel.now) softLater(p, s, p.threads.core[sockets.thread[s]!]!);
    else this.syncTimer(p, s);
  }
}
