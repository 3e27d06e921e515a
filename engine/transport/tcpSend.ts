/**
 * Sending side: which skb goes next. A tail loss probe comes first, then retransmissions of what is marked lost, then
 * new data as far as congestion window, receive window and TSQ allow, in skbs sized as Linux sizes them.
 *
 * Source: net/ipv4/tcp_output.c (tcp_write_xmit, tcp_tso_should_defer, tcp_cwnd_validate, tcp_cwnd_restart,
 * tcp_xmit_retransmit_queue), Linux 6.12. Left out: cork, auto-corking, the decay of a window that the
 * application does not use, the limit of half a window an skb (tcp_cwnd_test): it presumes that ACKs wait until the
 * system call that sends is over, while here they may arrive within its job and would freeze the window.
 */
import { cubicResume, currentSsthresh } from './congestion.ts';
import { splitSeg } from './tcpBoard.ts';
import { pace, skbPackets, tsqLimit } from './tcpSize.ts';
import {
  CWND,
  CWR,
  MAYBE,
  NO_DATA,
  PACED,
  PROBE_NEW,
  PROBE_TAIL,
  PROBED_TAIL,
  RECOVERY,
  RWND,
  S_EVER,
  S_LOST,
  S_RETRANS,
  S_SACKED,
  type TcpState,
  TSQ,
} from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';
import { armPersist, armTimeout, armXmit, X_NONE, X_PERSIST, X_PROBE, X_REORDER } from './tcpTimers.ts';

const DEFER_PS = 1e9; // a deferral only within 1 ms of the last write
const RESTART_PACKETS = 10; // TCP_INIT_CWND
const DELACK_PS = 40e9; // TCP_ATO_MIN

export const inFlight = (s: TcpState, ep: number): number =>
  s.c.packetsOut[ep]! - s.c.sackedOut[ep]! - s.c.lostOut[ep]! + s.c.retransOut[ep]!;

/** Decides, registers and describes (out…) the next skb; false: nothing may go, `blocked` says why. */
export function nextSkb(t: TcpTable, ep: number, now: number): boolean {
  const { c } = t.s;
  if (t.paced && c.paceAt[ep]! > now && (c.end[ep]! > c.nxt[ep]! || c.lostOut[ep]! > c.retransOut[ep]!)) {
    c.blocked[ep] = PACED;
    t.chrono(ep, now, 3);
    return false;
  }
  if ((c.probe[ep]! & (PROBE_NEW | PROBE_TAIL)) !== 0 && sendProbe(t, ep, now)) return true;
  if (c.lostOut[ep]! > c.retransOut[ep]! && retransmit(t, ep, now)) return true;
  return sendNew(t, ep, now, false);
}

function block(t: TcpTable, ep: number, now: number, reason: number): false {
  const { c } = t.s;
  c.blocked[ep] = reason;
  const kind = reason === CWND ? 1 : reason === RWND ? 2 : c.end[ep]! > c.una[ep]! ? 3 : 0;
  t.chrono(ep, now, kind);
  if (reason === CWND) validate(t.s, ep, true);
  if (reason === RWND && c.packetsOut[ep] === 0) armPersist(t, ep, now);
  return false;
}

/** Whether the window limits, and how much is out at most (tcp_cwnd_validate). */
function validate(s: TcpState, ep: number, limited: boolean): void {
  const { c } = s;
  const out = c.packetsOut[ep]!;
  const newer = c.una[ep]! >= c.maxOutSeq[ep]!;
  if (!newer && !limited && (c.limited[ep] !== 0 || out <= c.maxOut[ep]!)) return;
  c.limited[ep] = limited ? 1 : 0;
  c.maxOut[ep] = out;
  c.maxOutSeq[ep] = c.nxt[ep]!;
}

