/**
 * TCP as Linux does it, to the depth that results depend on: the endpoints of one partition and what the host
 * asks of them. The two ends of a connection live in the tables of their own partitions and meet only through
 * segments.
 *
 * Parts: tcpSend (what goes next), tcpAck (what an ACK does), tcpLoss (RACK, PRR), tcpTimers (RTO, TLP),
 * tcpReceive (ACK policy, window), congestion (CUBIC, HyStart, Reno, DCTCP). Left out: docs/MODEL.md, "TCP".
 */
import type { Congestion } from './congestion.ts';
import { onAck } from './tcpAck.ts';
import { AckWork } from './tcpBoard.ts';
import { reduceMss } from './tcpMtu.ts';
import { fillAck, initReceiver, onData, read } from './tcpReceive.ts';
import { inFlight, nextSkb } from './tcpSend.ts';
import {
  MAYBE,
  PACED,
  PROBE_NEW,
  PROBE_TAIL,
  S_LOST,
  S_RETRANS,
  S_SACKED,
  TcpState,
  TSQ,
} from './tcpState.ts';
import { onTimer, RTO_MIN_PS } from './tcpTimers.ts';
import { receiverRtt } from './tcpWindow.ts';

export interface TcpOptions {
  readonly congestion: Congestion;
  readonly rmemMaxBytes: number;
  readonly wmemMaxBytes: number;
  /** Payload of the largest skb; at most one MSS: no GSO. */
  readonly gsoMaxBytes: number;
  /** Skbs leave at the pacing rate (fq, or a socket that BBR once had); default false. */
  readonly paced?: boolean;
}

const INITIAL_WINDOW = 10; // RFC 6928, TCP_INIT_CWND
const RCVBUF_BYTES = 131_072; // tcp_rmem[1]
// tcp_sndbuf_expand: headers and skb_shared_info beside the payload, rounded up to a power of two, and the sk_buff.
const SKB_HEAD_BYTES = 640;
const SK_BUFF_BYTES = 256;

export class TcpTable {
  readonly s: TcpState;
  readonly options: TcpOptions;
  readonly paced: boolean;
  readonly work = new AckWork();
  /** Timestamp of the segment that onData is told of, ps; −1: none. */
  inTsVal = -1;
  /** Payload of a full segment as they come in on the path, bytes (icsk_ack.rcv_mss). */
  inMssBytes = Infinity;
  // The skb that nextSkb decided on.
  outSeq = 0;
  outBytes = 0;
  outPackets = 0;
  outRetransmit = 0;
  // The ACK that fillAck described.
  ackSeq = 0;
  ackWindowBytes = 0;
  ackTsEcr = -1;
  ackSackCount = 0;
  ackCe = 0;
  /** Payload that the ACK of what onData was told of leaves to a later one. */
  heldBackBytes = 0;
  readonly ackSack = new Float64Array(6);
  retransmittedPackets = 0;
  timeouts = 0;

  constructor(options: TcpOptions, capacity: number) {
    this.options = options;
    this.paced = options.paced === true;
    this.s = new TcpState(capacity);
  }

  /** Makes room for `endpoints` in all. */
  reserve(endpoints: number): void {
    this.s.reserve(endpoints);
  }

  /** A warm connection (no handshake), initial window of ten packets, no RTT yet. @param nagle no TCP_NODELAY */
  open(mssBytes: number, nagle = false): number {
    const { s } = this;
    const ep = s.row();
    const { c } = s;
    c.segHead[ep] = -1;
    c.segTail[ep] = -1;
    c.mss[ep] = mssBytes;
    c.nagle[ep] = nagle ? 1 : 0;
    c.cwnd[ep] = INITIAL_WINDOW;
    c.ssthresh[ep] = Infinity;
    c.rto[ep] = RTO_MIN_PS;
    c.right[ep] = RCVBUF_BYTES / 2;
    c.xmitAt[ep] = Infinity;
    c.alpha[ep] = 1;
    c.currRtt[ep] = Infinity;
    c.undoMarker[ep] = -1;
    c.retransStamp[ep] = -1;
    initReceiver(s, ep, RCVBUF_BYTES);
    return ep;
  }

  /** Payload of the largest segment that it sends, bytes. */
  mssBytes(ep: number): number {
    return this.s.c.mss[ep]!;
  }

  /** What was sent in larger segments is known to have been dropped for its size. */
  reduceMss(ep: number, now: number, mssBytes: number): void {
    reduceMss(this, ep, now, mssBytes);
  }

  release(ep: number): void {
    this.s.freeRow(ep);
  }

  /** @param push the system call ends with these bytes, or sleeps after them: what is left goes as it is */
  write(ep: number, bytes: number, push = true): void {
    this.s.c.end[ep]! += bytes;
    if (push) this.s.c.pushed[ep] = this.s.c.end[ep]!;
    this.s.c.blocked[ep] = MAYBE;
  }

  /** Send buffer as tcp_sndbuf_expand grows it, in payload bytes. */
  private sendBuffer(ep: number): number {
    const { c } = this.s;
    const packets = c.cwnd[ep]! > INITIAL_WINDOW ? c.cwnd[ep]! : INITIAL_WINDOW;
    const bits = 32 - Math.clz32(c.mss[ep]! + SKB_HEAD_BYTES - 1);
    const bytes = 2 * packets * ((1 << bits) + SK_BUFF_BYTES);
    return bytes < this.options.wmemMaxBytes ? bytes : this.options.wmemMaxBytes;
  }

