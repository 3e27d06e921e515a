/**
 * An ACK at its sender: cumulative and selective acknowledgement, RTT, RACK, recovery, congestion window.
 *
 * Source: net/ipv4/tcp_input.c (tcp_ack), Linux 6.12. The RTT comes from the timestamp echo. Left out: DSACK,
 * reneging, ECN with CUBIC beyond one reduction a round trip.
 */
import { congestionAvoid, dctcpRound, hystart, ssthreshAfterLoss } from './congestion.ts';
import { detectLosses, enterRecoveryIfLost, leaveRecovery, reduce } from './tcpLoss.ts';
import { gsoDelayPs, splitSeg } from './tcpSend.ts';
import { LOSS, MAYBE, RECOVERY, S_EVER, S_LOST, S_RETRANS, S_SACKED, type TcpState } from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';
import { armXmit, rttSample } from './tcpTimers.ts';

export interface AckFields {
  readonly ackSeq: number;
  readonly windowBytes: number;
  readonly tsEcr: number;
  readonly sackCount: number;
  readonly sack: Float64Array;
  readonly sackOffset: number;
}

/** Sums of one ACK, kept here so that nothing is allocated. */
export class AckWork {
  ackedPackets = 0;
  sackedPackets = 0;
  ackedBytes = 0;
}

export function onAck(
  t: TcpTable,
  ep: number,
  now: number,
  ackSeq: number,
  windowBytes: number,
  tsEcr: number,
  sackCount: number,
  sack: Float64Array,
  sackOffset: number,
  ece: boolean,
): void {
  const { s, work } = t;
  const { c } = s;
  if (ackSeq > c.nxt[ep]!) return;
  const right = ackSeq + windowBytes;
  if (right > c.right[ep]!) c.right[ep] = right;
  if (tsEcr >= 0) receiverRtt(s, ep, now - tsEcr);
  const before = c.una[ep]!;
  c.blocked[ep] = MAYBE;
  if (c.packetsOut[ep] === 0) return;
  work.ackedPackets = 0;
  work.sackedPackets = 0;
  work.ackedBytes = 0;
  const advanced = ackSeq > before;
  const inUse = windowInUse(s, ep);
  if (advanced) cumulative(t, ep, ackSeq);
  for (let i = 0; i < sackCount; i++) {
    selective(t, ep, sack[sackOffset + 2 * i]!, sack[sackOffset + 2 * i + 1]!);
  }
  const delivered = work.ackedPackets + work.sackedPackets;
  if (delivered > 0 && tsEcr >= 0) {
    rttSample(t, ep, now - tsEcr);
    if (c.rackTime[ep]! > 0) c.rackRtt[ep] = now - tsEcr;
    if (advanced) hystart(s, ep, now, now - tsEcr, t.options.congestion, gsoDelayPs(t, ep));
  }
  if (advanced) {
    c.backoff[ep] = 0;
    if (c.tlpSeq[ep]! > 0 && ackSeq >= c.tlpSeq[ep]!) c.tlpSeq[ep] = 0;
  }
  const marked = t.options.congestion === 'dctcp' ? dctcpRound(s, ep, work.ackedBytes, ece) : ece;
  const trouble = c.sackedOut[ep]! > 0 || c.lostOut[ep]! > 0 || c.state[ep]! >= RECOVERY;
  const lost = trouble ? detectLosses(t, ep, now) : 0;
  const wasRecovering = c.state[ep] === RECOVERY;
  enterRecoveryIfLost(t, ep, delivered);
  leaveRecovery(t, ep);
  if (c.state[ep] === RECOVERY) {
    if (wasRecovering) {
      c.prrDelivered[ep]! += delivered;
      if (delivered > 0) reduce(t, ep, delivered, lost > 0, advanced);
    }
  } else if (marked && c.una[ep]! > c.reducedSeq[ep]! && c.state[ep] !== LOSS) {
    c.ssthresh[ep] = ssthreshAfterLoss(s, ep, t.options.congestion);
    c.cwnd[ep] = c.ssthresh[ep]!;
    c.reducedSeq[ep] = c.nxt[ep]!;
  } else if (advanced && inUse) congestionAvoid(s, ep, now, work.ackedPackets, t.options.congestion);
  if (advanced || c.xmitKind[ep] !== 3) armXmit(t, ep, now, advanced);
}

