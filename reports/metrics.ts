/**
 * From one record to its metrics: the equation of every figure in a table. Base units; null where a figure
 * has no meaning (no payload, no probes, too few samples, percentiles of an overloaded run).
 */
import type { MetricId, StageCpu, TaskRecord } from '../engine/core/record.ts';
import { type QuantileId, shownQuantile } from './distribution.ts';

const PS_PER_S = 1e12;
const BITS = 8;
/** Units of slowdown histograms in a ratio of 1. */
const SLOWDOWN_SCALE = 1000;

/** Where each percentile metric comes from: it is computed again from the merged histogram of all seeds. */
export const PERCENTILES: Readonly<
  Partial<Record<MetricId, { from: 'rpcLatency' | 'slowdownSmall' | 'slowdownLarge'; id: QuantileId }>>
> = {
  rpcP50: { from: 'rpcLatency', id: 'p50' },
  rpcP99: { from: 'rpcLatency', id: 'p99' },
  rpcP999: { from: 'rpcLatency', id: 'p999' },
  slowdownSmallP50: { from: 'slowdownSmall', id: 'p50' },
  slowdownSmallP99: { from: 'slowdownSmall', id: 'p99' },
  slowdownLargeP50: { from: 'slowdownLarge', id: 'p50' },
  slowdownLargeP99: { from: 'slowdownLarge', id: 'p99' },
};

/** Histogram units in one base unit. */
export const SCALES = {
  rpcLatency: PS_PER_S,
  slowdownSmall: SLOWDOWN_SCALE,
  slowdownLarge: SLOWDOWN_SCALE,
} as const;

/** CPU time of the stages that pass a filter, ps: exact, because totals pass 2^53. */
export function cpuPs(cpu: readonly StageCpu[], where: (stage: StageCpu) => boolean = () => true): bigint {
  let sum = 0n;
  for (const stage of cpu) if (where(stage)) sum += BigInt(stage.ps);
  return sum;
}

/** a / b of two whole picosecond sums as a double; null when b is 0. */
export function shareOf(a: bigint, b: bigint): number | null {
  return b === 0n ? null : Number(a) / Number(b);
}

/** Every metric of one seed. @param overloaded  its cell is: no percentiles */
export function recordMetrics(record: TaskRecord, overloaded: boolean): Record<MetricId, number | null> {
  const { counters, cpu } = record;
  const windowS = record.windowPs / PS_PER_S;
  const total = cpuPs(cpu);
  const cores = (ps: bigint): number | null => over(Number(ps), record.windowPs * record.nodes);
  /** What carrying the payload takes: not known where broadcasts take the same. */
  const perPayload = (value: number, base: number): number | null =>
    record.flooded === true ? null : over(value, base);
  const coresOf = (name: StageCpu['class']): number | null => cores(cpuPs(cpu, (one) => one.class === name));
  const percentile = (metric: MetricId): number | null => {
    const { from, id } = PERCENTILES[metric]!;
    return overloaded ? null : shownQuantile(record[from], id, SCALES[from]);
  };
  return {
    goodputPerNode: over((counters.payloadBytesPlain * BITS) / windowS, record.plainNodes),
    goodput: (counters.payloadBytes * BITS) / windowS,
    probeGoodput: over(
      record.probes.reduce((sum, probe) => sum + probe.goodputBps, 0),
      record.probes.length,
    ),
    wireThroughput: over((counters.wireBytes * BITS) / windowS, record.nodes),
    transactionRate: counters.rpcsStarted === 0 ? null : counters.rpcsFinished / windowS,
    rpcP50: percentile('rpcP50'),
    rpcP99: percentile('rpcP99'),
    rpcP999: percentile('rpcP999'),
    slowdownSmallP50: percentile('slowdownSmallP50'),
    slowdownSmallP99: percentile('slowdownSmallP99'),
    slowdownLargeP50: percentile('slowdownLargeP50'),
    slowdownLargeP99: percentile('slowdownLargeP99'),
    cpuCores: cores(total),
    cpuUser: coresOf('user'),
    cpuSystem: coresOf('system'),
    cpuSoftirq: coresOf('softirq'),
    cpuIrq: coresOf('irq'),
    cpuPerByte: perPayload(Number(total) / PS_PER_S, counters.payloadBytes),
    copiesPerByte: perPayload(counters.copiedBytes, counters.payloadBytes),
    syscallsPerPacket: perPayload(counters.syscalls, counters.packetsDelivered),
    switchesPerPacket: perPayload(counters.contextSwitches, counters.packetsDelivered),
    retransmits: counters.retransmittedPackets,
    drops: Object.values(record.drops).reduce((sum, packets) => sum + packets, 0),
    saturationLoad: record.saturationLoad,
    assumedShare: shareOf(
      cpuPs(cpu, (one) => one.confidence === 'assumed'),
      total,
    ),
  };
}

function over(value: number, base: number): number | null {
  return base === 0 ? null : value / base;
}
