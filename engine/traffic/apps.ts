/**
 * Applications: one thread of a core serves its sockets in turn, reading, answering and writing until its job is
 * long enough. One system call reads up to 128 KB and writes up to the message's size.
 *
 * Left out: epoll's own calls, think time, several threads on one socket.
 */
import { F_SYN } from '../fabric/batch.ts';
import { queueWork } from '../host/emit.ts';
import { note, own } from '../host/notes.ts';
import { givePages, takePages } from '../host/pages.ts';
import type { Partition } from '../host/partition.ts';
import { CALL, FLOW } from '../host/rows.ts';
import { MARK_CONNECT, MARK_FRESH, MARK_OPENING, MARK_ROOM, MARK_WORK } from '../host/sockets.ts';
import { closeConnection, openConnection } from '../transport/opening.ts';
import type { Stack } from '../transport/stack.ts';
import { segmentsMax, sendDatagram, sendSegments } from '../transport/udp.ts';
import { pinsAreCopied } from '../transport/zerocopy.ts';
import type { AppShape } from './appShape.ts';
import { broadcast } from './broadcast.ts';
import type { Ledger } from './ledger.ts';
import {
  R_BROADCAST,
  R_CRR_CLIENT,
  R_FLOW_RX,
  R_FLOW_TX,
  R_RPC_CLIENT,
  R_RR_CLIENT,
  R_SERVER,
  R_STREAM,
  R_UDP_RR_CLIENT,
  R_UDP_SERVER,
  R_UDP_TX,
} from './roles.ts';
import type { Sources } from './sources.ts';

const READ_BYTES = 131_072; // iperf3's and netperf's default receive size
const DATAGRAMS_PER_JOB = 64;
/** Messages below this are written several a job, larger ones in pieces. */
const SMALL_BYTES = 16_384;
const SMALL_AT_ONCE = 16;
const PIECE_BYTES = 65_536;
/** A copy that takes longer ends its job before anything is sent. */
const COPY_JOB_NS = 10_000;

/** How far the open job has come, ps. */
const jobNow = (p: Partition): number => p.wheel.now + Math.round(p.job.ns * 1000);

export class Apps {
  readonly shape: AppShape;
  readonly ledger: Ledger;
  readonly sources: Sources;
  /** Set right after construction: the stack and its applications know each other. */
  stack!: Stack;

  constructor(shape: AppShape, ledger: Ledger, sources: Sources) {
    this.shape = shape;
    this.ledger = ledger;
    this.sources = sources;
  }

  traffic(p: Partition, source: number): void {
    this.sources.arrive(p, this.ledger, source);
  }

  application(p: Partition, t: number): boolean {
    const { threads, sockets, setup } = p;
    let worked = false;
    while (p.job.ns < setup.jobCapNs) {
      const s = threads.aHead[t]!;
      if (s < 0) break;
      threads.aHead[t] = sockets.workNext[s]!;
      sockets.marks[s]! &= ~MARK_WORK;
      const before = p.job.ns;
      const again = sockets.tcp[s]! >= 0 ? this.serveTcp(p, s) : this.serveUdp(p, s);
      worked ||= p.job.ns > before;
      if (again) queueWork(p, s);
    }
    return worked;
  }

  /** @returns whether there is more to do at once. */
  private serveTcp(p: Partition, s: number): boolean {
    const { sockets } = p;
    const { stack } = this;
    const { tcp } = stack;
    const now = p.wheel.now;
    own(p, s);
    if ((sockets.marks[s]! & MARK_CONNECT) !== 0) {
      sockets.marks[s]! &= ~MARK_CONNECT;
      sockets.toWrite[s] = 0;
      this.connect(p, s);
      return false;
    }
    if (tcp.readableBytes(sockets.tcp[s]!) > sockets.hidden[s]!) this.readTcp(p, s);
    const ep = sockets.tcp[s]!;
    // What an earlier job of the same call has left goes before more is written.
    stack.pump(p, s);
    const wrote = sockets.toWrite[s]! > 0 && (p.job.ns >= p.setup.jobCapNs || this.writeTcp(p, s));
    // What a job sends arrives, for the state of TCP, at its beginning: a long copy is a job of its own.
    if (wrote && p.job.ns > COPY_JOB_NS) return true;
    if (wrote) stack.pump(p, s);
    stack.syncTimer(p, s);
    const more = tcp.readableBytes(ep) > sockets.hidden[s]! || (wrote && sockets.toWrite[s]! > 0);
    return more || (p.job.ns >= p.setup.jobCapNs && tcp.canSend(ep, now));
  }

