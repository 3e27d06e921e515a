/**
 * The pool: every task answers once, in process and on threads, whatever the others do.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveMachine } from '../../cli/resolve.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { expand, NO_OVERRIDES } from '../../scenarios/lib/expand.ts';
import podToPod from '../../scenarios/pod-to-pod.ts';
import { Board } from '../../workers/board.ts';
import { sha256, taskHash } from '../../workers/hash.ts';
import { runTasks, type TaskFailure } from '../../workers/pool.ts';
import { stubParts } from '../cli/stub.ts';

const TIMEOUT = { timeout: 60_000 };

function specs(...backends: string[]): TaskSpec[] {
  const machine = resolveMachine('xeon-25g', stubParts);
  const wanted = stubParts.backends.filter(({ name }) => backends.includes(name));
  return expand(podToPod, { backends: wanted, baseline: wanted[0]!, machine, sizes: () => [] }, NO_OVERRIDES);
}

async function runAll(tasks: readonly TaskSpec[], workers: number, signal = new AbortController().signal) {
  const records = new Map<number, TaskRecord>();
  const failures = new Map<number, TaskFailure>();
  const board = new Board(tasks.length);
  await runTasks(tasks, {
    workers,
    runner: stubParts.runner,
    signal,
    board,
    onRecord: (slot, record) => {
      assert.equal(records.has(slot) || failures.has(slot), false);
      records.set(slot, record);
    },
    onFailure: (slot, failure) => failures.set(slot, failure),
  });
  return { records, failures, board };
}

test('0, 1 and 2 workers give the same records', TIMEOUT, async () => {
  const tasks = specs('host', 'toy');
  const sorted = (records: Map<number, TaskRecord>) => [...records].sort(([a], [b]) => a - b);
  const inProcess = await runAll(tasks, 0);
  assert.equal(inProcess.records.size, tasks.length);
  for (const workers of [1, 2]) {
    const { records } = await runAll(tasks, workers);
    assert.deepEqual(sorted(records), sorted(inProcess.records));
  }
});

test('a task that throws loses only itself, and says what kind of error it was', TIMEOUT, async () => {
  const tasks = specs('toy', 'broken');
  for (const workers of [0, 2]) {
    const { records, failures } = await runAll(tasks, workers);
    assert.equal(records.size + failures.size, tasks.length);
    assert.ok(failures.size > 0);
    for (const [slot, failure] of failures) {
      assert.equal(tasks[slot]!.backend.name, 'broken');
      assert.equal(tasks[slot]!.seed, 2);
      assert.deepEqual([failure.kind, failure.message], ['limit', 'event limit reached']);
    }
  }
});

test('a thread that dies loses only its task', TIMEOUT, async () => {
  const tasks = specs('toy', 'dies').filter((task) => task.backend.name === 'toy' || task.index % 8 === 3);
  const { records, failures } = await runAll(tasks, 2);
  assert.equal(records.size, tasks.filter((task) => task.backend.name === 'toy').length);
  assert.ok(failures.size > 0);
  for (const [slot, failure] of failures) {
    assert.equal(tasks[slot]!.backend.name, 'dies');
    assert.equal(failure.kind, 'died');
  }
});

test('an abort ends busy threads; what they ran is neither record nor failure', TIMEOUT, async () => {
  const tasks = specs('stuck', 'toy');
  const controller = new AbortController();
  const running = runAll(tasks, 2, controller.signal);
  setTimeout(() => controller.abort(), 1000);
  const { records, failures } = await running;
  assert.equal(failures.size, 0);
  for (const slot of records.keys()) assert.equal(tasks[slot]!.backend.name, 'toy');
});

test('the board carries shares and events from threads', TIMEOUT, async () => {
  const tasks = specs('toy').slice(0, 1);
  const { board } = await runAll(tasks, 1);
  assert.equal(board.share(0), 1);
  assert.equal(board.events(0), 5000);
});

test('hashes see every field, and not the order of keys', () => {
  const [task] = specs('toy') as [TaskSpec];
  const hash = taskHash(task, '1');
  assert.equal(sha256({ a: 1, b: [1, 2] }), sha256({ b: [1, 2], a: 1 }));
  assert.notEqual(sha256({ a: [1, 2] }), sha256({ a: [2, 1] }));
  assert.notEqual(taskHash(task, '2'), hash);
  assert.notEqual(taskHash({ ...task, seed: task.seed + 1 }, '1'), hash);
  assert.notEqual(taskHash({ ...task, cluster: { ...task.cluster, mtuBytes: 9000 } }, '1'), hash);
});
