/**
 * Fabric alone: every host sends fixed-size datagrams, Poisson, to the host a permutation gives it; no stack, no
 * CPU. The workload of docs/PERFORMANCE.md and of comparisons with packet simulators.
 */
import { Histogram } from '../core/histogram.ts';
import { C_LINK, C_TRAFFIC, K_NIC, K_WIRE_SOURCE } from '../core/kinds.ts';
import { Stream } from '../core/streams.ts';
import { mix32 } from '../core/toeplitz.ts';
import { leaveHost } from '../fabric/forward.ts';
import type { Partition } from '../host/partition.ts';
import { permutation } from './peers.ts';

export class WireTraffic {
  readonly delayPs = new Histogram();
  sent = 0;
  received = 0;
  private readonly streams: Stream[] = [];
  private readonly to: Int32Array;
  private readonly gapPs: number;
  private readonly wireBytes: number;
  private readonly stopPs: number;

  /** @param load of the host link, 0 … 1; @param wireBytes of one packet */
  constructor(p: Partition, seed: number, load: number, wireBytes: number, stopPs: number) {
    this.to = permutation(seed, p.setup.cluster.nodes);
    this.wireBytes = wireBytes;
    this.stopPs = stopPs;
    this.gapPs = (wireBytes * 8000) / p.setup.cluster.linkGbps / load;
    for (let l = 0; l < p.nodeCount; l++) {
      const stream = new Stream(seed, `wire/node/${p.firstNode + l}`);
      this.streams.push(stream);
      p.push(stream.exponentialPs(this.gapPs), C_TRAFFIC, K_WIRE_SOURCE, l, 0);
    }
  }

  source(p: Partition, local: number): void {
    const { batches, ports } = p;
    const { now } = p.wheel;
    const node = p.firstNode + local;
    const b = batches.single(now, this.wireBytes, node, this.to[node]!);
    batches.bytes[b] = this.wireBytes;
    batches.tsVal[b] = now;
    // Sprayed: a new flow for every packet.
    batches.ecmp[b] = mix32(node, this.sent);
    this.sent++;
    ports.send(local, batches, b);
    leaveHost(p, b);
    const next = now + this.streams[local]!.exponentialPs(this.gapPs);
    if (next < this.stopPs) p.push(next, C_TRAFFIC, K_WIRE_SOURCE, local, 0);
  }

  sink(p: Partition, b: number): void {
    const { batches } = p;
    const at = batches.t0[b]!;
    p.digest.fold(at, (C_LINK << 28) ^ (K_NIC << 22) ^ (batches.dstNode[b]! - p.firstNode));
    this.received++;
    this.delayPs.record(at - batches.tsVal[b]!);
    batches.free(b);
  }
}
