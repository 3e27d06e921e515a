/** Flow-size tables: shape, and the points that give each its character. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WORKLOADS } from '../../workloads/index.ts';

test('both columns ascend, from 0 to 100 per cent, whole bytes', () => {
  assert.deepEqual(Object.keys(WORKLOADS), [
    'ali-storage-2019',
    'fb-hadoop',
    'google-rpc-2008-thinned',
    'websearch',
  ]);
  for (const [name, sizes] of Object.entries(WORKLOADS)) {
    assert.deepEqual(sizes[0], [0, 0], name);
    assert.equal(sizes[sizes.length - 1]![1], 100, name);
    for (let i = 1; i < sizes.length; i += 1) {
      assert.ok(
        Number.isSafeInteger(sizes[i]![0]) && sizes[i]![0] > sizes[i - 1]![0],
        `${name} bytes, row ${i}`,
      );
      assert.ok(sizes[i]![1] > sizes[i - 1]![1], `${name} per cent, row ${i}`);
    }
  }
});

test('points as published', () => {
  const at = (name: keyof typeof WORKLOADS, bytes: number) =>
    WORKLOADS[name].find(([size]) => size === bytes)?.[1];
  assert.equal(at('fb-hadoop', 1000), 60);
  assert.equal(at('fb-hadoop', 10_000_000), 100);
  assert.equal(at('websearch', 200_000), 60);
  assert.equal(at('websearch', 30_000_000), 100);
  assert.equal(at('google-rpc-2008-thinned', 1024), 86.32);
  assert.equal(at('ali-storage-2019', 2_000_000), 100);
});
