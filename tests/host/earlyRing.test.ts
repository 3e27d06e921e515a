/**
 * A batch enters its NIC's ring when it is put on the last link, ahead of its arrival. Metamorphic: where every batch
 * waits for its arrival and enters by an event of its own, everything but the events is the same in these tasks: no
 * poll of theirs leaves the rest of a batch before another batch that comes between its packets (nicRing.ts).
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import { STRIDE } from '../../engine/core/table.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';
import { mixedTask, smallTasks } from '../determinism/tasks.ts';

/** What an event list shows, and what is offered to rings at the very end: both count events. */
function measured({ digest: _, events: __, eventsByKind: ___, memoryBytes: ____, ...record }: TaskRecord) {
  const { 'rx ring (rx_missed)': _____, ...queueOffered } = record.queueOffered;
  return { ...record, queueOffered };
}

/** With one batch on its way for ever, no other may go ahead of its arrival. */
const allLate = (spec: TaskSpec): TaskRecord =>
  runTask(spec, {
    built: ({ pools }) => {
      const { napis } = pools.hosts;
      for (let q = 0; q < napis.end; q += STRIDE) napis.late[q] = 1;
    },
  });

const bonded: TaskSpec = {
  ...mixedTask('flannel-vxlan', {
    cluster: { nodes: 16, nodesPerRack: 4, uplinks: 2, bondLinks: 2, bondHash: 'layer3+4' },
  }),
  task: 'bond',
};

for (const spec of [...smallTasks(), bonded]) {
  test(`${spec.task}: rings entered early and on arrival`, () => {
    const early = runTask(spec);
    const late = allLate(spec);
    deepEqual(measured(early), measured(late));
    const apart = spec.machine.wire !== 'veth' && spec.cluster.bondLinks === 1;
    if (apart) ok(late.eventsByKind.nic! > 2 * early.eventsByKind.nic!);
    else equal(late.eventsByKind.nic, early.eventsByKind.nic);
  });
}
