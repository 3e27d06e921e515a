/** Columns of TCP endpoints. Times are ps, sequences byte offsets, windows packets; meanings beside the names. */

/** Columns of endpoints; created in one order, so that all tables have one shape. */
export class Columns {
  /** First byte not acknowledged, next to send, end of what was written. */
  readonly una: Float64Array;
  readonly nxt: Float64Array;
  readonly end: Float64Array;
  readonly mss: Float64Array;
  /** Packets. */
  readonly cwnd: Float64Array;
  readonly ssthresh: Float64Array;
  /** Smoothed RTT, its variation, timeout, least RTT, ps. */
  readonly srtt: Float64Array;
  readonly rttvar: Float64Array;
  readonly rto: Float64Array;
  readonly minRtt: Float64Array;
  /** Right edge of the receive window that the peer granted. */
  readonly right: Float64Array;
  /** Payload below the stack that has not left the NIC. */
  readonly tsq: Float64Array;
  readonly lastSent: Float64Array;
  /** Scoreboard, packets. */
  readonly packetsOut: Float64Array;
  readonly sackedOut: Float64Array;
  readonly lostOut: Float64Array;
  readonly retransOut: Float64Array;
  readonly highSeq: Float64Array;
  /** Proportional rate reduction (RFC 6937). */
  readonly prrDelivered: Float64Array;
  readonly prrOut: Float64Array;
  readonly priorCwnd: Float64Array;
  /** RACK: newest delivered packet (RFC 8985). */
  readonly rackTime: Float64Array;
  readonly rackEnd: Float64Array;
  readonly rackRtt: Float64Array;
  /** Deadlines: retransmission (which kind: xmitKind), delayed ACK. */
  readonly xmitAt: Float64Array;
  readonly delackAt: Float64Array;
  /** Window in use: sequence until which that holds; packets out at most, and until when. */
  readonly limitedSeq: Float64Array;
  readonly maxOut: Float64Array;
  readonly maxOutSeq: Float64Array;
  readonly tlpSeq: Float64Array;
  readonly cwndCount: Float64Array;
  /** CUBIC. */
  readonly wMax: Float64Array;
  readonly epochStart: Float64Array;
  readonly cubicK: Float64Array;
  readonly origin: Float64Array;
  readonly cnt: Float64Array;
  readonly lastCwnd: Float64Array;
  readonly lastTime: Float64Array;
  readonly ackCount: Float64Array;
  readonly tcpCwnd: Float64Array;
  /** HyStart. */
  readonly delayMin: Float64Array;
  readonly roundStart: Float64Array;
  readonly lastAck: Float64Array;
  readonly roundEnd: Float64Array;
  readonly currRtt: Float64Array;
  /** Receiver: next byte expected, next to read, right edge granted, buffer. */
  readonly rcvNxt: Float64Array;
  readonly readSeq: Float64Array;
  readonly rcvRight: Float64Array;
  readonly rcvBuf: Float64Array;
  readonly rcvRtt: Float64Array;
  /** Receive buffer autotuning. */
  readonly drsSeq: Float64Array;
  readonly drsTime: Float64Array;
  readonly drsSpace: Float64Array;
  readonly pendingBytes: Float64Array;
  readonly tsRecent: Float64Array;
  readonly lastRcvTime: Float64Array;
  readonly chronoAt: Float64Array;
  readonly oooBytes: Float64Array;
  readonly sackStart: Float64Array;
  /** DCTCP. */
  readonly alpha: Float64Array;
  readonly ceBytes: Float64Array;
  readonly ackedBytes: Float64Array;
  readonly alphaSeq: Float64Array;
  readonly reducedSeq: Float64Array;
  readonly segHead: Int32Array;
  readonly segTail: Int32Array;
  readonly ooo: Int32Array;
  readonly state: Int32Array;
  readonly xmitKind: Int32Array;
  readonly backoff: Int32Array;
  readonly found: Int32Array;
  readonly samples: Int32Array;
  readonly quick: Int32Array;
  readonly pingpong: Int32Array;
  readonly chrono: Int32Array;
  readonly blocked: Int32Array;
  readonly reordered: Int32Array;
  readonly live: Int32Array;
  readonly echo: Int32Array;
  /** Interval that changed last. */
  readonly lastOoo: Int32Array;

  constructor(size: number) {
    const f = () => new Float64Array(size);
    const i = () => new Int32Array(size);
    this.una = f();
    this.nxt = f();
    this.end = f();
    this.mss = f();
    this.cwnd = f();
    this.ssthresh = f();
    this.srtt = f();
    this.rttvar = f();
    this.rto = f();
    this.minRtt = f();
    this.right = f();
    this.tsq = f();
    this.lastSent = f();
    this.packetsOut = f();
    this.sackedOut = f();
    this.lostOut = f();
    this.retransOut = f();
    this.highSeq = f();
    this.prrDelivered = f();
    this.prrOut = f();
    this.priorCwnd = f();
    this.rackTime = f();
    this.rackEnd = f();
    this.rackRtt = f();
    this.xmitAt = f();
    this.delackAt = f();
    this.limitedSeq = f();
    this.maxOut = f();
    this.maxOutSeq = f();
    this.tlpSeq = f();
    this.cwndCount = f();
    this.wMax = f();
    this.epochStart = f();
    this.cubicK = f();
    this.origin = f();
    this.cnt = f();
    this.lastCwnd = f();
    this.lastTime = f();
    this.ackCount = f();
    this.tcpCwnd = f();
    this.delayMin = f();
    this.roundStart = f();
    this.lastAck = f();
    this.roundEnd = f();
    this.currRtt = f();
    this.rcvNxt = f();
    this.readSeq = f();
    this.rcvRight = f();
    this.rcvBuf = f();
    this.rcvRtt = f();
    this.drsSeq = f();
    this.drsTime = f();
    this.drsSpace = f();
    this.pendingBytes = f();
    this.tsRecent = f();
    this.lastRcvTime = f();
    this.chronoAt = f();
    this.oooBytes = f();
    this.sackStart = f();
    this.alpha = f();
    this.ceBytes = f();
    this.ackedBytes = f();
    this.alphaSeq = f();
    this.reducedSeq = f();
    this.segHead = i();
    this.segTail = i();
    this.ooo = i();
    this.state = i();
    this.xmitKind = i();
    this.backoff = i();
    this.found = i();
    this.samples = i();
    this.quick = i();
    this.pingpong = i();
    this.chrono = i();
    this.blocked = i();
    this.reordered = i();
    this.live = i();
    this.echo = i();
    this.lastOoo = i();
  }

  all(): readonly (Float64Array | Int32Array)[] {
    return Object.values(this) as (Float64Array | Int32Array)[];
  }
}
