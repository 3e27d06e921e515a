/**
 * Receiving side: in-order delivery, out-of-order intervals, when to acknowledge, the window granted.
 *
 * ACKs: one for every second full segment, one for a merged skb of two or more; at once for the first 16 skbs, while
 * the window still grows, when a hole closes, for duplicates; out of order the first three at once, then compressed
 * (44 of them or a twentieth of the RTT, 1 ms at most); else delayed by 40 ms or carried by data; and by the reader,
 * when the window would not grow before it has read, or when it has emptied the queue and a short segment was in it.
 *
 * Source: net/ipv4/tcp_input.c (tcp_event_data_recv, __tcp_ack_snd_check), tcp.c (__tcp_cleanup_rbuf), Linux 6.12.
 * Left out: DSACK, urgent data, an adaptive delay (ATO).
 */
import type { TcpState } from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';
import { growWindow, rightSize, selectWindow, windowRtt } from './tcpWindow.ts';

const DELACK_PS = 40e9; // TCP_DELACK_MIN
const QUICK_ACKS = 16; // TCP_MAX_QUICKACKS
const DUP_ACKS_AT_ONCE = 3; // TCP_FASTRETRANS_THRESH
const COMPRESSED_MAX = 44; // sysctl_tcp_comp_sack_nr
const COMPRESSED_PS = 1e9; // sysctl_tcp_comp_sack_delay_ns

export function initReceiver(s: TcpState, ep: number, rcvBufBytes: number): void {
  const { c } = s;
  c.ooo[ep] = -1;
  c.rcvBuf[ep] = rcvBufBytes;
  c.rcvRight[ep] = rcvBufBytes / 2;
  c.rcvSsthresh[ep] = rcvBufBytes / 2;
  c.quick[ep] = QUICK_ACKS;
  c.delackAt[ep] = Infinity;
  c.tsRecent[ep] = -1;
  c.drsSpace[ep] = 10 * c.mss[ep]!;
  c.lastRcvTime[ep] = -1e12;
  c.lastEchoMs[ep] = -1;
  c.dupAckSeq[ep] = -1;
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
  const next = c.rcvNxt[ep]!;
  t.heldBackBytes = 0;
  // The echo is the oldest unacknowledged segment's: it moves only with what reaches back to the last ACK.
  if (t.inTsVal > c.tsRecent[ep]! && seq <= next - c.pendingBytes[ep]!) c.tsRecent[ep] = t.inTsVal;
  if (end <= next) {
    hurry(s, ep);
    c.pingpong[ep] = 0;
    return quickAcks(s, ep, skbs);
  }
  const changed = ce !== ((c.echo[ep]! & 1) !== 0);
  c.echo[ep] = (c.echo[ep]! & ~1) | (ce ? 1 : 0);
  if (seq > next) return outOfOrder(t, ep, now, seq, end, skbs);
  if (now - c.lastRcvTime[ep]! > c.rto[ep]!) hurry(s, ep);
  c.lastRcvTime[ep] = now;
  c.rcvNxt[ep] = end;
  const waiting = c.pendingBytes[ep]! > 0 ? 1 : 0;
  c.pendingBytes[ep]! += end - next;
  windowRtt(t, ep, now);
  if (c.ooo[ep]! >= 0) {
    absorb(s, ep);
    // Each skb moves the edge beside a hole, or closes it.
    return skbs;
  }
  growWindow(s, ep, bytes / skbs, skbs);
  const acks = acksFor(t, ep, now, bytes, packets, skbs, waiting);
  // DCTCP: marked and unmarked packets are not acknowledged together.
  return changed && acks === 0 ? 1 : acks;
}

/** The next ACKs go at once (tcp_incr_quickack). */
function hurry(s: TcpState, ep: number): void {
  if (s.c.quick[ep]! < QUICK_ACKS) s.c.quick[ep] = QUICK_ACKS;
}

function quickAcks(s: TcpState, ep: number, skbs: number): number {
  const { c } = s;
  c.quick[ep]! -= skbs < c.quick[ep]! ? skbs : c.quick[ep]!;
  return skbs;
}

/** @param before 1: a segment waits for its ACK already */
function acksFor(
  t: TcpTable,
  ep: number,
  now: number,
  bytes: number,
  packets: number,
  skbs: number,
  before: number,
): number {
  const { c } = t.s;
  const mss = c.mss[ep]! < t.inMssBytes ? c.mss[ep]! : t.inMssBytes;
  const all = c.pendingBytes[ep]!;
  const tail = bytes - (packets - 1) * mss;
  if (tail < mss && c.echo[ep]! < 4) c.echo[ep]! += 2;
  let quick = 0;
  if (c.quick[ep]! > 0 && c.pingpong[ep] === 0) {
    quick = skbs < c.quick[ep]! ? skbs : c.quick[ep]!;
    c.quick[ep]! -= quick;
    if (quick === skbs) return skbs;
  }
  // A reader that lags acknowledges when it has read, so long as the window would not grow.
  const granted = c.rcvRight[ep]! - c.rcvNxt[ep]! + all;
  if (selectWindow(t.s, ep) < granted) {
    if (c.delackAt[ep] === Infinity) c.delackAt[ep] = now + DELACK_PS;
    return quick;
  }
  if (skbs < packets) {
    // Merged: one ACK an skb of two segments or more.
    if (all > mss) return skbs;
  } else {
    const waiting = quick > 0 ? packets - quick : packets + before;
    const acks = quick + (waiting >> 1);
    if (acks > 0 && all > mss) {
      if ((waiting & 1) !== 0) t.heldBackBytes = tail;
      return acks;
    }
  }
  if (c.delackAt[ep] === Infinity) c.delackAt[ep] = now + DELACK_PS;
  return quick;
}

