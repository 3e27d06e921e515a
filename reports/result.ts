/**
 * Records to result: groups the records of a run by cell, in task order, and merges each cell's seeds.
 * A pure function: what it returns depends on the records and the header, never on the order of arrival.
 *
 * Sums of CPU are exact (BigInt). Histograms merge whole. Every other figure is the mean over the seeds,
 * with the seeds' samples beside it. Left out: statistics over seeds beyond the range.
 */
import {
  type Binding,
  METRICS,
  type MetricId,
  type ResourceClass,
  type StageCpu,
  type TaskRecord,
} from '../engine/core/record.ts';
import { distributionOf } from './distribution.ts';
import { cpuPs, PERCENTILES, recordMetrics, SCALES, shareOf } from './metrics.ts';
import { isOverloaded } from './overload.ts';
import { withPrecision } from './precision.ts';
import { resultDigest } from './read.ts';
import type { Cell, CellBinding, CellMetric, Finding, Result, SliceResult } from './schema.ts';

import { type SliceInput, sliceResult } from './slice.ts';
import { warmupOf } from './warmup.ts';

export type { Cell, CellBinding, CellMetric, Distribution, Finding, Result } from './schema.ts';

/** A cell as the scenario planned it. `reason` says why it has no figures. */
export interface CellPlan {
  readonly id: string;
  readonly dims: Readonly<Record<string, string | number>>;
  readonly group: string;
  readonly title: string;
  readonly status: 'ok' | 'infeasible' | 'failed';
  readonly reason?: string;
  /** Seeds that it was given, the first ones of the run's; absent: all. */
  readonly seeds?: number;
}

export interface MergeInput {
  readonly status: Result['status'];
  readonly tool: Result['tool'];
  readonly model: Result['model'];
  readonly scenario: Result['scenario'];
  readonly seeds: Result['seeds'];
  readonly env: Result['env'];
  readonly timing: Result['timing'];
  readonly findings: readonly Finding[];
  /** The run is of a slice of its cluster; absent: of all of it. */
  readonly slice?: SliceInput;
  /** In display order. */
  readonly cells: readonly CellPlan[];
  /** In any order. */
  readonly records: readonly TaskRecord[];
}

const RESOURCES: readonly ResourceClass[] = [
  'application core',
  'softirq core',
  'daemon thread',
  'kworker',
  'NIC',
  'uplink',
  'downlink',
];

/**
 * Merges the records of a run.
 * @throws Error a record of an unknown cell or seed, of another model version, or a second one of a seed
 */
export function mergeRecords(input: MergeInput): Result {
  const byCell = groupByCell(input);
  const { precision, replications } = input.seeds;
  const cells = input.cells.map((plan) => {
    const own = byCell.get(plan.id)!;
    const cell = mergeCell(plan, own, replications.slice(0, plan.seeds));
    return precision === undefined ? cell : withPrecision(cell, own, precision);
  });
  const covered = {
    schema: 'windtunnel/result' as const,
    ...(input.slice === undefined ? {} : { slice: sliceOf(input.slice, input.cells, cells) }),
    model: input.model,
    scenario: input.scenario,
    seeds: input.seeds,
    cells,
    findings: [...input.findings],
  };
  const { schema, ...rest } = covered;
  return {
    schema,
    schemaVersion: '1.1',
    kind: 'run',
    status: input.status,
    tool: input.tool,
    ...rest,
    env: input.env,
    timing: input.timing,
    memory: memoryOf(byCell),
    digest: { algo: 'sha256', value: resultDigest(covered) },
  };
}

function sliceOf(slice: SliceInput, plans: readonly CellPlan[], cells: readonly Cell[]): SliceResult {
  const plan = plans.find(({ id }) => id === slice.cell);
  const { record } = slice;
  const full = plan === undefined || record === null ? null : mergeCell(plan, [record], [record.seed]);
  return sliceResult(
    slice,
    cells.find(({ id }) => id === slice.cell),
    full,
  );
}