  writableBytes(ep: number): number {
    const { c } = this.s;
    return this.sendBuffer(ep) - (c.end[ep]! - c.una[ep]!);
  }

  /** A writer that sleeps for room is woken once a third of the buffer is free (sk_stream_is_writeable). */
  writeSpace(ep: number): boolean {
    return this.writableBytes(ep) * 3 >= this.sendBuffer(ep);
  }

  /** Whether nextSkb might find something. Cheap; may say yes in vain. */
  canSend(ep: number, now: number): boolean {
    const { s } = this;
    const { c } = s;
    if (this.paced && c.paceAt[ep]! > now) return false;
    if ((c.probe[ep]! & (PROBE_NEW | PROBE_TAIL)) !== 0) return true;
    if (inFlight(s, ep) >= c.cwnd[ep]!) return false;
    if (c.lostOut[ep]! > c.retransOut[ep]!) return true;
    return c.end[ep]! > c.nxt[ep]! && c.blocked[ep]! >= TSQ;
  }

  nextSkb(ep: number, now: number): boolean {
    return nextSkb(this, ep, now);
  }

  tsqCharge(ep: number, bytes: number): void {
    this.s.c.tsq[ep]! += bytes;
  }

  tsqRelease(ep: number, bytes: number): void {
    const { c } = this.s;
    c.tsq[ep] = c.tsq[ep]! > bytes ? c.tsq[ep]! - bytes : 0;
  }

  onData(
    ep: number,
    now: number,
    seq: number,
    bytes: number,
    packets: number,
    skbs: number,
    ce: boolean,
  ): number {
    return onData(this, ep, now, seq, bytes, packets, skbs, ce);
  }

  /** Timestamp of a pure ACK: what our data will echo. */
  pureAckStamp(ep: number, tsVal: number): void {
    const { c } = this.s;
    if (tsVal > c.tsRecent[ep]! && c.pendingBytes[ep] === 0) c.tsRecent[ep] = tsVal;
  }

  /** All that was ever written. */
  writtenBytes(ep: number): number {
    return this.s.c.end[ep]!;
  }

  readableBytes(ep: number): number {
    return this.s.c.rcvNxt[ep]! - this.s.c.readSeq[ep]!;
  }

  read(ep: number, now: number, bytes: number): number {
    return read(this, ep, now, bytes);
  }

  fillAck(ep: number, now: number): void {
    fillAck(this, ep, now);
  }

  onAck(
    ep: number,
    now: number,
    ackSeq: number,
    windowBytes: number,
    tsEcr: number,
    sackCount: number,
    sack: Float64Array,
    sackOffset: number,
    ece: boolean,
    _ackPackets: number,
  ): void {
    if (tsEcr >= 0) receiverRtt(this.s, ep, now, tsEcr);
    onAck(this, ep, now, ackSeq, windowBytes, tsEcr, sackCount, sack, sackOffset, ece);
  }

  /** Earliest deadline, ps; Infinity: none. */
  timerPs(ep: number): number {
    const { c } = this.s;
    const at = c.xmitAt[ep]! < c.delackAt[ep]! ? c.xmitAt[ep]! : c.delackAt[ep]!;
    return c.blocked[ep] === PACED && c.paceAt[ep]! < at ? c.paceAt[ep]! : at;
  }

  onTimer(ep: number, now: number): number {
    return onTimer(this, ep, now);
  }

  /** From now on the sender is held by: 0 nothing (no data), 1 congestion, 2 receive window, 3 something else. */
  chrono(ep: number, now: number, kind: number): void {
    const { c } = this.s;
    const { held } = c;
    const old = c.chrono[ep]!;
    if (old === kind) return;
    held[ep + old]! += now - c.chronoAt[ep]!;
    c.chrono[ep] = kind;
    c.chronoAt[ep] = now;
  }

  /** Time with data to send or unacknowledged, ps. */
  busyPs(ep: number, now: number): number {
    const { c } = this.s;
    const { held } = c;
    const open = c.chrono[ep]! > 0 ? now - c.chronoAt[ep]! : 0;
    return held[ep + 1]! + held[ep + 2]! + held[ep + 3]! + open;
  }

  /** @param kind 1: congestion window, 2: receive window */
  windowLimitedPs(ep: number, kind: number, now: number): number {
    const { c } = this.s;
    const { held } = c;
    return held[ep + kind]! + (c.chrono[ep] === kind ? now - c.chronoAt[ep]! : 0);
  }

  memoryBytes(): number {
    return this.s.memoryBytes();
  }

  /** The scoreboard's counters agree with its list (tests). @throws Error */
  check(ep: number): void {
    const { s } = this;
    const { c } = s;
    let out = 0;
    let sacked = 0;
    let lost = 0;
    let again = 0;
    let at = c.una[ep]!;
    for (let seg = c.segHead[ep]!; seg >= 0; seg = s.segNext[seg]!) {
      const n = s.segPackets[seg]!;
      const flags = s.segFlags[seg]!;
      if (s.segStart[seg] !== at) throw new Error('scoreboard has a gap');
      at = s.segEnd[seg]!;
      out += n;
      if ((flags & S_SACKED) !== 0) sacked += n;
      if ((flags & S_LOST) !== 0) lost += n;
      if ((flags & S_RETRANS) !== 0) again += n;
    }
    if (at !== c.nxt[ep]) throw new Error('scoreboard does not end at nxt');
    const same =
      out === c.packetsOut[ep] &&
      sacked === c.sackedOut[ep] &&
      lost === c.lostOut[ep] &&
      again === c.retransOut[ep];
    if (!same) throw new Error('scoreboard counters are off');
  }
}
