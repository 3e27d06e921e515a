/**
 * Loss detection and recovery: RACK (RFC 8985) with Linux's rule for when no reordering was seen, and
 * proportional rate reduction (RFC 6937).
 *
 * Source: net/ipv4/tcp_recovery.c, tcp_input.c (tcp_cwnd_reduction), Linux 6.12. Left out: the adaptive
 * reordering window's steps from DSACK, undo.
 */
import { ssthreshAfterLoss } from './congestion.ts';
import { inFlight } from './tcpSend.ts';
import { DISORDER, LOSS, OPEN, RECOVERY, S_LOST, S_RETRANS, S_SACKED } from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';
import { X_REORDER } from './tcpTimers.ts';

const DUP_THRESHOLD = 3; // tp->reordering at start

/** Marks what RACK's clock says is lost; sets the reordering deadline for what may be. @returns packets newly lost */
export function detectLosses(t: TcpTable, ep: number, now: number): number {
  const { s } = t;
  const { c } = s;
  const rackTime = c.rackTime[ep]!;
  if (rackTime === 0) return 0;
  const window = reorderWindow(t, ep);
  let lost = 0;
  let wait = 0;
  for (let seg = c.segHead[ep]!; seg >= 0; seg = s.segNext[seg]!) {
    const flags = s.segFlags[seg]!;
    if ((flags & S_SACKED) !== 0) continue;
    if ((flags & S_LOST) !== 0 && (flags & S_RETRANS) === 0) continue;
    const sent = s.segTime[seg]!;
    if (sent > rackTime || (sent === rackTime && s.segEnd[seg]! >= c.rackEnd[ep]!)) continue;
    const left = sent + c.rackRtt[ep]! + window - now;
    if (left <= 0) {
      if ((flags & S_LOST) === 0) c.lostOut[ep]! += s.segPackets[seg]!;
      if ((flags & S_RETRANS) !== 0) c.retransOut[ep]! -= s.segPackets[seg]!;
      s.segFlags[seg] = (flags | S_LOST) & ~S_RETRANS;
      lost += s.segPackets[seg]!;
    } else if (left > wait) wait = left;
  }
  if (wait > 0) {
    c.xmitKind[ep] = X_REORDER;
    c.xmitAt[ep] = now + Math.ceil(wait);
  }
  return lost;
}

/** Time that a packet may be late: none once losses are evident and no reordering was seen. */
function reorderWindow(t: TcpTable, ep: number): number {
  const { c } = t.s;
  if (c.reordered[ep] === 0 && (c.state[ep]! >= RECOVERY || c.sackedOut[ep]! >= DUP_THRESHOLD)) return 0;
  const quarter = c.minRtt[ep]! / 4;
  const eighth = c.srtt[ep]! / 8;
  return quarter < eighth ? quarter : eighth;
}

/** After marking: enters recovery, or stays in it. */
export function enterRecoveryIfLost(t: TcpTable, ep: number, newlyAcked: number): void {
  const { c } = t.s;
  if (c.state[ep]! >= RECOVERY || c.lostOut[ep] === 0) return;
  c.highSeq[ep] = c.nxt[ep]!;
  c.priorCwnd[ep] = c.cwnd[ep]!;
  c.prrDelivered[ep] = newlyAcked;
  c.prrOut[ep] = 0;
  c.ssthresh[ep] = ssthreshAfterLoss(t.s, ep, t.options.congestion);
  c.state[ep] = RECOVERY;
  c.tlpSeq[ep] = 0;
  reduce(t, ep, newlyAcked, true, false);
}

/** PRR: how much may leave for what this ACK delivered. */
export function reduce(
  t: TcpTable,
  ep: number,
  delivered: number,
  newlyLost: boolean,
  advanced: boolean,
): void {
  const { s } = t;
  const { c } = s;
  const flight = inFlight(s, ep);
  const delta = c.ssthresh[ep]! - flight;
  let count: number;
  if (delta < 0) {
    count = Math.ceil((c.ssthresh[ep]! * c.prrDelivered[ep]!) / c.priorCwnd[ep]!) - c.prrOut[ep]!;
  } else {
    count = Math.max(c.prrDelivered[ep]! - c.prrOut[ep]!, delivered);
    if (advanced && !newlyLost) count++;
    if (count > delta) count = delta;
  }
  const least = c.prrOut[ep]! > 0 ? 0 : 1;
  if (count < least) count = least;
  c.cwnd[ep] = flight + count;
}

/** Ends what has been repaired. */
export function leaveRecovery(t: TcpTable, ep: number): void {
  const { c } = t.s;
  const state = c.state[ep]!;
  if (state === RECOVERY && c.una[ep]! >= c.highSeq[ep]!) {
    c.cwnd[ep] = Math.max(2, c.ssthresh[ep]!);
    c.state[ep] = OPEN;
  } else if (state === LOSS && c.una[ep]! >= c.highSeq[ep]!) c.state[ep] = OPEN;
  else if (state === DISORDER && c.sackedOut[ep] === 0) c.state[ep] = OPEN;
  if (c.state[ep] === OPEN && c.sackedOut[ep]! > 0) c.state[ep] = DISORDER;
}
