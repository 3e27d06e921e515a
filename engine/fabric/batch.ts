/**
 * Batches: what travels. Contiguous packets of one flow with a spacing; an skb of any size is one batch.
 * Struct of arrays over one pool a partition; a list is a chain of `next`.
 *
 * Left out: payload contents, checksums, fragments.
 */
import { LimitError } from '../core/assert.ts';

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

export class Batches {
  /** Arrival (or readiness) of the first packet's last bit, ps. */
  t0: Float64Array;
  /** Between packets, ps; 0: all at once. */
  spacing: Float64Array;
  /** Stream offset of the first payload byte. */
  seq: Float64Array;
  /** Payload, bytes. */
  bytes: Float64Array;
  /** On the wire, all packets with preamble and gap, bytes. */
  wire: Float64Array;
  ackSeq: Float64Array;
  window: Float64Array;
  tsVal: Float64Array;
  tsEcr: Float64Array;
  /** Three blocks of (start, end) each. */
  sack: Float64Array;
  sackCount: Int32Array;
  /** Destination socket in its partition; −1 where no socket (fabric benchmark). */
  sock: Int32Array;
  /** Sending socket in its partition, −1 once orphaned. */
  from: Int32Array;
  path: Int32Array;
  lane: Int32Array;
  packets: Int32Array;
  /** skbs in which the packets travel now: 1 … packets. */
  units: Int32Array;
  flags: Int32Array;
  srcNode: Int32Array;
  dstNode: Int32Array;
  /** RSS hash of the outer header. */
  rss: Int32Array;
  /** ECMP hash of the outer header, before a switch's seed. */
  ecmp: Int32Array;
  /** Parts of this batch still being worked on elsewhere (crypto dealt over cores). */
  parts: Int32Array;
  next: Int32Array;
  live = 0;
  /** Payload cut off by `truncate`, bytes, whole run: part of what was dropped. */
  cutBytes = 0;
  private freeHead = -1;
  private capacity: number;
  private readonly capacityMax: number;

  constructor(capacity: number, capacityMax = 1 << 24) {
    this.capacity = capacity;
    this.capacityMax = capacityMax;
    const f = () => new Float64Array(capacity);
    const i = () => new Int32Array(capacity);
    this.t0 = f();
    this.spacing = f();
    this.seq = f();
    this.bytes = f();
    this.wire = f();
    this.ackSeq = f();
    this.window = f();
    this.tsVal = f();
    this.tsEcr = f();
    this.sack = new Float64Array(capacity * 6);
    this.sackCount = i();
    this.sock = i();
    this.from = i();
    this.path = i();
    this.lane = i();
    this.packets = i();
    this.units = i();
    this.flags = i();
    this.srcNode = i();
    this.dstNode = i();
    this.rss = i();
    this.ecmp = i();
    this.parts = i();
    this.next = i();
    this.chain(0);
  }

  /** A free batch; its fields hold an earlier batch's values until set. */
  alloc(): number {
    let b = this.freeHead;
    if (b < 0) {
      this.grow();
      b = this.freeHead;
    }
    this.freeHead = this.next[b]!;
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
    for (let i = 0; i < count * 2; i++) this.sack[target * 6 + i] = this.sack[source * 6 + i]!;
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
    for (let i = 0; i < count * 2; i++) m[o + 20 + i] = this.sack[b * 6 + i]!;
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
    for (let i = 0; i < count * 2; i++) this.sack[b * 6 + i] = m[o + 20 + i]!;
    return b;
  }

  /** What the pool's live batches carry: a free one holds nothing. */
  inFlight(): { packets: number; bytes: number } {
    let packets = 0;
    let bytes = 0;
    for (let b = 0; b < this.capacity; b++) {
      packets += this.packets[b]!;
      bytes += this.bytes[b]!;
    }
    return { packets, bytes };
  }

  /** Bytes of memory that the pool holds. */
  memoryBytes(): number {
    return this.capacity * (15 * 8 + 14 * 4);
  }

  private chain(from: number): void {
    for (let i = from; i < this.capacity - 1; i++) this.next[i] = i + 1;
    this.next[this.capacity - 1] = this.freeHead;
    this.freeHead = from;
  }

  private grow(): void {
    const from = this.capacity;
    if (from * 2 > this.capacityMax) throw new LimitError('batch pool is full: offer less load or more nodes');
    this.capacity = from * 2;
    const f = (a: Float64Array, k = 1) => {
      const b = new Float64Array(this.capacity * k);
      b.set(a);
      return b;
    };
    const i = (a: Int32Array) => {
      const b = new Int32Array(this.capacity);
      b.set(a);
      return b;
    };
    this.t0 = f(this.t0);
    this.spacing = f(this.spacing);
    this.seq = f(this.seq);
    this.bytes = f(this.bytes);
    this.wire = f(this.wire);
    this.ackSeq = f(this.ackSeq);
    this.window = f(this.window);
    this.tsVal = f(this.tsVal);
    this.tsEcr = f(this.tsEcr);
    this.sack = f(this.sack, 6);
    this.sackCount = i(this.sackCount);
    this.sock = i(this.sock);
    this.from = i(this.from);
    this.path = i(this.path);
    this.lane = i(this.lane);
    this.packets = i(this.packets);
    this.units = i(this.units);
    this.flags = i(this.flags);
    this.srcNode = i(this.srcNode);
    this.dstNode = i(this.dstNode);
    this.rss = i(this.rss);
    this.ecmp = i(this.ecmp);
    this.parts = i(this.parts);
    this.next = i(this.next);
    this.chain(from);
  }
}
