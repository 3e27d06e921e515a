/**
 * One run from scenario to result: tasks, feasibility, journal, pool, merge. Joins scenarios, workers and
 * reports; prints nothing but progress and failures.
 */
import { existsSync } from 'node:fs';
import os from 'node:os';
import type { TaskRecord } from '../engine/core/record.ts';
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import type { Machine } from '../engine/host/machine.ts';
import packageJson from '../package.json' with { type: 'json' };
import { canonicalSha256 } from '../reports/canonical.ts';
import { type CellPlan, type MergeInput, mergeRecords, type Result } from '../reports/result.ts';
import type { PrecisionRule } from '../reports/schema.ts';
import type { Scenario } from '../scenarios/lib/define.ts';
import { Board } from '../workers/board.ts';
import { sha256, taskHash } from '../workers/hash.ts';
import { appendRecord, createJournal, JournalError, openJournal } from '../workers/journal.ts';
import { runTasks, type TaskFailure } from '../workers/pool.ts';
import { UsageError } from './errors.ts';
import { defaultDir, makeDir, type RunFiles, runFiles, writeAtomic } from './files.ts';
import type { Io, ProgressMode } from './io.ts';
import type { Parts } from './parts.ts';
import { type PlanFlags, planRun, type RunPlan } from './plan.ts';
import { Progress } from './progress.ts';
import { type Ran, runRounds } from './rounds.ts';
import type { Signals } from './signals.ts';
import type { SlicePlan } from './slice.ts';

export interface CampaignInput {
  readonly scenario: Scenario;
  readonly machine: Machine;
  readonly tasks: readonly TaskSpec[];
  readonly seedRoot: number;
  /** Arguments that repeat this run, without its folder. */
  readonly argv: readonly string[];
  readonly threads: PlanFlags;
  readonly outDir: string | null;
  readonly resumeDir: string | null;
  readonly progress: Exclude<ProgressMode, 'auto'>;
  /** Tasks have every seed that it allows, and cells run as many as they need; null: all. */
  readonly precision: PrecisionRule | null;
  /** Tasks are of a slice; null: of the whole cluster. */
  readonly slice: SlicePlan | null;
}

export interface Campaign {
  readonly result: Result;
  readonly files: RunFiles;
  readonly failures: ReadonlyMap<TaskSpec, TaskFailure>;
  /** Threads that a task ran on. */
  readonly threadsOf: (task: TaskSpec) => number;
  /** Backend names that cannot work in this cluster. */
  readonly infeasible: readonly string[];
  /** Tasks taken from the journal. */
  readonly resumed: number;
  /** Most bytes that one task's pools held, by node. */
  readonly bytesPerNode: number;
}

/** Runs what is left to run and writes journal and result.json. @throws UsageError */
export async function runCampaign(
  input: CampaignInput,
  parts: Parts,
  io: Io,
  signals: Signals,
): Promise<Campaign> {
  const startedAt = new Date();
  const startMs = performance.now();
  const plan = planCells(input.tasks, parts);
  const runnable = input.tasks.filter((task) => plan.get(task.cell)!.status !== 'infeasible');
  const checks = input.slice?.check == null ? [] : [input.slice.check];
  const hashes = new Map([...runnable, ...checks].map((task) => [task, taskHash(task, parts.modelVersion)]));
  const fresh = input.outDir ?? defaultDir(input.scenario.id, sha256([...hashes.values()]), startedAt);
  const files = runFiles(input.resumeDir ?? fresh);
  const records = resumedRecords(input, files, [...hashes.keys()], hashes);
  const resumed = new Set(records.keys());
  // Before anything is written: a run that would not fit leaves nothing behind.
  const missing = [...runnable, ...checks].filter((task) => !records.has(task));
  const whole = planRun(missing, input.threads);
  makeDir(files.dir);
  if (input.resumeDir === null) startJournal(input, files, parts, runnable.length);
  const rule = input.precision;
  const threadsOf = new Map<TaskSpec, number>();
  let workers = 0;
  const run = async (cells: readonly TaskSpec[]): Promise<Ran> => {
    // With the first ones: it is the longest.
    const tasks = [...cells, ...checks.splice(0)];
    const left = tasks.filter((task) => !records.has(task));
    const threads = rule === null ? whole : planRun(left, input.threads);
    workers = Math.max(workers, threads.workers);
    announce(input, tasks, tasks.filter((task) => resumed.has(task)).length, threads, io);
    return runLeft(
      left,
      { threads, threadsOf, progress: input.progress, io, signals, runner: parts.runner },
      (task, record) => {
        records.set(task, record);
        appendRecord(files.journal, hashes.get(task)!, record);
      },
    );
  };
  const seeds = [...new Set(input.tasks.map((task) => task.seed))];
  const ran =
    rule === null
      ? await run(runnable)
      : await runRounds({ rule, seeds, runnable, plan, records }, run, signals);
  markFailed(plan, runnable, ran.failures);
  // A journal may hold more seeds of a cell than this precision asks for.
  const isGiven = ({ cell, seed }: TaskSpec): boolean => seeds.slice(0, plan.get(cell)!.seeds).includes(seed);
  const { check = null } = input.slice ?? {};
  const result = mergeRecords({
    status: signals.exitCode() !== null ? 'interrupted' : ran.failures.size > 0 ? 'failed' : 'complete',
    ...labels(input, parts, seedsOf(input, seeds, plan)),
    env: { node: process.version, os: process.platform, arch: process.arch, cpus: os.cpus().length, workers },
    timing: timingOf(startedAt, startMs, ran.events),
    findings: [],
    cells: [...plan.values()],
    records: [...records].filter(([task]) => task !== check && isGiven(task)).map(([, record]) => record),
    ...sliceOf(input.slice, records),
  });
  writeAtomic(files.result, `${JSON.stringify(result, null, 1)}\n`);
  return {
    result,
    files,
    failures: ran.failures,
    threadsOf: (task) => threadsOf.get(task) ?? 1,
    infeasible: infeasibleOf(plan),
    resumed: resumed.size,
    bytesPerNode: bytesPerNodeOf(records.values()),
  };
}

