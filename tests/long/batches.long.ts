/**
 * Batches against single packets: the whole study of docs/BATCHES.md. No figure may lie beyond its bound for sure,
 * but those that the page lists and explains.
 *
 * Left out: speed (the page has it); figures that are only perhaps beyond.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allCases } from '../batches/study/cases.ts';
import { KNOWN } from '../batches/study/known.ts';
import { runCases } from '../batches/study/pool.ts';

test('batches and packets: every shipped scenario, loaded uplinks, incast, two flows', async (t) => {
  const cases = allCases();
  const outcomes = await runCases(cases);
  const beyond: string[] = [];
  for (const group of new Set(cases.map((one) => one.group))) {
    const cells = outcomes.filter((outcome) => outcome.group === group);
    const figures = cells.flatMap(({ differences }) => differences);
    const worse = figures.filter(({ verdict }) => verdict === 'worse').length;
    const open = figures.filter(({ verdict }) => verdict === 'open').length;
    const same = cells.filter(({ identical }) => identical).length;
    t.diagnostic(
      `${group}: ${cells.length} cells, ${same} the same run; ${figures.length} figures, ${open} perhaps and ` +
        `${worse} surely beyond their bounds`,
    );
  }
  for (const { group, cell, differences } of outcomes) {
    for (const { metric, ratio, verdict } of differences) {
      if (verdict !== 'worse') continue;
      const most = KNOWN.find((known) => known.group === group && known.metric === metric)?.most ?? 0;
      if (Math.abs(ratio) > most) beyond.push(`${group}, ${cell}: ${metric} ${(ratio * 100).toFixed(1)} %`);
    }
  }
  assert.deepEqual(beyond, []);
});
