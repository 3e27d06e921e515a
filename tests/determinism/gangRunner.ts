/**
 * The engine as a gang's threads run it, with something changed; what, says the query of the module's URL:
 *
 *     orders    every thread runs the partitions of each window in a random order of its own
 *     narrow    mailboxes hold one message: meetings take many rounds
 *     came      wrong on purpose: batches that reach a spine's port at once go as they came
 *     throws    in the task `mixed/host` the second thread runs into a limit after a hundred windows
 *     exits     there the second thread dies
 */
import { LimitError } from '../../engine/core/assert.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import type { Gang } from '../../engine/gang.ts';
import * as task from '../../engine/task.ts';
import { asTheyCame, shuffler } from './shuffler.ts';

export const { runTask, recordOf } = task;

const mode = new URL(import.meta.url).search.slice(1);

export function runRacks(spec: TaskSpec, gang: Gang): task.RackShares {
  const hooks =
    mode === 'orders'
      ? { shuffle: shuffler(7 + gang.index).shuffle }
      : mode === 'came'
        ? { built: asTheyCame }
        : {};
  if (mode === 'narrow') Object.assign(gang, { capacity: 1 });
  const breaks = mode === 'throws' || mode === 'exits';
  if (breaks && spec.task === 'mixed/host' && gang.index === 1) {
    breakAfter(gang, 100, () => {
      if (mode === 'throws') throw new LimitError('event limit reached: on purpose');
      process.exit(3);
    });
  }
  return task.runRacks(spec, gang, hooks);
}

function breakAfter(gang: Gang, meetings: number, what: () => void): void {
  const meet = gang.meet.bind(gang);
  let count = 0;
  gang.meet = (...where) => {
    if (++count === meetings) what();
    meet(...where);
  };
}
