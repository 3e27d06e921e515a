/**
 * Deadlines of an endpoint: retransmission time-out, tail loss probe, RACK's reordering wait, probe of a closed window
 * (one at a time, as in Linux), and the delayed ACK.
 *
 * Source: net/ipv4/tcp_timer.c, tcp_output.c (tcp_schedule_loss_probe, tcp_send_loss_probe), tcp_input.c
 * (tcp_rearm_rto, tcp_enter_loss), Linux 6.12. A warm connection without an RTT sample has the least RTO, not one
 * second. A closed window is probed with one segment (the kernel sends an empty one). Left out: keepalive, F-RTO,
 * rounding of deadlines to jiffies.
 */
import { cubicReset, currentSsthresh, reducedWindow } from './congestion.ts';
import { markLost } from './tcpBoard.ts';
import { reorderTimeout } from './tcpLoss.ts';
import { inFlight } from './tcpSend.ts';
import { CWR, DISORDER, LOSS, MAYBE, PACED, PROBE_NEW, PROBE_TAIL, S_LOST, S_SACKED } from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';

export const RTO_MIN_PS = 200e9; // TCP_RTO_MIN
const RTO_MAX_PS = 120e12; // TCP_RTO_MAX
const RTT_MIN_PS = 1e6; // the kernel's clock ticks in µs
export const PROBE_SLACK_PS = 2e9; // TCP_TIMEOUT_MIN_US

/** Kinds of the retransmission deadline. */
export const X_NONE = 0;
export const X_RTO = 1;
export const X_PROBE = 2;
export const X_REORDER = 3;
export const X_PERSIST = 4;

/** The time-out with its backoff, ps. */
function timeoutPs(t: TcpTable, ep: number): number {
  const { c } = t.s;
  const wait = c.rto[ep]! * (1 << (c.backoff[ep]! < 16 ? c.backoff[ep]! : 16));
  return wait < RTO_MAX_PS ? wait : RTO_MAX_PS;
}

/** When the first outstanding packet's time is up, ps; a deadline that stood in for it did not delay it. */
function headDeadline(t: TcpTable, ep: number, now: number): number {
  const { s } = t;
  const at = s.segTime[s.c.segHead[ep]!]! + timeoutPs(t, ep);
  return at > now ? at : now + 1e6;
}

/** The time-out, counted from now unless another deadline stood in for it (tcp_rearm_rto). */
export function armTimeout(t: TcpTable, ep: number, now: number): void {
  const { c } = t.s;
  if (c.packetsOut[ep] === 0) {
    c.xmitKind[ep] = X_NONE;
    c.xmitAt[ep] = Infinity;
    return;
  }
  const kind = c.xmitKind[ep]!;
  const stoodIn = kind === X_REORDER || kind === X_PROBE;
  c.xmitAt[ep] = Math.round(stoodIn ? headDeadline(t, ep, now) : now + timeoutPs(t, ep));
  c.xmitKind[ep] = X_RTO;
}

/**
 * After sending (`acked` false) or after an ACK of new data: a tail loss probe where one may be sent, else the
 * time-out (tcp_set_xmit_timer).
 */
export function armXmit(t: TcpTable, ep: number, now: number, acked: boolean): void {
  const { c } = t.s;
  const state = c.state[ep]!;
  if (c.packetsOut[ep] === 0 || state === DISORDER || state > CWR) {
    if (acked) armTimeout(t, ep, now);
    return;
  }
  const srtt = c.srtt[ep]!;
  let wait = timeoutPs(t, ep);
  if (srtt > 0) wait = 2 * srtt + (c.packetsOut[ep] === 1 ? RTO_MIN_PS : PROBE_SLACK_PS);
  const last = acked ? now + timeoutPs(t, ep) : headDeadline(t, ep, now);
  c.xmitKind[ep] = X_PROBE;
  c.xmitAt[ep] = Math.round(now + wait < last ? now + wait : last);
}

/** The window is closed and nothing is out that an ACK could answer: ask again later. */
export function armPersist(t: TcpTable, ep: number, now: number): void {
  const { c } = t.s;
  if (c.xmitKind[ep] === X_PERSIST) return;
  c.xmitKind[ep] = X_PERSIST;
  c.xmitAt[ep] = now + timeoutPs(t, ep);
}

