/**
 * Loss detection and recovery: RACK (RFC 8985) with Linux's rule for when no reordering was seen, proportional rate
 * reduction (RFC 6937), and the undo of reductions that timestamps prove needless (Eifel, RFC 4015).
 *
 * Source: net/ipv4/tcp_recovery.c, tcp_input.c (tcp_fastretrans_alert, tcp_cwnd_reduction), Linux 6.12. Left out:
 * steps of the reordering window and undo from DSACK, F-RTO, reneging.
 */
import { currentSsthresh, reducedWindow } from './congestion.ts';
import { echoesBefore, markLost } from './tcpBoard.ts';
import { inFlight } from './tcpSend.ts';
import {
  CWR,
  DISORDER,
  LOSS,
  OPEN,
  PROBED_TAIL,
  RECOVERY,
  S_EVER,
  S_LOST,
  S_RETRANS,
  S_SACKED,
} from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';
import { PROBE_SLACK_PS, X_REORDER } from './tcpTimers.ts';

const DUP_THRESHOLD = 3; // tp->reordering at start

/** Marks what RACK's clock says is lost; sets the reordering deadline for what may be. */
export function detectLosses(t: TcpTable, ep: number, now: number): void {
  const { s } = t;
  const { c } = s;
  const rackTime = c.rackTime[ep]!;
  const reach = c.rackRtt[ep]! + reorderWindow(t, ep) - now;
  let wait = 0;
  for (let seg = c.segHead[ep]!; seg >= 0; seg = s.segNext[seg]!) {
    const flags = s.segFlags[seg]!;
    const sent = s.segTime[seg]!;
    if (sent > rackTime || (sent === rackTime && s.segEnd[seg]! >= c.rackEnd[ep]!)) {
      // What follows was first sent later still.
      if ((flags & S_EVER) === 0) break;
      continue;
    }
    if ((flags & S_SACKED) !== 0 || (flags & (S_LOST | S_RETRANS)) === S_LOST) continue;
    const left = sent + reach;
    if (left <= 0) markLost(t, ep, seg);
    else if (left > wait) wait = left;
  }
  if (wait > 0) {
    t.work.rackWaits = true;
    c.xmitKind[ep] = X_REORDER;
    c.xmitAt[ep] = now + Math.ceil(wait) + PROBE_SLACK_PS;
  }
}

/** Time that a packet may be late: none once losses are evident and no reordering was seen. */
function reorderWindow(t: TcpTable, ep: number): number {
  const { c } = t.s;
  if (c.reordered[ep] === 0 && (c.state[ep]! >= RECOVERY || c.sackedOut[ep]! >= DUP_THRESHOLD)) return 0;
  const quarter = c.minRtt[ep]! / 4;
  return quarter < c.srtt[ep]! ? quarter : c.srtt[ep]!;
}

/** An ACK that is not plain progress in the open state (tcp_fastretrans_alert). */
export function processAlert(t: TcpTable, ep: number, now: number, advanced: boolean, ece: boolean): void {
  const { c } = t.s;
  if (ece) c.priorSsthresh[ep] = 0;
  const before = c.state[ep]!;
  if (before === OPEN) c.retransStamp[ep] = -1;
  else if (before <= RECOVERY && c.una[ep]! >= c.highSeq[ep]!) repaired(t, ep);
  if (c.state[ep] === RECOVERY) {
    if (advanced && undoPartial(t, ep)) return;
  } else if (c.state[ep] === LOSS && advanced) leaveLoss(t, ep);
  if (t.work.rackAdvanced) detectLosses(t, ep, now);
  const state = c.state[ep]!;
  if (state === RECOVERY || (state === LOSS && !t.work.lostAgain)) return;
  if (c.lostOut[ep]! > 0) enterRecovery(t, ep, ece);
  else if (state !== LOSS) keepOpen(t, ep, ece);
}

/** All that was out when the reduction began is acknowledged. */
function repaired(t: TcpTable, ep: number): void {
  const { c } = t.s;
  if (c.state[ep] === CWR) {
    if (c.una[ep] === c.highSeq[ep]) return;
    c.cwnd[ep] = c.ssthresh[ep]!;
    c.state[ep] = OPEN;
  } else if (c.state[ep] === RECOVERY) {
    c.state[ep] = OPEN;
    if (mayUndo(t, ep)) undo(t, ep);
    else if (c.undoMarker[ep]! >= 0) c.cwnd[ep] = c.ssthresh[ep]!;
  }
}

/** The echo shows that the original arrived: nothing was lost (tcp_packet_delayed). */
function mayUndo(t: TcpTable, ep: number): boolean {
  const { c } = t.s;
  if (c.undoMarker[ep]! < 0 || c.retransStamp[ep]! < 0) return false;
  return echoesBefore(t.work.tsEcr, c.retransStamp[ep]!);
}

/** Takes a reduction back; what was marked lost is not any more (tcp_undo_cwnd_reduction). */
function undo(t: TcpTable, ep: number): void {
  const { s } = t;
  const { c } = s;
  for (let seg = c.segHead[ep]!; seg >= 0; seg = s.segNext[seg]!) {
    const flags = s.segFlags[seg]!;
    if ((flags & S_LOST) === 0) continue;
    c.lostOut[ep]! -= s.segPackets[seg]!;
    if ((flags & S_RETRANS) !== 0) c.retransOut[ep]! -= s.segPackets[seg]!;
    s.segFlags[seg] = flags & ~(S_LOST | S_RETRANS);
  }
  if (c.priorSsthresh[ep]! > 0) {
    if (c.priorCwnd[ep]! > c.cwnd[ep]!) c.cwnd[ep] = c.priorCwnd[ep]!;
    if (c.priorSsthresh[ep]! > c.ssthresh[ep]!) c.ssthresh[ep] = c.priorSsthresh[ep]!;
  }
  c.undoMarker[ep] = -1;
  c.retransStamp[ep] = -1;
  t.work.rackAdvanced = true;
}

