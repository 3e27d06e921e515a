/**
 * Our own speed, compared: what is called a change, what is not, and that counts decide the exit code, never the clock.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { compareWatches, countsDiffer, loadWatch, sample, saveWatch, type Watch } from '../../bench/watch.ts';
import { acceptedCounts } from '../../bench/watched.ts';
import { watchMain } from '../../bench/watchMain.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'windtunnel-bench-'));
after(() => rmSync(dir, { recursive: true, force: true }));
const file = (name: string): string => path.join(dir, name);

const COUNTS = { events: 100, jobs: 20, bytes: 5000 };
const watch = (samplesS: readonly number[], counts = COUNTS): Watch => ({
  watch: 'windtunnel',
  version: 1,
  modelVersion: '1',
  node: 'v20',
  cpu: 'some',
  tasks: { one: { counts, samplesS } },
});
/** Ten runs about a time, a per cent apart. */
const about = (seconds: number): number[] => Array.from({ length: 10 }, (_, k) => seconds * (1 + k / 1000));

test('a change counts beyond the floor and beyond chance', () => {
  const verdict = (base: readonly number[], head: readonly number[]) =>
    compareWatches(watch(base), watch(head))[0]!.verdict;
  assert.equal(verdict(about(1), about(1.2)), 'slower');
  assert.equal(verdict(about(1), about(0.8)), 'faster');
  assert.equal(verdict(about(1), about(1.03)), '~', 'beyond chance, within the floor');
  assert.equal(verdict([1, 2], [1.5, 2.5]), '~', 'beyond the floor, not beyond chance');
  const [row] = compareWatches(watch(about(1)), watch(about(1.2)));
  assert.ok(Math.abs(row!.change - 0.2) < 1e-9 && row!.p < 0.001);
});

test('counts: every one that differs is named', () => {
  assert.equal(countsDiffer(COUNTS, { ...COUNTS }), '');
  const other = { events: 101, jobs: 20, bytes: 4999 };
  assert.equal(countsDiffer(COUNTS, other), 'events 100 → 101, bytes 5000 → 4999');
  assert.deepEqual(
    compareWatches(watch([1]), watch([1], other)).map(({ counts }) => counts),
    ['events 100 → 101, bytes 5000 → 4999'],
  );
  assert.deepEqual(compareWatches({ ...watch([1]), tasks: {} }, watch([1])), []);
});

test('sides take turns, and a task whose counts change between runs is an error', async () => {
  const order: string[] = [];
  const side = (name: string) => ({
    modelVersion: name,
    tasks: [
      {
        name: 'one',
        run: () => {
          order.push(name);
          return COUNTS;
        },
      },
    ],
  });
  const [a, b] = await sample([side('a'), side('b')], 3);
  assert.equal(order.join(''), 'abbaabba');
  assert.deepEqual([a!.tasks.one!.samplesS.length, b!.modelVersion], [3, 'b']);
  let events = 0;
  const odd = { modelVersion: '1', tasks: [{ name: 'odd', run: () => ({ ...COUNTS, events: events++ }) }] };
  await assert.rejects(sample([odd], 1), /odd: counts differ between runs/);
});

test('saved and read again; what is something else is none', () => {
  const saved = saveWatch(file('a.json'), watch(about(1)));
  assert.deepEqual(loadWatch(saved), watch(about(1)));
  writeFileSync(file('b.json'), '{"watch":"other"}');
  assert.equal(loadWatch(file('b.json')), null);
  writeFileSync(file('c.json'), 'no JSON');
  assert.equal(loadWatch(file('c.json')), null);
});

test('exit codes: usage 2, no baseline 4, counts 3, and 0 whatever the clock says', async () => {
  assert.equal(await watchMain(['--rounds', '0', '--save', 'x']), 2);
  assert.equal(await watchMain(['--rounds', '3']), 2);
  assert.equal(await watchMain(['--compare', file('absent.json')]), 4);
  assert.equal(await watchMain(['--against', dir]), 4);
  const counts = acceptedCounts();
  const tasks = (shift: number) =>
    Object.fromEntries(
      Object.entries(counts).map(([name, one]) => [
        name,
        { counts: { ...one, jobs: one.jobs + shift }, samplesS: [1e-9] },
      ]),
    );
  saveWatch(file('same.json'), { ...watch([1]), tasks: tasks(0) });
  saveWatch(file('other.json'), { ...watch([1]), tasks: tasks(1) });
  assert.equal(await watchMain(['--compare', file('same.json'), '--rounds', '1']), 0);
  assert.equal(await watchMain(['--compare', file('other.json'), '--rounds', '1']), 3);
});
