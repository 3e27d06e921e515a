/**
 * The scoreboard: what an ACK acknowledges cumulatively and selectively, which skbs are lost, and the sums over one
 * ACK that the rest of its handling needs.
 *
 * Source: net/ipv4/tcp_input.c (tcp_sacktag_one, tcp_clean_rtx_queue), tcp_recovery.c (tcp_rack_advance), Linux
 * 6.12. Left out: DSACK, reneging, the degree of reordering (only whether it was seen).
 */
import { S_EVER, S_LOST, S_RETRANS, S_SACKED, type TcpState } from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';

/** Sums over one ACK, kept here so that nothing is allocated. Times are ps, −1: none. */
export class AckWork {
  /** Packets newly acknowledged, cumulatively and selectively. */
  ackedPackets = 0;
  sackedPackets = 0;
  lostPackets = 0;
  /** First and last sending time of what was never sent again, cumulatively and selectively acknowledged. */
  firstAcked = -1;
  lastAcked = -1;
  firstSacked = -1;
  lastSacked = -1;
  /** Something that was sent again is acknowledged: its RTT is ambiguous. */
  ambiguous = false;
  /** RACK has news. */
  rackAdvanced = false;
  /** RACK waits for a reordered packet: the deadline is its own. */
  rackWaits = false;
  lostAgain = false;
  /** Highest byte selectively acknowledged before. */
  priorSack = 0;
  tsEcr = -1;

  begin(highSack: number, tsEcr: number): void {
    this.ackedPackets = 0;
    this.sackedPackets = 0;
    this.lostPackets = 0;
    this.firstAcked = -1;
    this.lastAcked = -1;
    this.firstSacked = -1;
    this.lastSacked = -1;
    this.ambiguous = false;
    this.rackAdvanced = false;
    this.rackWaits = false;
    this.lostAgain = false;
    this.priorSack = highSack;
    this.tsEcr = tsEcr;
  }
}

const TIMESTAMP_PS = 1e9; // TCP_TS_HZ: timestamps tick in ms

/** Whether the echo of a timestamp proves that what is acknowledged was sent before `sentPs`. */
export function echoesBefore(tsEcr: number, sentPs: number): boolean {
  return tsEcr >= 0 && Math.floor(tsEcr / TIMESTAMP_PS) < Math.floor(sentPs / TIMESTAMP_PS);
}

export function cumulative(t: TcpTable, ep: number, now: number, ackSeq: number): void {
  const { s } = t;
  const { c } = s;
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
    retire(t, ep, now, seg);
    s.freeSeg(seg);
    seg = next;
    c.segHead[ep] = seg;
  }
  if (seg < 0) c.segTail[ep] = -1;
}

/** A sent skb is acknowledged and leaves the scoreboard. */
function retire(t: TcpTable, ep: number, now: number, seg: number): void {
  const { s, work } = t;
  const { c } = s;
  const n = s.segPackets[seg]!;
  const flags = s.segFlags[seg]!;
  const sent = s.segTime[seg]!;
  c.packetsOut[ep]! -= n;
  if ((flags & S_EVER) !== 0) work.ambiguous = true;
  else if ((flags & S_SACKED) === 0) {
    if (work.firstAcked < 0) work.firstAcked = sent;
    work.lastAcked = sent;
    // A hole is filled by what was never sent again: the path reorders.
    if (s.segStart[seg]! < work.priorSack) c.reordered[ep] = 1;
  }
  if ((flags & S_SACKED) !== 0) c.sackedOut[ep]! -= n;
  else {
    work.ackedPackets += n;
    const spurious = (flags & S_EVER) !== 0 && echoesBefore(work.tsEcr, sent);
    if (!spurious) rackAdvance(t, ep, now, sent, s.segEnd[seg]!, flags);
  }
  if ((flags & S_LOST) !== 0) c.lostOut[ep]! -= n;
  if ((flags & S_RETRANS) !== 0) c.retransOut[ep]! -= n;
}

/** RACK's clock: the latest sending time among what has arrived. */
function rackAdvance(t: TcpTable, ep: number, now: number, sent: number, end: number, flags: number): void {
  const { work } = t;
  const { c } = t.s;
  const rtt = now - sent;
  // Sooner than the path allows: it was the original that arrived.
  if ((flags & S_EVER) !== 0 && (c.minRtt[ep] === 0 || rtt < c.minRtt[ep]!)) return;
  work.rackAdvanced = true;
  c.rackRtt[ep] = rtt;
  if (sent > c.rackTime[ep]! || (sent === c.rackTime[ep]! && end > c.rackEnd[ep]!)) {
    c.rackTime[ep] = sent;
    c.rackEnd[ep] = end;
  }
}

/** One block of a selective acknowledgement, bytes [start, end). */
export function selective(t: TcpTable, ep: number, now: number, start: number, end: number): void {
  const { s } = t;
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
    tagSacked(t, ep, now, seg);
  }
}

function tagSacked(t: TcpTable, ep: number, now: number, seg: number): void {
  const { s, work } = t;
  const { c } = s;
  const n = s.segPackets[seg]!;
  const flags = s.segFlags[seg]!;
  const sent = s.segTime[seg]!;
  if ((flags & S_LOST) !== 0) c.lostOut[ep]! -= n;
  if ((flags & S_RETRANS) !== 0) c.retransOut[ep]! -= n;
  s.segFlags[seg] = (flags & S_EVER) | S_SACKED;
  c.sackedOut[ep]! += n;
  work.sackedPackets += n;
  rackAdvance(t, ep, now, sent, s.segEnd[seg]!, flags);
  if ((flags & S_EVER) === 0) {
    if (s.segStart[seg]! < work.priorSack) c.reordered[ep] = 1;
    // Blocks come in any order.
    if (work.firstSacked < 0 || sent < work.firstSacked) work.firstSacked = sent;
    if (sent > work.lastSacked) work.lastSacked = sent;
  }
  if (s.segEnd[seg]! > c.highSack[ep]!) c.highSack[ep] = s.segEnd[seg]!;
}

/** Marks a sent skb lost, or lost again (tcp_mark_skb_lost). */
export function markLost(t: TcpTable, ep: number, seg: number): void {
  const { s, work } = t;
  const { c } = s;
  const flags = s.segFlags[seg]!;
  const n = s.segPackets[seg]!;
  if ((flags & S_SACKED) !== 0) return;
  if ((flags & S_LOST) === 0) {
    c.lostOut[ep]! += n;
    work.lostPackets += n;
  } else if ((flags & S_RETRANS) !== 0) {
    c.retransOut[ep]! -= n;
    work.lostPackets += n;
    work.lostAgain = true;
  }
  s.segFlags[seg] = (flags | S_LOST) & ~S_RETRANS;
}

/** Cuts a sent skb after its first `packets` packets; both parts keep its flags and time. */
export function splitSeg(s: TcpState, ep: number, seg: number, packets: number): void {
  const rest = s.newSeg();
  const cut = s.segStart[seg]! + packets * s.c.mss[ep]!;
  s.segStart[rest] = cut;
  s.segEnd[rest] = s.segEnd[seg]!;
  s.segTime[rest] = s.segTime[seg]!;
  s.segFlags[rest] = s.segFlags[seg]!;
  s.segPackets[rest] = s.segPackets[seg]! - packets;
  s.segNext[rest] = s.segNext[seg]!;
  s.segEnd[seg] = cut;
  s.segPackets[seg] = packets;
  s.segNext[seg] = rest;
  if (s.c.segTail[ep] === seg) s.c.segTail[ep] = rest;
}
