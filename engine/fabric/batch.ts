/**
 * Batches: what travels. Contiguous packets of one flow with a spacing; an skb of any size is one batch.
 * One pool a partition; a list is a chain of `next`.
 *
 * Left out: payload contents, checksums, fragments.
 */
import { STRIDE, Table } from '../core/table.ts';

/** Carries payload of a TCP stream. */
export const F_DATA = 1;
/** Carries acknowledgement fields (a pure ACK has no F_DATA). */
export const F_ACK = 2;
export const F_UDP = 4;
/** Congestion experienced, set by a switch. */
export const F_CE = 8;
/** First packet of a new connection: pays connection tracking's NEW. */
export const F_NEW = 16;
export const F_RETRANSMIT = 32;
/** ECN echo. */
export const F_ECE = 64;
export const F_SYN = 128;
export const F_FIN = 256;
/** The connection's epoch stands above this bit: what an earlier connection of the socket left is ignored. */
export const EPOCH_SHIFT = 16;

/** Doubles a batch takes in a mailbox between partitions. */
export const MESSAGE_DOUBLES = 28;

export class Batches extends Table {
  /** Arrival (or readiness) of the first packet's last bit, ps. */
  t0!: Float64Array;
  /** Between packets, ps; 0: all at once. */
  spacing!: Float64Array;
  /** Stream offset of the first payload byte. */
  seq!: Float64Array;
  /** Payload, bytes. */
  bytes!: Float64Array;
  /** On the wire, all packets with preamble and gap, bytes. */
  wire!: Float64Array;
  tsVal!: Float64Array;
  tsEcr!: Float64Array;
  ackSeq!: Float64Array;
  window!: Float64Array;
  /** Three blocks of (start, end): six places from the id on. */
  sack!: Float64Array;
  /** Destination socket in its partition; −1 where no socket (fabric alone). */
  sock!: Int32Array;
  path!: Int32Array;
  lane!: Int32Array;
  packets!: Int32Array;
  /** skbs in which the packets travel now: 1 … packets. */
  units!: Int32Array;
  flags!: Int32Array;
  srcNode!: Int32Array;
  dstNode!: Int32Array;
  /** RSS hash of the outer header. */
  rss!: Int32Array;
  /** ECMP hash of the outer header, before a switch's seed. */
  ecmp!: Int32Array;
  sackCount!: Int32Array;
  /** Sending socket in its partition, −1 once orphaned. */
  from!: Int32Array;
  /** Parts of this batch still being worked on elsewhere (crypto dealt over cores). */
  parts!: Int32Array;
  next!: Int32Array;
  live = 0;
  /** Payload cut off by `truncate`, bytes, whole run: part of what was dropped. */
  cutBytes = 0;
  private freeHead = -1;

  constructor(rows: number) {
    super(rows);
    this.bindAll();
  }

  protected override bind(f: Float64Array, i: Int32Array): void {
    this.t0 = f.subarray(0);
    this.spacing = f.subarray(1);
    this.seq = f.subarray(2);
    this.bytes = f.subarray(3);
    this.wire = f.subarray(4);
    this.tsVal = f.subarray(5);
    this.tsEcr = f.subarray(6);
    this.ackSeq = f.subarray(7);
    this.window = f.subarray(8);
    this.sack = f.subarray(9);
    this.sock = i.subarray(0);
    this.path = i.subarray(1);
    this.lane = i.subarray(2);
    this.packets = i.subarray(3);
    this.units = i.subarray(4);
    this.flags = i.subarray(5);
    this.srcNode = i.subarray(6);
    this.dstNode = i.subarray(7);
    this.rss = i.subarray(8);
    this.ecmp = i.subarray(9);
    this.sackCount = i.subarray(10);
    this.from = i.subarray(11);
    this.parts = i.subarray(12);
    this.next = i.subarray(13);
  }

  /** A free batch; its fields hold an earlier batch's values until set. */
  alloc(): number {
    let b = this.freeHead;
    if (b < 0) b = this.addRow();
    else this.freeHead = this.next[b]!;
    this.next[b] = -1;
    this.live++;
    return b;
  }

  free(b: number): void {
    this.packets[b] = 0;
    this.bytes[b] = 0;
    this.next[b] = this.freeHead;
    this.freeHead = b;
    this.live--;
  }

  /** Cuts the first `count` packets off as a batch of their own; `b` keeps the rest. 0 < count < packets. */
  splitFront(b: number, count: number, mssBytes: number): number {
    const f = this.alloc();
    const n = this.packets[b]!;
    const bytes = this.frontBytes(b, count, mssBytes);
    const wire = Math.round((this.wire[b]! * count) / n);
    this.copy(b, f);
    this.packets[f] = count;
    this.units[f] = this.units[b] === 1 ? 1 : Math.min(count, this.units[b]!);
    this.bytes[f] = bytes;
    this.wire[f] = wire;
    this.packets[b] = n - count;
    if (this.units[b]! > 1) this.units[b] = Math.max(1, this.units[b]! - count);
    this.bytes[b]! -= bytes;
    this.wire[b]! -= wire;
    this.seq[b]! += bytes;
    this.t0[b]! += count * this.spacing[b]!;
    return f;
  }

