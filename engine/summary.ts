/** The shares of a task's racks become its record: sums over racks, CPU by stage, what binds. */

import { Digest } from './core/digest.ts';
import { mergeHistograms } from './core/histogram.ts';
import { KIND_NAMES } from './core/kinds.ts';
import { QUEUE_NAMES } from './core/queues.ts';
import type { Binding, ProbeRecord, SeriesRecord, StageCpu, TaskRecord } from './core/record.ts';
import type { TaskSpec } from './core/taskSpec.ts';
import { MODEL_VERSION } from './core/version.ts';
import { type StageTotal, stageTotals } from './host/rows.ts';
import type { Setup } from './host/setup.ts';
import { STAGES, type StageDef, type StageId } from './host/stages.ts';
import { type Counted, SAMPLES, type Samples } from './measure.ts';
import { rackCpu } from './rackCpu.ts';
import type { Utilisation } from './rackUse.ts';
import { type Held, type LedgerShare, type Share, sums, type Together } from './share.ts';
import { timelineOf } from './timelineRecord.ts';
import { floods } from './traffic/broadcast.ts';
import { offeredLoads } from './traffic/load.ts';
import { binding, type QueueLoss, utilisations } from './utilisation.ts';

/**
 * @param shares   of all racks, in order
 * @param together of all threads
 */
export function summarise(
  spec: TaskSpec,
  setup: Setup,
  shares: readonly Share[],
  together: readonly Together[],
  simulatedPs: number,
): TaskRecord {
  const counted = together.flatMap((one) => one.counted);
  const totals = stageTotals(setup.compiled.rows, sums(counted.map((c) => c.counters)), setup.machine.prices);
  const { mean, nodes } = utilisations(spec, setup, shares);
  const losses = queueLosses(together);
  const { netperf } = spec.traffic;
  const flood = netperf?.kind === 'UDP_STREAM' && netperf.paceMessagesPerS === 0;
  const loads = offeredLoads(spec);
  const highest = Math.max(0, ...Object.values(mean));
  const sum = (f: (share: Share) => number): number => shares.reduce((s, share) => s + f(share), 0);
  const samples = mergedSamples(shares);
  const kinds = sums(together.map((one) => one.kindCounts));
  const hist = (of: 'rpcLatency' | 'slowdownSmall' | 'slowdownLarge' | 'slowdownAll') =>
    mergeHistograms(shares.map(({ ledger }) => ledger[of]));
  return {
    task: spec.task,
    index: spec.index,
    cell: spec.cell,
    seed: spec.seed,
    modelVersion: MODEL_VERSION,
    digest: Digest.combine(shares.map(({ digest }) => digest)),
    events: sum(({ events }) => events),
    eventsByKind: Object.fromEntries(KIND_NAMES.map((name, k) => [name, kinds[k]!])),
    simulatedPs,
    windowPs: spec.windowPs,
    nodes: spec.cluster.nodes,
    plainNodes: sum(({ probeNodes }) => probeNodes.reduce((s, x) => s + 1 - x, 0)),
    podMtuBytes: setup.podMtuBytes,
    mssBytes: setup.mssBytes,
    counters: counters(shares, together, totals),
    drops: byQueue(together, 'dropped'),
    queueOffered: byQueue(together, 'offered'),
    cpu: totals.map(({ stage, class: cls, ps, confidence }): StageCpu => {
      return { stage, class: cls, ps: ps.toString(), confidence };
    }),
    coreBusyPs: coreBusy(shares),
    rxQueues: setup.rxQueues,
    ...(floods({ spec, setup }) ? { flooded: true } : {}),
    rackCpu: rackCpu(setup, counted),
    utilisation: mean,
    binding: binding(mean, losses, windowHeld(shares.map(({ held }) => held)), flood),
    overloaded:
      loads !== null &&
      grows(
        samples,
        sum(({ ledger }) => ledger.offeredWindowBytes),
      ),
    saturationLoad: loads !== null && highest > 0 ? loads.load / highest : null,
    load: loads?.load ?? null,
    uplinkLoad: loads?.uplinkLoad ?? null,
    rpcLatency: hist('rpcLatency'),
    slowdownSmall: hist('slowdownSmall'),
    slowdownLarge: hist('slowdownLarge'),
    slowdownAll: hist('slowdownAll'),
    probes: probeRecords(spec, shares, nodes),
    series: series(spec, samples),
    timeline: timelineOf(
      spec.warmupPs,
      shares.map(({ ledger }) => ledger.timeline),
    ),
    sources: [...new Set(totals.map((t) => setup.machine.prices[t.stage].source))].sort(),
    memoryBytes: together.reduce((bytes, one) => bytes + one.memoryBytes, 0),
  };
}

const CORES_SHOWN_MAX = 64;

function coreBusy(shares: readonly Share[]): number[] {
  const all = shares.reduce((sum, { coreBusyPs }) => sum + coreBusyPs.length, 0);
  return all > CORES_SHOWN_MAX ? [] : shares.flatMap(({ coreBusyPs }) => [...coreBusyPs]);
}

