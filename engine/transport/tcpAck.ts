/**
 * An ACK at its sender: what it acknowledges, RTT, recovery, congestion window, deadlines; in the kernel's order.
 *
 * Source: net/ipv4/tcp_input.c (tcp_ack), Linux 6.12. RTTs come from the sending times of what is acknowledged, from
 * the timestamp's echo (ms) only where everything had been sent twice. Left out: see tcpBoard.ts, tcpLoss.ts.
 */
import { congestionAvoid, cubicAcked, dctcpRound } from './congestion.ts';
import { cumulative, selective } from './tcpBoard.ts';
import { processAlert, reduce, tailProbeAck } from './tcpLoss.ts';
import { gsoDelayPs } from './tcpSize.ts';
import { CWR, MAYBE, OPEN, RECOVERY, type TcpState } from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';
import { armXmit, rttSample } from './tcpTimers.ts';

const TIMESTAMP_PS = 1e9;

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
  c.blocked[ep] = MAYBE;
  const before = c.una[ep]!;
  const advanced = ackSeq > before;
  work.begin(c.highSack[ep]!, tsEcr);
  if (c.packetsOut[ep] === 0) {
    if (c.tlpSeq[ep]! > 0) tailProbeAck(t, ep, ackSeq, advanced);
    return;
  }
  const { congestion } = t.options;
  if (advanced) c.una[ep] = ackSeq;
  if (congestion === 'dctcp') dctcpRound(s, ep);
  for (let i = 0; i < sackCount; i++) {
    selective(t, ep, now, sack[sackOffset + 2 * i]!, sack[sackOffset + 2 * i + 1]!);
  }
  if (advanced) cumulative(t, ep, now, ackSeq);
  const delivered = work.ackedPackets + work.sackedPackets;
  if (congestion === 'dctcp') {
    c.ackedPackets[ep]! += delivered;
    if (ece) c.cePackets[ep]! += delivered;
  }
  const resets = takeRtt(t, ep, now, advanced) && headIsOlder(t, ep);
  if (c.tlpSeq[ep]! > 0) tailProbeAck(t, ep, ackSeq, advanced);
  if (c.state[ep] !== OPEN || work.sackedPackets > 0 || c.sackedOut[ep]! > 0 || ece)
    processAlert(t, ep, now, advanced, ece);
  if ((advanced || resets) && !work.rackWaits) armXmit(t, ep, now, true);
  const state = c.state[ep]!;
  if (state === CWR || state === RECOVERY) reduce(t, ep, delivered, work.lostPackets > 0, advanced);
  else if (advanced && windowInUse(s, ep)) congestionAvoid(s, ep, now, delivered, congestion);
}

/** The window was the limit: only then it grows (tcp_is_cwnd_limited). */
function windowInUse(s: TcpState, ep: number): boolean {
  const { c } = s;
  if (c.limited[ep] !== 0) return true;
  return c.cwnd[ep]! < c.ssthresh[ep]! && c.cwnd[ep]! < 2 * c.maxOut[ep]!;
}

/** RTT samples of this ACK (tcp_ack_update_rtt): the oldest packet's for the time-out, the newest's for HyStart. */
function takeRtt(t: TcpTable, ep: number, now: number, advanced: boolean): boolean {
  const { work } = t;
  let oldest = -1;
  let newest = -1;
  if (work.firstAcked >= 0 && !work.ambiguous) {
    oldest = now - work.firstAcked;
    newest = now - work.lastAcked;
  }
  if (work.firstSacked >= 0) {
    newest = now - work.lastSacked;
    if (oldest < 0) oldest = now - work.firstSacked;
  }
  if (oldest < 0 && advanced && work.tsEcr >= 0) {
    const ticks = Math.floor(now / TIMESTAMP_PS) - Math.floor(work.tsEcr / TIMESTAMP_PS);
    oldest = (ticks > 0 ? ticks : 1) * TIMESTAMP_PS;
    newest = oldest;
  }
  if (oldest < 0) return false;
  rttSample(t, ep, oldest, newest);
  if (t.options.congestion === 'cubic') cubicAcked(t.s, ep, now, newest, gsoDelayPs(t, ep), t.paced);
  return true;
}

/** The RTT is of data sent before the first outstanding packet was sent (again): the time-out may start anew. */
function headIsOlder(t: TcpTable, ep: number): boolean {
  const { s, work } = t;
  const head = s.c.segHead[ep]!;
  return head >= 0 && work.firstSacked >= 0 && work.firstSacked < s.segTime[head]!;
}
