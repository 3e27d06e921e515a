/**
 * Batches: what travels. Contiguous packets of one flow with a spacing; an skb of any size is one batch.
 * One pool for all partitions of a thread; a list is a chain of `next`.
 *
 * Left out: payload contents, checksums.
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
/** Fragments of one datagram: `tsVal` names it, `tsEcr` is the number of all its fragments. */
export const F_FRAG = 512;
/** To all nodes: switches copy it. */
export const F_GROUP = 1 << 13;
/** Belongs to no socket: a question for a neighbour or peer, or its answer. */
export const F_FRAME = 1 << 14;
export const F_ANSWER = 1 << 15;
/** The connection's epoch stands above this bit: what an earlier connection of the socket left is ignored. */
export const EPOCH_SHIFT = 16;

// Fields that travel: doubles t0 … tsEcr and whole numbers sock … sackCount; with F_ACK ackSeq, window and blocks.
const FLOATS = 7;
const INTS = 12;
/** The first of the whole numbers that travel. */
const SOCK = 2;
/** Where the second cache line of a row begins, of doubles and of whole numbers. */
const TS_ECR = 6;
const RSS = 12;
const ACK_FLOATS = 2;
/** Doubles a batch takes in a mailbox between partitions. */
export const MESSAGE_DOUBLES = FLOATS + INTS + ACK_FLOATS + 6;

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
  /** Number of the destination socket in its rack; −1 where no socket (fabric alone). */
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
  /** Uplink, and so spine, that it has taken; 0 on the way up. */
  via!: Int32Array;
  /** Sending socket, −1 once orphaned. */
  from!: Int32Array;
  /** Parts of this batch still being worked on elsewhere (crypto dealt over cores). */
  parts!: Int32Array;
  /** What happens when it arrives (core/kinds.ts), while it is on a link. */
  kind!: Int32Array;
  next!: Int32Array;
  live = 0;
  private f!: Float64Array;
  private i!: Int32Array;
  /** Payload cut off by `truncate`, bytes, whole run: part of what was dropped. */
  cutBytes = 0;
  private freeHead = -1;
  /** Payload of a stream's full packet, bytes, by path. */
  private readonly mss: readonly number[];

  constructor(rows: number, mss: readonly number[]) {
    super(rows);
    this.mss = mss;
    this.bindAll();
  }

  protected override bind(f: Float64Array, i: Int32Array): void {
    this.f = f;
    this.i = i;
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
    this.next = i.subarray(0);
    this.kind = i.subarray(1);
    this.sock = i.subarray(2);
    this.path = i.subarray(3);
    this.lane = i.subarray(4);
    this.packets = i.subarray(5);
    this.units = i.subarray(6);
    this.flags = i.subarray(7);
    this.srcNode = i.subarray(8);
    this.dstNode = i.subarray(9);
    this.ecmp = i.subarray(10);
    this.via = i.subarray(11);
    this.rss = i.subarray(12);
    this.sackCount = i.subarray(13);
    this.from = i.subarray(14);
    this.parts = i.subarray(15);
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

  /** A free batch of one packet of no socket: no payload, no timestamps, path 0; hashes are the caller's. */
  single(at: number, wireBytes: number, srcNode: number, dstNode: number): number {
    const b = this.alloc();
    const { f, i } = this;
    // As far as a row's first cache lines go.
    for (let k = 1; k < TS_ECR; k++) f[b + k] = 0;
    for (let k = SOCK; k < RSS; k++) i[b + k] = 0;
    f[b] = at;
    this.wire[b] = wireBytes;
    this.sock[b] = -1;
    this.packets[b] = 1;
    this.units[b] = 1;
    this.srcNode[b] = srcNode;
    this.dstNode[b] = dstNode;
    return b;
  }

  free(b: number): void {
    this.packets[b] = 0;
    this.bytes[b] = 0;
    this.next[b] = this.freeHead;
    this.freeHead = b;
    this.live--;
  }

  mssBytes(b: number): number {
    return this.mss[this.path[b]!]!;
  }

  /**
   * Whether `a` and `b` may travel as one batch of at most `packetsMax`: single packets of one flow, one behind the
   * other, whose boundaries stay known (a stream's packets are full before the last, datagrams all alike).
   */
  joins(a: number, b: number, packetsMax: number): boolean {
    return (
      this.units[a] === this.packets[a] &&
      this.units[b] === this.packets[b] &&
      this.sock[a] === this.sock[b] &&
      this.srcNode[a] === this.srcNode[b] &&
      this.dstNode[a] === this.dstNode[b] &&
      this.lane[a] === this.lane[b] &&
      this.path[a] === this.path[b] &&
      this.flags[a] === this.flags[b] &&
      (this.flags[a]! & (F_DATA | F_UDP)) !== 0 &&
      (this.flags[a]! & F_FRAG) === 0 &&
      this.from[a] === this.from[b] &&
      this.seq[a]! + this.bytes[a]! === this.seq[b]! &&
      this.packets[a]! + this.packets[b]! <= packetsMax &&
      ((this.flags[a]! & F_UDP) === 0
        ? this.bytes[a] === this.packets[a]! * this.mssBytes(a)
        : this.bytes[a]! * this.packets[b]! === this.bytes[b]! * this.packets[a]!)
    );
  }

  /** Cuts the first `count` packets off as a batch of their own; `b` keeps the rest. 0 < count < packets. */
  splitFront(b: number, count: number): number {
    const f = this.alloc();
    const n = this.packets[b]!;
    const bytes = this.frontBytes(b, count);
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
  truncate(b: number, count: number): void {
    const n = this.packets[b]!;
    const bytes = this.frontBytes(b, count);
    this.cutBytes += this.bytes[b]! - bytes;
    this.bytes[b] = bytes;
    this.wire[b] = Math.round((this.wire[b]! * count) / n);
    this.packets[b] = count;
    if (this.units[b]! > count) this.units[b] = count;
  }

  /** Payload of the first `count` packets: a stream's are full before a shorter last, datagrams are all alike. */
  private frontBytes(b: number, count: number): number {
    const n = this.packets[b]!;
    const bytes = this.bytes[b]!;
    if (bytes === 0) return 0;
    return (this.flags[b]! & F_UDP) === 0 ? count * this.mssBytes(b) : Math.round((bytes * count) / n);
  }

  /** All of a batch but its places in lists and work. */
  copy(source: number, target: number): void {
    const { f, i } = this;
    for (let k = 0; k < FLOATS; k++) f[target + k] = f[source + k]!;
    for (let k = SOCK; k < SOCK + INTS; k++) i[target + k] = i[source + k]!;
    if ((this.flags[source]! & F_ACK) !== 0) this.copyAck(source, target);
    this.from[target] = this.from[source]!;
    this.parts[target] = 0;
  }

  private copyAck(source: number, target: number): void {
    const count = ACK_FLOATS + 2 * this.sackCount[source]!;
    for (let k = FLOATS; k < FLOATS + count; k++) this.f[target + k] = this.f[source + k]!;
  }

  /** Writes the batch to a mailbox at `o`; `decode` on the other side is its inverse. */
  encode(b: number, m: Float64Array, o: number): void {
    const { f, i } = this;
    for (let k = 0; k < FLOATS; k++) m[o + k] = f[b + k]!;
    for (let k = 0; k < INTS; k++) m[o + FLOATS + k] = i[b + SOCK + k]!;
    if ((this.flags[b]! & F_ACK) === 0) return;
    const count = ACK_FLOATS + 2 * this.sackCount[b]!;
    for (let k = 0; k < count; k++) m[o + FLOATS + INTS + k] = f[b + FLOATS + k]!;
  }

  decode(m: Float64Array, o: number): number {
    const b = this.alloc();
    const { f, i } = this;
    for (let k = 0; k < FLOATS; k++) f[b + k] = m[o + k]!;
    for (let k = 0; k < INTS; k++) i[b + SOCK + k] = m[o + FLOATS + k]!;
    this.from[b] = -1;
    this.parts[b] = 0;
    if ((this.flags[b]! & F_ACK) === 0) return b;
    const count = ACK_FLOATS + 2 * this.sackCount[b]!;
    for (let k = 0; k < count; k++) f[b + FLOATS + k] = m[o + FLOATS + INTS + k]!;
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
