/**
 * One task on 2, 3 and 4 threads gives the digest and the record bytes of one thread, but for its memory: for every
 * backend, with partitions in random order, with mailboxes that hold one message. What arrives at once and goes as it
 * came is seen. A thread that fails or dies ends the task with what it said, and nothing else.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS, DEFAULT_BACKENDS } from '../../backends/catalog.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';
import { Board } from '../../workers/board.ts';
import type { TaskFailure } from '../../workers/pool.ts';
import { runTasks } from '../../workers/pool.ts';
import { mixedTask, recordBytes, smallTasks } from './tasks.ts';

/** A hang guard, five times what a busy machine takes. */
const TIMEOUT = { timeout: 240_000 };
const ENGINE = new URL('../../engine/task.ts', import.meta.url).href;
const changed = (mode: string): string => new URL(`./gangRunner.ts?${mode}`, import.meta.url).href;

async function onThreads(specs: readonly TaskSpec[], threads: number, runner: string) {
  const records: (TaskRecord | null)[] = specs.map(() => null);
  const failures: TaskFailure[] = [];
  await runTasks(specs, {
    workers: threads,
    taskWorkers: threads,
    runner,
    signal: new AbortController().signal,
    board: new Board(specs.length),
    onRecord: (slot, record) => {
      records[slot] = record;
    },
    onFailure: (_, failure) => failures.push(failure),
  });
  return { records, failures };
}

/** Every backend's mixed task, four racks; and small tasks of one to four racks. */
const specs = [
  ...BACKENDS.map(({ name }) => mixedTask(name)),
  ...smallTasks().slice(-4),
  mixedTask('flannel-vxlan', { cluster: { nodes: 14, nodesPerRack: 4, uplinks: 2, bondLinks: 2 } }),
];
/** The default backends come first. */
const FEW = DEFAULT_BACKENDS.length;
const expected = specs.map((spec) => runTask(spec));

/** The first `count` tasks. */
function same(records: readonly (TaskRecord | null)[], label: string, count = specs.length): void {
  specs.slice(0, count).forEach((spec, slot) => {
    assert.equal(records[slot]?.digest, expected[slot]!.digest, `${label}: ${spec.task}`);
    assert.equal(recordBytes(records[slot]!), recordBytes(expected[slot]!), `${label}: ${spec.task}`);
  });
}

for (const threads of [2, 4]) {
  test(`${threads} threads a task: the record of one thread`, TIMEOUT, async () => {
    const { records, failures } = await onThreads(specs, threads, ENGINE);
    assert.deepEqual(failures, []);
    same(records, `${threads} threads`);
  });
}

for (const mode of ['orders', 'narrow']) {
  test(`${mode}: the record of one thread`, TIMEOUT, async () => {
    const { records, failures } = await onThreads(specs.slice(0, FEW), 3, changed(mode));
    assert.deepEqual(failures, []);
    same(records, mode, FEW);
  });
}

test('batches that arrive at once, taken as they came, are seen', TIMEOUT, async () => {
  const { records } = await onThreads(specs.slice(0, FEW), 4, changed('came'));
  const wrong = specs.slice(0, FEW).filter((_, slot) => records[slot]?.digest !== expected[slot]!.digest);
  assert.ok(wrong.length >= FEW / 2, `only ${wrong.length} tasks noticed`);
});

for (const [mode, kind, message] of [
  ['throws', 'limit', /on purpose/],
  ['exits', 'died', /./],
] as const) {
  test(`${mode}: the task fails with what the thread says, and the next one runs`, TIMEOUT, async () => {
    assert.equal(specs[0]!.task, 'mixed/host');
    const { records, failures } = await onThreads(specs.slice(0, 2), 3, changed(mode));
    assert.deepEqual([records[0], records[1]?.digest], [null, expected[1]!.digest]);
    assert.equal(failures.length, 1);
    assert.equal(failures[0]!.kind, kind);
    assert.match(failures[0]!.message, message);
  });
}
