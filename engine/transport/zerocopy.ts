/**
 * MSG_ZEROCOPY: a stream's pages are pinned instead of copied, as far as nobody below has to own them.
 *
 * Left out: the limit of locked memory, notifications that come together, devices without scatter-gather (they copy).
 * Source: Documentation/networking/msg_zerocopy.rst; skb_orphan_frags_rx, skb_cow_data in net/core, Linux 6.12.
 */
import type { Partition } from '../host/partition.ts';

/**
 * Whether the pages of socket `s` are copied after all: where a host's own stack takes them up, because it forwards,
 * encrypts or delivers them. What reaches the NIC in the sender's own job, with its socket, stays as it is.
 */
export function pinsAreCopied(p: Partition, s: number): boolean {
  const lane = p.setup.compiled.paths[p.sockets.path[s]!]!.lanes[0]!;
  return lane.exit !== 'wire' || lane.orphans;
}
