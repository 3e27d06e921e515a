/** A frame that no socket sends (a question for a neighbour, a handshake, a broadcast), as a batch of one packet. */
import { F_FRAME } from '../fabric/batch.ts';
import type { Partition } from './partition.ts';

/** @param wireBytes  on the link; hashes are the caller's. @returns the batch */
export function bareFrame(p: Partition, path: number, wireBytes: number, from: number, to: number): number {
  const { batches } = p;
  const b = batches.single(p.wheel.now, wireBytes, from, to);
  batches.tsVal[b] = -1;
  batches.tsEcr[b] = -1;
  batches.sackCount[b] = 0;
  batches.from[b] = -1;
  batches.path[b] = path;
  batches.flags[b] = F_FRAME;
  return b;
}