/** The window was the limit: only then it grows (tcp_is_cwnd_limited). */
function windowInUse(s: TcpState, ep: number): boolean {
  const { c } = s;
  if (c.cwnd[ep]! < c.ssthresh[ep]!) return c.cwnd[ep]! < 2 * c.maxOut[ep]!;
  return c.limitedSeq[ep]! > c.una[ep]! || c.limitedSeq[ep] === c.nxt[ep];
}

/** The receiver's own idea of the RTT, for its buffer: the echo of its ACK's timestamp. */
function receiverRtt(s: TcpState, ep: number, sample: number): void {
  const { c } = s;
  const old = c.rcvRtt[ep]!;
  c.rcvRtt[ep] = old === 0 || sample < old ? sample : old + (sample - old) / 8;
}

function cumulative(t: TcpTable, ep: number, ackSeq: number): void {
  const { s, work } = t;
  const { c } = s;
  work.ackedBytes += ackSeq - c.una[ep]!;
  c.una[ep] = ackSeq;
  let seg = c.segHead[ep]!;
  while (seg >= 0 && s.segStart[seg]! < ackSeq) {
    if (s.segEnd[seg]! > ackSeq) {
      const packets = Math.floor((ackSeq - s.segStart[seg]!) / c.mss[ep]!);
      if (packets === 0) {
        s.segStart[seg] = ackSeq;
        break;
      }
      splitSeg(s, ep, seg, packets);
      continue;
    }
    const next = s.segNext[seg]!;
    retire(t, ep, seg);
    s.freeSeg(seg);
    seg = next;
    c.segHead[ep] = seg;
  }
  if (seg < 0) c.segTail[ep] = -1;
}

/** A sent skb is acknowledged and leaves the scoreboard. */
function retire(t: TcpTable, ep: number, seg: number): void {
  const { s, work } = t;
  const { c } = s;
  const n = s.segPackets[seg]!;
  const flags = s.segFlags[seg]!;
  c.packetsOut[ep]! -= n;
  if ((flags & S_SACKED) !== 0) c.sackedOut[ep]! -= n;
  else {
    work.ackedPackets += n;
    delivered(s, ep, seg, flags);
  }
  if ((flags & S_LOST) !== 0) c.lostOut[ep]! -= n;
  if ((flags & S_RETRANS) !== 0) c.retransOut[ep]! -= n;
}

/** RACK's clock: the latest sending time among what has arrived. */
function delivered(s: TcpState, ep: number, seg: number, flags: number): void {
  const { c } = s;
  const sent = s.segTime[seg]!;
  const end = s.segEnd[seg]!;
  if ((flags & S_EVER) === 0 && end < c.sackStart[ep]!) c.reordered[ep] = 1;
  if (sent > c.rackTime[ep]! || (sent === c.rackTime[ep]! && end > c.rackEnd[ep]!)) {
    c.rackTime[ep] = sent;
    c.rackEnd[ep] = end;
  }
}

function selective(t: TcpTable, ep: number, start: number, end: number): void {
  const { s, work } = t;
  const { c } = s;
  const mss = c.mss[ep]!;
  for (let seg = c.segHead[ep]!; seg >= 0 && s.segStart[seg]! < end; seg = s.segNext[seg]!) {
    if (s.segEnd[seg]! <= start || (s.segFlags[seg]! & S_SACKED) !== 0) continue;
    if (s.segStart[seg]! < start) {
      const packets = Math.ceil((start - s.segStart[seg]!) / mss);
      if (packets < s.segPackets[seg]!) splitSeg(s, ep, seg, packets);
      continue;
    }
    if (s.segEnd[seg]! > end) {
      const packets = Math.floor((end - s.segStart[seg]!) / mss);
      if (packets === 0) continue;
      splitSeg(s, ep, seg, packets);
    }
    const n = s.segPackets[seg]!;
    const flags = s.segFlags[seg]!;
    if ((flags & S_LOST) !== 0) c.lostOut[ep]! -= n;
    if ((flags & S_RETRANS) !== 0) c.retransOut[ep]! -= n;
    s.segFlags[seg] = (flags & S_EVER) | S_SACKED;
    c.sackedOut[ep]! += n;
    work.sackedPackets += n;
    delivered(s, ep, seg, flags);
    if (s.segEnd[seg]! > c.sackStart[ep]!) c.sackStart[ep] = s.segEnd[seg]!;
  }
}
