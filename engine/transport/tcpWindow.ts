/**
 * The receive window: its buffer by dynamic right-sizing (half of it is window), what of it is granted, and the
 * receiver's own RTT that both need.
 *
 * Source: net/ipv4/tcp_input.c (tcp_rcv_space_adjust, tcp_grow_window, tcp_rcv_rtt_measure), tcp_output.c
 * (__tcp_select_window), Linux 6.12. Left out: rounding by the window's scale, memory pressure, the ratio of payload to
 * truesize as measured (always one half).
 */
import type { TcpState } from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';

const TIMESTAMP_PS = 1e9; // TCP_TS_HZ

/** The window may be twice as far ahead as what came (tcp_grow_window), and the sender hears of it at once. */
export function growWindow(s: TcpState, ep: number, skbBytes: number, skbs: number): void {
  const { c } = s;
  // As if the reader had emptied the queue: here it reads at its job's beginning, in the kernel up to its end.
  const room = c.rcvBuf[ep]! / 2 - skbBytes - c.oooBytes[ep]! - c.rcvSsthresh[ep]!;
  if (room <= 0 || skbBytes < 128) return;
  const step = 2 * skbs * (skbBytes > c.mss[ep]! ? skbBytes : c.mss[ep]!);
  c.rcvSsthresh[ep]! += step < room ? step : room;
  if (c.quick[ep]! < skbs) c.quick[ep] = Math.min(skbs, Math.ceil((room * skbs) / step));
}

const freeBytes = (s: TcpState, ep: number): number =>
  s.c.rcvBuf[ep]! / 2 - (s.c.rcvNxt[ep]! - s.c.readSeq[ep]!) - s.c.oooBytes[ep]!;

/** The window that could be granted now; small ones are none (__tcp_select_window). */
export function selectWindow(s: TcpState, ep: number): number {
  const { c } = s;
  const free = Math.floor(freeBytes(s, ep));
  const full = c.rcvBuf[ep]! / 2;
  if (2 * free < full) {
    c.quick[ep] = 0;
    if (free < full / 16 || free < c.mss[ep]!) return 0;
  }
  return free < c.rcvSsthresh[ep]! ? free : c.rcvSsthresh[ep]!;
}

/** Dynamic right-sizing (tcp_rcv_space_adjust): four times what the application reads in a round trip. */
export function rightSize(t: TcpTable, ep: number, now: number): void {
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

/** The receiver's RTT by the echo of its ACKs' timestamps: ms, once a tick (tcp_rcv_rtt_measure_ts). */
export function receiverRtt(s: TcpState, ep: number, now: number, tsEcr: number): void {
  const { c } = s;
  const echo = Math.floor(tsEcr / TIMESTAMP_PS);
  if (echo === c.lastEchoMs[ep]) return;
  c.lastEchoMs[ep] = echo;
  const ticks = Math.floor(now / TIMESTAMP_PS) - echo;
  const sample = (ticks > 0 ? ticks : 1) * TIMESTAMP_PS;
  const old = c.rcvRtt[ep]!;
  c.rcvRtt[ep] = old === 0 ? sample : old + (sample - old) / 8;
}

/** A whole window takes at least a round trip: its time bounds the receiver's RTT (tcp_rcv_rtt_measure). */
export function windowRtt(t: TcpTable, ep: number, now: number): void {
  const { c } = t.s;
  if (c.rcvNxt[ep]! < c.windowEnd[ep]! || c.rcvBuf[ep] === t.options.rmemMaxBytes) return;
  const took = now - c.windowAt[ep]!;
  const old = c.rcvRtt[ep]!;
  if (c.windowEnd[ep]! > 0 && (old === 0 || took < old)) c.rcvRtt[ep] = took > 1e6 ? took : 1e6;
  c.windowEnd[ep] = c.rcvRight[ep]! + c.pendingBytes[ep]!;
  c.windowAt[ep] = now;
}
