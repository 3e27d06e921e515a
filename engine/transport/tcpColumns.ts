/**
 * Columns of TCP endpoints. Times are ps, sequences byte offsets, windows packets; meanings beside the names.
 *
 * Fields that are used together lie together (core/table.ts): an id is a row's number times STRIDE, and a row has
 * sixteen places in each of five blocks of doubles and one of whole numbers.
 */
import { STRIDE } from '../core/table.ts';

const BLOCKS = 5;

export class Columns {
  /** First byte not acknowledged, next to send, end of what was written. */
  una!: Float64Array;
  nxt!: Float64Array;
  end!: Float64Array;
  /** Packets. */
  cwnd!: Float64Array;
  ssthresh!: Float64Array;
  /** Right edge of the receive window that the peer granted. */
  right!: Float64Array;
  /** Payload below the stack that has not left the NIC. */
  tsq!: Float64Array;
  /** Scoreboard, packets. */
  packetsOut!: Float64Array;
  sackedOut!: Float64Array;
  lostOut!: Float64Array;
  retransOut!: Float64Array;
  /** Deadlines: retransmission (which kind: xmitKind), delayed ACK. */
  xmitAt!: Float64Array;
  delackAt!: Float64Array;
  /** Smoothed RTT, timeout; beside them variation and least RTT, ps. */
  srtt!: Float64Array;
  rto!: Float64Array;
  /** Next byte expected. */
  rcvNxt!: Float64Array;
  /** Time by what held the sender: idle, congestion window, receive window, other; four places from the id on, ps. */
  held!: Float64Array;
  rttvar!: Float64Array;
  minRtt!: Float64Array;
  /** Packets out at most, and until when that holds. */
  maxOut!: Float64Array;
  maxOutSeq!: Float64Array;
  /** Sequence until which the window was in use. */
  limitedSeq!: Float64Array;
  chronoAt!: Float64Array;
  tlpSeq!: Float64Array;
  /** RACK: newest delivered packet (RFC 8985). */
  rackTime!: Float64Array;
  rackEnd!: Float64Array;
  rackRtt!: Float64Array;
  lastRcvTime!: Float64Array;
  sackStart!: Float64Array;
  /** Next byte to read, right edge granted, buffer. */
  readSeq!: Float64Array;
  rcvRight!: Float64Array;
  rcvBuf!: Float64Array;
  rcvRtt!: Float64Array;
  /** Receive buffer autotuning. */
  drsSeq!: Float64Array;
  drsTime!: Float64Array;
  drsSpace!: Float64Array;
  pendingBytes!: Float64Array;
  tsRecent!: Float64Array;
  oooBytes!: Float64Array;
  mss!: Float64Array;
  delayMin!: Float64Array;
  epochStart!: Float64Array;
  cwndCount!: Float64Array;
  highSeq!: Float64Array;
  lastSent!: Float64Array;
  /** CUBIC. */
  wMax!: Float64Array;
  cubicK!: Float64Array;
  origin!: Float64Array;
  cnt!: Float64Array;
  lastCwnd!: Float64Array;
  lastTime!: Float64Array;
  ackCount!: Float64Array;
  tcpCwnd!: Float64Array;
  /** HyStart. */
  roundStart!: Float64Array;
  lastAck!: Float64Array;
  roundEnd!: Float64Array;
  currRtt!: Float64Array;
  /** Proportional rate reduction (RFC 6937). */
  prrDelivered!: Float64Array;
  prrOut!: Float64Array;
  priorCwnd!: Float64Array;
  /** DCTCP. */
  alpha!: Float64Array;
  ceBytes!: Float64Array;
  ackedBytes!: Float64Array;
  alphaSeq!: Float64Array;
  reducedSeq!: Float64Array;
  segHead!: Int32Array;
  segTail!: Int32Array;
  ooo!: Int32Array;
  /** Interval that changed last. */
  lastOoo!: Int32Array;
  state!: Int32Array;
  xmitKind!: Int32Array;
  backoff!: Int32Array;
  found!: Int32Array;
  samples!: Int32Array;
  quick!: Int32Array;
  pingpong!: Int32Array;
  chrono!: Int32Array;
  blocked!: Int32Array;
  reordered!: Int32Array;
  live!: Int32Array;
  echo!: Int32Array;
  private readonly blocks: Float64Array[] = [];
  private readonly ints: Int32Array;

