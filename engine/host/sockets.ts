/**
 * Sockets of the hosts of one thread; those of a rack stand in a row, and their numbers in it are what peers know.
 * The transport keeps its own state beside it (`tcp`). Ids are multiples of STRIDE.
 */
import { Table } from '../core/table.ts';

/** One row a socket. */
export class Sockets extends Table {
  /** Pending timer event, ps; Infinity: none. */
  timerAt!: Float64Array;
  /** Application bytes not yet written to the socket. */
  toWrite!: Float64Array;
  /** Bytes of the message being read: still missing (flow) or gathered (exchanges). */
  toRead!: Float64Array;
  /** Payload read (TCP), sent (UDP). */
  delivered!: Float64Array;
  /** UDP: payload and datagrams that wait in the receive buffer. */
  rcvBytes!: Float64Array;
  rcvPackets!: Float64Array;
  /** skbs that wait to be read, both transports. */
  rcvUnits!: Float64Array;
  /** UDP: payload below the stack that has not left the NIC. */
  sndBytes!: Float64Array;
  /** TCP, in the same place: when a SYN that nobody has answered is sent again, ps. */
  openAt!: Float64Array;
  /** Start times of open exchanges, a FIFO (Items). */
  openHead!: Float64Array;
  openTail!: Float64Array;
  /** The job that sent last: its core (+ 1: its process job) and when it began, ps. */
  sendJob!: Float64Array;
  sendAt!: Float64Array;
  /** When its note is due, ps: the job that noted it has come so far then. */
  noteDue!: Float64Array;
  /** Delivered, but not before the note is due: bytes (TCP), datagrams (UDP) that nobody sees yet. */
  hidden!: Float64Array;
  /** The same for what another job delivers later, and when. */
  hiddenNext!: Float64Array;
  nextDue!: Float64Array;
  /** Local node. */
  node!: Int32Array;
  peerNode!: Int32Array;
  /** Number of the other end in its rack. */
  peerSock!: Int32Array;
  thread!: Int32Array;
  /** TCP row; −1: UDP. */
  tcp!: Int32Array;
  /** Compiled path that its packets take. */
  path!: Int32Array;
  rss!: Int32Array;
  ecmp!: Int32Array;
  /** What the application does with it, and its index in the role's table. */
  role!: Int32Array;
  ref!: Int32Array;
  /** Probe that it belongs to; −1: none. */
  probe!: Int32Array;
  /** MARK_… bits. */
  marks!: Int32Array;
  /** Connections that this socket has been through (TCP_CRR), modulo 2^15. */
  epoch!: Int32Array;
  workNext!: Int32Array;
  softNext!: Int32Array;
  noteNext!: Int32Array;

  constructor() {
    super(64);
    this.bindAll();
  }

  protected override bind(f: Float64Array, i: Int32Array): void {
    this.timerAt = f.subarray(0);
    this.toWrite = f.subarray(1);
    this.toRead = f.subarray(2);
    this.delivered = f.subarray(3);
    this.rcvBytes = f.subarray(4);
    this.rcvPackets = f.subarray(5);
    this.rcvUnits = f.subarray(6);
    this.sndBytes = f.subarray(7);
    this.openAt = f.subarray(7);
    this.openHead = f.subarray(8);
    this.openTail = f.subarray(9);
    this.sendJob = f.subarray(10);
    this.sendAt = f.subarray(11);
    this.noteDue = f.subarray(12);
    this.hidden = f.subarray(13);
    this.hiddenNext = f.subarray(14);
    this.nextDue = f.subarray(15);
    this.node = i.subarray(0);
    this.peerNode = i.subarray(1);
    this.peerSock = i.subarray(2);
    this.thread = i.subarray(3);
    this.tcp = i.subarray(4);
    this.path = i.subarray(5);
    this.rss = i.subarray(6);
    this.ecmp = i.subarray(7);
    this.role = i.subarray(8);
    this.ref = i.subarray(9);
    this.probe = i.subarray(10);
    this.marks = i.subarray(11);
    this.epoch = i.subarray(12);
    this.workNext = i.subarray(13);
    this.softNext = i.subarray(14);
    this.noteNext = i.subarray(15);
  }

  /** @returns the first of `count` new sockets, which stand in a row */
  addRows(count: number): number {
    const first = this.end;
    for (let k = 0; k < count; k++) this.add();
    return first;
  }

  private add(): void {
    const s = this.addRow();
    this.tcp[s] = -1;
    this.ref[s] = -1;
    this.probe[s] = -1;
    this.workNext[s] = -1;
    this.softNext[s] = -1;
    this.noteNext[s] = -1;
    this.timerAt[s] = Infinity;
    this.openHead[s] = -1;
    this.openTail[s] = -1;
  }
}

/** On its thread's work list. */
export const MARK_WORK = 1;
/** On a core's softirq list. */
export const MARK_SOFT = 2;
/** On a job's note list. */
export const MARK_NOTE = 4;
/** Its writer waits for room. */
export const MARK_ROOM = 8;
/** The next packet is the first of a new connection. */
export const MARK_FRESH = 16;
/** Must open its connection before it writes. */
export const MARK_CONNECT = 32;
/** Has sent a SYN that nobody has answered. */
export const MARK_OPENING = 64;
/** Its node's conntrack table holds an entry that it has opened. */
export const MARK_TRACKED = 128;
/** An ICMP message has told it the MTU of its path. */
export const MARK_PMTU = 256;
