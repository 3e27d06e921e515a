/**
 * Congestion control: CUBIC with HyStart as in net/ipv4/tcp_cubic.c, Reno, and DCTCP's reduction, Linux 6.12.
 *
 * Windows are packets; CUBIC's clock is seconds as doubles (the kernel's fixed point has 1/1024 s). Left out:
 * undo (Eifel, F-RTO), HyStart++, bandwidth-based controls.
 */
import { cbrt } from '../core/math.ts';
import type { TcpState } from './tcpState.ts';

export type Congestion = 'cubic' | 'reno' | 'dctcp';

const BETA = 717 / 1024;
const C = 0.4;
const FAST_CONVERGENCE = (1024 + 717) / 2048;
const FRIENDLY = (3 * (1 - BETA)) / (1 + BETA); // packets a round trip of the Reno that CUBIC must not trail
const UPDATE_PS = 1e12 / 32;
const HYSTART_LOW_WINDOW = 16;
const HYSTART_SAMPLES = 8;
const ACK_DELTA_PS = 2e9;
const DELAY_MIN_PS = 4e9;
const DELAY_MAX_PS = 16e9;
const PS = 1e12;

const inSlowStart = (s: TcpState, ep: number): boolean => s.c.cwnd[ep]! < s.c.ssthresh[ep]!;

/** Window after a loss event. */
export function ssthreshAfterLoss(s: TcpState, ep: number, kind: Congestion): number {
  const { c } = s;
  const cwnd = c.cwnd[ep]!;
  if (kind === 'cubic') {
    c.epochStart[ep] = 0;
    c.wMax[ep] = cwnd < c.wMax[ep]! ? cwnd * FAST_CONVERGENCE : cwnd;
    return Math.max(2, Math.floor(cwnd * BETA));
  }
  if (kind === 'dctcp') return Math.max(2, Math.floor(cwnd * (1 - c.alpha[ep]! / 2)));
  return Math.max(2, Math.floor(cwnd / 2));
}

/** `acked` packets were newly acknowledged and the window was in use. */
export function congestionAvoid(s: TcpState, ep: number, now: number, acked: number, kind: Congestion): void {
  const { c } = s;
  let left = acked;
  if (inSlowStart(s, ep)) {
    const cwnd = Math.min(c.cwnd[ep]! + left, c.ssthresh[ep]!);
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

function cubicUpdate(s: TcpState, ep: number, now: number, acked: number): void {
  const { c } = s;
  const cwnd = c.cwnd[ep]!;
  c.ackCount[ep]! += acked;
  if (c.lastCwnd[ep] === cwnd && now - c.lastTime[ep]! <= UPDATE_PS) return;
  c.lastCwnd[ep] = cwnd;
  c.lastTime[ep] = now;
  if (c.epochStart[ep] === 0) {
    c.epochStart[ep] = now;
    c.ackCount[ep] = acked;
    c.tcpCwnd[ep] = cwnd;
    const above = c.wMax[ep]! - cwnd;
    c.cubicK[ep] = above > 0 ? cbrt(above / C) : 0;
    c.origin[ep] = above > 0 ? c.wMax[ep]! : cwnd;
  }
  const t = (now - c.epochStart[ep]! + c.delayMin[ep]!) / PS;
  const d = t - c.cubicK[ep]!;
  const target = c.origin[ep]! + C * d * d * d;
  let every = target > cwnd ? cwnd / (target - cwnd) : 100 * cwnd;
  if (c.wMax[ep] === 0 && every > 20) every = 20;
  // TCP friendliness: the window that Reno with the same beta would have.
  const step = cwnd / FRIENDLY;
  while (c.ackCount[ep]! > step) {
    c.ackCount[ep]! -= step;
    c.tcpCwnd[ep]! += 1;
  }
  const behind = c.tcpCwnd[ep]! - cwnd;
  if (behind > 0 && every > cwnd / behind) every = cwnd / behind;
  c.cnt[ep] = every < 2 ? 2 : every;
}

/** An RTT sample while in slow start may end it. @param gsoPs time of one GSO skb at the pacing rate × 4 */
export function hystart(
  s: TcpState,
  ep: number,
  now: number,
  rttPs: number,
  kind: Congestion,
  gsoPs: number,
): void {
  const { c } = s;
  if (kind !== 'cubic') return;
  // Samples right after a recovery are inflated by it.
  if (c.epochStart[ep]! > 0 && now - c.epochStart[ep]! < PS) return;
  if (c.delayMin[ep] === 0 || rttPs < c.delayMin[ep]!) c.delayMin[ep] = rttPs;
  if (c.found[ep] !== 0 || !inSlowStart(s, ep) || c.cwnd[ep]! < HYSTART_LOW_WINDOW) return;
  if (c.una[ep]! > c.roundEnd[ep]!) {
    c.roundStart[ep] = now;
    c.lastAck[ep] = now;
    c.roundEnd[ep] = c.nxt[ep]!;
    c.currRtt[ep] = Infinity;
    c.samples[ep] = 0;
  }
  const delayMin = c.delayMin[ep]!;
  if (now - c.lastAck[ep]! <= ACK_DELTA_PS) {
    c.lastAck[ep] = now;
    const threshold = (delayMin + (gsoPs < 1e9 ? gsoPs : 1e9)) / 2;
    if (now - c.roundStart[ep]! > threshold) c.found[ep] = 1;
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

/** DCTCP's estimate of the marked share, once a round trip (gain 1/16). Returns true if the window should shrink. */
export function dctcpRound(s: TcpState, ep: number, ackedBytes: number, ece: boolean): boolean {
  const { c } = s;
  c.ackedBytes[ep]! += ackedBytes;
  if (ece) c.ceBytes[ep]! += ackedBytes;
  if (c.una[ep]! <= c.alphaSeq[ep]!) return false;
  const share = c.ackedBytes[ep]! > 0 ? c.ceBytes[ep]! / c.ackedBytes[ep]! : 0;
  c.alpha[ep] = c.alpha[ep]! * (15 / 16) + share / 16;
  const marked = c.ceBytes[ep]! > 0;
  c.ackedBytes[ep] = 0;
  c.ceBytes[ep] = 0;
  c.alphaSeq[ep] = c.nxt[ep]!;
  return marked;
}
