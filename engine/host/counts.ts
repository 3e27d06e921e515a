/**
 * What racks count together: sums of whole numbers, so that who counts them shows in no result. In one place of
 * memory, whichever rack runs; in small clusters, whose racks are told apart (rackCpu.ts), a rack has its own.
 */
import { KIND_NAMES } from '../core/kinds.ts';
import { QUEUE_NAMES } from '../core/queues.ts';
import { COLUMN_COUNT } from './rows.ts';

export class Counts {
  /** By row and column (rows.ts). */
  readonly counters: Float64Array;
  /** Events by kind. */
  readonly kindCounts = new Float64Array(KIND_NAMES.length);
  /** By queue (queues.ts), packets, whole run. */
  readonly dropped = new Float64Array(QUEUE_NAMES.length);
  readonly offered = new Float64Array(QUEUE_NAMES.length);
  /** Data packets and skbs that reached sockets, data packets that left them; whole run. */
  deliveredPackets = 0;
  deliveredUnits = 0;
  sentPackets = 0;
  /** All packets, and payload, that sockets gave to the stack and took from it, and that were lost; whole run. */
  bornPackets = 0;
  bornBytes = 0;
  diedPackets = 0;
  diedBytes = 0;
  lostPackets = 0;
  lostBytes = 0;

  /** @param rows of the compiled plan */
  constructor(rows: number) {
    this.counters = new Float64Array(rows * COLUMN_COUNT);
  }
}
