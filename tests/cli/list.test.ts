/**
 * Lists fit a terminal of 100 columns, hold every name, and give bytes their unit.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import type { Io } from '../../cli/io.ts';
import { main } from '../../cli/main.ts';
import { shippedParts } from '../../cli/shipped.ts';
import { SCENARIOS } from '../../scenarios/index.ts';

async function linesOf(...argv: string[]): Promise<string[]> {
  let out = '';
  const io: Io = {
    out: (text) => {
      out += text;
    },
    note: () => {},
    raw: () => {},
    env: {},
    outIsTty: false,
    noteIsTty: false,
    columns: 0,
  };
  assert.equal(await main(argv, shippedParts, io), 0);
  return out.split('\n');
}

test('no line of a list is wider than 100 columns', async () => {
  const lists = ['scenarios', 'backends', 'metrics', 'workloads', 'settings'].map((what) => ['list', what]);
  for (const argv of [['list'], ['machines', 'list'], ...lists]) {
    for (const line of await linesOf(...argv))
      assert.ok([...line].length <= 100, `${argv.join(' ')}: ${line}`);
  }
});

test('each scenario has its title beside its name and its question below; a backend has one name', async () => {
  const lines = await linesOf('list', 'scenarios');
  for (const { id, title } of SCENARIOS)
    assert.ok(
      lines.some((line) => line.startsWith(id) && line.endsWith(title)),
      id,
    );
  assert.ok(
    lines.includes('                How does latency grow with load, and where is each backend’s knee?'),
  );
  const names = (await linesOf('list', 'backends')).filter((line) => /^[a-z]/.test(line));
  assert.deepEqual(
    names.map((line) => line.split(' ')[0]),
    BACKENDS.map(({ name }) => name),
  );
});

test('workloads say what their numbers are', async () => {
  const [first] = await linesOf('list', 'workloads');
  assert.equal(
    first,
    'ali-storage-2019         half of the flows up to 8000 bytes, the largest 2000000 bytes',
  );
});
