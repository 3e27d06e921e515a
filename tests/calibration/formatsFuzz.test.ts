/**
 * Damaged files of measurements: fields of every shipped file are deleted or replaced from a seeded generator.
 * Reading must never throw anything but its own error, and every entry is either used or named.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { kernelRows } from '../../calibration/formats/kernelRows.ts';
import { readMeasurements } from '../../calibration/formats/read.ts';
import { BadMeasurementFile, type Measurements, type Problem } from '../../calibration/formats/types.ts';

const data = new URL('../../calibration/data/', import.meta.url);
const files = ['', 'published/'].flatMap((folder) =>
  readdirSync(new URL(folder, data))
    .filter((name) => name.endsWith('.json'))
    .map((name) => folder + name),
);
const load = (name: string): unknown[] => JSON.parse(readFileSync(new URL(name, data), 'utf8'));

/** Entries that have nothing to compare and need no name. */
const silent = new Set(['micro', 'e7_prof', 'e4_prog', 'e4_rules_load']);
const REPLACEMENTS: readonly unknown[] = [
  null,
  -1,
  0,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e300,
  '',
  'foo',
  '__proto__',
  'constructor',
  true,
  [],
  {},
  [[]],
  { median: 'x' },
];

/** Whole numbers below `n`, from a linear congruential generator. */
function generator(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** Deletes, replaces or adds a field somewhere below an entry, or replaces the entry. */
function damage(entries: unknown[], random: (n: number) => number): void {
  let parent: Tree = entries as unknown as Tree;
  let key = String(random(entries.length));
  for (let child = parent[key]; isTree(child) && random(6) > 0; child = parent[key]) {
    const keys = Object.keys(child);
    if (keys.length === 0) break;
    parent = child;
    key = keys[random(keys.length)]!;
  }
  const how = random(5);
  if (how === 0 && !Array.isArray(parent)) delete parent[key];
  else if (how === 1) parent[key === '0' || Array.isArray(parent) ? key : 'unheard'] = 1;
  else parent[key] = structuredClone(REPLACEMENTS[random(REPLACEMENTS.length)]);
}

/** Indexes of entries of which neither a row nor a problem speaks. */
function unnamed(entries: readonly unknown[], read: Measurements): number[] {
  const named = new Set(read.problems.map(({ path }) => Number(/^\[(\d+)\]/.exec(path)?.[1] ?? -1)));
  const used = new Set<unknown>([
    ...read.published.flatMap(({ row, record }) => [row, record]),
    ...[...read.kernel, ...read.bottleneck].map((entry) => entry.cfg),
  ]);
  return [...entries.keys()].filter((index) => {
    const entry = entries[index] as { exp?: unknown; cfg?: unknown };
    return !named.has(index) && !used.has(entry) && !used.has(entry?.cfg) && !silent.has(String(entry?.exp));
  });
}

/** null: the file as a whole was refused. */
function readOrRefuse(name: string, value: unknown): Measurements | null {
  try {
    const read = readMeasurements([{ name, value }]);
    kernelRows(read.kernel);
    return read;
  } catch (error) {
    assert.ok(error instanceof BadMeasurementFile, `${name}: ${String(error)}`);
    return null;
  }
}

const wordy = (problem: Problem): boolean => problem.file !== '' && problem.message.length > 3;

for (const name of files) {
  test(`damaged ${name} is read; every entry is used or named`, () => {
    const random = generator(name.length);
    for (let round = 0; round < 8; round++) {
      const entries = load(name);
      const times = 1 + Math.min(400, random(entries.length));
      for (let at = 0; at < times; at++) damage(entries, random);
      const read = readOrRefuse(name, entries);
      if (read === null) continue;
      assert.deepEqual(unnamed(entries, read), []);
      assert.ok(read.problems.every(wordy));
      const figures = [...kernelRows(read.kernel), ...read.published].map(({ measured }) => measured);
      assert.ok(figures.every((figure) => Number.isFinite(figure) && figure > 0));
      const spreads = read.bottleneck.flatMap(({ r }) => Object.values(r).map(({ median }) => median));
      assert.ok(spreads.every((median) => Number.isFinite(median) && median >= 0));
    }
  });
}

test('damage is not what makes a file unreadable', () => {
  const entries = load('kernel-netns.json');
  const random = generator(1);
  for (let at = 0; at < 60; at++) damage(entries, random);
  const read = readOrRefuse('kernel-netns.json', entries)!;
  assert.ok(read.kernel.length > 400 && read.problems.length > 20);
});

test('damaged hand-written files are read; every row is used or named', () => {
  const text = readFileSync(new URL('../../docs/examples/measurements.yaml', import.meta.url), 'utf8');
  const random = generator(7);
  let usable = 0;
  for (let round = 0; round < 400; round++) {
    const file = parse(text) as { rows: { id: string }[] };
    damage(round % 4 === 0 ? ([file] as unknown[]) : file.rows, random);
    const read = readOrRefuse('own.yaml', file);
    if (read === null) continue;
    usable += read.own.length;
    if (read.own.length === 0) assert.ok(read.problems.length > 0);
    else if (read.own.length < 7) assert.match(read.problems[0]!.path, /^rows/);
  }
  assert.ok(usable > 2000, String(usable));
});
