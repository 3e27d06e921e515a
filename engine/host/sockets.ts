/** Sockets of one partition, as a struct of arrays. The transport keeps its own state beside it (`tcp`). */
import { grown } from './tables.ts';

export class Sockets {
  count = 0;
  /** Local node. */
  node = new Int32Array(64);
  peerNode = new Int32Array(64);
  peerSock = new Int32Array(64);
  thread = new Int32Array(64);
  /** TCP row; −1: UDP. */
  tcp = new Int32Array(64);
  /** Compiled path that its packets take. */
  path = new Int32Array(64);
  rss = new Int32Array(64);
  ecmp = new Int32Array(64);
  mss = new Int32Array(64);
  /** Application's role, and its index in the role's table. */
  role = new Uint8Array(64);
  ref = new Int32Array(64);
  /** Probe that it belongs to; −1: none. */
  probe = new Int32Array(64);
  /** 1: on its thread's work list; 2: on a core's softirq list; 4: on a job's note list; 8: waits for room. */
  marks = new Uint8Array(64);
  /** Connections this socket has been through (TCP_CRR), modulo 2^15. */
  epoch = new Int32Array(64);
  /** The next packet is the first of a new connection. */
  fresh = new Uint8Array(64);
  workNext = new Int32Array(64);
  softNext = new Int32Array(64);
  noteNext = new Int32Array(64);
  /** Pending timer event, ps; Infinity: none. */
  timerAt = new Float64Array(64);
  /** Application bytes not yet written to the socket. */
  toWrite = new Float64Array(64);
  /** Bytes of the message being read that are still missing. */
  toRead = new Float64Array(64);
  delivered = new Float64Array(64);
  /** UDP: datagrams and payload bytes waiting in the receive buffer; truesize used. */
  rcvBytes = new Float64Array(64);
  rcvPackets = new Float64Array(64);
  /** skbs waiting to be read (both transports). */
  rcvUnits = new Float64Array(64);
  /** UDP: truesize below the stack not yet completed. */
  sndBytes = new Float64Array(64);

  add(): number {
    const s = this.count++;
    if (s >= this.node.length) this.grow(this.node.length * 2);
    this.tcp[s] = -1;
    this.ref[s] = -1;
    this.probe[s] = -1;
    this.workNext[s] = -1;
    this.softNext[s] = -1;
    this.noteNext[s] = -1;
    this.timerAt[s] = Infinity;
    return s;
  }

  memoryBytes(): number {
    return this.node.length * (14 * 4 + 8 * 8);
  }

  private grow(size: number): void {
    this.node = grown(this.node, size);
    this.peerNode = grown(this.peerNode, size);
    this.peerSock = grown(this.peerSock, size);
    this.thread = grown(this.thread, size);
    this.tcp = grown(this.tcp, size);
    this.path = grown(this.path, size);
    this.rss = grown(this.rss, size);
    this.ecmp = grown(this.ecmp, size);
    this.mss = grown(this.mss, size);
    this.role = grown(this.role, size);
    this.ref = grown(this.ref, size);
    this.probe = grown(this.probe, size);
    this.marks = grown(this.marks, size);
    this.epoch = grown(this.epoch, size);
    this.fresh = grown(this.fresh, size);
    this.workNext = grown(this.workNext, size);
    this.softNext = grown(this.softNext, size);
    this.noteNext = grown(this.noteNext, size);
    this.timerAt = grown(this.timerAt, size);
    this.toWrite = grown(this.toWrite, size);
    this.toRead = grown(this.toRead, size);
    this.delivered = grown(this.delivered, size);
    this.rcvBytes = grown(this.rcvBytes, size);
    this.rcvPackets = grown(this.rcvPackets, size);
    this.rcvUnits = grown(this.rcvUnits, size);
    this.sndBytes = grown(this.sndBytes, size);
  }
}

export const MARK_WORK = 1;
export const MARK_SOFT = 2;
export const MARK_NOTE = 4;
export const MARK_ROOM = 8;
