/**
 * Worker entry: one task in, one record or one failure out; for a thread of a gang, its part of the record. The runner
 * is named by the message, so that tests can put another in the engine's place.
 *
 * A thrown error becomes data here: classes do not survive the way to the main thread.
 */
import type { TaskRecord } from '../engine/core/record.ts';
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import type { Gang } from '../engine/gang.ts';
import type { RackShares } from '../engine/task.ts';
import { Board } from './board.ts';
import { type GangShared, Member, poison } from './gang.ts';
import { simulatedPs, type Work, type WorkRecord } from './work.ts';

export interface Job {
  readonly spec: Work;
  /** URL of a module that exports `runTask`. */
  readonly runner: string;
  readonly board: SharedArrayBuffer;
  /** Place of the task on the board. */
  readonly slot: number;
  /** Several threads run the task: what they share, and which one this is. */
  readonly gang?: { readonly shared: GangShared; readonly index: number };
}

export interface TaskFailure {
  /**
   * limit: events or memory; invariant: the model is wrong; died: the thread is gone; gang: another thread of the
   * task has failed; error: anything else.
   */
  readonly kind: 'limit' | 'invariant' | 'died' | 'gang' | 'error';
  readonly message: string;
  /** Stack, for a bug report. */
  readonly detail: string;
}

export type Answer<R = WorkRecord> =
  | { readonly record: R; readonly failure: null }
  | { readonly record: null; readonly failure: TaskFailure };

export interface RunHooks {
  readonly progress?: (simulatedPs: number, events: number) => void;
}

/** What a runner's module exports; the last two if several threads can run one of its tasks. */
export interface Runner {
  readonly runTask: (spec: Work, hooks?: RunHooks) => WorkRecord;
  readonly runRacks: (spec: TaskSpec, gang: Gang, hooks?: RunHooks) => RackShares;
  readonly recordOf: (spec: TaskSpec, parts: readonly RackShares[]) => TaskRecord;
}

/** @param onTick  called with every progress report; the in-process pool draws from it, threads have none */
export default async function runJob(
  job: Job,
  onTick?: () => void,
): Promise<Answer<WorkRecord | RackShares>> {
  const { spec, slot, gang } = job;
  try {
    const runner = (await import(job.runner)) as Runner;
    const board = new Board(job.board);
    const busyPs = simulatedPs(spec);
    const progress = (donePs: number, events: number): void => {
      board.set(slot, Math.min(0.99, donePs / busyPs), events);
      onTick?.();
    };
    if (gang !== undefined) {
      const member = new Member(gang.shared, gang.index);
      member.start();
      // All know how far they are together: one tells.
      const hooks = gang.index === 0 ? { progress } : {};
      return { record: runner.runRacks(spec as TaskSpec, member, hooks), failure: null };
    }
    const record = runner.runTask(spec, { progress });
    board.set(slot, 1, record.events);
    return { record, failure: null };
  } catch (error) {
    if (gang !== undefined) poison(gang.shared);
    return { record: null, failure: failureOf(error) };
  }
}

const KINDS: Readonly<Record<string, TaskFailure['kind']>> = {
  LimitError: 'limit',
  InvariantError: 'invariant',
  GangError: 'gang',
};

/** Any thrown value as plain data. */
export function failureOf(error: unknown): TaskFailure {
  if (!(error instanceof Error)) return { kind: 'error', message: String(error), detail: '' };
  const name = error.constructor.name;
  const kind = KINDS[name] ?? 'error';
  return { kind, message: error.message, detail: error.stack ?? '' };
}
