/**
 * A smaller MSS while data is out: an ICMP message has told the path's MTU. What was sent in larger segments is lost
 * for certain and goes again at once; the congestion window stays, since nothing was congested.
 *
 * Source: net/ipv4/tcp_ipv4.c (tcp_v4_mtu_reduced), tcp_input.c (tcp_simple_retransmit), Linux 6.12. Left out: the
 * exception's expiry after ten minutes and the search for a larger MTU, tcp_mtu_probing.
 */
import { currentSsthresh } from './congestion.ts';
import { markLost } from './tcpBoard.ts';
import { LOSS, S_LOST, S_RETRANS, S_SACKED } from './tcpState.ts';
import type { TcpTable } from './tcpTable.ts';

/** @param mssBytes below the present one, or nothing happens */
export function reduceMss(t: TcpTable, ep: number, _now: number, mssBytes: number): void {
  const { s } = t;
  const { c } = s;
  if (mssBytes >= c.mss[ep]!) return;
  c.mss[ep] = mssBytes;
  t.work.begin(c.highSack[ep]!, -1);
  for (let seg = c.segHead[ep]!; seg >= 0; seg = s.segNext[seg]!) {
    const bytes = s.segEnd[seg]! - s.segStart[seg]!;
    const flags = s.segFlags[seg]!;
    const more = Math.ceil(bytes / mssBytes) - s.segPackets[seg]!;
    s.segPackets[seg]! += more;
    c.packetsOut[ep]! += more;
    if ((flags & S_SACKED) !== 0) c.sackedOut[ep]! += more;
    if ((flags & S_LOST) !== 0) c.lostOut[ep]! += more;
    if ((flags & S_RETRANS) !== 0) c.retransOut[ep]! += more;
    if (bytes > mssBytes) markLost(t, ep, seg);
  }
  if (c.state[ep] !== LOSS) {
    c.ssthresh[ep] = currentSsthresh(s, ep);
    c.priorSsthresh[ep] = 0;
    c.undoMarker[ep] = -1;
    c.highSeq[ep] = c.nxt[ep]!;
    c.state[ep] = LOSS;
  }
  c.tlpSeq[ep] = 0;
  c.probe[ep] = 0;
}