/** @param probe one skb may go whatever the congestion window says */
function sendNew(t: TcpTable, ep: number, now: number, probe: boolean): boolean {
  const { s } = t;
  const { c } = s;
  const nxt = c.nxt[ep]!;
  const available = c.end[ep]! - nxt;
  if (available <= 0) return block(t, ep, now, NO_DATA);
  if (c.packetsOut[ep] === 0 && nxt > 0) afterIdle(s, ep, now, t.options.congestion === 'cubic');
  const mss = c.mss[ep]!;
  const free = c.cwnd[ep]! - inFlight(s, ep);
  if (free < 1 && !probe) return block(t, ep, now, CWND);
  const window = c.right[ep]! - nxt;
  if (window < mss && window < available) return block(t, ep, now, RWND);
  const goal = skbPackets(t, ep);
  let packets = goal < free ? goal : free;
  if (packets < 1) packets = 1;
  if (goal > 1 && !probe && available > mss && defers(t, ep, now, packets, goal)) return false;
  if (c.tsq[ep]! > tsqLimit(t, ep, goal) && !fewOut(s, ep)) return block(t, ep, now, TSQ);
  if (packets * mss > window) packets = Math.max(1, Math.floor(window / mss));
  let bytes = packets * mss;
  if (bytes >= available) {
    bytes = probe ? available : available - heldTail(s, ep, available, goal * mss);
    if (bytes <= 0) return block(t, ep, now, NO_DATA);
    packets = Math.ceil(bytes / mss);
    if (bytes < packets * mss) c.shortEnd[ep] = nxt + bytes;
  }
  appendSeg(s, ep, now, nxt, bytes, packets);
  const idle = c.packetsOut[ep] === 0;
  c.nxt[ep] = nxt + bytes;
  c.packetsOut[ep]! += packets;
  validate(s, ep, inFlight(s, ep) >= c.cwnd[ep]!);
  if (idle || c.xmitKind[ep] === X_PROBE || c.xmitKind[ep] === X_PERSIST) armTimeout(t, ep, now);
  describe(t, ep, now, nxt, bytes, packets, 0);
  if (!probe) armXmit(t, ep, now, false);
  return true;
}

/**
 * Bytes at the end of what is written that wait: all that does not fill an skb while its system call goes on
 * (tcp_push_one), and a last short segment while another short one is out (tcp_nagle_check, Minshall's rule).
 */
function heldTail(s: TcpState, ep: number, available: number, goalBytes: number): number {
  const { c } = s;
  if (c.end[ep]! > c.pushed[ep]! && available < goalBytes) return available;
  const short = available % c.mss[ep]!;
  return short > 0 && c.nagle[ep] === 1 && c.packetsOut[ep]! > 0 && c.shortEnd[ep]! > c.una[ep]! ? short : 0;
}

function appendSeg(
  s: TcpState,
  ep: number,
  now: number,
  start: number,
  bytes: number,
  packets: number,
): void {
  const { c } = s;
  const seg = s.newSeg();
  s.segStart[seg] = start;
  s.segEnd[seg] = start + bytes;
  s.segTime[seg] = now;
  s.segPackets[seg] = packets;
  s.segFlags[seg] = 0;
  if (c.segHead[ep]! < 0) c.segHead[ep] = seg;
  else s.segNext[c.segTail[ep]!] = seg;
  c.segTail[ep] = seg;
}

/** Nothing was out for a while: a window unused for longer than the time-out shrinks (tcp_cwnd_restart). */
function afterIdle(s: TcpState, ep: number, now: number, cubic: boolean): void {
  const { c } = s;
  const rto = c.rto[ep]!;
  let idle = now - c.lastSent[ep]!;
  if (cubic) cubicResume(s, ep, now);
  if (idle <= rto) return;
  c.ssthresh[ep] = currentSsthresh(s, ep);
  let cwnd = c.cwnd[ep]!;
  const least = cwnd < RESTART_PACKETS ? cwnd : RESTART_PACKETS;
  for (idle -= rto; idle > 0 && cwnd > least; idle -= rto) cwnd >>= 1;
  c.cwnd[ep] = cwnd > least ? cwnd : least;
}

/**
 * More is worth waiting for: a fuller skb comes with the next ACK (tcp_tso_should_defer). Says so in `blocked`.
 * @param packets what could go now
 */
function defers(t: TcpTable, ep: number, now: number, packets: number, goal: number): boolean {
  const { s } = t;
  const { c } = s;
  const head = c.segHead[ep]!;
  if (c.state[ep]! >= RECOVERY || head < 0 || now - c.lastSent[ep]! > DEFER_PS) return false;
  const mss = c.mss[ep]!;
  const sendWindow = c.right[ep]! - c.nxt[ep]!;
  const congWindow = (c.cwnd[ep]! - inFlight(s, ep)) * mss;
  const limit = sendWindow < congWindow ? sendWindow : congWindow;
  if (limit >= goal * mss) return false;
  // What waits lies in skbs of the largest size; one that can go whole, and is not the last, goes.
  const available = c.end[ep]! - c.nxt[ep]!;
  const size = Math.floor(t.options.gsoMaxBytes / mss) * mss;
  const rest = size - (c.nxt[ep]! % size);
  const skb = Math.min(available, rest > packets * mss ? rest : packets * mss);
  if (skb < available && limit >= skb) return false;
  const chunk = Math.min(c.right[ep]! - c.una[ep]!, c.cwnd[ep]! * mss) / 3; // sysctl_tcp_tso_win_divisor
  if (limit >= chunk) return false;
  // The next ACK would come too late: later than in 1 ms or half a round trip. Linux 6.12 looked at half a round trip
  // alone; the measured 6.18 sends so (docs/CALIBRATION.md: slow start doubles to the packet).
  const srtt = c.srtt[ep]!;
  if (s.segTime[head]! + srtt - now > (srtt / 2 < DEFER_PS ? srtt / 2 : DEFER_PS)) return false;
  const byReceiver = sendWindow <= congWindow && sendWindow <= skb;
  c.blocked[ep] = byReceiver ? RWND : CWND;
  t.chrono(ep, now, byReceiver ? 2 : 1);
  if (congWindow < sendWindow && congWindow <= skb) validate(s, ep, true);
  return true;
}

