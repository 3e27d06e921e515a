/**
 * The same tasks with batches and with single packets: what differs. A chaotic scenario (many flows that lose
 * packets) is run under several small changes of its links' delay, and means are compared: one run of it says
 * nothing, as one picosecond moves every loss.
 */
import type { TestContext } from 'node:test';
import { Histogram } from '../../engine/core/histogram.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';

export interface Side {
  /** Payload delivered in the window, bit/s: mean over the runs. */
  readonly goodputBps: number;
  /** Finished exchanges and flows, all runs. */
  readonly finished: number;
  readonly rpcP50Us: number;
  readonly rpcP99Us: number;
  /** Packets, all runs. */
  readonly drops: number;
  readonly retransmits: number;
  readonly events: number;
}

export interface Difference {
  readonly batch: Side;
  readonly packet: Side;
  /** Goodput with batches / with packets − 1. */
  readonly goodput: number;
}

/** Runs `spec` in both granularities, once for each host link delay, and prints one line. */
export function compare(t: TestContext, name: string, spec: TaskSpec, delaysNs = [500]): Difference {
  const variants = delaysNs.map((hostDelayNs) => ({ ...spec, cluster: { ...spec.cluster, hostDelayNs } }));
  const side = (granularity: TaskSpec['granularity']): Side =>
    sideOf(variants.map((variant) => runTask({ ...variant, granularity })));
  const batch = side('batch');
  const packet = side('packet');
  const goodput = batch.goodputBps / packet.goodputBps - 1;
  const pair = (f: (s: Side) => string): string => `${f(batch)} / ${f(packet)}`;
  t.diagnostic(
    [
      name.padEnd(34),
      `${(goodput * 100).toFixed(2).padStart(6)} %`,
      `Gb/s ${pair((s) => (s.goodputBps / 1e9).toFixed(3))}`,
      `p50 us ${pair((s) => s.rpcP50Us.toFixed(1))}`,
      `p99 us ${pair((s) => s.rpcP99Us.toFixed(1))}`,
      `drops ${pair((s) => String(s.drops))}`,
      `retransmits ${pair((s) => String(s.retransmits))}`,
      `events ${pair((s) => String(s.events))}`,
    ].join('  '),
  );
  return { batch, packet, goodput };
}

function sideOf(records: readonly TaskRecord[]): Side {
  const total = (f: (r: TaskRecord) => number): number => records.reduce((sum, r) => sum + f(r), 0);
  const latency = new Histogram();
  for (const r of records) latency.add(Histogram.fromData(r.rpcLatency));
  const quantileUs = (q: number): number => (latency.count > 0 ? latency.quantile(q) / 1e6 : 0);
  return {
    goodputBps: total((r) => (r.counters.payloadBytes * 8) / (r.windowPs * 1e-12)) / records.length,
    finished: total((r) => r.counters.rpcsFinished + r.counters.flowsFinished),
    rpcP50Us: quantileUs(0.5),
    rpcP99Us: quantileUs(0.99),
    drops: total((r) => Object.values(r.drops).reduce((sum, n) => sum + n, 0)),
    retransmits: total((r) => r.counters.retransmittedPackets),
    events: total((r) => r.events),
  };
}