/** Keeps what came too early. The first duplicate ACKs go at once, more of them are compressed. */
function outOfOrder(t: TcpTable, ep: number, now: number, seq: number, end: number, skbs: number): number {
  const { s } = t;
  const { c } = s;
  const first = c.ooo[ep]!;
  const several = first >= 0 && s.oooNext[first]! >= 0;
  const alone = keep(s, ep, seq, end);
  if (c.quick[ep]! > 0 && c.pingpong[ep] === 0) return quickAcks(s, ep, skbs);
  if (c.dupAckSeq[ep] !== c.rcvNxt[ep]) {
    c.dupAckSeq[ep] = c.rcvNxt[ep]!;
    c.dupAcks[ep] = 0;
    c.compressedAcks[ep] = 0;
  }
  const left = DUP_ACKS_AT_ONCE - c.dupAcks[ep]!;
  let acks = skbs < left ? skbs : left;
  c.dupAcks[ep]! += acks;
  const held = c.compressedAcks[ep]! + skbs - acks;
  const full = Math.floor(held / (COMPRESSED_MAX + 1));
  acks += full;
  c.compressedAcks[ep] = held - full * (COMPRESSED_MAX + 1);
  if (acks > 0 || c.compressedAcks[ep] === 0) return acks;
  // A third block: what is held back is told first (tcp_sack_compress_send_ack).
  if (alone && several && held > skbs) return 1;
  let rtt = c.rcvRtt[ep]!;
  if (c.srtt[ep]! > 0 && c.srtt[ep]! < rtt) rtt = c.srtt[ep]!;
  const at = now + Math.ceil(rtt < 20 * COMPRESSED_PS ? rtt / 20 : COMPRESSED_PS);
  if (at < c.delackAt[ep]!) c.delackAt[ep] = at;
  return 0;
}

/** Inserts [start, end) among the intervals beyond rcvNxt. @returns whether it stands alone */
function keep(s: TcpState, ep: number, start: number, end: number): boolean {
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
  s.oooTouched[made] = ++s.touches;
  return from === start && to === end;
}

/** rcvNxt has moved: takes what it has reached. */
function absorb(s: TcpState, ep: number): void {
  const { c } = s;
  for (let i = c.ooo[ep]!; i >= 0 && s.oooStart[i]! <= c.rcvNxt[ep]!; i = c.ooo[ep]!) {
    if (s.oooEnd[i]! > c.rcvNxt[ep]!) {
      c.pendingBytes[ep]! += s.oooEnd[i]! - c.rcvNxt[ep]!;
      c.rcvNxt[ep] = s.oooEnd[i]!;
    }
    c.oooBytes[ep]! -= s.oooEnd[i]! - s.oooStart[i]!;
    c.ooo[ep] = s.oooNext[i]!;
    s.freeInterval(i);
  }
}

/** The application has read `bytes`. @returns 1 if an ACK should tell the sender (__tcp_cleanup_rbuf) */
export function read(t: TcpTable, ep: number, now: number, bytes: number): number {
  const { s } = t;
  const { c } = s;
  c.readSeq[ep]! += bytes;
  rightSize(t, ep, now);
  const pending = c.pendingBytes[ep]!;
  if (pending > c.mss[ep]!) return 1;
  // 2: a short segment, which ends what the peer wrote; 4: several.
  const short = c.echo[ep]! & 6;
  if (pending > 0 && short > 0 && c.readSeq[ep] === c.rcvNxt[ep] && (short > 2 || c.pingpong[ep] === 0))
    return 1;
  const granted = c.rcvRight[ep]! - c.rcvNxt[ep]!;
  if (4 * granted > c.rcvBuf[ep]!) return 0;
  const could = selectWindow(s, ep);
  return could > 0 && could >= 2 * granted ? 1 : 0;
}

/** Describes the ACK of a segment that leaves now. */
export function fillAck(t: TcpTable, ep: number, now: number): void {
  const { s } = t;
  const { c } = s;
  const held = t.heldBackBytes;
  const right = c.rcvNxt[ep]! + selectWindow(s, ep);
  if (right > c.rcvRight[ep]!) c.rcvRight[ep] = right;
  t.heldBackBytes = 0;
  t.ackSeq = c.rcvNxt[ep]! - held;
  t.ackWindowBytes = c.rcvRight[ep]! - t.ackSeq;
  t.ackTsEcr = c.tsRecent[ep]!;
  t.ackCe = c.echo[ep]! & 1;
  let n = 0;
  if (c.ooo[ep]! >= 0) {
    n = sackBlocks(t, c.ooo[ep]!);
    c.compressedAcks[ep] = 0;
  }
  t.ackSackCount = n;
  c.pendingBytes[ep] = held;
  if (held === 0) c.echo[ep]! &= 1;
  c.delackAt[ep] = held > 0 ? now + DELACK_PS : Infinity;
}

/** The three intervals that changed last, newest first. @returns blocks */
function sackBlocks(t: TcpTable, first: number): number {
  const { s, ackSack } = t;
  let n = 0;
  for (let below = Infinity; n < 3; n++) {
    let newest = -1;
    let touched = 0;
    for (let i = first; i >= 0; i = s.oooNext[i]!) {
      const at = s.oooTouched[i]!;
      if (at < below && at > touched) {
        newest = i;
        touched = at;
      }
    }
    if (newest < 0) break;
    ackSack[2 * n] = s.oooStart[newest]!;
    ackSack[2 * n + 1] = s.oooEnd[newest]!;
    below = touched;
  }
  return n;
}
