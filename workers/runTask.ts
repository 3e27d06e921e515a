/**
 * Worker entry: one task in, one record or one failure out. The runner is named by the message, so that
 * tests can put another in the engine's place.
 *
 * A thrown error becomes data here: classes do not survive the way to the main thread.
 */
import { Board } from './board.ts';
import { simulatedPs, type Work, type WorkRecord } from './work.ts';

export interface Job {
  readonly spec: Work;
  /** URL of a module that exports `runTask`. */
  readonly runner: string;
  readonly board: SharedArrayBuffer;
  /** Place of the task on the board. */
  readonly slot: number;
}

export interface TaskFailure {
  /**
   * limit: events or memory; invariant: the model is wrong; died: the thread is gone; error: anything else.
   */
  readonly kind: 'limit' | 'invariant' | 'died' | 'error';
  readonly message: string;
  /** Stack, for a bug report. */
  readonly detail: string;
}

export type Answer<R extends WorkRecord = WorkRecord> =
  | { readonly record: R; readonly failure: null }
  | { readonly record: null; readonly failure: TaskFailure };

export type RunTask = (
  spec: Work,
  hooks?: { progress?: (simulatedPs: number, events: number) => void },
) => WorkRecord;

/** @param onTick  called with every progress report; the in-process pool draws from it, threads have none */
export default async function runJob(job: Job, onTick?: () => void): Promise<Answer> {
  try {
    const { runTask } = (await import(job.runner)) as { runTask: RunTask };
    const board = new Board(job.board);
    const busyPs = simulatedPs(job.spec);
    const progress = (donePs: number, events: number): void => {
      board.set(job.slot, Math.min(0.99, donePs / busyPs), events);
      onTick?.();
    };
    const record = runTask(job.spec, { progress });
    board.set(job.slot, 1, record.events);
    return { record, failure: null };
  } catch (error) {
    return { record: null, failure: failureOf(error) };
  }
}

/** Any thrown value as plain data. */
export function failureOf(error: unknown): TaskFailure {
  if (!(error instanceof Error)) return { kind: 'error', message: String(error), detail: '' };
  const name = error.constructor.name;
  const kind = name === 'LimitError' ? 'limit' : name === 'InvariantError' ? 'invariant' : 'error';
  return { kind, message: error.message, detail: error.stack ?? '' };
}
