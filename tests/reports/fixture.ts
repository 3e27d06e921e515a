/**
 * Records written by hand: three backends and one that cannot work, three seeds, round numbers, so that every
 * expectation of the report tests is a literal that can be checked on paper.
 */
import { bucketMidpoint } from '../../engine/core/histogram.ts';
import type { Binding, HistogramData, StageCpu, TaskRecord } from '../../engine/core/record.ts';
import { type CellPlan, type MergeInput, mergeRecords, type Result } from '../../reports/result.ts';

export const SEEDS = [11, 22, 33];
const MS_PS = 1e9;

/** What differs between the backends of the fixture. */
interface Shape {
  readonly backend: string;
  readonly group: string;
  /** Payload of a plain node in the window, bytes, one figure a seed. */
  readonly plainBytes: readonly number[];
  readonly probeBps: number;
  /** RPC latency of the bulk and of the slow hundredth, µs. */
  readonly rpcUs: readonly [bulk: number, slow: number];
  readonly softirq: number;
  readonly binding: Binding;
  readonly cpu: readonly StageCpu[];
  readonly drops: Readonly<Record<string, number>>;
}

const none = (nearest: string, utilisation: number): Binding => ({
  text: `nothing binds; nearest: ${nearest} at ${(utilisation * 100).toFixed(0)} %`,
  kind: 'none',
  resource: nearest,
  utilisation,
});
const bound = (resource: string, utilisation: number): Binding => ({
  text: `${resource} at ${(utilisation * 100).toFixed(0)} %`,
  kind: 'resource',
  resource,
  utilisation,
});
const cpu = (
  stage: string,
  kind: StageCpu['class'],
  ps: number,
  confidence: StageCpu['confidence'],
): StageCpu => ({
  stage,
  class: kind,
  ps: String(ps),
  confidence,
});

/** Four nodes, two of them plain, 20 ms: 8e10 ps of node time are one core on each node. */
export const SHAPES: readonly Shape[] = [
  {
    backend: 'host',
    group: 'baseline',
    plainBytes: [2_500_000, 2_500_000, 2_500_000],
    probeBps: 20e9,
    rpcUs: [20, 60],
    softirq: 0.4,
    binding: none('softirq core', 0.4),
    drops: {},
    cpu: [
      cpu('COPY_K2U', 'system', 16e9, 'measured'),
      cpu('NIC_RX_POLL', 'softirq', 8e9, 'published'),
      cpu('NIC_IRQ', 'irq', 4e9, 'published'),
      cpu('U_SYSCALL', 'system', 4e9, 'measured'),
    ],
  },
  {
    backend: 'flannel-vxlan',
    group: 'tunnel',
    plainBytes: [2_000_000, 2_050_000, 1_950_000],
    probeBps: 10e9,
    rpcUs: [40, 200],
    softirq: 0.97,
    binding: bound('softirq core', 0.97),
    drops: { 'RX ring': 120, qdisc: 3 },
    cpu: [
      cpu('COPY_K2U', 'system', 16e9, 'measured'),
      cpu('NIC_RX_POLL', 'softirq', 24e9, 'published'),
      cpu('GRO_TUNNEL', 'softirq', 20e9, 'assumed'),
      cpu('ENCAP', 'softirq', 12e9, 'assumed'),
      cpu('U_SYSCALL', 'system', 8e9, 'measured'),
    ],
  },
  {
    backend: 'flannel-host-gw',
    group: 'routed',
    plainBytes: [2_400_000, 2_450_000, 2_350_000],
    probeBps: 15e9,
    rpcUs: [30, 100],
    softirq: 0.81,
    binding: none('softirq core', 0.81),
    drops: {},
    cpu: [
      cpu('COPY_K2U', 'system', 16e9, 'measured'),
      cpu('NIC_RX_POLL', 'softirq', 16e9, 'published'),
      cpu('IP_FWD', 'softirq', 8e9, 'assumed'),
    ],
  },
];

/** The bucket whose midpoint is nearest to a value, found without the code that fills histograms. */
export function bucketNear(value: number): number {
  let [low, high] = [0, 1];
  while (bucketMidpoint(high) < value) [low, high] = [high, high * 2];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (bucketMidpoint(middle) < value) low = middle;
    else high = middle;
  }
  return value - bucketMidpoint(low) < bucketMidpoint(high) - value ? low : high;
}

/** A histogram of a few values with their counts, ascending. */
export function histogram(pairs: readonly (readonly [value: number, count: number])[]): HistogramData {
  return {
    count: pairs.reduce((sum, [, count]) => sum + count, 0),
    buckets: pairs.map(([value, count]) => [bucketNear(value), count] as const),
  };
}

const EMPTY: HistogramData = { count: 0, buckets: [] };