/** @returns bit 1: there may be something to send; bit 2: a pure ACK is due. */
export function onTimer(t: TcpTable, ep: number, now: number): number {
  const { c } = t.s;
  let what = 0;
  if (c.delackAt[ep]! <= now) {
    c.delackAt[ep] = Infinity;
    what |= 2;
  }
  if (c.blocked[ep] === PACED && c.paceAt[ep]! <= now) {
    c.blocked[ep] = MAYBE;
    what |= 1;
  }
  if (c.xmitAt[ep]! > now) return what;
  c.blocked[ep] = MAYBE;
  switch (c.xmitKind[ep]) {
    case X_REORDER:
      reorderTimeout(t, ep, now);
      armTimeout(t, ep, now);
      break;
    case X_PERSIST:
      c.xmitKind[ep] = X_NONE;
      c.xmitAt[ep] = Infinity;
      c.backoff[ep]! += 1;
      c.right[ep] = Math.max(c.right[ep]!, c.nxt[ep]! + Math.min(c.mss[ep]!, c.end[ep]! - c.nxt[ep]!));
      break;
    case X_PROBE:
      planProbe(t, ep, now);
      break;
    default:
      timeOut(t, ep, now);
  }
  return what | 1;
}

/** Tail loss probe: new data if there is any, else the last packet again; nextSkb sends it whatever the window. */
function planProbe(t: TcpTable, ep: number, now: number): void {
  const { s } = t;
  const { c } = s;
  const tail = c.segTail[ep]!;
  const available = c.end[ep]! - c.nxt[ep]!;
  if (tail >= 0 && c.tlpSeq[ep] === 0) {
    if (available > 0 && c.right[ep]! - c.nxt[ep]! >= Math.min(available, c.mss[ep]!))
      c.probe[ep] = PROBE_NEW;
    else if ((s.segFlags[tail]! & (S_SACKED | S_LOST)) === 0) c.probe[ep] = PROBE_TAIL;
  }
  // The time-out stands until the probe has gone; then it counts from there.
  armTimeout(t, ep, now);
}

/** Retransmission time-out: what has not been acknowledged is lost; start again with one packet (tcp_enter_loss). */
function timeOut(t: TcpTable, ep: number, now: number): void {
  const { s } = t;
  const { c } = s;
  if (c.packetsOut[ep] === 0) {
    c.xmitKind[ep] = X_NONE;
    c.xmitAt[ep] = Infinity;
    return;
  }
  t.work.begin(c.highSack[ep]!, -1);
  const head = c.segHead[ep]!;
  for (let seg = head; seg >= 0; seg = s.segNext[seg]!) {
    // What was sent a short time ago may still come.
    if (seg === head || s.segTime[seg]! + c.rackRtt[ep]! <= now) markLost(t, ep, seg);
  }
  const state = c.state[ep]!;
  if (state <= DISORDER || c.una[ep]! >= c.highSeq[ep]! || (state === LOSS && c.backoff[ep] === 0)) {
    c.priorSsthresh[ep] = currentSsthresh(s, ep);
    c.priorCwnd[ep] = c.cwnd[ep]!;
    c.ssthresh[ep] = reducedWindow(s, ep, t.options.congestion);
    if (t.options.congestion === 'dctcp') c.ssthresh[ep] = Math.max(2, c.cwnd[ep]! >> 1);
    c.undoMarker[ep] = c.una[ep]!;
    if (c.retransOut[ep] === 0) c.retransStamp[ep] = -1;
  }
  c.cwnd[ep] = inFlight(s, ep) + 1;
  c.cwndCount[ep] = 0;
  if (t.options.congestion === 'cubic') cubicReset(s, ep, now);
  c.state[ep] = LOSS;
  c.highSeq[ep] = c.nxt[ep]!;
  c.tlpSeq[ep] = 0;
  c.probe[ep] = 0;
  c.backoff[ep]! += 1;
  c.xmitKind[ep] = X_RTO;
  c.xmitAt[ep] = Math.round(now + timeoutPs(t, ep));
  t.timeouts++;
}

/**
 * RTT estimator of RFC 6298 with Linux's floor on the variation.
 * @param oldest  RTT of the oldest packet acknowledged, ps: what a time-out must allow for
 * @param newest  RTT of the newest, ps: no delayed ACK in it
 */
export function rttSample(t: TcpTable, ep: number, oldest: number, newest: number): void {
  const { c } = t.s;
  const oldestPs = oldest > RTT_MIN_PS ? oldest : RTT_MIN_PS;
  const newestPs = newest > RTT_MIN_PS ? newest : RTT_MIN_PS;
  if (c.minRtt[ep] === 0 || newestPs < c.minRtt[ep]!) c.minRtt[ep] = newestPs;
  if (c.srtt[ep] === 0) {
    c.srtt[ep] = oldestPs;
    c.rttvar[ep] = oldestPs / 2;
  } else {
    const error = oldestPs - c.srtt[ep]!;
    c.srtt[ep]! += error / 8;
    c.rttvar[ep]! += ((error < 0 ? -error : error) - c.rttvar[ep]!) / 4;
  }
  const spread = 4 * c.rttvar[ep]!;
  c.rto[ep] = Math.round(c.srtt[ep]! + (spread > RTO_MIN_PS ? spread : RTO_MIN_PS));
  c.backoff[ep] = 0;
}
