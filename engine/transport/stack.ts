/**
 * Between hosts and applications: segments into TCP, ACKs and data out of it, datagrams, timers, TSQ.
 *
 * ACKs and what they clock out run in the context in which the segment arrived. Where a forwarding path orphans
 * the skb, TSQ and the send buffer stop counting there. Left out: the socket backlog of an owned socket, MSG_ZEROCOPY.
 */
import {
  EPOCH_SHIFT, F_ACK, F_CE, F_DATA, F_ECE, F_FIN, F_NEW, F_RETRANSMIT, F_SYN, F_UDP,
} from '../fabric/batch.ts';
import { chargeWake, raise } from '../host/cores.ts';
import { queueWork } from '../host/emit.ts';
import { C_TIMER, K_SOCK_TIMER } from '../host/kinds.ts';
import type { Lane } from '../host/compile.ts';
import { leaveLane } from '../host/napi.ts';
import type { Partition } from '../host/partition.ts';
import { Q_STALE, Q_UDP_SOCKET } from '../host/queues.ts';
import { CALL, FLOW } from '../host/rows.ts';
import { TCP_INNER_BYTES, UDP_INNER_BYTES, wireBytes } from '../host/setup.ts';
import { MARK_FRESH, MARK_NOTE, MARK_ROOM, MARK_SOFT, MARK_WORK } from '../host/sockets.ts';
import type { TcpTable } from './tcpTable.ts';

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

  constructor(tcp: TcpTable, apps: Applications) {
    this.tcp = tcp;
    this.apps = apps;
  }

  application(p: Partition, t: number): boolean {
    return this.apps.application(p, t);
  }

  traffic(p: Partition, source: number): void {
    this.apps.traffic(p, source);
  }

  deliver(p: Partition, b: number): void {
    if ((p.batches.flags[b]! & F_UDP) !== 0) this.deliverUdp(p, b);
    else this.deliverTcp(p, b);
  }

  private deliverTcp(p: Partition, b: number): void {
    const { batches, sockets, setup } = p;
    const { tcp } = this;
    const { row } = setup.compiled;
    const now = p.wheel.now;
    const flags = batches.flags[b]!;
    const s = batches.sock[b]!;
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
    if ((flags & F_DATA) !== 0) p.charge(row.tcpRx, units, packets, bytes);
    else {
      p.charge(row.tcpAckRx, packets, packets, 0);
      tcp.pureAckStamp(ep, batches.tsVal[b]!);
    }
    const ece = (flags & F_ECE) !== 0;
    tcp.onAck(
      ep, now, batches.ackSeq[b]!, batches.window[b]!, batches.tsEcr[b]!, batches.sackCount[b]!, batches.sack,
      b, ece, packets,
    );
    if ((flags & F_DATA) !== 0) {
      tcp.inTsVal = batches.tsVal[b]!;
      sockets.rcvUnits[s]! += units;
      acks = tcp.onData(ep, now, batches.seq[b]!, bytes, packets, units, (flags & F_CE) !== 0);
      p.deliveredPackets += packets;
      p.deliveredUnits += units;
    }
    p.consume(b);
    if (acks > 0) this.sendAcks(p, s, acks);
    this.pump(p, s);
    if (tcp.readableBytes(ep) > 0 || this.roomAgain(p, s)) this.note(p, s);
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
    while (p.jobNs < p.setup.jobCapNs) {
      if (!tcp.nextSkb(ep, now)) return;
      this.sendData(p, s);
    }
    if (tcp.canSend(ep, now)) {
      // In a process the same system call goes on; in softirq the core's socket list does.
      if (p.jobSoft === 1) this.softLater(p, s, p.jobCore);
      else this.workLater(p, s);
    }
  }

  private workLater(p: Partition, s: number): void {
    const { sockets } = p;
    if (p.cores.thread[p.jobCore] === sockets.thread[s]) queueWork(p, s);
    else this.softLater(p, s, p.jobCore);
  }

  private segment(p: Partition, s: number, flags: number): number {
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
    const b = this.segment(p, s, F_DATA | F_ACK | (tcp.outRetransmit ? F_RETRANSMIT : 0));
    batches.seq[b] = tcp.outSeq;
    batches.bytes[b] = bytes;
    batches.packets[b] = packets;
    batches.tsVal[b] = p.wheel.now;
    batches.wire[b] = wireBytes(setup, batches.path[b]!, packets, bytes, TCP_INNER_BYTES);
    this.acknowledge(p, s, b);
    p.sentPackets += packets;
    p.charge(setup.compiled.row.tcpTx, 1, packets, bytes);
    const lane = this.firstLane(p, s, b);
    if (!lane.orphans && setup.compiled.paths[batches.path[b]!]!.wired && setup.machine.wire === 'nic') {
      tcp.tsqCharge(sockets.tcp[s]!, bytes);
      batches.from[b] = s;
    }
    leaveLane(p, b, lane);
  }

  /** Prices the first lane of batch `b`. */
  private firstLane(p: Partition, s: number, b: number): Lane {
    const { batches, sockets, setup } = p;
    const lane = setup.compiled.paths[batches.path[b]!]!.lanes[0]!;
    const units = batches.units[b]!;
    const packets = batches.packets[b]!;
    const row = units < packets ? lane.rowGso : lane.rowPlain;
    p.charge(row, units, packets, batches.bytes[b]!);
    p.bornPackets += packets;
    p.bornBytes += batches.bytes[b]!;
    if ((sockets.marks[s]! & MARK_FRESH) !== 0) {
      sockets.marks[s]! &= ~MARK_FRESH;
      batches.flags[b]! |= F_NEW;
      p.chargeColumn(row, FLOW, 1);
    }
    return lane;
  }

  /** Sends `count` pure ACKs that say the same now (each its own packet). */
  sendAcks(p: Partition, s: number, count: number): void {
    const { batches, setup } = p;
    const b = this.segment(p, s, F_ACK);
    batches.packets[b] = count;
    batches.units[b] = count;
    batches.tsVal[b] = p.wheel.now;
    batches.wire[b] = wireBytes(setup, batches.path[b]!, 1, 0, TCP_INNER_BYTES) * count;
    this.acknowledge(p, s, b);
    p.charge(setup.compiled.row.ackTx, count, count, 0);
    leaveLane(p, b, this.firstLane(p, s, b));
  }

  /** A SYN, SYN-ACK or FIN. */
  sendControl(p: Partition, s: number, flags: number): void {
    const { batches, setup } = p;
    const b = this.segment(p, s, flags);
    batches.wire[b] = wireBytes(setup, batches.path[b]!, 1, 0, TCP_INNER_BYTES);
    p.charge(setup.compiled.row.ackTx, 1, 1, 0);
    leaveLane(p, b, this.firstLane(p, s, b));
  }

  /** `count` datagrams of `bytes` each, one system call each. */
  sendDatagrams(p: Partition, s: number, count: number, bytes: number): void {
    const { batches, sockets, setup } = p;
    const b = this.segment(p, s, F_UDP);
    batches.seq[b] = sockets.delivered[s]!;
    sockets.delivered[s]! += count * bytes;
    batches.bytes[b] = count * bytes;
    batches.packets[b] = count;
    batches.units[b] = count;
    batches.tsVal[b] = p.wheel.now;
    batches.wire[b] = wireBytes(setup, batches.path[b]!, 1, bytes, UDP_INNER_BYTES) * count;
    p.sentPackets += count;
    p.chargeColumn(setup.compiled.row.udpTx, CALL, count);
    p.charge(setup.compiled.row.udpTx, count, count, count * bytes);
    const lane = this.firstLane(p, s, b);
    if (!lane.orphans && setup.compiled.paths[batches.path[b]!]!.wired && setup.machine.wire === 'nic') {
      sockets.sndBytes[s]! += count * bytes;
      batches.from[b] = s;
    }
    leaveLane(p, b, lane);
  }

  private deliverUdp(p: Partition, b: number): void {
    const { batches, sockets, setup } = p;
    const s = batches.sock[b]!;
    let n = batches.packets[b]!;
    p.charge(setup.compiled.row.udpRx, n, n, batches.bytes[b]!);
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
      batches.truncate(b, fits, setup.udpPayloadBytes);
      n = fits;
    }
    sockets.rcvPackets[s]! += n;
    sockets.rcvUnits[s]! += n;
    sockets.rcvBytes[s]! += batches.bytes[b]!;
    p.deliveredPackets += n;
    p.deliveredUnits += n;
    p.consume(b);
    if (sockets.thread[s]! >= 0) this.note(p, s);
  }

  /** At the open job's end socket `s` has work for its thread. */
  note(p: Partition, s: number): void {
    const { sockets, cores } = p;
    if ((sockets.marks[s]! & (MARK_NOTE | MARK_WORK)) !== 0) return;
    chargeWake(p, sockets.thread[s]!);
    sockets.marks[s]! |= MARK_NOTE;
    sockets.noteNext[s] = -1;
    const k = p.jobCore + 1 - p.jobSoft;
    if (cores.noteHead[k]! < 0) cores.noteHead[k] = s;
    else sockets.noteNext[cores.noteTail[k]!] = s;
    cores.noteTail[k] = s;
  }

  /** Puts socket `s` on the softirq list of `core`. */
  softLater(p: Partition, s: number, core: number): void {
    const { sockets, napis } = p;
    if ((sockets.marks[s]! & MARK_SOFT) !== 0) return;
    sockets.marks[s]! |= MARK_SOFT;
    sockets.softNext[s] = -1;
    const napi = p.socketNapi + core;
    if (napis.head[napi]! < 0) napis.head[napi] = s;
    else sockets.softNext[napis.tail[napi]!] = s;
    napis.tail[napi] = s;
    raise(p, napi);
  }

  softSocket(p: Partition, s: number): void {
    const { tcp } = this;
    const ep = p.sockets.tcp[s]!;
    if (ep < 0) return;
    if (tcp.timerPs(ep) <= p.wheel.now) {
      const what = tcp.onTimer(ep, p.wheel.now);
      if ((what & 2) !== 0) this.sendAcks(p, s, 1);
    }
    this.pump(p, s);
    if (this.roomAgain(p, s)) this.note(p, s);
    this.syncTimer(p, s);
  }

  completed(p: Partition, s: number, bytes: number, core: number): void {
    const { sockets } = p;
    const ep = sockets.tcp[s]!;
    if (ep < 0) {
      sockets.sndBytes[s]! -= bytes;
      if ((sockets.marks[s]! & MARK_ROOM) !== 0 && sockets.sndBytes[s]! * 2 <= p.setup.machine.udpRcvbufBytes) {
        sockets.marks[s]! &= ~MARK_ROOM;
        queueWork(p, s);
      }
      return;
    }
    this.tcp.tsqRelease(ep, bytes);
    if (this.tcp.canSend(ep, p.wheel.now)) this.softLater(p, s, core);
  }

  /** One pending event a socket; a later deadline is found out when it fires. */
  syncTimer(p: Partition, s: number): void {
    const { sockets } = p;
    const at = this.tcp.timerPs(sockets.tcp[s]!);
    if (at >= sockets.timerAt[s]!) return;
    sockets.timerAt[s] = at;
    p.push(at > p.wheel.now ? at : p.wheel.now, C_TIMER, K_SOCK_TIMER, s, 0);
  }

  timer(p: Partition, s: number): void {
    const { sockets } = p;
    if (sockets.timerAt[s]! > p.wheel.now) return;
    sockets.timerAt[s] = Infinity;
    const ep = sockets.tcp[s]!;
    if (ep < 0) return;
    if (this.tcp.timerPs(ep) <= p.wheel.now) this.softLater(p, s, p.threads.core[sockets.thread[s]!]!);
    else this.syncTimer(p, s);
  }
}
