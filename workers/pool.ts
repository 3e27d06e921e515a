/**
 * Runs tasks on piscina threads, longest first: one thread a task, or several (a gang, gang.ts), as a plan says
 * (schedule.ts). Results are told apart by the task's index, so neither the number of threads nor the order of arrival
 * can matter. A task that fails, or whose thread dies, loses nothing else.
 *
 * With 0 workers the tasks run in this thread: for debuggers and profilers; signals then wait for the
 * task's end.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { racksOf } from '../engine/build.ts';
import type { TaskRecord } from '../engine/core/record.ts';
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import type { RackShares } from '../engine/task.ts';
import type { Board } from './board.ts';
import { estimateCost } from './cost.ts';
import { poison, shareGang } from './gang.ts';
import { sizeOf, THREAD_BYTES } from './memory.ts';
import { availableThreads, totalBytes } from './resources.ts';
import runJob, { type Answer, failureOf, type Job, type Runner, type TaskFailure } from './runTask.ts';
import { type Plan, planTasks, type Step, threadsOf } from './schedule.ts';
import type { Work, WorkRecord } from './work.ts';

export type { TaskFailure } from './runTask.ts';

const MIB = 1_048_576;
/** Event lists and skb pools are typed arrays outside this limit; the heap holds topology and records. */
const HEAP_MIB_MAX = 4096;

export interface PoolOptions<R extends WorkRecord = TaskRecord> {
  /** Threads; 0: in process. */
  readonly workers: number;
  /** Threads a task, at most one a rack; more than one only for the engine's own tasks. Default 1. */
  readonly taskWorkers?: number;
  /** Which tasks run together and on how many threads each; absent: as `workers` and `taskWorkers` say. */
  readonly plan?: Plan;
  /** URL of a module that exports `runTask`. */
  readonly runner: string;
  /** Aborts running tasks and starts no further ones. */
  readonly signal: AbortSignal;
  /** One slot a task, in the order of `specs`. */
  readonly board: Board;
  /** @param threads  on which the task runs */
  readonly onStart?: (slot: number, threads: number) => void;
  readonly onRecord: (slot: number, record: R) => void;
  readonly onFailure: (slot: number, failure: TaskFailure) => void;
  /** Progress of a task in process, where no timer can fire. */
  readonly onTick?: () => void;
}

/** Threads for `auto` where each task takes one: as many as the process may use, at most one a task. */
export function autoWorkers(taskCount: number): number {
  return Math.max(1, Math.min(availableThreads(), taskCount));
}

/** Runs all tasks; resolves when each is done, failed, or the signal came. */
export async function runTasks<R extends WorkRecord = TaskRecord>(
  specs: readonly Work[],
  options: PoolOptions<R>,
): Promise<void> {
  const { workers } = options;
  const plan = options.plan ?? plainPlan(specs, options);
  if (workers === 0) {
    const run = (job: Job) => runJob(job, options.onTick) as Promise<Answer<R>>;
    for (const { slots } of plan.steps) await drain(specs, [...slots], options, run);
    return;
  }
  if (plan.threads === 0) return;
  const pool = startPool(plan.threads);
  // Errors of tasks reject their promises; this one means that threads cannot even start.
  const broken = new Promise<never>((_, reject) => pool.on('error', reject));
  broken.catch(() => {});
  const stop = (): void => void pool.destroy();
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    for (const step of plan.steps) await Promise.race([runStep(pool, specs, step, options), broken]);
  } finally {
    options.signal.removeEventListener('abort', stop);
    await pool.destroy();
  }
}

/** Without regard to memory. */
function plainPlan(specs: readonly Work[], { workers, taskWorkers = 1 }: PoolOptions<never>): Plan {
  const loads = specs.map((spec) => ({ cost: estimateCost(spec), ...sizeOf(spec), bytes: 0 }));
  const threads = Math.max(1, workers);
  return planTasks(loads, { threads, taskWorkers, bytes: Infinity, threadBytes: THREAD_BYTES });
}

/** Lanes take tasks from one queue; the threads of a lane are its own, so that a gang finds all of them idle. */
async function runStep<R extends WorkRecord>(
  pool: Piscina,
  specs: readonly Work[],
  step: Step,
  options: PoolOptions<R>,
): Promise<void> {
  const queue = [...step.slots];
  const sizeFor = (spec: Work): number => threadsOf(step, sizeOf(spec).racks);
  const run = (job: Job): Promise<Answer<R>> => {
    const size = sizeFor(job.spec);
    return size === 1
      ? (pool.run(job) as Promise<Answer<R>>)
      : (runGang(pool, job, size) as Promise<Answer<never>>);
  };
  const lanes = Array.from({ length: step.lanes }, () => drain(specs, queue, options, run, sizeFor));
  await Promise.all(lanes);
}

/** One task on `size` threads, all of which are idle: they start together, and end together if one fails. */
async function runGang(pool: Piscina, job: Job, size: number): Promise<Answer<TaskRecord>> {
  const spec = job.spec as TaskSpec;
  // Before the run: the engine's files may change during a long one.
  const { recordOf } = (await import(job.runner)) as Runner;
  const shared = shareGang(size, racksOf(spec));
  const member = async (index: number): Promise<Answer<RackShares>> => {
    try {
      return (await pool.run({ ...job, gang: { shared, index } })) as Answer<RackShares>;
    } catch (error) {
      // A thread that has died cannot say so itself.
      poison(shared);
      return { record: null, failure: { ...failureOf(error), kind: 'died' } };
    }
  };
  const answers = await Promise.all(Array.from({ length: size }, (_, index) => member(index)));
  const failures = answers.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  const failure = failures.find(({ kind }) => kind !== 'gang') ?? failures[0];
  if (failure !== undefined) return { record: null, failure };
  try {
    return {
      record: recordOf(
        spec,
        answers.map(({ record }) => record!),
      ),
      failure: null,
    };
  } catch (error) {
    return { record: null, failure: failureOf(error) };
  }
}

function startPool(threads: number): Piscina {
  const heapMib = Math.floor(((totalBytes() / MIB) * 0.8) / threads);
  return new Piscina({
    filename: new URL('./entry.mjs', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    resourceLimits: { maxOldGenerationSizeMb: Math.max(256, Math.min(HEAP_MIB_MAX, heapMib)) },
  });
}

/** Takes tasks from the shared queue until it is empty or the signal came. */
async function drain<R extends WorkRecord>(
  specs: readonly Work[],
  queue: number[],
  options: PoolOptions<R>,
  run: (job: Job) => Promise<Answer<R>>,
  sizeFor: (spec: Work) => number = () => 1,
): Promise<void> {
  while (!options.signal.aborted) {
    const slot = queue.shift();
    if (slot === undefined) return;
    options.onStart?.(slot, sizeFor(specs[slot]!));
    let answer: Answer<R>;
    try {
      answer = await run({ spec: specs[slot]!, runner: options.runner, board: options.board.buffer, slot });
    } catch (error) {
      answer = { record: null, failure: { ...failureOf(error), kind: 'died' } };
    }
    // A thread that was stopped on purpose is no failure.
    if (options.signal.aborted && answer.failure !== null) return;
    if (answer.failure === null) options.onRecord(slot, answer.record);
    else options.onFailure(slot, answer.failure);
    // In process, let signals and the progress timer have their turn.
    await nextTurn();
  }
}
