/**
 * Columns of TCP endpoints. Times are ps, sequences byte offsets, windows packets; meanings beside the names.
 *
 * A row lies together in memory, whole numbers as doubles too, and an id is its first place: what every segment
 * touches comes first, then what every ACK of data does, then congestion control, last what losses need
 * (docs/PERFORMANCE.md).
 */

/** Places in the order in which they lie; a number: so many of the same name. */
const EVERY_SEGMENT = [
  'una',
  'nxt',
  'end',
  'right',
  'packetsOut',
  'xmitAt',
  'delackAt',
  'rcvNxt',
  'blocked',
  'chrono',
  'mss',
  'lostOut',
  'retransOut',
  'probe',
  'readSeq',
  'pendingBytes',
  'echo',
  'rcvRight',
  'rcvBuf',
  'tsRecent',
  'oooBytes',
  'rcvSsthresh',
  'ooo',
] as const;
const EVERY_ACK = [
  'cwnd',
  'ssthresh',
  'sackedOut',
  'limited',
  'srtt',
  'rto',
  'state',
  'segHead',
  'segTail',
  'minRtt',
  'tlpSeq',
  'highSack',
  'rcvRtt',
  'chronoAt',
  'lastEchoMs',
  'lastRcvTime',
  'xmitKind',
  'maxOut',
  'maxOutSeq',
  'backoff',
  'epochStart',
  'lastSent',
  'pingpong',
  'quick',
  'windowEnd',
  'rttvar',
  'tsq',
] as const;
const SOME = [
  'pushed',
  'shortEnd',
  'nagle',
  'rackTime',
  'rackEnd',
  'rackRtt',
  'drsTime',
  'drsSeq',
  'drsSpace',
  'delayMin',
  'found',
  'samples',
  'roundStart',
  'roundEnd',
  'lastAck',
  'currRtt',
  'cwndCount',
  'cnt',
  'lastCwnd',
  'lastTime',
  'ackCount',
  'tcpCwnd',
  'windowAt',
  'paceAt',
] as const;
const LOSSES = [
  'wMax',
  'cubicK',
  'origin',
  'prrDelivered',
  'prrOut',
  'priorCwnd',
  'highSeq',
  'alpha',
  'cePackets',
  'ackedPackets',
  'alphaSeq',
  'priorSsthresh',
  'undoMarker',
  'retransStamp',
  'dupAckSeq',
  'dupAcks',
  'compressedAcks',
  'reordered',
] as const;
const ORDER = [...EVERY_SEGMENT, ...EVERY_ACK, ...SOME, ...LOSSES];
/** Behind `held`'s four places, which every segment touches one of, come all others. */
const HELD = 4;
export const TCP_ROW = HELD + ORDER.length;

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
  segHead!: Float64Array;
  segTail!: Float64Array;
  ooo!: Float64Array;
  state!: Float64Array;
  xmitKind!: Float64Array;
  backoff!: Float64Array;
  /** HyStart: the end of slow start was found; RTT samples of this round. */
  found!: Float64Array;
  samples!: Float64Array;
  /** ACKs still to be sent at once. */
  quick!: Float64Array;
  pingpong!: Float64Array;
  chrono!: Float64Array;
  blocked!: Float64Array;
  reordered!: Float64Array;
  /** Tail loss probe: bits PROBE_… */
  probe!: Float64Array;
  /** Receiver: bit 0: congestion was experienced; from bit 1 on: short segments since the last ACK, at most 2. */
  echo!: Float64Array;
  /** 1: Nagle as amended by Minshall; 0: TCP_NODELAY. */
  nagle!: Float64Array;
  private readonly f: Float64Array;

  constructor(rows: number) {
    this.f = new Float64Array(rows * TCP_ROW);
    this.held = this.f.subarray(0);
    for (const [k, name] of ORDER.entries()) this[name] = this.f.subarray(HELD + k);
  }

  /** Takes over all rows of a smaller table. */
  copyFrom(old: Columns): void {
    this.f.set(old.f);
  }

  /** A row as new. */
  clear(id: number): void {
    this.f.fill(0, id, id + TCP_ROW);
  }
}
