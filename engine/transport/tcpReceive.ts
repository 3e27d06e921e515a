/**
 * Receiving side: in-order delivery, out-of-order intervals, when to acknowledge, the window granted.
 *
 * Rules of Linux 6.12 (tcp_input.c): an ACK for every second full segment, one for a merged skb of two or more,
 * at once when out of order, when a hole closes and for the first 16 skbs; else delayed by 40 ms or carried by
 * data. Buffer by dynamic right-sizing; half of it is window. Left out: DSACK, urgent data, window scaling's
 * rounding, memory pressure.
 */

import type { TcpState } from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';

const DELACK_PS = 40e9; // TCP_DELACK_MIN
const QUICK_ACKS = 16; // TCP_MAX_QUICKACKS

export function initReceiver(s: TcpState, ep: number, rcvBufBytes: number): void {
  const { c } = s;
  c.ooo[ep] = -1;
  c.rcvBuf[ep] = rcvBufBytes;
  c.rcvRight[ep] = rcvBufBytes / 2;
  c.quick[ep] = QUICK_ACKS;
  c.delackAt[ep] = Infinity;
  c.tsRecent[ep] = -1;
  c.drsSpace[ep] = 10 * c.mss[ep]!;
  c.lastRcvTime[ep] = -1e12;
}

/** @returns pure ACKs to send now */
export function onData(
  t: TcpTable,
  ep: number,
  now: number,
  seq: number,
  bytes: number,
  packets: number,
  skbs: number,
  ce: boolean,
): number {
  const { s } = t;
  const { c } = s;
  const end = seq + bytes;
  c.lastRcvTime[ep] = now;
  c.echo[ep] = ce ? 1 : 0;
  if (t.inTsVal >= 0 && (seq <= c.rcvNxt[ep]! || c.tsRecent[ep]! < 0) && t.inTsVal > c.tsRecent[ep]!) {
    // The echo is the oldest unacknowledged segment's: it moves only once an ACK has gone.
    if (c.pendingBytes[ep] === 0) c.tsRecent[ep] = t.inTsVal;
  }
  if (end <= c.rcvNxt[ep]!) return skbs;
  if (seq > c.rcvNxt[ep]!) {
    keep(s, ep, seq, end);
    return skbs;
  }
  const hadHole = c.ooo[ep]! >= 0;
  c.rcvNxt[ep] = end;
  if (hadHole) {
    absorb(s, ep);
    return skbs > 1 ? skbs : 1;
  }
  return acksFor(s, ep, now, bytes, packets, skbs);
}

function acksFor(s: TcpState, ep: number, now: number, bytes: number, packets: number, skbs: number): number {
  const { c } = s;
  const mss = c.mss[ep]!;
  const pending = c.pendingBytes[ep]!;
  c.pendingBytes[ep] = pending + bytes;
  if (c.quick[ep]! > 0 && c.pingpong[ep] === 0) {
    const quick = skbs < c.quick[ep]! ? skbs : c.quick[ep]!;
    c.quick[ep]! -= quick;
    const rest = skbs - quick;
    return quick + (rest >> 1);
  }
  if (skbs < packets) {
    // Merged: one ACK an skb of two segments or more.
    if (pending + bytes > mss) return skbs;
  } else {
    const waiting = pending > 0 ? 1 : 0;
    const acks = (packets + waiting) >> 1;
    if (acks > 0 && pending + bytes > mss) {
      // An odd segment left over is acknowledged with the next, at the latest when its delay is up.
      return acks;
    }
  }
  if (c.delackAt[ep] === Infinity) c.delackAt[ep] = now + DELACK_PS;
  return 0;
}

/** Inserts [start, end) among the intervals beyond rcvNxt. */
function keep(s: TcpState, ep: number, start: number, end: number): void {
  const { c } = s;
  let from = start;
  let to = end;
  let before = -1;
  let i = c.ooo[ep]!;
  while (i >= 0 && s.oooEnd[i]! < from) {
    before = i;
    i = s.oooNext[i]!;
  }
  while (i >= 0 && s.oooStart[i]! <= to) {
    if (s.oooStart[i]! < from) from = s.oooStart[i]!;
    if (s.oooEnd[i]! > to) to = s.oooEnd[i]!;
    c.oooBytes[ep]! -= s.oooEnd[i]! - s.oooStart[i]!;
    const next = s.oooNext[i]!;
    s.freeInterval(i);
    i = next;
  }
  const made = s.newInterval();
  s.oooStart[made] = from;
  s.oooEnd[made] = to;
  s.oooNext[made] = i;
  if (before < 0) c.ooo[ep] = made;
  else s.oooNext[before] = made;
  c.oooBytes[ep]! += to - from;
  c.lastOoo[ep] = made;
}

