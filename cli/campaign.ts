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
import { type CellPlan, mergeRecords, type Result } from '../reports/result.ts';
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
import type { Signals } from './signals.ts';

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
  const hashes = new Map(runnable.map((task) => [task, taskHash(task, parts.modelVersion)]));
  const inputsHash = sha256([...hashes.values()]);
  const dir = input.resumeDir ?? input.outDir ?? defaultDir(input.scenario.id, inputsHash, startedAt);
  const files = runFiles(dir);
  const records = resumedRecords(input, files, runnable, hashes);
  const left = runnable.filter((task) => !records.has(task));
  const resumed = records.size;
  // Before anything is written: a run that would not fit leaves nothing behind.
  const threads = planRun(left, input.threads);
  makeDir(files.dir);
  if (input.resumeDir === null) startJournal(input, files, parts, runnable.length);
  announce(input, plan, resumed, threads, io);
  const ran = await runLeft(
    left,
    { threads, progress: input.progress, io, signals, runner: parts.runner },
    (task, record) => {
      records.set(task, record);
      appendRecord(files.journal, hashes.get(task)!, record);
    },
  );
  markFailed(plan, left, ran.failures);
  const wallSeconds = (performance.now() - startMs) / 1000;
  const result = mergeRecords({
    status: signals.exitCode() !== null ? 'interrupted' : ran.failures.size > 0 ? 'failed' : 'complete',
    ...labels(input, parts),
    env: {
      node: process.version,
      os: process.platform,
      arch: process.arch,
      cpus: os.cpus().length,
      workers: threads.workers,
    },
    timing: {
      startedAt: startedAt.toISOString(),
      wallSeconds,
      events: ran.events,
      eventsPerSecond: wallSeconds > 0 ? ran.events / wallSeconds : 0,
    },
    findings: [],
    cells: [...plan.values()],
    records: [...records.values()],
  });
  writeAtomic(files.result, `${JSON.stringify(result, null, 1)}\n`);
  const bytesPerNode = Math.max(
    0,
    ...[...records.values()].map((record) => record.memoryBytes / record.nodes),
  );
  const infeasible = new Set(
    [...plan.values()]
      .filter((cell) => cell.status === 'infeasible')
      .map((cell) => String(cell.dims.backend)),
  );
  const { failures, threadsOf } = ran;
  return { result, files, failures, threadsOf, infeasible: [...infeasible], resumed, bytesPerNode };
}

interface Surroundings {
  readonly threads: RunPlan;
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
): Promise<{ failures: Map<TaskSpec, TaskFailure>; events: number } & Pick<Campaign, 'threadsOf'>> {
  const threads = new Map<TaskSpec, number>();
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
        threads.set(left[slot]!, count);
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
  return { failures, events, threadsOf: (task) => threads.get(task) ?? 1 };
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
  cells: ReadonlyMap<string, CellPlan>,
  resumed: number,
  threads: RunPlan,
  io: Io,
): void {
  const seeds = new Set(input.tasks.map((task) => task.seed)).size;
  io.note(
    `${input.scenario.id}: ${cells.size} cells × ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}, ${threads.text}` +
      (resumed > 0 ? `, ${resumed} taken from the journal` : '') +
      `; seed ${input.seedRoot}`,
  );
  for (const line of threads.notes) io.note(line);
}

/** What the digest covers besides the figures. */
function labels(input: CampaignInput, parts: Parts): Pick<Result, 'tool' | 'model' | 'scenario' | 'seeds'> {
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
    seeds: { root: input.seedRoot, replications: [...new Set(tasks.map((task) => task.seed))] },
  };
}
