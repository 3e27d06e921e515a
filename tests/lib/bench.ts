/**
 * One partition as a test bench: batches are put where the test wants them, and what reaches sockets is written
 * down instead of being taken by a transport. No traffic of its own, no timers.
 */
import { buildCluster, type Cluster } from '../../engine/build.ts';
import { QUEUE_NAMES } from '../../engine/core/queues.ts';
import { ROW_SHIFT, STRIDE } from '../../engine/core/table.ts';
import { runPartition } from '../../engine/dispatch.ts';
import { F_DATA, F_UDP } from '../../engine/fabric/batch.ts';
import { toNicLater } from '../../engine/host/nicRing.ts';
import type { Partition } from '../../engine/host/partition.ts';
import type { Upper } from '../../engine/host/upper.ts';
import { NO_FLOWS } from '../../engine/traffic/flows.ts';
import { type TinyOptions, tinyTask } from './tinyTask.ts';

export { F_DATA, F_UDP };

export interface Delivery {
  /** Begin of the job in which it reached its socket, ps. */
  readonly at: number;
  readonly flow: number;
  readonly seq: number;
  readonly packets: number;
  readonly units: number;
  readonly bytes: number;
  readonly core: number;
}

export interface Put {
  /** Stands for the five-tuple: GRO's bucket is flow modulo 8. */
  readonly flow?: number;
  readonly packets?: number;
  /** Payload of one packet, bytes; default a full packet. */
  readonly packetBytes?: number;
  /** Which full packet of its flow comes first. */
  readonly index?: number;
  /** Arrival of the first packet, ps. */
  readonly at?: number;
  /** Between packets, ps. */
  readonly spacing?: number;
  /** Nodes; default 0 → 1. */
  readonly from?: number;
  readonly to?: number;
  /** RSS hash: the queue is its low bits. */
  readonly rss?: number;
  readonly flags?: number;
  readonly lane?: number;
  /** Path by name; default the one between nodes. */
  readonly path?: string;
  /** skbs that the packets travel in; default one each. */
  readonly units?: number;
}

export class Bench {
  readonly cluster: Cluster;
  readonly p: Partition;
  readonly deliveries: Delivery[] = [];
  /** Replace single parts of it to play the transport. */
  readonly upper: Upper;

  constructor(options: TinyOptions) {
    this.cluster = buildCluster(tinyTask({ traffic: {}, ...options }), NO_FLOWS);
    const p = this.cluster.partitions[0]!;
    this.p = p;
    this.upper = {
      deliver: (q, b) => {
        const { batches } = q;
        this.deliveries.push({
          at: q.wheel.now,
          flow: batches.sock[b]! >> ROW_SHIFT,
          seq: batches.seq[b]!,
          packets: batches.packets[b]!,
          units: batches.units[b]!,
          bytes: batches.bytes[b]!,
          core: q.job.core >> ROW_SHIFT,
        });
        q.consume(b);
      },
      softSocket: () => undefined,
      completed: () => undefined,
      application: () => false,
      traffic: () => undefined,
      timer: () => undefined,
    };
    p.upper = this.upper;
  }

  /** A batch with these fields, in no queue. */
  batch(put: Put): number {
    const { p } = this;
    const { batches, setup } = p;
    const { packets = 1, packetBytes = setup.mssBytes, index = 0, flow = 0, from = 0, to = 1 } = put;
    const b = batches.alloc();
    const names = setup.compiled.paths.map((path) => path.name);
    batches.t0[b] = put.at ?? p.wheel.now;
    batches.spacing[b] = put.spacing ?? 0;
    batches.seq[b] = index * packetBytes;
    batches.bytes[b] = packets * packetBytes;
    batches.wire[b] = packets * (packetBytes + 90);
    batches.tsVal[b] = -1;
    batches.tsEcr[b] = -1;
    batches.sackCount[b] = 0;
    batches.sock[b] = flow * STRIDE;
    batches.from[b] = -1;
    batches.path[b] = put.path === undefined ? setup.compiled.choose.sameSubnet : names.indexOf(put.path);
    batches.lane[b] = put.lane ?? 1;
    batches.packets[b] = packets;
    batches.units[b] = put.units ?? packets;
    batches.flags[b] = put.flags ?? F_DATA;
    batches.srcNode[b] = from;
    batches.dstNode[b] = to;
    batches.rss[b] = put.rss ?? 0;
    batches.ecmp[b] = 0;
    batches.parts[b] = 0;
    p.counts.bornPackets += packets;
    p.counts.bornBytes += packets * packetBytes;
    return b;
  }

  /** A batch comes off the wire at the receiver's NIC. */
  arrive(put: Put): void {
    const { p } = this;
    const b = this.batch(put);
    toNicLater(p, p.batches.dstNode[b]! - p.firstNode, b);
  }

  /** Runs all events before `limitPs`. */
  run(limitPs = Infinity): void {
    runPartition(this.p, limitPs, { sample: () => undefined }, 1_000_000);
  }

  /** Id of core `index` of node `node`. */
  core(node: number, index: number): number {
    const base = this.p.setup.sharedCores ? 0 : node * this.p.setup.cores;
    return (base + index) * STRIDE;
  }

  /** Busy time of one core, ns. */
  busyNs(node: number, index: number): { soft: number; process: number } {
    const c = this.core(node, index);
    return { soft: this.p.cores.busySoftPs[c]! / 1000, process: this.p.cores.busyProcPs[c]! / 1000 };
  }

  /** Packets lost by queue name. */
  drops(): Record<string, number> {
    const found = QUEUE_NAMES.map((name, q) => [name, this.p.counts.dropped[q]!] as const);
    return Object.fromEntries(found.filter(([, n]) => n > 0));
  }
}
