/**
 * What leaves a run: plain JSON. A task is (cell × seed); its record holds whole-number counters, histograms
 * and the few ratios that only the run can know. Reports see nothing else; labels travel in the record.
 *
 * CPU totals are decimal strings of picoseconds: over a cluster they pass 2^53.
 */

/** Sparse histogram of fixed layout (engine/core/histogram.ts): pairs of bucket index and count. */
export interface HistogramData {
  readonly count: number;
  readonly buckets: readonly (readonly [index: number, count: number])[];
}

/** CPU of one stage in one class, over the measured window and all nodes. */
export interface StageCpu {
  readonly stage: string;
  readonly class: 'user' | 'system' | 'softirq' | 'irq';
  /** Decimal whole picoseconds. */
  readonly ps: string;
  readonly confidence: 'measured' | 'published' | 'assumed';
}

/** Classes of a utilisation, each the mean over nodes (ports) of the busiest instance. */
export type ResourceClass =
  | 'application core'
  | 'softirq core'
  | 'daemon thread'
  | 'kworker'
  | 'NIC'
  | 'uplink'
  | 'downlink';

export interface Binding {
  /** In words: "softirq core at 97 %", "nothing binds; nearest: NIC at 12 %". */
  readonly text: string;
  readonly kind: 'resource' | 'queue' | 'window' | 'none';
  readonly resource: string;
  /** Ratio 0…1 of the resource named. */
  readonly utilisation: number;
}

/** Picoseconds of one rack in the window. */
export interface RackCpu {
  readonly userPs: number;
  readonly systemPs: number;
  readonly softirqPs: number;
  readonly irqPs: number;
  /** Softirq work inside processes' system calls; part of `softirqPs`. */
  readonly inlinePs: number;
  /** Crypto workers; part of the classes above. */
  readonly kworkerPs: number;
}

export interface ProbeRecord {
  /** Payload bits per second delivered in the window. */
  readonly goodputBps: number;
  readonly binding: Binding;
}

/** Evenly spaced samples over the measured window. */
export interface SeriesRecord {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly number[];
}

/** What got done from the run's start to the window's end, in bins of equal length; empty where there is nothing. */
export interface TimelineRecord {
  readonly warmupPs: number;
  /** End of the last bin: of the window. */
  readonly endPs: number;
  /** Payload delivered, without that of probe streams and of these alone. */
  readonly payloadBytes: readonly number[];
  readonly probeBytes: readonly number[];
  /** Exchanges that ended, and the sum of their latencies. */
  readonly exchanges: readonly number[];
  readonly latencyNs: readonly number[];
}

export interface TaskRecord {
  readonly task: string;
  /** Position in the run's task list: records merge in this order. */
  readonly index: number;
  readonly cell: string;
  readonly seed: number;
  readonly modelVersion: string;
  readonly digest: string;
  readonly events: number;
  readonly eventsByKind: Readonly<Record<string, number>>;
  readonly simulatedPs: number;
  readonly windowPs: number;
  readonly nodes: number;
  /** Nodes that carry no probe stream: the base of means per node. */
  readonly plainNodes: number;
  readonly podMtuBytes: number;
  readonly mssBytes: number;
  readonly counters: {
    /** Payload delivered to sockets in the window, bytes; all nodes, and without probe streams. */
    readonly payloadBytes: number;
    readonly payloadBytesPlain: number;
    readonly offeredBytes: number;
    readonly wireBytes: number;
    readonly packets: number;
    /** skbs delivered to sockets (units of the last form). */
    readonly skbs: number;
    readonly packetsDelivered: number;
    /** Payload bytes copied, all copies of all hosts. */
    readonly copiedBytes: number;
    readonly syscalls: number;
    readonly contextSwitches: number;
    readonly retransmittedPackets: number;
    readonly flowsStarted: number;
    readonly flowsFinished: number;
    readonly flowsCensored: number;
    readonly rpcsStarted: number;
    readonly rpcsFinished: number;
    readonly rpcsCensored: number;
  };
  /** Packets lost by named reason, whole run. */
  readonly drops: Readonly<Record<string, number>>;
  /** Packets offered to each queue that can drop, whole run: the base of its drop share. */
  readonly queueOffered: Readonly<Record<string, number>>;
  readonly cpu: readonly StageCpu[];
  /** Busy time of each core in the window, ps, node by node; empty where the cluster has more than 64 cores. */
  readonly coreBusyPs: readonly number[];
  /** RX queues of a NIC in use: queue q interrupts core q of its node. */
  readonly rxQueues?: number;
  /** Broadcasts flood this cluster: copies, calls, switches and CPU are theirs as well as the payload's. */
  readonly flooded?: true;
  /** By rack; absent or empty where the cluster has more than four. */
  readonly rackCpu?: readonly RackCpu[];
  /** Ratio 0…1 by class; absent where the cluster has no such resource. */
  readonly utilisation: Readonly<Partial<Record<ResourceClass, number>>>;
  readonly binding: Binding;
  readonly overloaded: boolean;
  /** Offered open-loop load / highest utilisation; null for closed loops. */
  readonly saturationLoad: number | null;
  readonly load: number | null;
  readonly uplinkLoad: number | null;
  /** Picoseconds. */
  readonly rpcLatency: HistogramData;
  /** Slowdown × 1000. */
  readonly slowdownSmall: HistogramData;
  readonly slowdownLarge: HistogramData;
  readonly slowdownAll: HistogramData;
  readonly probes: readonly ProbeRecord[];
  readonly series: readonly SeriesRecord[];
  readonly timeline?: TimelineRecord;
  /** Sources of the prices used, sorted. */
  readonly sources: readonly string[];
  /** Bytes that the task held at its end, estimated from its pools (not part of any digest). */
  readonly memoryBytes: number;
}

