/**
 * Signals and resuming: the main thread stays answerable, what was finished is kept, the end is the same.
 */
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Result } from '../../reports/schema.ts';
import { run, start, temporaryFolder } from './spawn.ts';

const { dir, remove } = temporaryFolder();
after(remove);
const TIMEOUT = { timeout: 60_000 };
const resultOf = (folder: string): Result =>
  JSON.parse(readFileSync(path.join(dir, folder, 'result.json'), 'utf8')) as Result;
/** The target is 2 s; a loaded machine gets five times that before the test calls it unanswered. */
const ANSWER_MS = 10_000;

const within = <T>(promise: Promise<T>, ms: number): Promise<T> =>
  Promise.race([
    promise,
    new Promise<T>((_, reject) => setTimeout(() => reject(new Error('no answer')), ms).unref()),
  ]);

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(
    `${signal} while threads are busy: exit ${code}, a partial result, a line to resume`,
    TIMEOUT,
    async () => {
      const argv = [
        'mtu-sweep',
        '--backends',
        'stuck',
        '--workers',
        '2',
        '--progress',
        'plain',
        '--out',
        signal,
      ];
      const { child, finished, said } = start(dir, argv);
      await said('0/12 tasks');
      child.kill(signal);
      const done = await within(finished, ANSWER_MS);
      assert.equal(done.code, code, done.err);
      assert.match(done.err, new RegExp(`to finish: tsx run --resume ${signal}`));
      const result = resultOf(signal);
      assert.equal(result.status, 'interrupted');
      assert.ok(result.cells.every((cell) => cell.status === 'missing'));
    },
  );
}

test('a second Ctrl-C ends at once', TIMEOUT, async () => {
  // In process the busy main thread cannot answer; in threads the first one would. Both arrive here in turn.
  const { child, finished, said } = start(dir, [
    'mtu-sweep',
    '--backends',
    'stuck',
    '--workers',
    '1',
    '--out',
    'twice',
  ]);
  await said('tasks');
  child.kill('SIGINT');
  setTimeout(() => child.kill('SIGINT'), 400).unref();
  const { code, signal, err } = await within(finished, ANSWER_MS);
  assert.match(err, /Ctrl-C again ends at once/);
  // A press that meets a process which is closing down already finds no handler: a shell calls that 130 as well.
  assert.ok(code === 130 || (code === null && signal === 'SIGINT'), `${code} ${signal}`);
});

test('a run that was killed is resumed to the same digest, whatever the last line is', TIMEOUT, async () => {
  const flags = ['mtu-sweep', '--seed', '5', '--workers', '1', '--progress', 'none'];
  const whole = await run(dir, [...flags, '--out', 'whole']);
  assert.equal(whole.code, 0, whole.err);
  const lines = readFileSync(path.join(dir, 'whole/journal.ndjson'), 'utf8').split('\n');
  assert.equal(lines.length, 1 + 24 + 1);

  mkdirSync(path.join(dir, 'killed'));
  const journal = path.join(dir, 'killed/journal.ndjson');
  writeFileSync(journal, `${lines.slice(0, 8).join('\n')}\n`);
  appendFileSync(journal, lines[8]!.slice(0, 100));
  const resumed = await run(dir, ['run', '--resume', 'killed']);
  assert.equal(resumed.code, 0, resumed.err);
  assert.match(resumed.err, /17 tasks .*7 taken from the journal; seed 5/);
  assert.equal(resultOf('killed').digest.value, resultOf('whole').digest.value);
  assert.deepEqual(resultOf('killed').cells, resultOf('whole').cells);

  const nothingLeft = await run(dir, [...flags, '--resume', 'killed']);
  assert.equal(nothingLeft.code, 0, nothingLeft.err);
  assert.match(nothingLeft.err, /0 tasks .*24 taken from the journal/);
});

test('tasks that changed are run again', TIMEOUT, async () => {
  mkdirSync(path.join(dir, 'changed'));
  copyFileSync(path.join(dir, 'whole/journal.ndjson'), path.join(dir, 'changed/journal.ndjson'));
  const argv = ['mtu-sweep', '--seed', '5', '--queues', '3', '--resume', 'changed', '--workers', '1'];
  const done = await run(dir, argv);
  assert.equal(done.code, 0, done.err);
  assert.match(done.err, /24 tasks on 1 worker; seed 5/);
});
