/** Time series of a record agree with what the record says of the whole window. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTask } from '../../engine/task.ts';
import { tinyTask } from '../lib/tinyTask.ts';

const record = runTask(tinyTask({ backend: 'flannel-vxlan', windowPs: 8e9 }));
const series = (name: string): readonly number[] => record.series.find((one) => one.name === name)!.values;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test('work between samples adds up to that of all cores', () => {
  const inWindow = series('busy cores').slice(1);
  assert.equal(inWindow.length, 20);
  const coresBusy = sum(record.coreBusyPs) / 8e9;
  assert.ok(coresBusy > 1, 'two hosts carry a stream');
  assert.ok(Math.abs(sum(inWindow) / 20 / coresBusy - 1) < 1e-9);
});

test('the busiest core is one core: at most all of the time, at least its share of the work', () => {
  const busiest = series('busiest core');
  const cores = series('busy cores');
  assert.equal(record.rxQueues, 8);
  busiest.forEach((share, k) => {
    assert.ok(share <= 1 + 1e-12 && share <= cores[k]! + 1e-12);
    assert.ok(share >= cores[k]! / 32);
  });
  assert.ok(Math.max(...record.coreBusyPs) / 8e9 <= sum(busiest.slice(1)) / 20 + 1e-12);
});