export interface MetricDef {
  readonly label: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower' | 'neither';
  readonly text: string;
}

const metric = (label: string, unit: string, better: MetricDef['better'], text: string): MetricDef => ({
  label,
  unit,
  better,
  text,
});

/** Every metric of a cell, in table order. Base units; prefixes only when printed. */
export const METRICS = {
  goodputPerNode: metric(
    'goodput/node',
    'bit/s',
    'higher',
    'payload delivered to sockets, mean over nodes without a probe',
  ),
  goodput: metric('goodput', 'bit/s', 'higher', 'payload delivered to sockets, whole cluster'),
  probeGoodput: metric(
    'probe stream',
    'bit/s',
    'higher',
    'payload of one TCP_STREAM probe, mean over probes',
  ),
  wireThroughput: metric('wire/node', 'bit/s', 'neither', 'bits on host links, mean over nodes'),
  transactionRate: metric(
    'transactions',
    '1/s',
    'higher',
    'finished request/response exchanges, whole cluster',
  ),
  rpcP50: metric('RPC p50', 's', 'lower', 'request handed to the socket to response read'),
  rpcP99: metric('RPC p99', 's', 'lower', 'as p50'),
  rpcP999: metric('RPC p99.9', 's', 'lower', 'as p50'),
  slowdownSmallP50: metric(
    'slowdown ≤10 KB p50',
    'ratio',
    'lower',
    'flow time / time alone on an idle host cluster',
  ),
  slowdownSmallP99: metric('slowdown ≤10 KB p99', 'ratio', 'lower', 'as p50'),
  slowdownLargeP50: metric('slowdown >100 KB p50', 'ratio', 'lower', 'as small flows'),
  slowdownLargeP99: metric('slowdown >100 KB p99', 'ratio', 'lower', 'as small flows'),
  cpuCores: metric('CPU/node', 'cores', 'lower', 'network CPU, all classes, mean over nodes'),
  cpuUser: metric('CPU user', 'cores', 'lower', 'mean over nodes'),
  cpuSystem: metric('CPU system', 'cores', 'lower', 'mean over nodes'),
  cpuSoftirq: metric('CPU softirq', 'cores', 'lower', 'mean over nodes'),
  cpuIrq: metric('CPU irq', 'cores', 'lower', 'mean over nodes'),
  cpuPerByte: metric('CPU/byte', 's/B', 'lower', 'network CPU of all hosts / payload delivered'),
  copiesPerByte: metric('copies/byte', '1', 'lower', 'payload copies of both hosts / payload delivered'),
  syscallsPerPacket: metric('syscalls/packet', '1', 'lower', 'system calls / data packets delivered'),
  switchesPerPacket: metric('switches/packet', '1', 'lower', 'context switches / data packets delivered'),
  retransmits: metric('retransmits', '1', 'lower', 'packets sent again'),
  drops: metric('drops', '1', 'lower', 'packets dropped, all reasons'),
  saturationLoad: metric(
    'saturation load',
    'ratio',
    'higher',
    'open-loop load / highest utilisation, extrapolated',
  ),
  assumedShare: metric(
    'assumed prices',
    'ratio',
    'lower',
    'share of network CPU that rests on assumed prices',
  ),
} as const satisfies Record<string, MetricDef>;

export type MetricId = keyof typeof METRICS;
