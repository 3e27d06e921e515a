/**
 * What must not move once predictions are tuned: the measurements and lists that come with the project, whole. A hash
 * each, of the JSON that they were frozen with.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const FROZEN: Readonly<Record<string, string>> = {
  'scoring.json': 'b469e41a64868973570f4c0ea68f5f1b82d40ed28cd3d62c5df91465e9a4e5f5',
  'kernel-netns.json': 'bede88e5f1d40510d1ff5216aa69c5983b2548d1da82f305f6fafc3de3833429',
  'tcp-bottleneck.json': 'cd4b1ce6113d64c8d6341245b3d0dc2d47a4c1ff6b659b78868c96d01f2457a6',
};

for (const [name, frozen] of Object.entries(FROZEN)) {
  test(`${name}: values, lists and conditions are the frozen ones`, () => {
    const file = new URL(`../../calibration/data/${name}`, import.meta.url);
    const json = JSON.stringify(JSON.parse(readFileSync(file, 'utf8')));
    assert.equal(createHash('sha256').update(json).digest('hex'), frozen);
  });
}
