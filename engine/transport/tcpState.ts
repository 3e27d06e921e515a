/**
 * State of TCP endpoints: one row an endpoint, struct of arrays; sent skbs and received intervals on pooled lists.
 *
 * Times are ps, sequences byte offsets from 0 without wrap, windows in packets as Linux counts them.
 */
import { grown, grownRows } from '../core/table.ts';
import { Columns, TCP_ROW } from './tcpColumns.ts';

export const OPEN = 0;
export const DISORDER = 1;
/** Congestion window reduced, without a loss. */
export const CWR = 2;
export const RECOVERY = 3;
export const LOSS = 4;

/** Flags of a sent skb. */
export const S_SACKED = 1;
export const S_LOST = 2;
/** Sent again and not yet accounted for. */
export const S_RETRANS = 4;
/** Sent again at some time: its RTT says nothing. */
export const S_EVER = 8;

/** A tail loss probe is due, of new data or of the last packet again; one of the second kind is out. */
export const PROBE_NEW = 1;
export const PROBE_TAIL = 2;
export const PROBED_TAIL = 4;

/** Why a sender does not send. */
export const NO_DATA = 0;
export const CWND = 1;
export const RWND = 2;
export const TSQ = 3;
/** Nobody has asked since the last segment or ACK: there may be something to send. */
export const MAYBE = 4;
export const PACED = 5;

/** A cache line; six places are used. */
const SEG_ROW = 8;

export class TcpState {
  /** Columns of endpoints. */
  c: Columns;
  capacity: number;
  private readonly freeRows: number[] = [];
  private rows = 0;

  // Sent skbs: rows of doubles that lie together, an id is a row's first place.
  segStart!: Float64Array;
  segEnd!: Float64Array;
  segTime!: Float64Array;
  segPackets!: Float64Array;
  segFlags!: Float64Array;
  segNext!: Float64Array;
  private segs = new Float64Array(64 * SEG_ROW);
  private segFree = -1;
  private segUsed = 0;

  // Received intervals beyond rcvNxt.
  oooStart = new Float64Array(64);
  oooEnd = new Float64Array(64);
  oooNext = new Int32Array(64);
  /** Order of the last change: blocks are told newest first. */
  oooTouched = new Float64Array(64);
  touches = 0;
  private oooFree = -1;
  private oooUsed = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.c = new Columns(capacity);
    this.bindSegs();
  }

  row(): number {
    const free = this.freeRows.pop();
    if (free !== undefined) {
      this.c.clear(free);
      return free;
    }
    if (this.rows === this.capacity) this.grow(grownRows(this.capacity));
    return this.rows++ * TCP_ROW;
  }

  /** Makes room for `rows` rows in all. */
  reserve(rows: number): void {
    if (rows > this.capacity) this.grow(rows);
  }

  freeRow(ep: number): void {
    for (let seg = this.c.segHead[ep]!; seg >= 0; ) {
      const next = this.segNext[seg]!;
      this.freeSeg(seg);
      seg = next;
    }
    for (let i = this.c.ooo[ep]!; i >= 0; ) {
      const next = this.oooNext[i]!;
      this.freeInterval(i);
      i = next;
    }
    this.freeRows.push(ep);
  }

  newSeg(): number {
    const s = this.segFree;
    if (s >= 0) {
      this.segFree = this.segNext[s]!;
      this.segNext[s] = -1;
      return s;
    }
    if (this.segUsed === this.segs.length) {
      this.segs = grown(this.segs, this.segUsed * 2);
      this.bindSegs();
    }
    const made = this.segUsed;
    this.segUsed += SEG_ROW;
    this.segNext[made] = -1;
    return made;
  }

  private bindSegs(): void {
    const { segs } = this;
    this.segStart = segs.subarray(0);
    this.segEnd = segs.subarray(1);
    this.segTime = segs.subarray(2);
    this.segPackets = segs.subarray(3);
    this.segFlags = segs.subarray(4);
    this.segNext = segs.subarray(5);
  }

  freeSeg(s: number): void {
    this.segNext[s] = this.segFree;
    this.segFree = s;
  }

  newInterval(): number {
    const i = this.oooFree;
    if (i >= 0) {
      this.oooFree = this.oooNext[i]!;
      return i;
    }
    if (this.oooUsed === this.oooStart.length) {
      const size = this.oooUsed * 2;
      this.oooStart = grown(this.oooStart, size);
      this.oooEnd = grown(this.oooEnd, size);
      this.oooNext = grown(this.oooNext, size);
      this.oooTouched = grown(this.oooTouched, size);
    }
    return this.oooUsed++;
  }

  freeInterval(i: number): void {
    this.oooNext[i] = this.oooFree;
    this.oooFree = i;
  }

  memoryBytes(): number {
    return this.capacity * TCP_ROW * 8 + this.segs.byteLength;
  }

  private grow(rows: number): void {
    const next = new Columns(rows);
    next.copyFrom(this.c);
    this.c = next;
    this.capacity = rows;
  }
}
