/**
 * The engine as a gang's threads run it, with something changed; what, says the query of the module's URL:
 *
 *     orders    every thread runs the partitions of each window in a random order of its own
 *     narrow    mailboxes hold one message: meetings take many rounds
 *     crossed   wrong on purpose: mail of the first and the last other thread is taken in the wrong order
 *     throws    in the task `mixed/host` the second thread runs into a limit after a hundred windows
 *     exits     there the second thread dies
 */
import { LimitError } from '../../engine/core/assert.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import type { Gang } from '../../engine/gang.ts';
import * as task from '../../engine/task.ts';
import { shuffler } from './shuffler.ts';

export const { runTask, recordOf } = task;

const mode = new URL(import.meta.url).search.slice(1);

export function runRacks(spec: TaskSpec, gang: Gang): task.RackShares {
  const hooks = mode === 'orders' ? { shuffle: shuffler(7 + gang.index).shuffle } : {};
  if (mode === 'narrow') Object.assign(gang, { capacity: 1 });
  if (mode === 'crossed') cross(gang);
  const breaks = mode === 'throws' || mode === 'exits';
  if (breaks && spec.task === 'mixed/host' && gang.index === 1) {
    breakAfter(gang, 100, () => {
      if (mode === 'throws') throw new LimitError('event limit reached: on purpose');
      process.exit(3);
    });
  }
  return task.runRacks(spec, gang, hooks);
}

/** Of the other threads, the last one's mail changes places with the first one's. */
function cross(gang: Gang): void {
  const { mail, mailCount, index, size } = gang;
  const first = index === 0 ? 1 : 0;
  const last = index === size - 1 ? size - 2 : size - 1;
  const other = (from: number): number => (from === first ? last : from === last ? first : from);
  gang.mail = (from) => mail.call(gang, other(from));
  gang.mailCount = (from) => mailCount.call(gang, other(from));
}

function breakAfter(gang: Gang, meetings: number, what: () => void): void {
  const meet = gang.meet.bind(gang);
  let count = 0;
  gang.meet = (...where) => {
    if (++count === meetings) what();
    meet(...where);
  };
}
