/**
 * Sending side: which skb goes next. Retransmissions of what is marked lost come first, then new data as far as
 * congestion window, receive window and TSQ allow, in skbs sized as Linux sizes them.
 *
 * Source: net/ipv4/tcp_output.c (tcp_tso_autosize, tcp_tso_should_defer, tcp_small_queue_check), Linux 6.12.
 * Left out: pacing by fq, Nagle (TCP_NODELAY is set), cork.
 */

import {
  CWND,
  MAYBE,
  NO_DATA,
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
import { armPersist, armXmit } from './tcpTimers.ts';

const TSQ_MAX_BYTES = 1 << 20; // sysctl_tcp_limit_output_bytes, 16 × 65,536
const SEGS_MIN = 2; // sysctl_tcp_min_tso_segs
const PACING_SHIFT_PS = 1e12 / 1024; // sk_pacing_shift 10: about 1 ms of data
const RTT_LOG_PS = 512e6; // sysctl_tcp_tso_rtt_log 9: 512 µs

export const inFlight = (s: TcpState, ep: number): number =>
  s.c.packetsOut[ep]! - s.c.sackedOut[ep]! - s.c.lostOut[ep]! + s.c.retransOut[ep]!;

/** Pacing rate, bytes per ps; Infinity without an RTT. */
function pacingRate(s: TcpState, ep: number): number {
  const { c } = s;
  const srtt = c.srtt[ep]!;
  if (srtt === 0) return Infinity;
  const factor = c.cwnd[ep]! < c.ssthresh[ep]! / 2 ? 2 : 1.2;
  return (factor * c.cwnd[ep]! * c.mss[ep]!) / srtt;
}

/** Time of one GSO skb at the pacing rate, times four: what HyStart allows for ACK delay, ps. */
export function gsoDelayPs(t: TcpTable, ep: number): number {
  const rate = pacingRate(t.s, ep);
  return rate === Infinity ? 0 : (t.options.gsoMaxBytes * 4) / rate;
}

/** Packets of the next skb at most (tcp_tso_autosize). */
function skbPackets(t: TcpTable, ep: number): number {
  const { s, options } = t;
  const { c } = s;
  const mss = c.mss[ep]!;
  if (options.gsoMaxBytes <= mss) return 1;
  let bytes = pacingRate(s, ep) * PACING_SHIFT_PS;
  const minRtt = c.minRtt[ep]!;
  if (minRtt > 0 && minRtt < 31 * RTT_LOG_PS) {
    let add = options.gsoMaxBytes;
    for (let r = minRtt; r >= RTT_LOG_PS; r -= RTT_LOG_PS) add /= 2;
    bytes += add;
  }
  if (bytes > options.gsoMaxBytes) bytes = options.gsoMaxBytes;
  const packets = Math.floor(bytes / mss);
  return packets > SEGS_MIN ? packets : SEGS_MIN;
}

/** Decides, registers and describes (out…) the next skb; false: nothing may go, `blocked` says why. */
export function nextSkb(t: TcpTable, ep: number, now: number): boolean {
  const { s } = t;
  const { c } = s;
  const quota = c.cwnd[ep]! - inFlight(s, ep);
  if (c.lostOut[ep]! > c.retransOut[ep]! || c.lostOut[ep]! > 0) {
    if (retransmit(t, ep, now, quota)) return true;
  }
  return sendNew(t, ep, now, quota);
}

function block(t: TcpTable, ep: number, now: number, reason: number): false {
  const { c } = t.s;
  c.blocked[ep] = reason;
  const kind = reason === CWND ? 1 : reason === RWND ? 2 : c.end[ep]! > c.una[ep]! ? 3 : 0;
  t.chrono(ep, now, kind);
  if (reason === CWND) c.limitedSeq[ep] = c.nxt[ep]!;
  if (reason === RWND && c.packetsOut[ep] === 0) armPersist(t, ep, now);
  return false;
}

function sendNew(t: TcpTable, ep: number, now: number, quota: number): boolean {
  const { s } = t;
  const { c } = s;
  const nxt = c.nxt[ep]!;
  const available = c.end[ep]! - nxt;
  if (available <= 0) return block(t, ep, now, NO_DATA);
  const mss = c.mss[ep]!;
  if (quota < 1) return block(t, ep, now, CWND);
  const window = c.right[ep]! - nxt;
  if (window < mss && window < available) return block(t, ep, now, RWND);
  const goal = skbPackets(t, ep);
  if (c.tsq[ep]! > tsqLimit(t, ep, goal)) return block(t, ep, now, TSQ);
  let packets = Math.min(goal, Math.floor(quota), Math.max(1, Math.floor(window / mss)));
  let bytes = packets * mss;
  if (bytes >= available) {
    bytes = available;
    packets = Math.ceil(available / mss);
  } else if (defers(s, ep, packets, goal)) return block(t, ep, now, CWND);
  const seg = s.newSeg();
  s.segStart[seg] = nxt;
  s.segEnd[seg] = nxt + bytes;
  s.segTime[seg] = now;
  s.segPackets[seg] = packets;
  s.segFlags[seg] = 0;
  if (c.segHead[ep]! < 0) c.segHead[ep] = seg;
  else s.segNext[c.segTail[ep]!] = seg;
  c.segTail[ep] = seg;
  c.nxt[ep] = nxt + bytes;
  const idle = c.packetsOut[ep] === 0;
  c.packetsOut[ep]! += packets;
  const out = inFlight(s, ep);
  if (c.una[ep]! > c.maxOutSeq[ep]! || out > c.maxOut[ep]!) {
    c.maxOut[ep] = out;
    c.maxOutSeq[ep] = c.nxt[ep]!;
  }
  describe(t, ep, now, nxt, bytes, packets, 0);
  if (idle || c.xmitKind[ep] !== 1) armXmit(t, ep, now, true);
  return true;
}

/** More is worth waiting for: a better-filled skb comes with the next ACK (tcp_tso_should_defer). */
function defers(s: TcpState, ep: number, packets: number, goal: number): boolean {
  const { c } = s;
  if (packets >= goal || c.state[ep]! >= RECOVERY || inFlight(s, ep) === 0) return false;
  return packets < c.cwnd[ep]! / 3;
}

function tsqLimit(t: TcpTable, ep: number, goal: number): number {
  const { c } = t.s;
  const rate = pacingRate(t.s, ep);
  const two = 2 * goal * c.mss[ep]!;
  const ms = rate === Infinity ? TSQ_MAX_BYTES : rate * PACING_SHIFT_PS;
  const limit = ms > two ? ms : two;
  return limit < TSQ_MAX_BYTES ? limit : TSQ_MAX_BYTES;
}

/** The first lost skb that is not on its way again, as much of it as the window lets go. */
function retransmit(t: TcpTable, ep: number, now: number, quota: number): boolean {
  const { s } = t;
  const { c } = s;
  if (quota < 1) return false;
  let seg = c.segHead[ep]!;
  while (seg >= 0 && (s.segFlags[seg]! & (S_LOST | S_RETRANS | S_SACKED)) !== S_LOST) seg = s.segNext[seg]!;
  if (seg < 0) return false;
  const most = Math.min(Math.floor(quota), skbPackets(t, ep));
  if (s.segPackets[seg]! > most) splitSeg(s, ep, seg, most);
  s.segFlags[seg]! |= S_RETRANS | S_EVER;
  s.segTime[seg] = now;
  const packets = s.segPackets[seg]!;
  c.retransOut[ep]! += packets;
  t.retransmittedPackets += packets;
  describe(t, ep, now, s.segStart[seg]!, s.segEnd[seg]! - s.segStart[seg]!, packets, 1);
  armXmit(t, ep, now, false);
  return true;
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
  t.outSeq = seq;
  t.outBytes = bytes;
  t.outPackets = packets;
  t.outRetransmit = again;
  c.lastSent[ep] = now;
  c.blocked[ep] = MAYBE;
  if (c.state[ep]! >= RECOVERY) c.prrOut[ep]! += packets;
  // Answering soon after receiving: the exchange is interactive, ACKs ride on data.
  if (now - c.lastRcvTime[ep]! < 40e9 && c.rcvNxt[ep]! > 0) c.pingpong[ep] = 1;
  t.chrono(ep, now, 3);
}
