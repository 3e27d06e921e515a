/**
 * How a run uses threads and memory, decided before it starts: the plan, its words, and a refusal of what would not
 * fit, with what would.
 */
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import { estimateCost } from '../workers/cost.ts';
import {
  estimateMemory,
  type MemoryEstimate,
  PROCESS_BYTES,
  sizeOf,
  THREAD_BYTES,
} from '../workers/memory.ts';
import { availableBytes, availableThreads } from '../workers/resources.ts';
import { type Limits, type Load, type Plan, planTasks } from '../workers/schedule.ts';
import { UsageError } from './errors.ts';
import { wholeOf } from './flags.ts';
import { scaled } from './numbers.ts';

/** As typed. */
export interface PlanFlags {
  /** Threads; null: as many as the process may use; 0: in process. */
  readonly workers: number | null;
  /** Threads a task; null: as the plan finds best. */
  readonly taskWorkers: number | null;
  /** Bytes; null: what is free. */
  readonly memoryLimit: number | null;
}

export interface RunPlan {
  readonly plan: Plan;
  /** 0: in process. */
  readonly workers: number;
  /** "24 tasks on 2 workers". */
  readonly text: string;
  /** What it will hold and why, for large runs. */
  readonly notes: readonly string[];
}

/** From here on a task's pools are worth a line, bytes. */
const NOTED_BYTES = 16e6;

/** @throws UsageError if flags contradict each other or the cluster, or the memory does not suffice */
export function planRun(tasks: readonly TaskSpec[], flags: PlanFlags): RunPlan {
  checkSizes(tasks, flags);
  const estimates = estimatesOf(tasks);
  const loads = tasks.map((task, slot) => loadOf(task, estimates[slot]!));
  const limit = flags.memoryLimit ?? availableBytes() + process.memoryUsage().rss;
  const limits: Limits = {
    threads: Math.max(1, flags.workers ?? Math.max(availableThreads(), flags.taskWorkers ?? 1)),
    taskWorkers: flags.workers === 0 ? 1 : flags.taskWorkers,
    bytes: limit - PROCESS_BYTES,
    threadBytes: flags.workers === 0 ? 0 : THREAD_BYTES,
  };
  // Who names a number of workers means it: fewer are proposed, not taken.
  const free = planTasks(loads, { ...limits, bytes: Infinity });
  const plan = flags.workers === null ? planTasks(loads, limits) : free;
  if (plan.bytes > limits.bytes) throw new UsageError(refusal(plan, loads, limits, limit));
  const workers = flags.workers === 0 ? 0 : plan.threads;
  const largest = largestOf(estimates);
  const notes = largest === null ? [] : [memoryText(plan, largest, limit)];
  if (plan.threads < free.threads)
    notes.push(`memory allows ${plan.threads} of ${free.threads} workers at once`);
  return { plan, workers, text: planText(plan, workers, tasks.length), notes };
}

function checkSizes(tasks: readonly TaskSpec[], { workers, taskWorkers }: PlanFlags): void {
  if (taskWorkers === null || tasks.length === 0) return;
  if (workers !== null && taskWorkers > Math.max(1, workers))
    throw new UsageError(
      `--task-workers ${taskWorkers} is more than --workers ${workers}: name at least as many workers`,
    );
  const racks = Math.max(...tasks.map((task) => sizeOf(task).racks));
  if (taskWorkers > racks)
    throw new UsageError(
      `--task-workers ${taskWorkers} is more than the ${racks} ${racks === 1 ? 'rack' : 'racks'} of this cluster: ` +
        'a thread takes whole racks (cluster.nodesPerRack)',
    );
}

/** One for all seeds of a cell of one size; null where a task cannot be built, which it says itself when it runs. */
function estimatesOf(tasks: readonly TaskSpec[]): (MemoryEstimate | null)[] {
  const known = new Map<string, MemoryEstimate | null>();
  return tasks.map((task) => {
    const key = `${task.cell}/${task.cluster.nodes}`;
    if (!known.has(key)) known.set(key, estimateOf(task));
    return known.get(key)!;
  });
}

function estimateOf(task: TaskSpec): MemoryEstimate | null {
  try {
    return estimateMemory(task);
  } catch {
    return null;
  }
}

const loadOf = (task: TaskSpec, estimate: MemoryEstimate | null): Load => ({
  cost: estimateCost(task),
  ...sizeOf(task),
  bytes: estimate?.residentBytes ?? 0,
});