/** rcvNxt has moved: takes what it has reached. */
function absorb(s: TcpState, ep: number): void {
  const { c } = s;
  for (let i = c.ooo[ep]!; i >= 0 && s.oooStart[i]! <= c.rcvNxt[ep]!; i = c.ooo[ep]!) {
    if (s.oooEnd[i]! > c.rcvNxt[ep]!) c.rcvNxt[ep] = s.oooEnd[i]!;
    c.oooBytes[ep]! -= s.oooEnd[i]! - s.oooStart[i]!;
    c.ooo[ep] = s.oooNext[i]!;
    s.freeInterval(i);
  }
}

/** The application has read `bytes`. @returns 1 if an ACK should tell the sender */
export function read(t: TcpTable, ep: number, now: number, bytes: number): number {
  const { s } = t;
  const { c } = s;
  c.readSeq[ep]! += bytes;
  rightSize(t, ep, now);
  const granted = c.rcvRight[ep]! - c.rcvNxt[ep]!;
  const could = freeBytes(s, ep);
  if (could >= 2 * granted && could > c.mss[ep]!) return 1;
  if (c.pendingBytes[ep]! > c.mss[ep]! && c.readSeq[ep] === c.rcvNxt[ep] && c.pingpong[ep] === 0) return 1;
  return 0;
}

const freeBytes = (s: TcpState, ep: number): number =>
  s.c.rcvBuf[ep]! / 2 - (s.c.rcvNxt[ep]! - s.c.readSeq[ep]!) - s.c.oooBytes[ep]!;

/** Dynamic right-sizing (tcp_rcv_space_adjust): twice what the application reads in a round trip. */
function rightSize(t: TcpTable, ep: number, now: number): void {
  const { c } = t.s;
  const rtt = c.rcvRtt[ep]!;
  if (rtt === 0 || now - c.drsTime[ep]! < rtt) return;
  const copied = c.readSeq[ep]! - c.drsSeq[ep]!;
  const space = c.drsSpace[ep]!;
  if (copied > space) {
    let window = 2 * copied + 16 * c.mss[ep]!;
    window += (2 * window * (copied - space)) / space;
    const buffer = Math.min(t.options.rmemMaxBytes, 2 * Math.round(window));
    if (buffer > c.rcvBuf[ep]!) c.rcvBuf[ep] = buffer;
    c.drsSpace[ep] = copied;
  }
  c.drsSeq[ep] = c.readSeq[ep]!;
  c.drsTime[ep] = now;
}

/** Describes the ACK of a segment that leaves now. */
export function fillAck(t: TcpTable, ep: number): void {
  const { s } = t;
  const { c } = s;
  const right = c.rcvNxt[ep]! + Math.max(0, Math.floor(freeBytes(s, ep)));
  if (right > c.rcvRight[ep]!) c.rcvRight[ep] = right;
  t.ackSeq = c.rcvNxt[ep]!;
  t.ackWindowBytes = c.rcvRight[ep]! - c.rcvNxt[ep]!;
  t.ackTsEcr = c.tsRecent[ep]!;
  t.ackCe = c.echo[ep]!;
  let n = 0;
  const last = c.lastOoo[ep]!;
  if (c.ooo[ep]! >= 0) {
    // The interval that changed last comes first, then the others in order.
    for (let i = c.ooo[ep]!; i >= 0; i = s.oooNext[i]!) if (i === last) n = block(t, i, n);
    for (let i = c.ooo[ep]!; i >= 0 && n < 3; i = s.oooNext[i]!) if (i !== last) n = block(t, i, n);
  }
  t.ackSackCount = n;
  c.pendingBytes[ep] = 0;
  c.delackAt[ep] = Infinity;
}

function block(t: TcpTable, interval: number, n: number): number {
  t.ackSack[2 * n] = t.s.oooStart[interval]!;
  t.ackSack[2 * n + 1] = t.s.oooEnd[interval]!;
  return n + 1;
}
