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
  /** 1: the congestion window was the limit when last asked (tcp_cwnd_validate). */
  limited!: Float64Array;
  chronoAt!: Float64Array;
  tlpSeq!: Float64Array;
  /** RACK: packet delivered that was sent last (RFC 8985). */
  rackTime!: Float64Array;
  rackEnd!: Float64Array;
  rackRtt!: Float64Array;
  lastRcvTime!: Float64Array;
  /** End of the highest byte selectively acknowledged. */
  highSack!: Float64Array;
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
  /** Largest window that the receiver cares to grant; grows with what arrives. */
  rcvSsthresh!: Float64Array;
  lastSent!: Float64Array;
  /** CUBIC; times are jiffies from 1 on, 0: none. */
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
  /** Recovery ends when this is acknowledged. */
  highSeq!: Float64Array;
  /** DCTCP. */
  alpha!: Float64Array;
  cePackets!: Float64Array;
  ackedPackets!: Float64Array;
  alphaSeq!: Float64Array;
  /** Undo: threshold before the reduction, first byte out then (−1: none), first retransmission's time (−1: none). */
  priorSsthresh!: Float64Array;
  undoMarker!: Float64Array;
  retransStamp!: Float64Array;
  /** ACKs out of order: byte expected then, sent since, held back. */
  dupAckSeq!: Float64Array;
  dupAcks!: Float64Array;
  compressedAcks!: Float64Array;
  /** The receiver's RTT: end of the window being timed, its begin; last echo, ms. */
  windowEnd!: Float64Array;
  windowAt!: Float64Array;
  lastEchoMs!: Float64Array;
  /** Pacing: when the next skb may go, ps. */
  paceAt!: Float64Array;
  /** End of what system calls have finished; end of the last segment that was not full (snd_sml). */
  pushed!: Float64Array;
  shortEnd!: Float64Array;
  segHead!: Int32Array;
  segTail!: Int32Array;
  ooo!: Int32Array;
  state!: Int32Array;
  xmitKind!: Int32Array;
  backoff!: Int32Array;
  /** HyStart: the end of slow start was found; RTT samples of this round. */
  found!: Int32Array;
  samples!: Int32Array;
  /** ACKs still to be sent at once. */
  quick!: Int32Array;
  pingpong!: Int32Array;
  chrono!: Int32Array;
  blocked!: Int32Array;
  reordered!: Int32Array;
  /** Tail loss probe: bits PROBE_… */
  probe!: Int32Array;
  /** Receiver: bit 0: congestion was experienced; from bit 1 on: short segments since the last ACK, at most 2. */
  echo!: Int32Array;
  /** 1: Nagle as amended by Minshall; 0: TCP_NODELAY. */
  nagle!: Int32Array;
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
    this.limited = b.subarray(8);
    this.chronoAt = b.subarray(9);
    this.tlpSeq = b.subarray(10);
    this.rackTime = b.subarray(11);
    this.rackEnd = b.subarray(12);
    this.rackRtt = b.subarray(13);
    this.lastRcvTime = b.subarray(14);
    this.highSack = b.subarray(15);
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
    this.rcvSsthresh = c.subarray(14);
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
    this.highSeq = e.subarray(0);
    this.cePackets = e.subarray(1);
    this.ackedPackets = e.subarray(2);
    this.alphaSeq = e.subarray(3);
    this.priorSsthresh = e.subarray(4);
    this.undoMarker = e.subarray(5);
    this.retransStamp = e.subarray(6);
    this.dupAckSeq = e.subarray(7);
    this.dupAcks = e.subarray(8);
    this.compressedAcks = e.subarray(9);
    this.windowEnd = e.subarray(10);
    this.windowAt = e.subarray(11);
    this.lastEchoMs = e.subarray(12);
    this.paceAt = e.subarray(13);
    this.pushed = e.subarray(14);
    this.shortEnd = e.subarray(15);
  }

  private bindInts(): void {
    const { ints: i } = this;
    this.segHead = i.subarray(0);
    this.segTail = i.subarray(1);
    this.ooo = i.subarray(2);
    this.state = i.subarray(3);
    this.xmitKind = i.subarray(4);
    this.backoff = i.subarray(5);
    this.found = i.subarray(6);
    this.samples = i.subarray(7);
    this.quick = i.subarray(8);
    this.pingpong = i.subarray(9);
    this.chrono = i.subarray(10);
    this.blocked = i.subarray(11);
    this.reordered = i.subarray(12);
    this.probe = i.subarray(13);
    this.echo = i.subarray(14);
    this.nagle = i.subarray(15);
  }
}
