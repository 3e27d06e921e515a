/**
 * The same tasks with batches and with single packets: what differs. A chaotic scenario (flows that lose packets)
 * is run under several small changes of its links' delay, and means are compared with their standard error: one
 * run of it says nothing, as one picosecond moves every loss.
 */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Histogram } from '../../engine/core/histogram.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';

export interface Side {
  /** Payload delivered in the window, bit/s: mean over the runs, and its standard error (one run: 0). */
  readonly goodputBps: number;
  readonly errorBps: number;
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
  /** Goodput with batches / with packets − 1, and its standard error. */
  readonly goodput: number;
  readonly error: number;
}

/** The difference lies within `limit` (ratio) and twice its standard error. */
export function assertWithin({ goodput, error }: Difference, limit: number, name: string): void {
  const text = `${name}: goodput differs by ${percent(goodput)}, standard error ${percent(error)}`;
  assert.ok(Math.abs(goodput) <= limit + 2 * error, text);
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(2)} %`;

/** Runs `spec` in both granularities under `count` host link delays around 500 ns, and prints one line. */
export function compare(t: TestContext, name: string, spec: TaskSpec, count = 1): Difference {
  const variants = Array.from({ length: count }, (_, i) => {
    const hostDelayNs = 500 + 11 * (i - (count >> 1));
    return { ...spec, cluster: { ...spec.cluster, hostDelayNs } };
  });
  const side = (granularity: TaskSpec['granularity']): Side =>
    sideOf(variants.map((variant) => runTask({ ...variant, granularity })));
  const batch = side('batch');
  const packet = side('packet');
  const goodput = batch.goodputBps / packet.goodputBps - 1;
  const error = Math.sqrt(
    (batch.errorBps / batch.goodputBps) ** 2 + (packet.errorBps / packet.goodputBps) ** 2,
  );
  const pair = (f: (s: Side) => string): string => `${f(batch)} / ${f(packet)}`;
  t.diagnostic(
    [
      name.padEnd(34),
      `${percent(goodput).padStart(8)} ± ${percent(error)}`,
      `Gb/s ${pair((s) => (s.goodputBps / 1e9).toFixed(3))}`,
      `p50 us ${pair((s) => s.rpcP50Us.toFixed(1))}`,
      `p99 us ${pair((s) => s.rpcP99Us.toFixed(1))}`,
      `drops ${pair((s) => String(s.drops))}`,
      `retransmits ${pair((s) => String(s.retransmits))}`,
      `events ${pair((s) => String(s.events))}`,
    ].join('  '),
  );
  return { batch, packet, goodput, error };
}

function sideOf(records: readonly TaskRecord[]): Side {
  const total = (f: (r: TaskRecord) => number): number => records.reduce((sum, r) => sum + f(r), 0);
  const latency = new Histogram();
  for (const r of records) latency.add(Histogram.fromData(r.rpcLatency));
  const rates = records.map((r) => (r.counters.payloadBytes * 8) / (r.windowPs * 1e-12));
  const n = rates.length;
  const mean = rates.reduce((sum, x) => sum + x, 0) / n;
  const squares = rates.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const quantileUs = (q: number): number => (latency.count > 0 ? latency.quantile(q) / 1e6 : 0);
  return {
    goodputBps: mean,
    errorBps: n > 1 ? Math.sqrt(squares / (n - 1) / n) : 0,
    finished: total((r) => r.counters.rpcsFinished + r.counters.flowsFinished),
    rpcP50Us: quantileUs(0.5),
    rpcP99Us: quantileUs(0.99),
    drops: total((r) => Object.values(r.drops).reduce((sum, n) => sum + n, 0)),
    retransmits: total((r) => r.counters.retransmittedPackets),
    events: total((r) => r.events),
  };
}
