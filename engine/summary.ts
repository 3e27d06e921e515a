/** A finished cluster becomes its record: sums over partitions, CPU by stage, what binds. */

import type { Cluster } from './build.ts';
import { Digest } from './core/digest.ts';
import { Histogram } from './core/histogram.ts';
import { KIND_NAMES } from './core/kinds.ts';
import { QUEUE_NAMES } from './core/queues.ts';
import type {
  Binding,
  HistogramData,
  ProbeRecord,
  SeriesRecord,
  StageCpu,
  TaskRecord,
} from './core/record.ts';
import { STRIDE } from './core/table.ts';
import { MODEL_VERSION } from './core/version.ts';
import { portClass } from './fabric/portPlan.ts';
import { type StageTotal, stageTotals } from './host/rows.ts';
import { STAGES, type StageDef, type StageId } from './host/stages.ts';
import { type Measure, SAMPLES, type Snapshot } from './measure.ts';
import { rackCpu } from './rackCpu.ts';
import { floods } from './traffic/broadcast.ts';
import type { Ledger } from './traffic/ledger.ts';
import { offeredLoads } from './traffic/load.ts';
import { binding, type QueueLoss, utilisations } from './utilisation.ts';

export function summarise(cluster: Cluster, measure: Measure, simulatedPs: number): TaskRecord {
  const { spec, setup, partitions, ledgers } = cluster;
  const totals = stageTotals(setup.compiled.rows, windowCounters(cluster, measure), setup.machine.prices);
  const { mean, nodes } = utilisations(cluster, measure);
  const losses = queueLosses(cluster);
  const { netperf } = spec.traffic;
  const flood = netperf?.kind === 'UDP_STREAM' && netperf.paceMessagesPerS === 0;
  const loads = offeredLoads(spec);
  const highest = Math.max(0, ...Object.values(mean));
  const sum = (f: (i: number) => number): number => partitions.reduce((s, _, i) => s + f(i), 0);
  const hist = (pick: (l: Ledger) => Histogram) => merged(ledgers.map(pick));
  return {
    task: spec.task,
    index: spec.index,
    cell: spec.cell,
    seed: spec.seed,
    modelVersion: MODEL_VERSION,
    digest: Digest.combine(partitions.map((p) => p.digest.hex())),
    events: sum((i) => partitions[i]!.events),
    eventsByKind: Object.fromEntries(
      KIND_NAMES.map((name, k) => [name, sum((i) => partitions[i]!.kindCounts[k]!)]),
    ),
    simulatedPs,
    windowPs: spec.windowPs,
    nodes: spec.cluster.nodes,
    plainNodes: sum((i) => partitions[i]!.probeNodes.reduce((s, x) => s + 1 - x, 0)),
    podMtuBytes: setup.podMtuBytes,
    mssBytes: setup.mssBytes,
    counters: counters(cluster, measure, totals),
    drops: byQueue(cluster, 'dropped'),
    queueOffered: byQueue(cluster, 'offered'),
    cpu: totals.map(({ stage, class: cls, ps, confidence }): StageCpu => {
      return { stage, class: cls, ps: ps.toString(), confidence };
    }),
    coreBusyPs: coreBusy(cluster, measure),
    rxQueues: setup.rxQueues,
    ...(floods(cluster) ? { flooded: true } : {}),
    rackCpu: rackCpu(cluster, measure),
    utilisation: mean,
    binding: binding(mean, losses, windowHeld(cluster), flood),
    overloaded:
      loads !== null &&
      grows(
        measure,
        sum((i) => ledgers[i]!.offeredWindowBytes),
      ),
    saturationLoad: loads !== null && highest > 0 ? loads.load / highest : null,
    load: loads?.load ?? null,
    uplinkLoad: loads?.uplinkLoad ?? null,
    rpcLatency: hist((l) => l.rpcLatency),
    slowdownSmall: hist((l) => l.slowdownSmall),
    slowdownLarge: hist((l) => l.slowdownLarge),
    slowdownAll: hist((l) => l.slowdownAll),
    probes: probeRecords(cluster, nodes),
    series: series(measure),
    sources: [...new Set(totals.map((t) => setup.machine.prices[t.stage].source))].sort(),
    memoryBytes: sum((i) => partitions[i]!.memoryBytes() + cluster.stacks[i]!.tcp.memoryBytes()),
  };
}

