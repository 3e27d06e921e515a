/**
 * Several threads a task from the command line: what is announced, what is refused, and that a thread that dies or
 * fails costs its task alone and leaves a command that repeats it.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { shippedParts } from '../../cli/shipped.ts';
import type { Result } from '../../reports/schema.ts';
import { availableThreads } from '../../workers/resources.ts';
import { call, callWith, temporaryFolder } from './spawn.ts';

const { dir, remove } = temporaryFolder();
after(remove);
/** A hang guard: whoever waits for a dead thread waits for ten minutes. */
const OPTIONS = { timeout: 120_000 };
const at = (name: string): string => path.join(dir, name);
const resultOf = (folder: string): Result =>
  JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as Result;

const LARGE = ['large-cluster', '--quick', '--progress', 'none'];
/** Two racks. */
const TWO = [...LARGE, '--nodes', '80'];
const GANG = ['--workers', '2', '--task-workers', '2'];

for (const [backend, seed, message] of [
  ['dies', '1', /exit|terminat/i],
  ['broken', '2', /event limit reached/],
] as const) {
  test(`a thread of a gang: ${backend}; the other tasks finish, the command repeats`, OPTIONS, async () => {
    const argv = [...TWO, '--backends', `${backend},toy`, '--seed', seed, ...GANG];
    const done = await call(...argv, '--sweep', 'mtu=1500,9000', '--out', at(backend));
    assert.equal(done.code, 5, done.err);
    assert.match(done.err, /4 tasks on 2 workers, each shared by 2;/);
    for (const { dims, status, reason } of resultOf(at(backend)).cells) {
      assert.equal(status, dims.backend === 'toy' ? 'ok' : 'failed');
      if (status === 'failed') assert.match(reason!, message);
    }
    const repeats = [...done.err.matchAll(/repeat: tsx run (.*)$/gm)].map(([, words]) => words!);
    assert.equal(repeats.length, 2);
    assert.match(repeats[1]!, /--set mtu=9000 .*--workers 2 --task-workers 2$/);
    const again = await call(...repeats[1]!.split(' '), '--out', at(`${backend}-again`));
    assert.equal(again.code, 5, again.err);
    const { cells, scenario } = resultOf(at(`${backend}-again`));
    assert.deepEqual([cells.length, cells[0]!.status], [1, 'failed']);
    assert.match(cells[0]!.reason!, message);
    assert.match(JSON.stringify(scenario.params), /"mtuBytes":9000/);
  });
}

test(
  'a thread that dies alone: the command that repeats it takes a thread, not this process',
  OPTIONS,
  async () => {
    const done = await call(
      'pod-to-pod',
      '--backends',
      'dies',
      '--quick',
      '--workers',
      '2',
      '--out',
      at('d1'),
    );
    assert.equal(done.code, 5, done.err);
    const [repeat] = [...done.err.matchAll(/repeat: tsx run (.*)$/gm)].map(([, words]) => words!);
    assert.match(repeat!, /--workers 1$/);
    assert.equal((await call(...repeat!.split(' '), '--out', at('d2'))).code, 5);
  },
);

test('one task on two threads of the engine: the digest of one', OPTIONS, async () => {
  const small = ['large-cluster', '--nodes', '80', '--set', 'warmupMs=0.5', '--set', 'windowMs=1'];
  const argv = [...small, '--backends', 'flannel-vxlan', '--replications', '1', '--progress', 'plain'];
  const digests = [];
  for (const [name, ...flags] of [
    ['one', '--workers', '0'],
    ['two', ...GANG],
  ]) {
    const done = await callWith(shippedParts, ...argv, ...flags, '--out', at(name!));
    assert.equal(done.code, 0, done.err);
    assert.match(done.err, name === 'one' ? /1 task in process/ : /1 task shared by 2 workers;/);
    digests.push(resultOf(at(name!)).digest.value);
  }
  assert.equal(digests[0], digests[1]);
});

test('flags that contradict each other or the cluster', OPTIONS, async () => {
  for (const [argv, message] of [
    [['--task-workers', '2', '--workers', '1'], /--task-workers 2 is more than --workers 1: name at least/],
    [['--task-workers', '2', '--workers', '0'], /--task-workers 2 is more than --workers 0/],
    [['--task-workers', '3'], /--task-workers 3 is more than the 2 racks of this cluster/],
    [['--task-workers', '0'], /--task-workers takes auto or a whole number from 1 to 1024, not '0'/],
    [['--memory-limit', 'much'], /--memory-limit takes bytes as 8G or 8GiB, not 'much'/],
  ] as const) {
    const { code, err } = await call(...TWO, ...argv, '--out', at('refused'));
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
  assert.equal(existsSync(at('refused')), false);
});

test('left to itself a run takes as many workers as memory allows', OPTIONS, async () => {
  const argv = [...LARGE, '--nodes', '20000', '--backends', 'host,toy'];
  const done = await call(...argv, '--task-workers', '1', '--memory-limit', '2.4G', '--out', at('auto'));
  assert.equal(done.code, 0, done.err);
  assert.match(done.err, /2 tasks on 1 worker;/);
  if (availableThreads() > 1) assert.match(done.err, /^memory allows 1 of 2 workers at once$/m);
});

test('what would not fit is said before it starts, with what would', OPTIONS, async () => {
  const large = [...LARGE, '--nodes', '4000', '--out', at('large')];
  const none = await call(...large, '--memory-limit', '300M');
  assert.equal(none.code, 2);
  assert.match(none.err, /would not fit: it needs about .*B, 300 MB are available; one task alone needs/);
  const less = await call(...large, '--workers', '16', '--memory-limit', '700M');
  assert.equal(less.code, 2);
  const workers = /--workers (\d+) needs/.exec(less.err)?.[1];
  assert.ok(Number(workers) >= 1 && Number(workers) < 16, less.err);
  assert.equal(existsSync(at('large')), false, 'nothing is written');
  const fits = await call(...large, '--workers', workers!, '--memory-limit', '700M');
  assert.equal(fits.code, 0, fits.err);
  assert.match(
    fits.err,
    /^memory: about .* at once \(700 MB available\); the largest task .*hosts .*connections/m,
  );
});
