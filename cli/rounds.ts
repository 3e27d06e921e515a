/**
 * Rounds of seeds: every open cell gets the seeds up to the next look, then those that are as precise as asked are
 * closed. What is decided depends on the records of the seeds up to the look, never on their order or on the clock: a
 * journal that holds some of them only saves work.
 */
import type { TaskRecord } from '../engine/core/record.ts';
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import { nextLook, precisionOf } from '../reports/precision.ts';
import { type CellPlan, mergeCell } from '../reports/result.ts';
import type { PrecisionRule } from '../reports/schema.ts';
import type { TaskFailure } from '../workers/pool.ts';
import type { Signals } from './signals.ts';

export interface Ran {
  readonly failures: Map<TaskSpec, TaskFailure>;
  readonly events: number;
}

export interface Rounds {
  readonly rule: PrecisionRule;
  /** Every seed that the rule allows, in order. */
  readonly seeds: readonly number[];
  /** Of all these seeds. */
  readonly runnable: readonly TaskSpec[];
  /** Of the whole run; gets the number of seeds of each cell. */
  readonly plan: Map<string, CellPlan>;
  readonly records: ReadonlyMap<TaskSpec, TaskRecord>;
}

/**
 * @param run      runs those tasks of which there is no record yet
 * @param signals  tell whether the user wants no more
 */
export async function runRounds(
  { rule, seeds, runnable, plan, records }: Rounds,
  run: (tasks: readonly TaskSpec[]) => Promise<Ran>,
  signals: Pick<Signals, 'exitCode'>,
): Promise<Ran> {
  const failures: Ran['failures'] = new Map();
  let events = 0;
  let open = [...new Set(runnable.map(({ cell }) => cell))];
  for (let given = 0; open.length > 0 && given < seeds.length && signals.exitCode() === null; ) {
    given = nextLook(given, rule);
    const now = seeds.slice(0, given);
    for (const cell of open) plan.set(cell, { ...plan.get(cell)!, seeds: given });
    const tasks = runnable.filter(({ cell, seed }) => open.includes(cell) && now.includes(seed));
    const ran = await run(tasks);
    for (const [task, failure] of ran.failures) failures.set(task, failure);
    events += ran.events;
    open = open.filter((cell) => {
      const own = tasks.filter((task) => task.cell === cell);
      if (own.some((task) => !records.has(task))) return false;
      const found = own.map((task) => records.get(task)!);
      return precisionOf(mergeCell(plan.get(cell)!, found, now), found, rule).state === 'unfinished';
    });
  }
  return { failures, events };
}