function timingOf(startedAt: Date, startMs: number, events: number): Result['timing'] {
  const wallSeconds = (performance.now() - startMs) / 1000;
  const eventsPerSecond = wallSeconds > 0 ? events / wallSeconds : 0;
  return { startedAt: startedAt.toISOString(), wallSeconds, events, eventsPerSecond };
}

/** The slice, with the record of its check if there is one. */
function sliceOf(
  plan: SlicePlan | null,
  records: ReadonlyMap<TaskSpec, TaskRecord>,
): Pick<MergeInput, 'slice'> {
  if (plan === null) return {};
  const { slice, check, cell } = plan;
  const record = check === null ? undefined : records.get(check);
  return { slice: { of: slice, cell, wanted: check !== null, record: record ?? null } };
}

const bytesPerNodeOf = (records: Iterable<TaskRecord>): number =>
  Math.max(0, ...[...records].map((record) => record.memoryBytes / record.nodes));

/** Backends of which some cell cannot work. */
function infeasibleOf(plan: ReadonlyMap<string, CellPlan>): string[] {
  const cells = [...plan.values()].filter(({ status }) => status === 'infeasible');
  return [...new Set(cells.map(({ dims }) => String(dims.backend)))];
}

interface Surroundings {
  readonly threads: RunPlan;
  /** Is told on how many each task runs. */
  readonly threadsOf: Map<TaskSpec, number>;
  readonly progress: CampaignInput['progress'];
  readonly io: Io;
  readonly signals: Signals;
  readonly runner: string;
}

/** Runs tasks under a progress display. @param keep  called with each record as it arrives */
async function runLeft(
  left: readonly TaskSpec[],
  around: Surroundings,
  keep: (task: TaskSpec, record: TaskRecord) => void,
): Promise<Ran> {
  const failures = new Map<TaskSpec, TaskFailure>();
  let events = 0;
  const board = new Board(left.length);
  const progress = new Progress(left, board, around.progress, around.io);
  if (left.length > 0) progress.start();
  try {
    await runTasks(left, {
      workers: around.threads.workers,
      plan: around.threads.plan,
      runner: around.runner,
      signal: around.signals.signal,
      board,
      onStart: (slot, count) => {
        around.threadsOf.set(left[slot]!, count);
        progress.taskStarted(slot, count);
      },
      onTick: () => progress.tick(),
      onRecord: (slot, record) => {
        keep(left[slot]!, record);
        events += record.events;
        progress.taskEnded(slot, false);
      },
      onFailure: (slot, failure) => {
        failures.set(left[slot]!, failure);
        progress.taskEnded(slot, true);
      },
    });
  } finally {
    progress.stop();
  }
  return { failures, events };
}

/** In task order: which seed a cell names must not depend on which failed first. */
function markFailed(
  plan: Map<string, CellPlan>,
  tasks: readonly TaskSpec[],
  failures: ReadonlyMap<TaskSpec, TaskFailure>,
): void {
  for (const task of tasks) {
    const failure = failures.get(task);
    const cell = plan.get(task.cell)!;
    if (failure === undefined || cell.status === 'failed') continue;
    plan.set(task.cell, { ...cell, status: 'failed', reason: `seed ${task.seed}: ${failure.message}` });
  }
}

