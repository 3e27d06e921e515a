/**
 * Lists fit a terminal of 100 columns, hold every name, and give bytes their unit.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import { shippedParts } from '../../cli/shipped.ts';
import { MACHINES } from '../../machines/catalog.ts';
import { SCENARIOS } from '../../scenarios/index.ts';
import { MEANINGS } from '../../scenarios/lib/meanings.ts';
import { callWith } from './spawn.ts';

async function linesOf(...argv: string[]): Promise<string[]> {
  const { code, out } = await callWith(shippedParts, ...argv);
  assert.equal(code, 0);
  return out.split('\n');
}

test('no line of a list, a book or an explanation is wider than 100 columns', async () => {
  const lists = ['scenarios', 'backends', 'metrics', 'workloads', 'settings'].map((what) => ['list', what]);
  const books = MACHINES.map(({ name }) => ['machines', 'show', name]);
  const explained = BACKENDS.flatMap(({ name }) =>
    ['xeon-25g', 'epyc-100g'].map((machine) => ['explain', name, '--machine', machine]),
  );
  for (const argv of [['list'], ['machines', 'list'], ...lists, ...books, ...explained]) {
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

test('every setting has a meaning and says what it takes; no meaning is of a setting that is not there', async () => {
  const rows = JSON.parse((await linesOf('list', 'settings', '--json')).join('\n')) as Record<
    string,
    string
  >[];
  for (const { name, meaning, takes } of rows) {
    assert.ok(meaning !== undefined && meaning !== '' && !meaning.includes('undefined'), name);
    assert.ok(takes !== undefined && takes !== '', name);
    assert.ok(takes !== 'a name' || name === 'traffic.flows.sizesName', name);
  }
  const names = rows.map(({ name }) => name);
  for (const name of Object.keys(MEANINGS)) assert.ok(names.includes(name), name);
  const row = (name: string): unknown => rows.find((one) => one.name === name);
  assert.deepEqual(row('cluster.linkGbps'), {
    name: 'cluster.linkGbps',
    short: 'link',
    default: '25',
    takes: '0.01 … 1600',
    unit: 'Gbit/s',
    meaning: "rate of a host's link, all members of a bond together",
  });
  const lines = await linesOf('list', 'settings');
  const at = lines.findIndex((line) => line.startsWith('policy.proxy '));
  assert.match(lines[at]!, /^policy\.proxy +none +short: proxy$/);
  assert.equal(lines[at + 1], '    none, iptables, ipvs, nft, ebpf: who translates service addresses');
});
