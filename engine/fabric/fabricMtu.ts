/**
 * Switches that carry less than the nodes believe: a frame above their MTU vanishes, and no ICMP tells its sender.
 *
 * Left out: different MTUs of single switches, counters of giants. Source: IEEE 802.1D (a bridge does not fragment).
 */
import { Q_FABRIC_MTU } from '../core/queues.ts';
import type { Partition } from '../host/partition.ts';
import { F_DATA } from './batch.ts';

export class FabricMtu {
  private readonly limitBytes: number;
  private readonly segmentBytes: (path: number, payloadBytes: number) => number;

  /**
   * @param limitBytes   largest packet on the wire, with its framing
   * @param segmentBytes wire bytes of a TCP segment by its path and payload
   */
  constructor(limitBytes: number, segmentBytes: (path: number, payloadBytes: number) => number) {
    this.limitBytes = limitBytes;
    this.segmentBytes = segmentBytes;
  }

  /** Whether anything of batch `b` goes on: of a stream's packets a short last one may. The rest is dropped. */
  passes(p: Partition, b: number): boolean {
    const { batches } = p;
    const n = batches.packets[b]!;
    p.counts.offered[Q_FABRIC_MTU]! += n;
    if ((batches.flags[b]! & F_DATA) === 0) {
      if (batches.wire[b]! <= this.limitBytes * n) return true;
    } else {
      const path = batches.path[b]!;
      const mss = batches.mssBytes(b);
      const last = this.segmentBytes(path, batches.bytes[b]! - (n - 1) * mss);
      if (last <= this.limitBytes) {
        if (n === 1 || this.segmentBytes(path, mss) <= this.limitBytes) return true;
        p.lose(batches.splitFront(b, n - 1), Q_FABRIC_MTU);
        batches.wire[b] = last;
        return true;
      }
    }
    p.lose(b, Q_FABRIC_MTU);
    return false;
  }
}