function planCells(tasks: readonly TaskSpec[], parts: Parts): Map<string, CellPlan> {
  const plan = new Map<string, CellPlan>();
  for (const { cell, dims, backend, cluster, policy } of tasks) {
    if (plan.has(cell)) continue;
    const reason = parts.feasibility(backend, cluster, policy);
    const base = { id: cell, dims, group: backend.group, title: backend.title };
    plan.set(cell, reason === null ? { ...base, status: 'ok' } : { ...base, status: 'infeasible', reason });
  }
  return plan;
}

function startJournal(input: CampaignInput, files: RunFiles, parts: Parts, tasks: number): void {
  createJournal(files.journal, {
    scenario: input.scenario.id,
    modelVersion: parts.modelVersion,
    argv: input.argv,
    tasks,
  });
}

/** The records of the journal to resume whose tasks are still the same. */
function resumedRecords(
  input: CampaignInput,
  files: RunFiles,
  runnable: readonly TaskSpec[],
  hashes: ReadonlyMap<TaskSpec, string>,
): Map<TaskSpec, TaskRecord> {
  const records = new Map<TaskSpec, TaskRecord>();
  if (input.resumeDir === null) return records;
  if (!existsSync(files.journal)) throw new UsageError(`nothing to resume: ${files.journal} does not exist`);
  try {
    const journal = openJournal(files.journal);
    for (const task of runnable) {
      const record = journal.records.get(hashes.get(task)!);
      if (record !== undefined) records.set(task, record);
    }
  } catch (error) {
    if (error instanceof JournalError) throw new UsageError(error.message);
    throw error;
  }
  return records;
}

function announce(
  input: CampaignInput,
  tasks: readonly TaskSpec[],
  done: number,
  threads: RunPlan,
  io: Io,
): void {
  const rounds = input.precision !== null;
  const told = rounds ? tasks : input.tasks;
  const seeds = new Set(told.map((task) => task.seed)).size;
  const all = new Set(told.map((task) => task.cell)).size;
  const cells = `${all} cells × ${rounds ? 'the first ' : ''}${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`;
  io.note(
    `${input.scenario.id}: ${cells}, ${threads.text}` +
      (done > 0 ? `, ${done} taken from the journal` : '') +
      `; seed ${input.seedRoot}`,
  );
  for (const line of threads.notes) io.note(line);
}

/** What the digest covers besides the figures. */
function labels(
  input: CampaignInput,
  parts: Parts,
  seeds: Result['seeds'],
): Pick<Result, 'tool' | 'model' | 'scenario' | 'seeds'> {
  const { scenario, machine, tasks } = input;
  const { cluster, traffic, policy, podMtuBytes, congestion, warmupPs, windowPs, drainPs, granularity } =
    tasks[0]!;
  const points = new Map(
    tasks.map(({ dims }) => {
      const { backend: _backend, ...point } = dims;
      return [JSON.stringify(point), point] as const;
    }),
  );
  const { sizes, ...flows } = traffic.flows ?? { sizes: [] };
  const params = {
    cluster: { ...cluster },
    traffic: {
      ...traffic,
      ...(traffic.flows === undefined ? {} : { flows: { ...flows, sizesSha256: sha256(sizes) } }),
    },
    policy: { ...policy },
    podMtuBytes,
    congestion,
    warmupPs,
    windowPs,
    drainPs,
    granularity,
    points: [...points.values()],
  };
  const plainParams = JSON.parse(JSON.stringify(params)) as Result['scenario']['params'];
  return {
    tool: { name: packageJson.name, version: packageJson.version },
    model: {
      version: parts.modelVersion,
      machine: { name: machine.name, sha256: canonicalSha256(tasks[0]!.machine) },
    },
    scenario: {
      id: scenario.id,
      title: scenario.title,
      sha256: canonicalSha256(plainParams),
      params: plainParams,
    },
    seeds,
  };
}

/** With a precision: as many as the cell with most of them was given. */
function seedsOf(
  { seedRoot, precision }: CampaignInput,
  seeds: readonly number[],
  plan: ReadonlyMap<string, CellPlan>,
): Result['seeds'] {
  if (precision === null) return { root: seedRoot, replications: [...seeds] };
  const given = Math.max(0, ...[...plan.values()].map((cell) => cell.seeds ?? 0));
  return { root: seedRoot, replications: seeds.slice(0, given), precision };
}