function largestOf(estimates: readonly (MemoryEstimate | null)[]): MemoryEstimate | null {
  const all = estimates.flatMap((one) => (one === null || one.poolBytes < NOTED_BYTES ? [] : [one]));
  return all.sort((a, b) => b.residentBytes - a.residentBytes)[0] ?? null;
}

function memoryText(plan: Plan, it: MemoryEstimate, limit: number): string {
  const parts = [
    `hosts ${scaled(it.hostBytes, 'B')}`,
    `${scaled(Math.round(it.connections))} connections ${scaled(it.connectionBytes, 'B')}`,
    `live traffic ${scaled(it.liveBytes, 'B')}`,
    `lists and statistics ${scaled(it.residentBytes - it.poolBytes, 'B')}`,
  ];
  const total = scaled(plan.bytes + PROCESS_BYTES, 'B');
  const base = scaled(PROCESS_BYTES + plan.threads * THREAD_BYTES, 'B');
  return (
    `memory: about ${total} at once (${scaled(limit, 'B')} available); ` +
    `the largest task ${scaled(it.residentBytes, 'B')}: ${parts.join(', ')}; program and threads ${base}`
  );
}

function refusal(plan: Plan, loads: readonly Load[], limits: Limits, limit: number): string {
  const needs = (bytes: number): string => scaled(bytes + PROCESS_BYTES, 'B');
  const fits = fitting(loads, limits);
  const way =
    fits === null
      ? `one task alone needs ${needs(planTasks(loads, { ...limits, taskWorkers: 1, threads: 1 }).bytes)}: ` +
        'fewer nodes or less load, or a slice of the cluster (--slice)'
      : `--workers ${fits.threads}${fits.gang} needs ${needs(fits.bytes)}`;
  return (
    `this run would not fit: it needs about ${needs(plan.bytes)}, ${scaled(limit, 'B')} are available; ${way}; ` +
    'or allow more with --memory-limit'
  );
}

/** The most threads whose plan fits. */
function fitting(
  loads: readonly Load[],
  limits: Limits,
): { readonly threads: number; readonly gang: string; readonly bytes: number } | null {
  for (let threads = limits.threads; threads >= 1; threads--) {
    const taskWorkers = limits.taskWorkers === null ? null : Math.min(limits.taskWorkers, threads);
    const { bytes } = planTasks(loads, { ...limits, threads, taskWorkers, bytes: Infinity });
    const gang = taskWorkers === limits.taskWorkers ? '' : ` --task-workers ${taskWorkers}`;
    if (bytes <= limits.bytes) return { threads, gang, bytes };
  }
  return null;
}

/** "24 tasks on 2 workers", "3 tasks on 2 workers, 1 of them shared by 2", "1 task shared by 2 workers". */
function planText(plan: Plan, workers: number, count: number): string {
  const tasks = `${count} ${count === 1 ? 'task' : 'tasks'}`;
  if (workers === 0) return `${tasks} in process`;
  const on = `${tasks} on ${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  const gangs = plan.steps.filter(({ size }) => size > 1);
  if (gangs.length === 0) return on;
  const [{ slots, size }] = gangs as [Plan['steps'][number]];
  if (count === 1) return `${tasks} shared by ${size} workers`;
  return `${on}, ${slots.length === count ? 'each' : `${slots.length} of them`} shared by ${size}`;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
const BINARY: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** `8G`, `8GB`: 10^9; `8GiB`: 2^30. @throws UsageError */
export function bytesOf(flag: string, text: string): number {
  const [, digits = '', unit = '', binary] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?\s*$/i.exec(text) ?? [];
  const factor = (binary === '' ? UNITS : BINARY)[unit.toLowerCase()];
  const bytes = Number(digits) * (factor ?? Number.NaN);
  if (digits === '' || !(bytes > 0)) throw new UsageError(`${flag} takes bytes as 8G or 8GiB, not '${text}'`);
  return bytes;
}

/** The flags' texts. @throws UsageError */
export function planFlagsOf(flags: {
  readonly workers: string;
  readonly taskWorkers?: string;
  readonly memoryLimit?: string;
}): PlanFlags {
  const { workers, taskWorkers = 'auto', memoryLimit } = flags;
  return {
    workers: wholeOf('--workers', workers, 0),
    taskWorkers: wholeOf('--task-workers', taskWorkers, 1),
    memoryLimit: memoryLimit === undefined ? null : bytesOf('--memory-limit', memoryLimit),
  };
}
