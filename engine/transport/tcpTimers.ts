/**
 * Deadlines of an endpoint: retransmission time-out, tail loss probe, RACK's reordering wait (one at a time, as in
 * Linux) and the delayed ACK.
 *
 * Source: net/ipv4/tcp_timer.c, tcp_output.c (tcp_schedule_loss_probe), tcp_recovery.c, Linux 6.12. A warm
 * connection without an RTT sample has the least RTO, not one second. A closed window is probed with one segment
 * (the kernel sends an empty one). Left out: keepalive, F-RTO.
 */
import { ssthreshAfterLoss } from './congestion.ts';
import { detectLosses, enterRecoveryIfLost } from './tcpLoss.ts';
import { splitSeg } from './tcpSend.ts';
import { LOSS, MAYBE, S_LOST, S_RETRANS, S_SACKED } from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';

export const RTO_MIN_PS = 200e9; // TCP_RTO_MIN
const RTO_MAX_PS = 120e12; // TCP_RTO_MAX
const TICK_PS = 2e9; // slack of a probe: two jiffies at HZ 1000

/** Kinds of the retransmission deadline. */
export const X_NONE = 0;
export const X_RTO = 1;
export const X_PROBE = 2;
export const X_REORDER = 3;
export const X_PERSIST = 4;

/** Sets the deadline after sending or after an ACK: a probe where one helps, else the time-out. */
export function armXmit(t: TcpTable, ep: number, now: number, probe: boolean): void {
  const { c } = t.s;
  if (c.packetsOut[ep] === 0) {
    c.xmitKind[ep] = X_NONE;
    c.xmitAt[ep] = Infinity;
    return;
  }
  const backoff = c.rto[ep]! * (1 << Math.min(16, c.backoff[ep]!));
  const rto = backoff < RTO_MAX_PS ? backoff : RTO_MAX_PS;
  c.xmitKind[ep] = X_RTO;
  c.xmitAt[ep] = now + rto;
  if (!probe || c.state[ep]! !== 0 || c.tlpSeq[ep]! > 0 || c.sackedOut[ep]! > 0) return;
  const srtt = c.srtt[ep]!;
  let wait = srtt > 0 ? Math.round(2 * srtt) : rto;
  if (srtt > 0) wait += c.packetsOut[ep] === 1 ? RTO_MIN_PS : TICK_PS;
  if (now + wait < c.xmitAt[ep]!) {
    c.xmitKind[ep] = X_PROBE;
    c.xmitAt[ep] = now + wait;
  }
}

/** The window is closed and nothing is out that an ACK could answer: ask again later. */
export function armPersist(t: TcpTable, ep: number, now: number): void {
  const { c } = t.s;
  if (c.xmitKind[ep] === X_PERSIST) return;
  c.xmitKind[ep] = X_PERSIST;
  c.xmitAt[ep] = now + c.rto[ep]! * (1 << Math.min(9, c.backoff[ep]!));
}

/** @returns bit 1: there may be something to send; bit 2: a pure ACK is due. */
export function onTimer(t: TcpTable, ep: number, now: number): number {
  const { c } = t.s;
  let what = 0;
  if (c.delackAt[ep]! <= now) {
    c.delackAt[ep] = Infinity;
    what |= 2;
  }
  if (c.xmitAt[ep]! > now) return what;
  c.blocked[ep] = MAYBE;
  switch (c.xmitKind[ep]) {
    case X_REORDER:
      detectLosses(t, ep, now);
      enterRecoveryIfLost(t, ep, 0);
      if (c.xmitAt[ep]! <= now) armXmit(t, ep, now, false);
      break;
    case X_PERSIST:
      c.xmitKind[ep] = X_NONE;
      c.xmitAt[ep] = Infinity;
      c.backoff[ep]! += 1;
      c.right[ep] = Math.max(c.right[ep]!, c.nxt[ep]! + Math.min(c.mss[ep]!, c.end[ep]! - c.nxt[ep]!));
      break;
    case X_PROBE:
      probe(t, ep, now);
      break;
    default:
      timeOut(t, ep, now);
  }
  return what | 1;
}

/** Tail loss probe: new data if there is any (the host sends it next), else the last packet again. */
function probe(t: TcpTable, ep: number, now: number): void {
  const { s } = t;
  const { c } = s;
  c.tlpSeq[ep] = c.nxt[ep]!;
  c.xmitKind[ep] = X_RTO;
  c.xmitAt[ep] = now + c.rto[ep]!;
  const mss = c.mss[ep]!;
  if (c.end[ep]! > c.nxt[ep]! && c.right[ep]! - c.nxt[ep]! >= mss) {
    c.cwnd[ep] = Math.max(c.cwnd[ep]!, c.packetsOut[ep]! + 1);
    return;
  }
  const tail = c.segTail[ep]!;
  if (tail < 0 || (s.segFlags[tail]! & (S_SACKED | S_LOST)) !== 0) return;
  if (s.segPackets[tail]! > 1) splitSeg(s, ep, tail, s.segPackets[tail]! - 1);
  const last = c.segTail[ep]!;
  // Marked lost so that it is sent again at once; the ACK that follows accounts for it.
  s.segFlags[last]! |= S_LOST;
  c.lostOut[ep]! += s.segPackets[last]!;
}

/** Retransmission time-out: everything not selectively acknowledged is lost; start again with one packet. */
function timeOut(t: TcpTable, ep: number, now: number): void {
  const { s } = t;
  const { c } = s;
  if (c.packetsOut[ep] === 0) {
    c.xmitAt[ep] = Infinity;
    return;
  }
  if (c.state[ep]! < LOSS || c.una[ep]! > c.highSeq[ep]!) {
    c.ssthresh[ep] = ssthreshAfterLoss(s, ep, t.options.congestion);
  }
  c.lostOut[ep] = 0;
  c.retransOut[ep] = 0;
  for (let seg = c.segHead[ep]!; seg >= 0; seg = s.segNext[seg]!) {
    s.segFlags[seg]! &= ~(S_RETRANS | S_LOST);
    if ((s.segFlags[seg]! & S_SACKED) !== 0) continue;
    s.segFlags[seg]! |= S_LOST;
    c.lostOut[ep]! += s.segPackets[seg]!;
  }
  c.state[ep] = LOSS;
  c.highSeq[ep] = c.nxt[ep]!;
  c.cwnd[ep] = 1;
  c.cwndCount[ep] = 0;
  c.tlpSeq[ep] = 0;
  c.backoff[ep]! += 1;
  armXmit(t, ep, now, false);
  t.timeouts++;
}

/** RTT estimator of RFC 6298 with Linux's floor on the variation. */
export function rttSample(t: TcpTable, ep: number, rttPs: number): void {
  const { c } = t.s;
  if (c.minRtt[ep] === 0 || rttPs < c.minRtt[ep]!) c.minRtt[ep] = rttPs;
  if (c.srtt[ep] === 0) {
    c.srtt[ep] = rttPs;
    c.rttvar[ep] = rttPs / 2;
  } else {
    const error = rttPs - c.srtt[ep]!;
    c.srtt[ep]! += error / 8;
    c.rttvar[ep]! += ((error < 0 ? -error : error) - c.rttvar[ep]!) / 4;
  }
  const spread = 4 * c.rttvar[ep]!;
  c.rto[ep] = Math.round(c.srtt[ep]! + (spread > RTO_MIN_PS ? spread : RTO_MIN_PS));
}
