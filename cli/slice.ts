/**
 * `--slice`: a few racks with the load of the whole cluster instead of all of them, and one cell in both as a check.
 */
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import { SLICE_RACKS, type Slice, sliced, sliceOf } from '../scenarios/lib/slice.ts';
import { UsageError } from './errors.ts';
import type { RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';

export interface SlicePlan {
  readonly slice: Slice;
  /** The first cell that works, under the first seed, in the whole cluster; null: no check is wanted. */
  readonly check: TaskSpec | null;
  /** Cell of the slice that it checks. */
  readonly cell: string;
}

/** Tasks as the flags want them. @throws UsageError where a slice does not answer */
export function slicedTasks(
  tasks: readonly TaskSpec[],
  flags: RunFlags,
  parts: Parts,
): { readonly tasks: readonly TaskSpec[]; readonly plan: SlicePlan | null } {
  if (flags.slice !== true) {
    if (flags.sliceRacks === undefined && flags.sliceCheck !== false) return { tasks, plan: null };
    throw new UsageError('--slice-racks and --no-slice-check go with --slice');
  }
  const racks = flags.sliceRacks ?? SLICE_RACKS;
  if (!Number.isInteger(racks) || racks < 2 || racks > 1000) {
    throw new UsageError(`--slice-racks takes a whole number from 2 to 1000, not ${racks}`);
  }
  const slices = tasks.map((task) => sliceOf(task, racks));
  const reasons = new Set(slices.filter((slice) => typeof slice === 'string'));
  if (reasons.size > 0) {
    throw new UsageError([...reasons].map((reason) => `--slice does not answer here: ${reason}`).join('\n'));
  }
  const works = ({ backend, cluster, policy }: TaskSpec): boolean =>
    parts.feasibility(backend, cluster, policy) === null;
  const at = tasks.findIndex(works);
  const full = tasks[at];
  const wanted = full !== undefined && flags.sliceCheck !== false;
  return {
    tasks: tasks.map((task, k) => sliced(task, slices[k] as Slice)),
    plan: {
      slice: slices[Math.max(0, at)] as Slice,
      check: wanted ? { ...full, task: `${full.task}/full`, index: tasks.length } : null,
      cell: full?.cell ?? '',
    },
  };
}

export function tellSlice({ slice, check }: SlicePlan, io: Io): void {
  const checked = check === null ? 'not checked' : `checked by one cell in all ${slice.fullNodes} nodes`;
  io.note(
    `slice: ${slice.racks} of ${slice.fullRacks} racks, ${slice.nodes} of ${slice.fullNodes} nodes, ` +
      `${(slice.crossRackShare * 100).toFixed(1)} % of random peers in another rack; ${checked}`,
  );
}
