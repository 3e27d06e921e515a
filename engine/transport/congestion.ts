/**
 * Congestion control: CUBIC with HyStart, Reno, DCTCP, in the kernel's whole numbers and jiffies. Those decide
 * where windows are small: `cnt` is a quotient of small integers, and CUBIC looks at its clock every 28 ms.
 *
 * Source: net/ipv4/tcp_cubic.c, tcp_cong.c, tcp_dctcp.c, Linux 6.12, CONFIG_HZ=250. Left out: bandwidth-based
 * controls; the table of the kernel's cube root (0.2 % off).
 */
import { cbrt } from '../core/math.ts';
import { DISORDER, RECOVERY, type TcpState } from './tcpState.ts';

export type Congestion = 'cubic' | 'reno' | 'dctcp';

const BETA = 717; // of 1,024
const CUBE_SCALE = 410; // C = 0.4 in 2^-10
const FRIENDLY_EIGHTHS = 15; // beta_scale: 8 (1 + β) / (3 (1 − β))
const HZ = 250;
const JIFFY_PS = 1e12 / HZ;
const UPDATE_JIFFIES = 7; // HZ / 32
const HYSTART_LOW_WINDOW = 16;
const HYSTART_SAMPLES = 8;
const ACK_DELTA_PS = 2e9;
const DELAY_MIN_PS = 4e9;
const DELAY_MAX_PS = 16e9;

const jiffies = (now: number): number => Math.floor(now / JIFFY_PS) + 1;

const inSlowStart = (s: TcpState, ep: number): boolean => s.c.cwnd[ep]! < s.c.ssthresh[ep]!;

/** Window after a loss event or a mark (ca_ops->ssthresh). */
export function reducedWindow(s: TcpState, ep: number, kind: Congestion): number {
  const { c } = s;
  const cwnd = c.cwnd[ep]!;
  let next = cwnd >> 1;
  if (kind === 'cubic') {
    c.epochStart[ep] = 0;
    // Fast convergence: a flow that shrinks leaves room.
    c.wMax[ep] = cwnd < c.wMax[ep]! ? Math.floor((cwnd * (1024 + BETA)) / 2048) : cwnd;
    next = Math.floor((cwnd * BETA) / 1024);
  } else if (kind === 'dctcp') next = cwnd - Math.floor((cwnd * c.alpha[ep]!) / 2);
  return next > 2 ? next : 2;
}

/** What the window would be worth if nothing went on (tcp_current_ssthresh). */
export function currentSsthresh(s: TcpState, ep: number): number {
  const { c } = s;
  const ssthresh = c.ssthresh[ep]!;
  if (c.state[ep]! > DISORDER && c.state[ep]! <= RECOVERY) return ssthresh;
  const kept = (c.cwnd[ep]! >> 1) + (c.cwnd[ep]! >> 2);
  return ssthresh > kept ? ssthresh : kept;
}

/** `acked` packets were delivered and the window was in use. */
export function congestionAvoid(s: TcpState, ep: number, now: number, acked: number, kind: Congestion): void {
  const { c } = s;
  let left = acked;
  if (inSlowStart(s, ep)) {
    const grown = c.cwnd[ep]! + left;
    const cwnd = grown < c.ssthresh[ep]! ? grown : c.ssthresh[ep]!;
    left -= cwnd - c.cwnd[ep]!;
    c.cwnd[ep] = cwnd;
    if (left <= 0) return;
  }
  if (kind === 'cubic') {
    cubicUpdate(s, ep, now, left);
    additive(s, ep, c.cnt[ep]!, left);
  } else additive(s, ep, c.cwnd[ep]!, left);
}

/** One packet more for every `every` packets acknowledged (tcp_cong_avoid_ai). */
function additive(s: TcpState, ep: number, every: number, acked: number): void {
  const { c } = s;
  // Credit earned at a larger window is used gently.
  if (c.cwndCount[ep]! >= every) {
    c.cwndCount[ep] = 0;
    c.cwnd[ep]! += 1;
  }
  c.cwndCount[ep]! += acked;
  if (c.cwndCount[ep]! >= every) {
    const more = Math.floor(c.cwndCount[ep]! / every);
    c.cwndCount[ep]! -= more * every;
    c.cwnd[ep]! += more;
  }
}

/** bictcp_update: packets to be acknowledged for one more in the window. */
function cubicUpdate(s: TcpState, ep: number, now: number, acked: number): void {
  const { c } = s;
  const cwnd = c.cwnd[ep]!;
  const j = jiffies(now);
  c.ackCount[ep]! += acked;
  // As in the kernel this comes before the look at the epoch: after a loss an old count can live on.
  if (c.lastCwnd[ep] === cwnd && j - c.lastTime[ep]! <= UPDATE_JIFFIES) return;
  if (c.epochStart[ep] === 0 || j !== c.lastTime[ep]) c.cnt[ep] = cubicCount(s, ep, j, acked);
  // TCP friendliness: the window that Reno with the same beta would have.
  const step = Math.floor((cwnd * FRIENDLY_EIGHTHS) / 8);
  if (c.ackCount[ep]! > step) {
    const more = Math.ceil(c.ackCount[ep]! / step) - 1;
    c.ackCount[ep]! -= more * step;
    c.tcpCwnd[ep]! += more;
  }
  const behind = c.tcpCwnd[ep]! - cwnd;
  if (behind > 0) {
    const most = Math.floor(cwnd / behind);
    if (c.cnt[ep]! > most) c.cnt[ep] = most;
  }
  if (c.cnt[ep]! < 2) c.cnt[ep] = 2;
}

