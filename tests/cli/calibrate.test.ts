/** `calibrate` from samples of before: the book, the table, and what is wrong with a file. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { planOf } from '../../calibration/live/plan.ts';
import { call, temporaryFolder } from './spawn.ts';

const { dir, remove } = temporaryFolder();
after(remove);

const file = (name: string): string => path.join(dir, name);

function write(name: string, lines: readonly unknown[]): string {
  writeFileSync(
    file(name),
    lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''),
  );
  return file(name);
}

const plan = planOf(['hostnet'], false).filter(({ exp }) => exp === 'e0_hole');
const head = { windtunnel: 'calibration', about: 'a test', cores: 4, plan };

test('help names root, the files and what is touched', async () => {
  const { code, out } = await call('calibrate', '--help');
  assert.equal(code, 0);
  assert.match(out, /sudo npx tsx run calibrate --out machines\/my-host\.json/);
  assert.match(out, /removed at the end, on errors and on Ctrl-C/);
});

test('files that are no samples are refused with their line', async () => {
  for (const [name, lines, message] of [
    ['head.ndjson', [{ rows: [] }], /head\.ndjson:1: is not the head/],
    ['text.ndjson', [head, 'nonsense'], /text\.ndjson:2: is not JSON/],
    ['empty.ndjson', [head], /no sample to fit/],
    ['field.ndjson', [head, { exp: 'e0_hole' }], /field\.ndjson:2: a sample has exp, cfg and metrics/],
  ] as const) {
    const { code, err } = await call('calibrate', '--from', write(name, lines), '--out', file('x.json'));
    assert.equal(code, 2, name);
    assert.match(err, message);
  }
  const gone = await call('calibrate', '--from', file('none.ndjson'), '--out', file('x.json'));
  assert.equal(gone.code, 2);
  assert.match(gone.err, /cannot read .*none\.ndjson \(ENOENT\)/);
  assert.match((await call('calibrate', '--out', 'book.txt')).err, /--out takes a file \*\.json/);
  assert.match((await call('calibrate', '--minutes', '-1')).err, /--minutes takes/);
});
