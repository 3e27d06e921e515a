/**
 * Packets that are too large for their path, at the sending node: its tunnel device or router drops what may not be
 * fragmented. TCP forbids it always; a datagram that fits its pod's MTU too.
 *
 * A super-packet is judged by its segments and dropped whole. Left out: the price of the ICMP message (once a
 * connection) and its way, within one node; the lane's price is paid up to its end. Source: net/ipv4/ip_forward.c
 * (ip_exceeds_mtu), Linux 6.12.
 */
import { Q_MTU } from '../core/queues.ts';
import type { Partition } from '../host/partition.ts';

/**
 * Drops batch `b`, priced already, if its path's devices do not carry its largest packet.
 * @param innerBytes that packet with its IP header
 */
export function refused(p: Partition, b: number, innerBytes: number): boolean {
  const path = p.batches.path[b]!;
  const { podMtuBytes, pathCarriesBytes } = p.setup;
  const carries = pathCarriesBytes[path]!;
  if (podMtuBytes <= carries) return false;
  p.counts.offered[Q_MTU]! += p.batches.packets[b]!;
  if (innerBytes <= carries) return false;
  p.lose(b, Q_MTU);
  return true;
}