const CORES_SHOWN_MAX = 64;

function coreBusy(cluster: Cluster, measure: Measure): number[] {
  const { partitions } = cluster;
  const busy = (s: Snapshot, core: number): number => s.softPs[core]! + s.procPs[core]!;
  const all = partitions.reduce((sum, p) => sum + p.cores.rows, 0);
  if (all > CORES_SHOWN_MAX) return [];
  return partitions.flatMap((p, i) =>
    Array.from({ length: p.cores.rows }, (_, c) => busy(measure.end[i]!, c) - busy(measure.begin[i]!, c)),
  );
}

function merged(histograms: readonly Histogram[]): HistogramData {
  const all = new Histogram();
  for (const one of histograms) all.add(one);
  return all.toData();
}

function counters(cluster: Cluster, measure: Measure, totals: readonly StageTotal[]): TaskRecord['counters'] {
  const { partitions, ledgers, stacks } = cluster;
  const total = (pick: (l: Ledger) => number): number => ledgers.reduce((s, l) => s + pick(l), 0);
  const diff = (f: 'deliveredPackets' | 'deliveredUnits' | 'sentPackets') =>
    partitions.reduce((s, _, i) => s + measure.end[i]![f] - measure.begin[i]![f], 0);
  let wire = 0;
  partitions.forEach((p, i) => {
    for (let port = 0; port < p.ports.count; port++) {
      if (portClass(p, port) === 0)
        wire += measure.end[i]!.portBytes[port]! - measure.begin[i]!.portBytes[port]!;
    }
  });
  const flowsStarted = total((l) => l.flowsStarted);
  const flowsFinished = total((l) => l.flowsFinished);
  const rpcsStarted = total((l) => l.exchangesStarted);
  const rpcsFinished = total((l) => l.exchangesFinished);
  return {
    payloadBytes: total((l) => l.payloadBytes),
    payloadBytesPlain: total((l) => l.payloadBytesPlain),
    offeredBytes: total((l) => l.offeredWindowBytes),
    wireBytes: wire,
    packets: diff('sentPackets'),
    skbs: diff('deliveredUnits'),
    packetsDelivered: diff('deliveredPackets'),
    copiedBytes: stageCount(totals, (d) => d.copies === 1),
    syscalls: stageCount(totals, (_, id) => SYSCALL_STAGES.has(id)),
    contextSwitches: stageCount(totals, (_, id) => id === 'CTXSW'),
    retransmittedPackets: stacks.reduce((s, stack) => s + stack.tcp.retransmittedPackets, 0),
    flowsStarted,
    flowsFinished,
    flowsCensored: flowsStarted - flowsFinished,
    rpcsStarted,
    rpcsFinished,
    rpcsCensored: rpcsStarted - rpcsFinished,
  };
}

const SYSCALL_STAGES: ReadonlySet<StageId> = new Set<StageId>(['U_SYSCALL', 'DAEMON_DRY', 'DAEMON_IDLE']);

function stageCount(totals: readonly StageTotal[], counts: (d: StageDef, id: StageId) => boolean): number {
  return totals.reduce((s, t) => (counts(STAGES[t.stage], t.stage) ? s + t.count : s), 0);
}

function windowCounters(cluster: Cluster, measure: Measure): Float64Array {
  const sums = new Float64Array(measure.end[0]!.counters.length);
  for (let i = 0; i < cluster.partitions.length; i++) {
    const a = measure.begin[i]!.counters;
    const b = measure.end[i]!.counters;
    for (let k = 0; k < sums.length; k++) sums[k]! += b[k]! - a[k]!;
  }
  return sums;
}

/** Packets by queue over all partitions; queues that saw none are left out. */
function byQueue(cluster: Cluster, field: 'dropped' | 'offered'): Record<string, number> {
  const all: Record<string, number> = {};
  QUEUE_NAMES.forEach((name, q) => {
    const n = cluster.partitions.reduce((sum, p) => sum + p[field][q]!, 0);
    if (n > 0) all[name] = n;
  });
  return all;
}