  private readTcp(p: Partition, s: number): void {
    const { sockets, setup } = p;
    const { tcp } = this.stack;
    const ep = sockets.tcp[s]!;
    const { row } = setup.compiled;
    const all = tcp.readableBytes(ep);
    const readable = all - sockets.hidden[s]!;
    const bytes = readable < READ_BYTES ? readable : READ_BYTES;
    // skbs freed: those of the bytes read, all of them when the queue is emptied.
    const units = bytes === all ? sockets.rcvUnits[s]! : Math.floor((sockets.rcvUnits[s]! * bytes) / all);
    sockets.rcvUnits[s]! -= units;
    p.chargeColumn(row.read, CALL, 1);
    p.charge(row.read, units, 0, bytes);
    givePages(p, bytes);
    if (tcp.read(ep, p.wheel.now, bytes) > 0) this.stack.sendAcks(p, s, 1);
    sockets.delivered[s]! += bytes;
    this.ledger.delivered(p, s, bytes);
    this.consume(p, s, bytes);
  }

  /** The application has read `bytes`. */
  private consume(p: Partition, s: number, bytes: number): void {
    const { sockets } = p;
    const { requestBytes, responseBytes } = this.shape;
    const role = sockets.role[s];
    if (role === R_FLOW_RX) {
      sockets.toRead[s]! -= bytes;
      if (sockets.toRead[s]! > 0) return;
      this.ledger.flowDone(sockets.ref[s]!, jobNow(p));
      if (this.shape.handshake) closeConnection(this.stack, p, s);
      return;
    }
    if (role === R_SERVER || role === R_UDP_SERVER) {
      sockets.toRead[s]! += bytes;
      while (sockets.toRead[s]! >= requestBytes) {
        sockets.toRead[s]! -= requestBytes;
        sockets.toWrite[s]! += responseBytes;
      }
      return;
    }
    if (role !== R_RPC_CLIENT && role !== R_RR_CLIENT && role !== R_CRR_CLIENT && role !== R_UDP_RR_CLIENT)
      return;
    sockets.toRead[s]! += bytes;
    while (sockets.toRead[s]! >= responseBytes) {
      sockets.toRead[s]! -= responseBytes;
      this.ledger.exchangeDone(p, s, jobNow(p));
      if (role === R_CRR_CLIENT) this.reconnect(p, s);
      else if (role !== R_RPC_CLIENT && !this.sources.stopped(p)) this.request(p, s);
    }
  }

  /** A closed loop's next request. */
  private request(p: Partition, s: number): void {
    p.sockets.toWrite[s]! += this.shape.requestBytes;
    this.ledger.exchangeStarted(p, s, jobNow(p));
  }

  private writeTcp(p: Partition, s: number): boolean {
    const { sockets, setup } = p;
    const { tcp } = this.stack;
    const ep = sockets.tcp[s]!;
    const { row } = setup.compiled;
    const room = tcp.writableBytes(ep);
    const role = sockets.role[s];
    const want = sockets.toWrite[s]!;
    const message = role === R_STREAM || role === R_FLOW_TX ? this.shape.messageBytes : Infinity;
    if (room <= 0) {
      sockets.marks[s]! |= MARK_ROOM;
      return false;
    }
    // Small messages: several calls a job; a large one: piece by piece, as much of it as there is room.
    const small = message < SMALL_BYTES;
    const left = small ? message * SMALL_AT_ONCE : message - (tcp.writtenBytes(ep) % message);
    const most = left < PIECE_BYTES || small ? left : PIECE_BYTES;
    let bytes = want < most ? want : most;
    if (bytes > room) bytes = room;
    const pinned = this.shape.zerocopy && role === R_STREAM;
    const write = pinned ? row.writePinned : row.write;
    if (small) p.chargeColumn(write, CALL, Math.ceil(bytes / message));
    else if (left === message) p.chargeColumn(write, CALL, 1);
    p.charge(write, Math.ceil(bytes / PIECE_BYTES), 0, bytes);
    const copies = !pinned || pinsAreCopied(p, s);
    if (pinned && copies) p.charge(row.writeCopied, 0, 0, bytes);
    if (copies) takePages(p, bytes);
    tcp.write(ep, bytes, small || bytes === left || bytes === want || bytes === room);
    sockets.toWrite[s]! -= bytes;
    return true;
  }