function groupByCell(input: MergeInput): Map<string, TaskRecord[]> {
  const byCell = new Map<string, TaskRecord[]>();
  for (const cell of input.cells) byCell.set(cell.id, []);
  for (const record of [...input.records].sort((a, b) => a.index - b.index)) {
    const own = byCell.get(record.cell);
    if (own === undefined) throw new Error(`record of an unknown cell: ${record.cell}`);
    if (record.modelVersion !== input.model.version) {
      throw new Error(`record ${record.task} is of model ${record.modelVersion}, not ${input.model.version}`);
    }
    if (!input.seeds.replications.includes(record.seed)) {
      throw new Error(`record ${record.task} has a seed that the run does not name: ${record.seed}`);
    }
    if (own.some((other) => other.seed === record.seed)) {
      throw new Error(`second record of cell ${record.cell}, seed ${record.seed}`);
    }
    own.push(record);
  }
  return byCell;
}

/** Bytes of the largest seed, by cell. */
function memoryOf(byCell: ReadonlyMap<string, readonly TaskRecord[]>): Record<string, number> {
  const entries = [...byCell].filter(([, records]) => records.length > 0);
  return Object.fromEntries(
    entries.map(([id, records]) => [id, Math.max(...records.map(({ memoryBytes }) => memoryBytes))]),
  );
}

/** One cell from the records of its seeds, in seed order. */
export function mergeCell(plan: CellPlan, records: readonly TaskRecord[], seeds: readonly number[]): Cell {
  const first = records[0];
  const overloaded = isOverloaded(records);
  const warmup = warmupOf(records, overloaded);
  const missing = plan.status === 'ok' && first === undefined;
  const reason = plan.reason ?? (missing ? 'not run' : undefined);
  const distribution = (from: keyof typeof SCALES, unit: 's' | 'ratio') =>
    distributionOf(
      records.map((record) => record[from]),
      unit,
      SCALES[from],
      overloaded,
    );
  const distributions = {
    rpcLatency: distribution('rpcLatency', 's'),
    slowdownSmall: distribution('slowdownSmall', 'ratio'),
    slowdownLarge: distribution('slowdownLarge', 'ratio'),
  };
  const counter = (name: keyof TaskRecord['counters']) => sum(records.map((record) => record.counters[name]));
  return {
    id: plan.id,
    dims: plan.dims as Cell['dims'],
    group: plan.group,
    title: plan.title,
    status: missing ? 'missing' : plan.status,
    ...(reason === undefined ? {} : { reason }),
    nodes: first?.nodes ?? 0,
    plainNodes: first?.plainNodes ?? 0,
    podMtuBytes: first?.podMtuBytes ?? 0,
    mssBytes: first?.mssBytes ?? 0,
    load: first?.load ?? null,
    uplinkLoad: mean(records.map((record) => record.uplinkLoad)),
    windowPs: first?.windowPs ?? 0,
    simulatedPs: sum(records.map((record) => record.simulatedPs)),
    events: sum(records.map((record) => record.events)),
    overloaded,
    metrics: mergeMetrics(records, seeds, distributions, overloaded),
    distributions,
    cpuByStage: mergeStages(records),
    utilisation: mergeUtilisation(records),
    binding: first === undefined ? null : mergeBindings(records.map((record) => record.binding)),
    ...coresOf(records),
    drops: sumByKey(records.map((record) => record.drops)),
    queueOffered: sumByKey(records.map((record) => record.queueOffered)),
    provenance: provenanceOf(records),
    flows: {
      started: counter('flowsStarted'),
      finished: counter('flowsFinished'),
      censored: counter('flowsCensored'),
    },
    rpcs: {
      started: counter('rpcsStarted'),
      finished: counter('rpcsFinished'),
      censored: counter('rpcsCensored'),
    },
    probes: mergeProbes(records),
    series: records.flatMap((record) =>
      record.series.map(({ name, unit, values }) => ({ seed: record.seed, name, unit, values: [...values] })),
    ),
    ...(warmup === null ? {} : { warmup }),
    sources: [...new Set(records.flatMap((record) => record.sources))].sort(),
    seeds: records.map(({ seed, digest, overloaded, events, binding }) => ({
      seed,
      digest,
      overloaded,
      events,
      binding: binding.text,
    })),
  };
}

function mergeMetrics(
  records: readonly TaskRecord[],
  seeds: readonly number[],
  distributions: Cell['distributions'],
  overloaded: boolean,
): Record<MetricId, CellMetric> {
  const bySeed = new Map(records.map((record) => [record.seed, recordMetrics(record, overloaded)]));
  const metrics = {} as Record<MetricId, CellMetric>;
  for (const id of Object.keys(METRICS) as MetricId[]) {
    const samples = seeds.map((seed) => bySeed.get(seed)?.[id] ?? null);
    const percentile = PERCENTILES[id];
    const value =
      percentile === undefined
        ? mean(samples)
        : distributions[percentile.from].quantiles[percentile.id].value;
    metrics[id] = { unit: METRICS[id].unit, better: METRICS[id].better, samples, value };
  }
  return metrics;
}

