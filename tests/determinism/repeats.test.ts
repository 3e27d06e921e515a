/**
 * The same task gives the same digest and record bytes: twice in a row in one process, in a process of its own,
 * on 0, 1, 2 and 4 workers in any mix; another seed gives others. Node versions: tests/long/nodes.long.ts.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DEFAULT_BACKENDS } from '../../backends/catalog.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import { Board } from '../../workers/board.ts';
import { runTasks } from '../../workers/pool.ts';
import { type Fingerprint, fingerprint, fingerprintOf, mixedTask, smallTasks } from './tasks.ts';

const TIMEOUT = { timeout: 120_000 };
const specs = smallTasks();
const expected: Record<string, Fingerprint> = {};

before(() => {
  for (const spec of specs) expected[spec.task] = fingerprint(spec);
});

test('twice in a row', () => {
  for (const spec of specs) assert.deepEqual(fingerprint(spec), expected[spec.task], spec.task);
});

test('in reverse order, from specs that went through JSON', () => {
  for (const spec of [...specs].reverse()) {
    const copy = JSON.parse(JSON.stringify(spec)) as typeof spec;
    // JSON knows no infinity; small tasks hold none.
    assert.deepEqual(fingerprint(copy), expected[spec.task], spec.task);
  }
});

test('in a process of its own', TIMEOUT, () => {
  const file = fileURLToPath(new URL('./print.ts', import.meta.url));
  const text = execFileSync(process.execPath, ['--import', 'tsx', file], { encoding: 'utf8' });
  assert.deepEqual(JSON.parse(text), expected);
});

for (const workers of [0, 1, 2, 4]) {
  test(`through the pool with ${workers} workers`, TIMEOUT, async () => {
    const records = new Map<number, TaskRecord>();
    await runTasks(specs, {
      workers,
      runner: new URL('../../engine/task.ts', import.meta.url).href,
      signal: new AbortController().signal,
      board: new Board(specs.length),
      onRecord: (slot, record) => records.set(slot, record),
      onFailure: (slot, failure) => assert.fail(`${specs[slot]!.task}: ${failure.message}`),
    });
    const got = specs.map((spec, slot) => [spec.task, fingerprintOf(records.get(slot)!)]);
    assert.deepEqual(Object.fromEntries(got), expected);
  });
}

test('another seed, another digest; no two small tasks share one', () => {
  const digests = specs.map((spec) => expected[spec.task]!.digest);
  for (const backend of DEFAULT_BACKENDS) digests.push(fingerprint(mixedTask(backend, { seed: 2 })).digest);
  assert.equal(new Set(digests).size, 8 + 4 + 8);
});
