/**
 * The queue above each NIC: its limit counts skbs of any size, the port below counts work. How many skbs wait is
 * carried along: a share of what waited drains in proportion to the port's backlog, exact where skbs are alike.
 *
 * Left out: byte queue limits, fq's flows, more than one queue a NIC.
 * Source: net/sched/sch_generic.c (pfifo_fast, txqueuelen 1,000), Linux 6.12.
 */
export class Qdiscs {
  /** skbs that waited, with the one in service, after the last enqueueing; by node of the partition. */
  private readonly skbs: Float64Array;
  /** Their bytes. */
  private readonly bytes: Float64Array;

  constructor(nodes: number) {
    this.skbs = new Float64Array(nodes);
    this.bytes = new Float64Array(nodes);
  }

  /**
   * Bytes that may wait if skbs of `skbBytes` each were put on `node`'s queue now.
   * @param backlogBytes what the port has before it now
   * @param limitSkbs    the queue's limit
   */
  limitBytes(node: number, backlogBytes: number, limitSkbs: number, skbBytes: number): number {
    const before = this.bytes[node]!;
    this.skbs[node] = before > 0 && backlogBytes > 0 ? (this.skbs[node]! * backlogBytes) / before : 0;
    this.bytes[node] = backlogBytes;
    return backlogBytes + (limitSkbs - this.skbs[node]!) * skbBytes;
  }

  /** `skbs` of `bytes` together found room, at the time of the last `limitBytes`. */
  add(node: number, skbs: number, bytes: number): void {
    this.skbs[node]! += skbs;
    this.bytes[node]! += bytes;
  }
}