function queueLosses(cluster: Cluster): QueueLoss[] {
  const offered = byQueue(cluster, 'offered');
  return Object.entries(byQueue(cluster, 'dropped'))
    .filter(([queue]) => offered[queue] !== undefined)
    .map(([reason, n]) => ({ reason, share: n / offered[reason]! }))
    .sort((a, b) => b.share - a.share || (a.reason < b.reason ? -1 : 1));
}

interface WindowHeld {
  readonly congestion: number;
  readonly receive: number;
}

/** Share of the time in which senders with data waited for a window, over all TCP sockets. */
function windowHeld(cluster: Cluster, only?: (partition: number, sock: number) => boolean): WindowHeld {
  let busy = 0;
  let congestion = 0;
  let receive = 0;
  for (const p of cluster.partitions) {
    const { tcp } = cluster.stacks[p.index]!;
    for (let s = 0; s < p.sockets.end; s += STRIDE) {
      const ep = p.sockets.tcp[s]!;
      if (ep < 0 || (only !== undefined && !only(p.index, s))) continue;
      busy += tcp.busyPs(ep, p.wheel.now);
      congestion += tcp.windowLimitedPs(ep, 1, p.wheel.now);
      receive += tcp.windowLimitedPs(ep, 2, p.wheel.now);
    }
  }
  return busy > 0
    ? { congestion: congestion / busy, receive: receive / busy }
    : { congestion: 0, receive: 0 };
}

/** Unfinished payload grows by more than 5 % of what the window offered: least-squares line through the samples. */
function grows(measure: Measure, offeredBytes: number): boolean {
  let sx = 0;
  let sy = 0;
  let sxx = 0;
  let sxy = 0;
  const n = SAMPLES + 1;
  for (let i = 0; i < n; i++) {
    const y = measure.unfinishedBytes[i]!;
    sx += i;
    sy += y;
    sxx += i * i;
    sxy += i * y;
  }
  const slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  return slope * SAMPLES > 0.05 * offeredBytes;
}

function probeRecords(cluster: Cluster, nodes: readonly Partial<Record<string, number>>[]): ProbeRecord[] {
  const { spec, partitions, ledgers } = cluster;
  const seconds = spec.windowPs * 1e-12;
  const count = spec.traffic.probePairs ?? 0;
  const bytes = new Float64Array(count);
  for (const ledger of ledgers) for (let i = 0; i < count; i++) bytes[i]! += ledger.probeBytes[i]!;
  const ends: number[][] = Array.from({ length: count }, () => []);
  for (const p of partitions) {
    for (let s = 0; s < p.sockets.end; s += STRIDE) {
      const probe = p.sockets.probe[s]!;
      if (probe >= 0) ends[probe]!.push(p.firstNode + p.sockets.node[s]!);
    }
  }
  return ends.map((pair, i) => {
    const busiest: Partial<Record<string, number>> = {};
    for (const node of pair) {
      for (const [cls, u] of Object.entries(nodes[node]!)) busiest[cls] = Math.max(busiest[cls] ?? 0, u!);
    }
    const held = windowHeld(cluster, (q, s) => partitions[q]!.sockets.probe[s] === i);
    const bound: Binding = binding(busiest, [], held, false);
    return { goodputBps: (bytes[i]! * 8) / seconds, binding: bound };
  });
}

function series(measure: Measure): SeriesRecord[] {
  const names = ['NIC queue', 'ToR port queue', 'uplink queue', 'downlink queue'];
  return [
    ...names.map((name, i) => ({
      name: `${name}, longest`,
      unit: 'B',
      values: [...measure.backlogBytes[i]!],
    })),
    { name: 'unfinished payload', unit: 'B', values: [...measure.unfinishedBytes] },
    { name: 'busy cores', unit: '1', values: measure.meansOf(measure.workPs) },
    { name: 'busiest core', unit: 'ratio', values: measure.meansOf(measure.busiestPs) },
  ];
}