/** The record of one backend under one seed; `change` overrides fields. */
export function recordOf(
  shape: Shape,
  seedIndex: number,
  index: number,
  change: Partial<TaskRecord> = {},
): TaskRecord {
  const plain = shape.plainBytes[seedIndex]! * 2;
  return {
    task: `${shape.backend}/${seedIndex}`,
    index,
    cell: `backend=${shape.backend}`,
    seed: SEEDS[seedIndex]!,
    modelVersion: '7',
    digest: `${shape.backend}-${SEEDS[seedIndex]}`,
    events: 1_000_000 + seedIndex,
    eventsByKind: {},
    simulatedPs: 60 * MS_PS,
    windowPs: 20 * MS_PS,
    nodes: 4,
    plainNodes: 2,
    podMtuBytes: 1450,
    mssBytes: 1398,
    counters: countersOf(shape, plain),
    drops: shape.drops,
    queueOffered: { 'RX ring': 40_000, qdisc: 40_000 },
    cpu: shape.cpu,
    coreBusyPs: [],
    utilisation: {
      'application core': 0.3,
      'softirq core': shape.softirq + (seedIndex - 1) * 0.01,
      NIC: 0.2,
      uplink: 0.1,
      downlink: 0.15,
    },
    binding: shape.binding,
    overloaded: false,
    saturationLoad: 0.02 / shape.softirq,
    load: 0.02,
    uplinkLoad: 0.01,
    ...histogramsOf(shape, seedIndex),
    slowdownAll: EMPTY,
    probes: [
      { goodputBps: shape.probeBps, binding: bound('softirq core', 0.99) },
      { goodputBps: shape.probeBps * 0.9, binding: bound('application core', 0.95) },
      { goodputBps: shape.probeBps * 1.1, binding: bound('softirq core', 0.98) },
    ],
    series: [{ name: 'unfinished payload', unit: 'B', values: [1, 2, 3] }],
    sources: ['kernel: section 5', 'costs: "quoted" & <measured>'],
    memoryBytes: 123_456 + index,
    ...change,
  };
}

function countersOf(shape: Shape, plain: number): TaskRecord['counters'] {
  return {
    payloadBytes: plain * 2,
    payloadBytesPlain: plain,
    offeredBytes: plain * 2,
    wireBytes: plain * 2.2,
    packets: 8000,
    skbs: 1000,
    packetsDelivered: 5000,
    copiedBytes: plain * 4,
    syscalls: 2500,
    contextSwitches: 500,
    retransmittedPackets: shape.drops['RX ring'] ?? 0,
    flowsStarted: 4000,
    flowsFinished: 3999,
    flowsCensored: 1,
    rpcsStarted: 20_000,
    rpcsFinished: 20_000,
    rpcsCensored: 0,
  };
}

function histogramsOf(shape: Shape, seedIndex: number) {
  const rpc = (us: number) => us * 1e6;
  const shifted = seedIndex * 0.25;
  return {
    rpcLatency: histogram([
      [rpc(shape.rpcUs[0]), 9000],
      [rpc(shape.rpcUs[0] + 2 + shifted), 6000],
      [rpc(shape.rpcUs[0] * 1.4), 4700],
      [rpc(shape.rpcUs[1]), 200],
      [rpc(shape.rpcUs[1] * 1.5), 100],
    ]),
    slowdownSmall: histogram([
      [1200, 2000],
      [1500, 600],
      [4000, 400],
    ]),
    slowdownLarge: histogram([
      [2000, 100],
      [5000, 40],
    ]),
  };
}

export function planOf(backend: string, group: string): CellPlan {
  return {
    id: `backend=${backend}`,
    dims: { backend, mtu: 1500 },
    group,
    title: `${backend} as a title`,
    status: 'ok',
  };
}

/** Input of the merge: records deliberately in the order of seeds, not of tasks. */
export function fixtureInput(change: Partial<MergeInput> = {}): MergeInput {
  const records = SEEDS.flatMap((_, seed) => SHAPES.map((shape, k) => recordOf(shape, seed, k * 3 + seed)));
  return {
    status: 'complete',
    tool: { name: 'windtunnel', version: '0.1.0' },
    model: { version: '7', machine: { name: 'xeon-25g', sha256: 'a'.repeat(64) } },
    scenario: {
      id: 'small-cluster',
      title: 'Four nodes, mixed traffic',
      sha256: 'b'.repeat(64),
      params: { nodes: 4, load: 0.02 },
    },
    seeds: { root: 'fixed-1', replications: SEEDS },
    env: { node: 'v20.20.2' },
    timing: {
      startedAt: '2026-01-01T00:00:00Z',
      wallSeconds: 1.5,
      events: 9_000_009,
      eventsPerSecond: 6_000_006,
    },
    findings: [],
    cells: [
      ...SHAPES.map(({ backend, group }) => planOf(backend, group)),
      {
        ...planOf('calico-ipip', 'tunnel'),
        status: 'infeasible',
        reason: 'the platform drops IP protocol 4, so that no IPIP packet arrives',
      },
    ],
    records,
    ...change,
  };
}

export function fixtureResult(): Result {
  return mergeRecords(fixtureInput());
}

/** Eight backends with long names over four MTUs: what the layout has to carry. */
export function sweepResult(): Result {
  const names = [
    'host',
    'flannel-udp',
    'flannel-vxlan',
    'calico-ipip-crosssubnet',
    'calico-bgp',
    'cilium-native',
    'cilium-vxlan-legacy',
    'calico-wireguard',
  ];
  const cells: CellPlan[] = [];
  const records: TaskRecord[] = [];
  names.forEach((backend, k) => {
    [1500, 3000, 6000, 9000].forEach((mtu, m) => {
      const id = `backend=${backend}/mtu=${mtu}`;
      cells.push({ ...planOf(backend, k === 0 ? 'baseline' : 'tunnel'), id, dims: { backend, mtu } });
      SEEDS.forEach((_, seed) => {
        const bytes = 1_000_000 * (8 - k) * (1 + m * 0.4) * (1 + seed * 0.01);
        const shape = { ...SHAPES[k % 3]!, backend, plainBytes: [bytes, bytes, bytes] };
        records.push(recordOf(shape, seed, records.length, { cell: id, overloaded: k === 1 }));
      });
    });
  });
  return mergeRecords(fixtureInput({ cells, records }));
}
