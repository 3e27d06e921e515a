/**
 * What the pool carries: a task of the engine, or another run as plain JSON that its runner understands.
 */
import type { TaskSpec } from '../engine/core/taskSpec.ts';

/** A run that is no task: so many simulated seconds of full packets at a rate. */
export interface TimedWork {
  readonly seconds: number;
  readonly rateMbps: number;
}

export type Work = TaskSpec | TimedWork;

/** What every record says of itself. */
export interface WorkRecord {
  readonly events: number;
}

/** Simulated time until the run ends, drained sockets aside, ps. */
export const simulatedPs = (work: Work): number =>
  'seconds' in work ? work.seconds * 1e12 : work.warmupPs + work.windowPs;

/** Short name for the progress line. */
export const labelOf = (work: Work): string =>
  'seconds' in work ? `TCP at ${work.rateMbps} Mbit/s` : `${work.backend.name}#${work.seed}`;