  constructor(rows: number) {
    for (let k = 0; k < BLOCKS; k++) this.blocks.push(new Float64Array(rows * STRIDE));
    this.ints = new Int32Array(rows * STRIDE);
    this.bindSender();
    this.bindRest();
    this.bindInts();
  }

  /** Takes over all rows of a smaller table. */
  copyFrom(old: Columns): void {
    for (let k = 0; k < BLOCKS; k++) this.blocks[k]!.set(old.blocks[k]!);
    this.ints.set(old.ints);
  }

  /** A row as new. */
  clear(id: number): void {
    for (const block of this.blocks) block.fill(0, id, id + STRIDE);
    this.ints.fill(0, id, id + STRIDE);
  }

  private bindSender(): void {
    const [a, b] = this.blocks as [Float64Array, Float64Array];
    this.una = a.subarray(0);
    this.nxt = a.subarray(1);
    this.end = a.subarray(2);
    this.cwnd = a.subarray(3);
    this.ssthresh = a.subarray(4);
    this.right = a.subarray(5);
    this.tsq = a.subarray(6);
    this.packetsOut = a.subarray(7);
    this.sackedOut = a.subarray(8);
    this.lostOut = a.subarray(9);
    this.retransOut = a.subarray(10);
    this.xmitAt = a.subarray(11);
    this.delackAt = a.subarray(12);
    this.srtt = a.subarray(13);
    this.rto = a.subarray(14);
    this.rcvNxt = a.subarray(15);
    this.held = b.subarray(0);
    this.rttvar = b.subarray(4);
    this.minRtt = b.subarray(5);
    this.maxOut = b.subarray(6);
    this.maxOutSeq = b.subarray(7);
    this.limitedSeq = b.subarray(8);
    this.chronoAt = b.subarray(9);
    this.tlpSeq = b.subarray(10);
    this.rackTime = b.subarray(11);
    this.rackEnd = b.subarray(12);
    this.rackRtt = b.subarray(13);
    this.lastRcvTime = b.subarray(14);
    this.sackStart = b.subarray(15);
  }

  private bindRest(): void {
    const [, , c, d, e] = this.blocks as [unknown, unknown, Float64Array, Float64Array, Float64Array];
    this.readSeq = c.subarray(0);
    this.rcvRight = c.subarray(1);
    this.rcvBuf = c.subarray(2);
    this.rcvRtt = c.subarray(3);
    this.drsSeq = c.subarray(4);
    this.drsTime = c.subarray(5);
    this.drsSpace = c.subarray(6);
    this.pendingBytes = c.subarray(7);
    this.tsRecent = c.subarray(8);
    this.oooBytes = c.subarray(9);
    this.mss = c.subarray(10);
    this.delayMin = c.subarray(11);
    this.epochStart = c.subarray(12);
    this.cwndCount = c.subarray(13);
    this.highSeq = c.subarray(14);
    this.lastSent = c.subarray(15);
    this.wMax = d.subarray(0);
    this.cubicK = d.subarray(1);
    this.origin = d.subarray(2);
    this.cnt = d.subarray(3);
    this.lastCwnd = d.subarray(4);
    this.lastTime = d.subarray(5);
    this.ackCount = d.subarray(6);
    this.tcpCwnd = d.subarray(7);
    this.roundStart = d.subarray(8);
    this.lastAck = d.subarray(9);
    this.roundEnd = d.subarray(10);
    this.currRtt = d.subarray(11);
    this.prrDelivered = d.subarray(12);
    this.prrOut = d.subarray(13);
    this.priorCwnd = d.subarray(14);
    this.alpha = d.subarray(15);
    this.ceBytes = e.subarray(0);
    this.ackedBytes = e.subarray(1);
    this.alphaSeq = e.subarray(2);
    this.reducedSeq = e.subarray(3);
  }

  private bindInts(): void {
    const { ints: i } = this;
    this.segHead = i.subarray(0);
    this.segTail = i.subarray(1);
    this.ooo = i.subarray(2);
    this.lastOoo = i.subarray(3);
    this.state = i.subarray(4);
    this.xmitKind = i.subarray(5);
    this.backoff = i.subarray(6);
    this.found = i.subarray(7);
    this.samples = i.subarray(8);
    this.quick = i.subarray(9);
    this.pingpong = i.subarray(10);
    this.chrono = i.subarray(11);
    this.blocked = i.subarray(12);
    this.reordered = i.subarray(13);
    this.live = i.subarray(14);
    this.echo = i.subarray(15);
  }
}
