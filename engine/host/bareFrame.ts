/** A frame that no socket sends (a question for a neighbour, a handshake, a broadcast), as a batch of one packet. */
import { F_FRAME } from '../fabric/batch.ts';
import type { Partition } from './partition.ts';

/** @param wireBytes  on the link; hashes are the caller's. @returns the batch */
export function bareFrame(p: Partition, path: number, wireBytes: number, from: number, to: number): number {
  const { batches } = p;
  const b = batches.alloc();
  batches.t0[b] = p.wheel.now;
  batches.spacing[b] = 0;
  batches.seq[b] = 0;
  batches.bytes[b] = 0;
  batches.wire[b] = wireBytes;
  batches.packets[b] = 1;
  batches.units[b] = 1;
  batches.tsVal[b] = -1;
  batches.tsEcr[b] = -1;
  batches.sackCount[b] = 0;
  batches.sock[b] = -1;
  batches.from[b] = -1;
  batches.path[b] = path;
  batches.lane[b] = 0;
  batches.flags[b] = F_FRAME;
  batches.srcNode[b] = from;
  batches.dstNode[b] = to;
  return b;
}