function cubicCount(s: TcpState, ep: number, j: number, acked: number): number {
  const { c } = s;
  const cwnd = c.cwnd[ep]!;
  c.lastCwnd[ep] = cwnd;
  c.lastTime[ep] = j;
  if (c.epochStart[ep] === 0) {
    c.epochStart[ep] = j;
    c.ackCount[ep] = acked;
    c.tcpCwnd[ep] = cwnd;
    const above = c.wMax[ep]! - cwnd;
    // 1/1,024 s: K³ = above · 2^40 / 410.
    c.cubicK[ep] = above > 0 ? Math.floor(cbrt((above * 0x10000000000) / CUBE_SCALE)) : 0;
    c.origin[ep] = above > 0 ? c.wMax[ep]! : cwnd;
  }
  const t = Math.floor(((j - c.epochStart[ep]! + Math.ceil(c.delayMin[ep]! / JIFFY_PS)) * 1024) / HZ);
  const d = Math.abs(t - c.cubicK[ep]!);
  const delta = Math.floor((CUBE_SCALE * d * d * d) / 0x10000000000);
  const target = t < c.cubicK[ep]! ? c.origin[ep]! - delta : c.origin[ep]! + delta;
  const every = target > cwnd ? Math.floor(cwnd / (target - cwnd)) : 100 * cwnd;
  // Nothing is known of the path yet: 5 % a round trip.
  return c.wMax[ep] === 0 && every > 20 ? 20 : every;
}

/** The sender was idle since `lastSent`: CUBIC's clock stood still. */
export function cubicResume(s: TcpState, ep: number, now: number): void {
  const { c } = s;
  if (c.epochStart[ep] === 0) return;
  const j = jiffies(now);
  const shifted = c.epochStart[ep]! + j - jiffies(c.lastSent[ep]!);
  c.epochStart[ep] = shifted < j ? shifted : j;
}

/** A retransmission time-out forgets what CUBIC and HyStart knew (bictcp_reset). */
export function cubicReset(s: TcpState, ep: number, now: number): void {
  const { c } = s;
  c.cnt[ep] = 0;
  c.wMax[ep] = 0;
  c.lastCwnd[ep] = 0;
  c.lastTime[ep] = 0;
  c.origin[ep] = 0;
  c.cubicK[ep] = 0;
  c.delayMin[ep] = 0;
  c.epochStart[ep] = 0;
  c.ackCount[ep] = 0;
  c.tcpCwnd[ep] = 0;
  c.found[ep] = 0;
  newRound(s, ep, now);
}

function newRound(s: TcpState, ep: number, now: number): void {
  const { c } = s;
  c.roundStart[ep] = now;
  c.lastAck[ep] = now;
  c.roundEnd[ep] = c.nxt[ep]!;
  c.currRtt[ep] = Infinity;
  c.samples[ep] = 0;
}

/** The RTT of the packet acknowledged last; in slow start it may end that. @param gsoPs hystart_ack_delay */
export function cubicAcked(
  s: TcpState,
  ep: number,
  now: number,
  rttPs: number,
  gsoPs: number,
  paced: boolean,
): void {
  const { c } = s;
  // Samples right after a recovery are inflated by it.
  if (c.epochStart[ep]! > 0 && jiffies(now) - c.epochStart[ep]! < HZ) return;
  if (c.delayMin[ep] === 0 || rttPs < c.delayMin[ep]!) c.delayMin[ep] = rttPs;
  if (c.found[ep] !== 0 || !inSlowStart(s, ep)) return;
  if (c.una[ep]! > c.roundEnd[ep]!) newRound(s, ep, now);
  if (c.cwnd[ep]! < HYSTART_LOW_WINDOW) return;
  const delayMin = c.delayMin[ep]!;
  if (now - c.lastAck[ep]! <= ACK_DELTA_PS) {
    c.lastAck[ep] = now;
    // A train of ACKs as long as half a round trip (a whole one from a paced sender): the path is full.
    const threshold = delayMin + (gsoPs < 1e9 ? gsoPs : 1e9);
    if (now - c.roundStart[ep]! > (paced ? threshold : threshold / 2)) c.found[ep] = 1;
  }
  if (rttPs < c.currRtt[ep]!) c.currRtt[ep] = rttPs;
  if (c.samples[ep]! < HYSTART_SAMPLES) c.samples[ep]! += 1;
  else {
    const eighth = delayMin / 8;
    const slack = eighth < DELAY_MIN_PS ? DELAY_MIN_PS : eighth > DELAY_MAX_PS ? DELAY_MAX_PS : eighth;
    if (c.currRtt[ep]! > delayMin + slack) c.found[ep] = 1;
  }
  if (c.found[ep] !== 0) c.ssthresh[ep] = c.cwnd[ep]!;
}

/** DCTCP's estimate of the marked share, once a round trip, gain 1/16 (dctcp_update_alpha). */
export function dctcpRound(s: TcpState, ep: number): void {
  const { c } = s;
  if (c.una[ep]! < c.alphaSeq[ep]!) return;
  const acked = c.ackedPackets[ep]!;
  c.alpha[ep] = c.alpha[ep]! * (15 / 16) + (acked > 0 ? c.cePackets[ep]! / acked / 16 : 0);
  c.ackedPackets[ep] = 0;
  c.cePackets[ep] = 0;
  c.alphaSeq[ep] = c.nxt[ep]!;
}
