/**
 * `--precision` on the stub runner, whose goodput is any number up to 2^24: rounds of seeds, resuming, mistakes.
 */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Result } from '../../reports/schema.ts';
import { call, temporaryFolder } from './spawn.ts';

const { dir, remove } = temporaryFolder();
after(remove);
const at = (folder: string): string => path.join(dir, folder);
const resultOf = (folder: string): Result =>
  JSON.parse(readFileSync(path.join(at(folder), 'result.json'), 'utf8')) as Result;
const FLAGS = [
  'mtu-sweep',
  '--precision',
  '20%',
  '--metrics',
  'goodput',
  '--progress',
  'none',
  '--workers',
  '0',
];

test('each cell runs seeds until it is precise; a killed run ends with the same bytes', async () => {
  const whole = await call(...FLAGS, '--out', at('whole'));
  assert.equal(whole.code, 0, whole.err);
  const result = resultOf('whole');
  const looks = [5, 8, 12, 18, 27, 40];
  const given = result.cells.map(({ seeds }) => seeds.length);
  assert.ok(given.every((count) => looks.includes(count)));
  assert.ok(new Set(given).size > 1, `cells that stop at different looks: ${given}`);
  assert.deepEqual(result.seeds.replications.length, Math.max(...given));
  for (const { precision, metrics, seeds } of result.cells) {
    const { samples } = metrics.goodput!;
    assert.equal(samples.length, seeds.length);
    // Half-width and centre once more, without the project's code; t for 11, 17, 26, 39 as tabled in textbooks.
    const t = { 5: 2.776, 8: 2.365, 12: 2.201, 18: 2.11, 27: 2.056, 40: 2.023 }[seeds.length]!;
    const mean = samples.reduce((sum: number, value) => sum + value!, 0) / samples.length;
    const squares = samples.reduce((sum: number, value) => sum + (value! - mean) ** 2, 0);
    const relative = (t * Math.sqrt(squares / (samples.length - 1) / samples.length)) / mean;
    assert.ok(Math.abs(precision!.intervals[0]!.relative! - relative) < 0.001);
    assert.equal(precision!.state, relative <= 0.2 ? 'reached' : 'most seeds');
  }

  const lines = readFileSync(path.join(at('whole'), 'journal.ndjson'), 'utf8').split('\n');
  assert.equal(lines.length, 1 + given.reduce((sum, count) => sum + count, 0) + 1);
  for (const kept of [3, lines.length - 20]) {
    const folder = `killed-${kept}`;
    mkdirSync(at(folder));
    const journal = path.join(at(folder), 'journal.ndjson');
    writeFileSync(journal, `${lines.slice(0, kept).join('\n')}\n`);
    appendFileSync(journal, lines[kept]!.slice(0, 50));
    const resumed = await call('run', '--resume', at(folder));
    assert.equal(resumed.code, 0, resumed.err);
    const { timing: _a, env: _b, ...once } = result;
    const { timing: _c, env: _d, ...again } = resultOf(folder);
    assert.deepEqual(again, once);
  }
});

test('a journal with more seeds than a wider precision needs gives what a run of its own gives', async () => {
  const [name, , ...rest] = FLAGS;
  const wider = [name!, '--precision', ...rest.map((word) => (word === '20%' ? '30%' : word))];
  assert.equal((await call(...wider, '--out', at('wider'))).code, 0);
  const resumed = await call(...wider, '--resume', at('whole'));
  assert.equal(resumed.code, 0, resumed.err);
  assert.equal(resultOf('whole').digest.value, resultOf('wider').digest.value);
});

test('a seed that fails closes its cell and no other', async () => {
  const { code } = await call(...FLAGS, '--backends', 'broken,toy', '--mtu', '1500', '--out', at('broken'));
  assert.equal(code, 5);
  const { cells } = resultOf('broken');
  assert.deepEqual(
    cells.map(({ precision, status }) => [status, precision!.state === 'failed']),
    [
      ['failed', true],
      ['ok', false],
    ],
  );
  assert.ok(cells[1]!.seeds.length > 5);
});

test('mistakes are told with what would be right', async () => {
  const err = async (...argv: string[]): Promise<string> => {
    const { code, err: text } = await call('mtu-sweep', ...argv);
    assert.equal(code, 2, text);
    return text;
  };
  assert.match(await err('--metrics', 'goodput'), /--metrics goes with --precision/);
  assert.match(
    await err('--precision', '2%', '--metrics', 'rpcP98'),
    /unknown metric 'rpcP98'; nearest: rpcP9/,
  );
  assert.match(
    await err('--precision', 'two'),
    /--precision takes 0\.01% to 50% \(2%, or 0\.02\), not 'two'/,
  );
  assert.match(await err('--precision', '2%', '--replications', '3'), /at least 5 seeds/);
});
