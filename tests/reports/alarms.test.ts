/**
 * The gate neither cries wolf nor sleeps: alarms of 200 unchanged cells, and shifts of 5 %. The samples were simulated
 * once (alarms/record.ts); tests/long/alarms.long.ts simulates them anew.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { call, temporaryFolder } from '../cli/spawn.ts';
import type { AlarmCell } from './alarms/cells.ts';
import { alarmRates, drawSides, foundRate } from './alarms/study.ts';
import { type Made, resultOf } from './comparisonFixture.ts';

const cells = recorded();

function recorded(): AlarmCell[] {
  const text = readFileSync(new URL('alarms/samples.csv', import.meta.url), 'utf8');
  const byId = new Map<string, (readonly number[])[]>();
  for (const line of text.trim().split('\n').slice(1)) {
    const [id, , samples] = line.split(',') as [string, string, string];
    byId.set(id, [...(byId.get(id) ?? []), samples.split(' ').map(Number)]);
  }
  return [...byId].map(([id, sides]) => ({ id, samples: { cpuPerByte: [sides[0]!, sides[1]!] } }));
}

test('200 cells, 60 seeds, two seeds of the switches', () => {
  assert.equal(cells.length, 200);
  for (const { id, samples } of cells) {
    const [one, other] = samples.cpuPerByte!;
    assert.deepEqual([one.length, other.length], [60, 60]);
    // The figures vary with the seed and with the links: else there would be nothing to be alarmed by.
    assert.ok(new Set(one).size > 50, id);
    assert.ok(one!.filter((value, at) => value !== other![at]).length >= 16, id);
  }
});

for (const design of ['paired', 'unmatched'] as const) {
  const study = { cells, metric: 'cpuPerByte', design } as const;
  test(`${design}: unchanged cells raise an alarm in at most 5 % of the repetitions`, (t) => {
    const { gate, statistics, figures } = alarmRates(study);
    t.diagnostic(
      `alarms of the gate in ${gate * 100} %, of p alone in ${statistics * 100} %, ${figures} figures`,
    );
    assert.equal(figures, 200);
    assert.ok(gate <= 0.05, `alarms in ${gate * 100} %`);
    // p alone, without a floor, keeps 5 % as well: in 50 repetitions up to two standard errors more.
    assert.ok(statistics <= 0.05 + 2 * Math.sqrt((0.05 * 0.95) / 50), `p alone: ${statistics * 100} %`);
  });
  test(`${design}: a cell whose CPU per byte grew by 5 % is found in at least 90 %`, (t) => {
    const rate = foundRate(study);
    t.diagnostic(`found in ${rate * 100} %`);
    assert.ok(rate >= 0.9, `found in ${rate * 100} %`);
  });
}

test('the command line: exit 0 for unchanged cells, 3 for one in two hundred that grew by 5 %', async (t) => {
  const { dir, remove } = temporaryFolder();
  t.after(remove);
  const file = (name: string, made: Made): string => {
    writeFileSync(path.join(dir, name), JSON.stringify(resultOf(made)));
    return path.join(dir, name);
  };
  for (const design of ['paired', 'unmatched'] as const) {
    const study = { cells, metric: 'cpuPerByte', design } as const;
    const [base, same] = drawSides(study, 0, null);
    const [, grown] = drawSides(study, 0, 123);
    const argv = ['compare', file('base.json', base), '--no-config', '--gate', 'error', '--allow', 'seeds'];
    assert.equal((await call(...argv, file('same.json', same))).code, 0);
    const found = await call(...argv, file('grown.json', grown), '--only-changed');
    assert.equal(found.code, 3);
    assert.equal(found.out.match(/ worse$/gm)?.length, 1);
    assert.match(found.out, /of 200 figures in the gate: 1 worse/);
    assert.match(found.out, design === 'paired' ? /seeds in pairs/ : /seeds that do not match/);
  }
});