/** In recovery a hole was filled by its original. @returns true: nothing more is to be marked now */
function undoPartial(t: TcpTable, ep: number): boolean {
  const { c } = t.s;
  if (!mayUndo(t, ep)) return false;
  c.reordered[ep] = 1;
  if (c.retransOut[ep]! > 0) return true;
  undo(t, ep);
  c.state[ep] = OPEN;
  return false;
}

function leaveLoss(t: TcpTable, ep: number): void {
  const { c } = t.s;
  if (mayUndo(t, ep)) {
    undo(t, ep);
    c.state[ep] = OPEN;
  } else if (c.una[ep]! >= c.highSeq[ep]!) c.state[ep] = OPEN;
}

/** Open, disordered, or reduced because of a mark (tcp_try_to_open). */
function keepOpen(t: TcpTable, ep: number, ece: boolean): void {
  const { s } = t;
  const { c } = s;
  const head = c.segHead[ep]!;
  const again = c.retransOut[ep]! > 0 || (head >= 0 && (s.segFlags[head]! & S_EVER) !== 0);
  if (!again) c.retransStamp[ep] = -1;
  if (ece && c.state[ep]! < CWR) {
    c.priorSsthresh[ep] = 0;
    c.undoMarker[ep] = -1;
    beginReduction(t, ep);
    c.state[ep] = CWR;
  }
  if (c.state[ep] === CWR) return;
  const state = again || c.sackedOut[ep]! > 0 || c.lostOut[ep]! > 0 ? DISORDER : OPEN;
  if (state === c.state[ep]) return;
  c.state[ep] = state;
  c.highSeq[ep] = c.nxt[ep]!;
}

function beginReduction(t: TcpTable, ep: number): void {
  const { c } = t.s;
  c.highSeq[ep] = c.nxt[ep]!;
  c.tlpSeq[ep] = 0;
  c.cwndCount[ep] = 0;
  c.priorCwnd[ep] = c.cwnd[ep]!;
  c.prrDelivered[ep] = 0;
  c.prrOut[ep] = 0;
  c.ssthresh[ep] = reducedWindow(t.s, ep, t.options.congestion);
}

function enterRecovery(t: TcpTable, ep: number, ece: boolean): void {
  const { c } = t.s;
  c.priorSsthresh[ep] = 0;
  c.undoMarker[ep] = c.una[ep]!;
  if (c.retransOut[ep] === 0) c.retransStamp[ep] = -1;
  if (c.state[ep] !== CWR) {
    if (!ece) c.priorSsthresh[ep] = currentSsthresh(t.s, ep);
    beginReduction(t, ep);
  }
  // DCTCP answers a loss as Reno does (dctcp_react_to_loss).
  if (t.options.congestion === 'dctcp') c.ssthresh[ep] = Math.max(2, c.cwnd[ep]! >> 1);
  c.state[ep] = RECOVERY;
}

/** The wait for reordered packets is over (tcp_rack_reo_timeout). */
export function reorderTimeout(t: TcpTable, ep: number, now: number): void {
  const { c } = t.s;
  const before = inFlight(t.s, ep);
  t.work.begin(c.highSack[ep]!, -1);
  detectLosses(t, ep, now);
  if (inFlight(t.s, ep) === before || c.state[ep] === RECOVERY) return;
  enterRecovery(t, ep, false);
  reduce(t, ep, 1, t.work.lostPackets > 0, false);
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
  if (delivered <= 0) return;
  const flight = inFlight(s, ep);
  const delta = c.ssthresh[ep]! - flight;
  c.prrDelivered[ep]! += delivered;
  let count: number;
  if (delta < 0) {
    count = Math.ceil((c.ssthresh[ep]! * c.prrDelivered[ep]!) / c.priorCwnd[ep]!) - c.prrOut[ep]!;
  } else {
    const owed = c.prrDelivered[ep]! - c.prrOut[ep]!;
    count = owed > delivered ? owed : delivered;
    if (advanced && !newlyLost) count++;
    if (count > delta) count = delta;
  }
  // The first retransmission of a recovery goes whatever the count.
  const least = c.prrOut[ep]! > 0 ? 0 : 1;
  c.cwnd[ep] = flight + (count > least ? count : least);
}

/** An ACK while a tail loss probe is out (tcp_process_tlp_ack). */
export function tailProbeAck(t: TcpTable, ep: number, ackSeq: number, advanced: boolean): void {
  const { c } = t.s;
  if (ackSeq < c.tlpSeq[ep]!) return;
  if ((c.probe[ep]! & PROBED_TAIL) === 0) c.tlpSeq[ep] = 0;
  else if (ackSeq > c.tlpSeq[ep]!) {
    // No second ACK of the probed packet came: the probe repaired a loss.
    beginReduction(t, ep);
    c.cwnd[ep] = c.ssthresh[ep]!;
    c.state[ep] = OPEN;
    keepOpen(t, ep, false);
  } else if (!advanced && t.work.sackedPackets === 0) c.tlpSeq[ep] = 0;
}