function counters(
  shares: readonly Share[],
  together: readonly Together[],
  totals: readonly StageTotal[],
): TaskRecord['counters'] {
  const of = (pick: (share: Share) => number): number => shares.reduce((s, share) => s + pick(share), 0);
  const total = (pick: (ledger: LedgerShare) => number): number => of(({ ledger }) => pick(ledger));
  const inWindow = (pick: (c: Counted) => number): number =>
    together.reduce((s, one) => one.counted.reduce((t, c) => t + pick(c), s), 0);
  const flowsStarted = total((l) => l.flowsStarted);
  const flowsFinished = total((l) => l.flowsFinished);
  const rpcsStarted = total((l) => l.exchangesStarted);
  const rpcsFinished = total((l) => l.exchangesFinished);
  return {
    payloadBytes: total((l) => l.payloadBytes),
    payloadBytesPlain: total((l) => l.payloadBytesPlain),
    offeredBytes: total((l) => l.offeredWindowBytes),
    wireBytes: of((s) => s.wireBytes),
    packets: inWindow((c) => c.sentPackets),
    skbs: inWindow((c) => c.deliveredUnits),
    packetsDelivered: inWindow((c) => c.deliveredPackets),
    copiedBytes: stageCount(totals, (d) => d.copies === 1),
    syscalls: stageCount(totals, (_, id) => SYSCALL_STAGES.has(id)),
    contextSwitches: stageCount(totals, (_, id) => id === 'CTXSW'),
    retransmittedPackets: together.reduce((sum, one) => sum + one.retransmittedPackets, 0),
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

/** Packets by queue over all racks; queues that saw none are left out. */
function byQueue(together: readonly Together[], field: 'dropped' | 'offered'): Record<string, number> {
  const all: Record<string, number> = {};
  QUEUE_NAMES.forEach((name, q) => {
    const n = together.reduce((sum, one) => sum + one[field][q]!, 0);
    if (n > 0) all[name] = n;
  });
  return all;
}

function queueLosses(together: readonly Together[]): QueueLoss[] {
  const offered = byQueue(together, 'offered');
  return Object.entries(byQueue(together, 'dropped'))
    .filter(([queue]) => offered[queue] !== undefined)
    .map(([reason, n]) => ({ reason, share: n / offered[reason]! }))
    .sort((a, b) => b.share - a.share || (a.reason < b.reason ? -1 : 1));
}

/** Share of the time in which senders with data waited for a window. */
function windowHeld(held: readonly Held[]): { readonly congestion: number; readonly receive: number } {
  let busyPs = 0;
  let congestionPs = 0;
  let receivePs = 0;
  for (const one of held) {
    busyPs += one.busyPs;
    congestionPs += one.congestionPs;
    receivePs += one.receivePs;
  }
  return busyPs > 0
    ? { congestion: congestionPs / busyPs, receive: receivePs / busyPs }
    : { congestion: 0, receive: 0 };
}

/** Sums over racks; backlogs and the busiest core: the largest. */
function mergedSamples(shares: readonly Share[]): Samples {
  const n = SAMPLES + 1;
  const all = {
    unfinishedBytes: new Float64Array(n),
    backlogBytes: [0, 1, 2, 3].map(() => new Float64Array(n)),
    workPs: new Float64Array(n),
    busiestPs: new Float64Array(n),
  };
  for (const { samples } of shares) {
    for (let i = 0; i < n; i++) {
      all.unfinishedBytes[i]! += samples.unfinishedBytes[i]!;
      all.workPs[i]! += samples.workPs[i]!;
      all.busiestPs[i] = Math.max(all.busiestPs[i]!, samples.busiestPs[i]!);
      all.backlogBytes.forEach((most, cls) => {
        most[i] = Math.max(most[i]!, samples.backlogBytes[cls]![i]!);
      });
    }
  }
  return all;
}

/** Unfinished payload grows by more than 5 % of what the window offered: least-squares line through the samples. */
function grows({ unfinishedBytes }: Samples, offeredBytes: number): boolean {
  let sx = 0;
  let sy = 0;
  let sxx = 0;
  let sxy = 0;
  const n = SAMPLES + 1;
  for (let i = 0; i < n; i++) {
    const y = unfinishedBytes[i]!;
    sx += i;
    sy += y;
    sxx += i * i;
    sxy += i * y;
  }
  const slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  return slope * SAMPLES > 0.05 * offeredBytes;
}

function probeRecords(
  spec: TaskSpec,
  shares: readonly Share[],
  nodes: readonly Utilisation[],
): ProbeRecord[] {
  const seconds = spec.windowPs * 1e-12;
  const ends = shares.flatMap(({ probeEnds }) => probeEnds);
  return Array.from({ length: spec.traffic.probePairs ?? 0 }, (_, i) => {
    const busiest: Partial<Record<string, number>> = {};
    for (const [probe, node] of ends) {
      if (probe !== i) continue;
      for (const [cls, u] of Object.entries(nodes[node]!)) busiest[cls] = Math.max(busiest[cls] ?? 0, u!);
    }
    const held = windowHeld(shares.map(({ probeHeld }) => probeHeld[i]!));
    const bound: Binding = binding(busiest, [], held, false);
    const bytes = shares.reduce((sum, { ledger }) => sum + ledger.probeBytes[i]!, 0);
    return { goodputBps: (bytes * 8) / seconds, binding: bound };
  });
}

function series(spec: TaskSpec, samples: Samples): SeriesRecord[] {
  const names = ['NIC queue', 'ToR port queue', 'uplink queue', 'downlink queue'];
  return [
    ...names.map((name, i) => ({
      name: `${name}, longest`,
      unit: 'B',
      values: [...samples.backlogBytes[i]!],
    })),
    { name: 'unfinished payload', unit: 'B', values: [...samples.unfinishedBytes] },
    { name: 'busy cores', unit: '1', values: meansOf(spec, samples.workPs) },
    { name: 'busiest core', unit: 'ratio', values: meansOf(spec, samples.busiestPs) },
  ];
}

/** Work → mean over the time since the sample before; 0 where there is none. */
function meansOf({ warmupPs, windowPs }: TaskSpec, workPs: Float64Array): number[] {
  const [first, ...more] = [...workPs] as [number, ...number[]];
  return [warmupPs === 0 ? 0 : first / warmupPs, ...more.map((ps) => ps / (windowPs / SAMPLES))];
}