/** At most one skb is out: it goes without waiting for completions. */
function fewOut(s: TcpState, ep: number): boolean {
  const head = s.c.segHead[ep]!;
  return head < 0 || s.segNext[head]! < 0;
}

/** The first lost skb that is not on its way again, as much of it as the window lets go. */
function retransmit(t: TcpTable, ep: number, now: number): boolean {
  const { s } = t;
  const { c } = s;
  const quota = c.cwnd[ep]! - inFlight(s, ep);
  if (quota < 1) return false;
  const first = c.segHead[ep]!;
  let seg = first;
  while (seg >= 0 && (s.segFlags[seg]! & (S_LOST | S_RETRANS | S_SACKED)) !== S_LOST) seg = s.segNext[seg]!;
  if (seg < 0) return false;
  const goal = skbPackets(t, ep);
  if (c.tsq[ep]! > 2 * tsqLimit(t, ep, goal) && !fewOut(s, ep)) return false;
  const most = quota < goal ? quota : goal;
  if (s.segPackets[seg]! > most) splitSeg(s, ep, seg, most);
  const packets = s.segPackets[seg]!;
  s.segFlags[seg]! |= S_RETRANS;
  c.retransOut[ep]! += packets;
  if (c.retransStamp[ep]! < 0) c.retransStamp[ep] = now;
  sendAgain(t, ep, now, seg);
  if (seg === first && c.xmitKind[ep] !== X_REORDER) {
    c.xmitKind[ep] = X_NONE;
    armTimeout(t, ep, now);
  }
  return true;
}

function sendAgain(t: TcpTable, ep: number, now: number, seg: number): void {
  const { s } = t;
  s.segFlags[seg]! |= S_EVER;
  s.segTime[seg] = now;
  const packets = s.segPackets[seg]!;
  t.retransmittedPackets += packets;
  describe(t, ep, now, s.segStart[seg]!, s.segEnd[seg]! - s.segStart[seg]!, packets, 1);
}

/** The tail loss probe that a deadline has asked for. */
function sendProbe(t: TcpTable, ep: number, now: number): boolean {
  const { s } = t;
  const { c } = s;
  const what = c.probe[ep]!;
  c.probe[ep] = 0;
  if ((what & PROBE_NEW) !== 0) {
    if (!sendNew(t, ep, now, true)) return false;
  } else {
    let tail = c.segTail[ep]!;
    if (tail < 0) return false;
    if (s.segPackets[tail]! > 1) {
      splitSeg(s, ep, tail, s.segPackets[tail]! - 1);
      tail = c.segTail[ep]!;
    }
    sendAgain(t, ep, now, tail);
    c.probe[ep] = PROBED_TAIL;
  }
  c.tlpSeq[ep] = c.nxt[ep]!;
  c.xmitKind[ep] = X_NONE;
  armTimeout(t, ep, now);
  return true;
}

function describe(
  t: TcpTable,
  ep: number,
  now: number,
  seq: number,
  bytes: number,
  packets: number,
  again: number,
): void {
  const { c } = t.s;
  if (t.paced) pace(t.s, ep, now, bytes);
  t.outSeq = seq;
  t.outBytes = bytes;
  t.outPackets = packets;
  t.outRetransmit = again;
  c.lastSent[ep] = now;
  c.blocked[ep] = MAYBE;
  const state = c.state[ep]!;
  if (state === CWR || state === RECOVERY) c.prrOut[ep]! += packets;
  // Answering soon after receiving: the exchange is interactive, ACKs ride on data.
  if (now - c.lastRcvTime[ep]! < DELACK_PS && c.rcvNxt[ep]! > 0) c.pingpong[ep] = 1;
  t.chrono(ep, now, 3);
}