  /** Cuts the batch down to its first `count` packets (the rest was dropped). 0 < count < packets. */
  truncate(b: number, count: number, mssBytes: number): void {
    const n = this.packets[b]!;
    const bytes = this.frontBytes(b, count, mssBytes);
    this.cutBytes += this.bytes[b]! - bytes;
    this.bytes[b] = bytes;
    this.wire[b] = Math.round((this.wire[b]! * count) / n);
    this.packets[b] = count;
    if (this.units[b]! > count) this.units[b] = count;
  }

  /** Payload of the first `count` packets: a stream's are full before a shorter last, datagrams are all alike. */
  private frontBytes(b: number, count: number, mssBytes: number): number {
    const n = this.packets[b]!;
    const bytes = this.bytes[b]!;
    if (bytes === 0) return 0;
    return (this.flags[b]! & F_UDP) === 0 ? count * mssBytes : Math.round((bytes * count) / n);
  }

  copy(source: number, target: number): void {
    this.t0[target] = this.t0[source]!;
    this.spacing[target] = this.spacing[source]!;
    this.seq[target] = this.seq[source]!;
    this.bytes[target] = this.bytes[source]!;
    this.wire[target] = this.wire[source]!;
    this.ackSeq[target] = this.ackSeq[source]!;
    this.window[target] = this.window[source]!;
    this.tsVal[target] = this.tsVal[source]!;
    this.tsEcr[target] = this.tsEcr[source]!;
    const count = this.sackCount[source]!;
    this.sackCount[target] = count;
    for (let i = 0; i < count * 2; i++) this.sack[target + i] = this.sack[source + i]!;
    this.sock[target] = this.sock[source]!;
    this.from[target] = this.from[source]!;
    this.path[target] = this.path[source]!;
    this.lane[target] = this.lane[source]!;
    this.packets[target] = this.packets[source]!;
    this.units[target] = this.units[source]!;
    this.flags[target] = this.flags[source]!;
    this.srcNode[target] = this.srcNode[source]!;
    this.dstNode[target] = this.dstNode[source]!;
    this.rss[target] = this.rss[source]!;
    this.ecmp[target] = this.ecmp[source]!;
    this.parts[target] = 0;
  }

  /** Writes the batch to a mailbox at `o`; `decode` on the other side is its inverse. */
  encode(b: number, m: Float64Array, o: number): void {
    m[o] = this.t0[b]!;
    m[o + 1] = this.spacing[b]!;
    m[o + 2] = this.seq[b]!;
    m[o + 3] = this.bytes[b]!;
    m[o + 4] = this.wire[b]!;
    m[o + 5] = this.ackSeq[b]!;
    m[o + 6] = this.window[b]!;
    m[o + 7] = this.tsVal[b]!;
    m[o + 8] = this.tsEcr[b]!;
    m[o + 9] = this.sock[b]!;
    m[o + 10] = this.path[b]!;
    m[o + 11] = this.lane[b]!;
    m[o + 12] = this.packets[b]!;
    m[o + 13] = this.units[b]!;
    m[o + 14] = this.flags[b]!;
    m[o + 15] = this.srcNode[b]!;
    m[o + 16] = this.dstNode[b]!;
    m[o + 17] = this.rss[b]!;
    m[o + 18] = this.ecmp[b]!;
    const count = this.sackCount[b]!;
    m[o + 19] = count;
    for (let i = 0; i < count * 2; i++) m[o + 20 + i] = this.sack[b + i]!;
  }

  decode(m: Float64Array, o: number): number {
    const b = this.alloc();
    this.t0[b] = m[o]!;
    this.spacing[b] = m[o + 1]!;
    this.seq[b] = m[o + 2]!;
    this.bytes[b] = m[o + 3]!;
    this.wire[b] = m[o + 4]!;
    this.ackSeq[b] = m[o + 5]!;
    this.window[b] = m[o + 6]!;
    this.tsVal[b] = m[o + 7]!;
    this.tsEcr[b] = m[o + 8]!;
    this.sock[b] = m[o + 9]!;
    this.from[b] = -1;
    this.path[b] = m[o + 10]!;
    this.lane[b] = m[o + 11]!;
    this.packets[b] = m[o + 12]!;
    this.units[b] = m[o + 13]!;
    this.flags[b] = m[o + 14]!;
    this.srcNode[b] = m[o + 15]!;
    this.dstNode[b] = m[o + 16]!;
    this.rss[b] = m[o + 17]!;
    this.ecmp[b] = m[o + 18]!;
    this.parts[b] = 0;
    const count = m[o + 19]!;
    this.sackCount[b] = count;
    for (let i = 0; i < count * 2; i++) this.sack[b + i] = m[o + 20 + i]!;
    return b;
  }

  /** What the pool's live batches carry: a free one holds nothing. */
  inFlight(): { packets: number; bytes: number } {
    let packets = 0;
    let bytes = 0;
    for (let b = 0; b < this.end; b += STRIDE) {
      packets += this.packets[b]!;
      bytes += this.bytes[b]!;
    }
    return { packets, bytes };
  }
}