function mergeStages(records: readonly TaskRecord[]): Cell['cpuByStage'] {
  const total = sumBig(records.map((record) => cpuPs(record.cpu)));
  if (total === 0n) return [];
  const nodePs = sumBig(records.map((record) => BigInt(record.windowPs) * BigInt(record.nodes)));
  const byKey = new Map<string, { of: StageCpu; ps: bigint }>();
  for (const of of records.flatMap((record) => record.cpu)) {
    const key = `${of.stage}/${of.class}/${of.confidence}`;
    const entry = byKey.get(key) ?? { of, ps: 0n };
    entry.ps += BigInt(of.ps);
    byKey.set(key, entry);
  }
  return [...byKey]
    .filter(([, entry]) => entry.ps > 0n)
    .sort(([keyA, a], [keyB, b]) => (a.ps === b.ps ? (keyA < keyB ? -1 : 1) : a.ps > b.ps ? -1 : 1))
    .map(([, { of, ps }]) => ({
      stage: of.stage,
      class: of.class,
      coresPerNode: shareOf(ps, nodePs) ?? 0,
      share: shareOf(ps, total)!,
      confidence: of.confidence,
    }));
}

function mergeUtilisation(records: readonly TaskRecord[]): Cell['utilisation'] {
  const merged: Cell['utilisation'] = {};
  for (const name of RESOURCES) {
    const values = records.map((record) => record.utilisation[name]).filter((value) => value !== undefined);
    const value = mean(values);
    if (value !== null) merged[name] = { value, low: Math.min(...values), high: Math.max(...values) };
  }
  return merged;
}

/** Work of single cores, where the records tell. */
function coresOf(records: readonly TaskRecord[]): Pick<Cell, 'coreBusy' | 'rxQueues'> {
  const first = records[0];
  if (first?.rxQueues === undefined || first.coreBusyPs.length === 0) return {};
  const windowsPs = sum(records.map((one) => one.windowPs));
  const share = (core: number) => sum(records.map((one) => one.coreBusyPs[core]!)) / windowsPs;
  return { coreBusy: first.coreBusyPs.map((_, core) => share(core)), rxQueues: first.rxQueues };
}

/**
 * What most say: kind and resource, or that nothing binds, whatever was nearest; of those, the text of the one
 * with the median utilisation.
 */
function mergeBindings(bindings: readonly Binding[]): CellBinding {
  const groups = new Map<string, Binding[]>();
  for (const binding of bindings) {
    const key = binding.kind === 'none' ? 'none' : `${binding.kind}/${binding.resource}`;
    groups.set(key, [...(groups.get(key) ?? []), binding]);
  }
  let most: Binding[] = [];
  for (const group of groups.values()) if (group.length > most.length) most = group;
  const ordered = [...most].sort((a, b) => a.utilisation - b.utilisation);
  const { text, kind, resource, utilisation } = ordered[(ordered.length - 1) >> 1]!;
  return { text, kind, resource, utilisation, agree: most.length, of: bindings.length };
}

function mergeProbes(records: readonly TaskRecord[]): Cell['probes'] {
  const probes = records.flatMap((record) => record.probes);
  if (probes.length === 0) return null;
  return {
    goodputBps: probes.map((probe) => probe.goodputBps),
    binding: mergeBindings(probes.map((probe) => probe.binding)),
  };
}

function provenanceOf(records: readonly TaskRecord[]): Cell['provenance'] {
  const cpu = records.flatMap((record) => record.cpu);
  const total = cpuPs(cpu);
  if (total === 0n) return null;
  const share = (name: StageCpu['confidence']) =>
    shareOf(
      cpuPs(cpu, (one) => one.confidence === name),
      total,
    )!;
  return { measured: share('measured'), published: share('published'), assumed: share('assumed') };
}

function sumByKey(maps: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total = new Map<string, number>();
  for (const map of maps) {
    for (const [key, value] of Object.entries(map)) total.set(key, (total.get(key) ?? 0) + value);
  }
  return Object.fromEntries([...total].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : sum(known) / known.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function sumBig(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
