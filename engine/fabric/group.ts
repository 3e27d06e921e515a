/**
 * A group's packet in the fabric: switches copy it to every host but its sender (engine/traffic/broadcast.ts sends it).
 *
 * Left out: IGMP snooping and pruned trees, since every node's VXLAN is a member.
 */
import type { Partition } from '../host/partition.ts';
import { F_GROUP } from './batch.ts';

/** A copy of `b` for node `to`. */
export function copyFor(p: Partition, b: number, to: number): number {
  const { batches } = p;
  const c = batches.alloc();
  batches.copy(b, c);
  batches.next[c] = -1;
  batches.dstNode[c] = to;
  p.counts.bornPackets += batches.packets[b]!;
  return c;
}

/** A group's packet at a switch of this rack: a copy for each host but its sender, `b` itself is spent. */
export function copyDown(p: Partition, b: number, down: (p: Partition, b: number) => void): void {
  const { batches } = p;
  batches.flags[b]! &= ~F_GROUP;
  for (let l = 0; l < p.nodeCount; l++) {
    const node = p.firstNode + l;
    if (node !== batches.srcNode[b]) down(p, copyFor(p, b, node));
  }
  p.consume(b);
}
