/**
 * Random loss: each packet is lost on its receiver's link with the same probability, whatever came before it.
 * One stream a host, named without the backend: every backend meets the same draws, packet by packet.
 *
 * Left out: bursts (Gilbert–Elliott), corruption that a checksum finds later, loss inside the fabric.
 */
import { Q_RANDOM_LOSS } from '../core/queues.ts';
import { Stream } from '../core/streams.ts';
import type { Partition } from '../host/partition.ts';

export class RandomLoss {
  private readonly streams: Stream[] = [];
  private readonly rate: number;

  /** @param rate 0 … 1 */
  constructor(seed: number, rate: number, firstNode: number, nodeCount: number) {
    this.rate = rate;
    for (let l = 0; l < nodeCount; l++) this.streams.push(new Stream(seed, `loss/node/${firstNode + l}`));
  }

  /** Hands on what of batch `b` arrives at local node `local`: runs of packets between two lost ones. */
  pass(p: Partition, local: number, b: number): void {
    const { batches } = p;
    const stream = this.streams[local]!;
    p.counts.offered[Q_RANDOM_LOSS]! += batches.packets[b]!;
    let run = 0;
    for (let left = batches.packets[b]!; left > 0; left--) {
      if (stream.unit() >= this.rate) {
        run++;
        continue;
      }
      if (run > 0) p.toNic(local, batches.splitFront(b, run));
      run = 0;
      p.lose(left > 1 ? batches.splitFront(b, 1) : b, Q_RANDOM_LOSS);
    }
    if (run > 0) p.toNic(local, b);
  }
}