  private serveUdp(p: Partition, s: number): boolean {
    const { sockets, setup } = p;
    const { row } = setup.compiled;
    const n = sockets.rcvPackets[s]! - sockets.hidden[s]!;
    if (n > 0) {
      const k = n < DATAGRAMS_PER_JOB ? n : DATAGRAMS_PER_JOB;
      const bytes = Math.round((sockets.rcvBytes[s]! * k) / sockets.rcvPackets[s]!);
      sockets.rcvPackets[s]! -= k;
      sockets.rcvUnits[s]! -= k;
      sockets.rcvBytes[s]! -= bytes;
      p.chargeColumn(row.read, CALL, k);
      p.charge(row.read, k, 0, bytes);
      this.ledger.delivered(p, s, bytes);
      this.consume(p, s, bytes);
    }
    const role = sockets.role[s];
    if (role === R_BROADCAST) {
      for (; sockets.toWrite[s]! > 0; sockets.toWrite[s]! -= 1) broadcast(p, s);
      return false;
    }
    if (role === R_UDP_TX) return this.floodUdp(p, s) || sockets.rcvPackets[s]! > sockets.hidden[s]!;
    while (sockets.toWrite[s]! > 0) {
      const size = role === R_UDP_SERVER ? this.shape.responseBytes : this.shape.requestBytes;
      sockets.toWrite[s]! -= size;
      sendDatagram(p, s, size);
    }
    return sockets.rcvPackets[s]! > sockets.hidden[s]!;
  }

  /** Sends datagrams until the cap; `toWrite` holds what is left to send (Infinity: a flood). */
  private floodUdp(p: Partition, s: number): boolean {
    const { sockets, setup } = p;
    const size = this.shape.messageBytes;
    const most = this.shape.udpGso ? segmentsMax(p, s, size) : 1;
    let sent = 0;
    while (sockets.toWrite[s]! > 0 && p.job.ns < setup.jobCapNs && sent < DATAGRAMS_PER_JOB) {
      if (sockets.sndBytes[s]! >= setup.machine.udpRcvbufBytes) {
        sockets.marks[s]! |= MARK_ROOM;
        return false;
      }
      p.coldCall();
      const count = most > 1 ? Math.min(most, Math.ceil(sockets.toWrite[s]! / size)) : 1;
      sendSegments(p, s, count, size);
      p.drainInline();
      sockets.toWrite[s]! -= count * size;
      sent += count;
    }
    return sockets.toWrite[s]! > 0;
  }

  /** TCP_CRR: closes the connection and opens the next. */
  private reconnect(p: Partition, s: number): void {
    closeConnection(this.stack, p, s);
    if (this.sources.stopped(p)) return;
    this.fresh(p, s);
    this.ledger.exchangeStarted(p, s, jobNow(p));
    this.connect(p, s);
  }

  private fresh(p: Partition, s: number): void {
    const { sockets } = p;
    const { tcp } = this.stack;
    // What was learned of the path's MTU stays with the route, not with the connection.
    const mss = tcp.mssBytes(sockets.tcp[s]!);
    tcp.release(sockets.tcp[s]!);
    sockets.tcp[s] = tcp.open(mss);
    sockets.epoch[s] = (sockets.epoch[s]! + 1) & 0x7fff;
    sockets.marks[s]! |= MARK_FRESH;
    sockets.rcvUnits[s] = 0;
    sockets.hidden[s] = 0;
    sockets.hiddenNext[s] = 0;
    sockets.toRead[s] = 0;
    sockets.toWrite[s] = 0;
  }

  private connect(p: Partition, s: number): void {
    const { row, serviceConnect } = p.setup.compiled;
    p.chargeColumn(row.connect, FLOW, 1);
    if (serviceConnect >= 0) p.chargeColumn(serviceConnect, FLOW, 1);
    openConnection(this.stack, p, s);
  }

  control(p: Partition, s: number, flags: number): void {
    const { sockets, setup } = p;
    if ((flags & F_SYN) === 0) return;
    const role = sockets.role[s];
    if (role === R_SERVER || role === R_FLOW_RX) {
      if (role === R_SERVER) this.fresh(p, s);
      sockets.marks[s]! |= MARK_FRESH;
      sockets.epoch[s] = flags >>> 16;
      p.chargeColumn(setup.compiled.row.connect, FLOW, 1);
      this.stack.sendControl(p, s, F_SYN);
    } else if ((sockets.marks[s]! & MARK_OPENING) !== 0) {
      sockets.marks[s]! &= ~MARK_OPENING;
      const { flows } = this.ledger;
      sockets.toWrite[s] = role === R_FLOW_TX ? flows.bytes[sockets.ref[s]!]! : this.shape.requestBytes;
      note(p, s, 0);
    }
  }
}
