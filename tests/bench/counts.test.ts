/**
 * Counts of the watched tasks, exactly as accepted: a change that makes the engine pay more events, jobs or bytes for
 * the same work shows here, whatever the clock says. To accept new ones: `npm run bench -- --accept`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsDiffer } from '../../bench/watch.ts';
import { acceptedCounts, WATCHED } from '../../bench/watched.ts';

const accepted = acceptedCounts();

test('every watched task has accepted counts, and no other has', () => {
  assert.deepEqual(
    WATCHED.map(({ name }) => name),
    Object.keys(accepted),
  );
});

for (const { name, run } of WATCHED) {
  test(name, () => {
    const differ = countsDiffer(accepted[name]!, run());
    assert.equal(differ, '', 'to accept: npm run bench -- --accept');
  });
}
