/**
 * How much goes at once, and how soon: pacing rate, packets of an skb, the limit of TCP small queues.
 *
 * Source: net/ipv4/tcp_output.c (tcp_tso_autosize, tcp_small_queue_check, tcp_update_skb_after_send), tcp_input.c
 * (tcp_update_pacing_rate), tcp_cubic.c (hystart_ack_delay), Linux 6.12. Left out: a set SO_MAX_PACING_RATE.
 */
import type { TcpState } from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';

const TSQ_MAX_BYTES = 1 << 20; // sysctl_tcp_limit_output_bytes, 16 × 65,536
const SEGS_MIN = 2; // sysctl_tcp_min_tso_segs
const GSO_BYTES = 65_536; // sk_gso_max_size, whatever the device can
const PACING_SHIFT_PS = 1e12 / 1024; // sk_pacing_shift 10: about 1 ms of data
const RTT_LOG_PS = 512e6; // sysctl_tcp_tso_rtt_log 9: 512 µs
const PACED_FROM_PACKETS = 10; // the first ten leave unpaced

/** Pacing rate, bytes per ps; Infinity without an RTT (tcp_update_pacing_rate). */
function pacingRate(s: TcpState, ep: number): number {
  const { c } = s;
  const srtt = c.srtt[ep]!;
  if (srtt === 0) return Infinity;
  const cwnd = c.cwnd[ep]!;
  const factor = cwnd < c.ssthresh[ep]! / 2 ? 2 : 1.2;
  const packets = cwnd > c.packetsOut[ep]! ? cwnd : c.packetsOut[ep]!;
  return (factor * packets * c.mss[ep]!) / srtt;
}

/** Time of four of the largest skbs at the pacing rate: what HyStart allows for ACK delay, ps (hystart_ack_delay). */
export function gsoDelayPs(t: TcpTable, ep: number): number {
  const rate = pacingRate(t.s, ep);
  const gso = t.options.gsoMaxBytes > GSO_BYTES ? t.options.gsoMaxBytes : GSO_BYTES;
  return rate === Infinity ? 0 : (gso * 4) / rate;
}

/** Packets of the next skb at most (tcp_tso_autosize). */
export function skbPackets(t: TcpTable, ep: number): number {
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

/** Bytes below the stack from which on an skb waits for completions. */
export function tsqLimit(t: TcpTable, ep: number, goal: number): number {
  const { c } = t.s;
  const rate = pacingRate(t.s, ep);
  const two = 2 * goal * c.mss[ep]!;
  const ms = rate === Infinity ? TSQ_MAX_BYTES : rate * PACING_SHIFT_PS;
  const limit = ms > two ? ms : two;
  return limit < TSQ_MAX_BYTES ? limit : TSQ_MAX_BYTES;
}

/** The next skb may leave when this one would have at the pacing rate (tcp_update_skb_after_send). */
export function pace(s: TcpState, ep: number, now: number, bytes: number): void {
  const { c } = s;
  const before = c.paceAt[ep]!;
  const from = before > now ? before : now;
  const rate = pacingRate(s, ep);
  let gap = rate === Infinity || c.nxt[ep]! < PACED_FROM_PACKETS * c.mss[ep]! ? 0 : bytes / rate;
  const credit = from - before;
  gap -= credit < gap / 2 ? credit : gap / 2;
  c.paceAt[ep] = from + Math.round(gap);
}
