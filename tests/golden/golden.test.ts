/**
 * Digests and compiled rows are what the files in this folder say. A digest that changes forces a new
 * MODEL_VERSION: results of one version must be comparable to the bit. Accept with
 * `node --import tsx scripts/golden.ts` after raising engine/core/version.ts.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MODEL_VERSION } from '../../engine/core/version.ts';
import {
  COMPILED_FILE,
  type CompiledGolden,
  currentCompiled,
  currentDigests,
  DIGESTS_FILE,
  type Digests,
} from './goldens.ts';

const ACCEPT = 'node --import tsx scripts/golden.ts';

test('digests of the small tasks belong to the model version', () => {
  const golden = JSON.parse(readFileSync(DIGESTS_FILE, 'utf8')) as Digests;
  assert.equal(golden.modelVersion, MODEL_VERSION, `MODEL_VERSION changed: accept with ${ACCEPT}`);
  assert.deepEqual(
    currentDigests().digests,
    golden.digests,
    `digests changed: raise MODEL_VERSION in engine/core/version.ts, then ${ACCEPT}`,
  );
});

const compiled = currentCompiled();
const golden = JSON.parse(readFileSync(COMPILED_FILE, 'utf8')) as Record<string, CompiledGolden>;

test('the same machines and backends are compiled', () => {
  assert.deepEqual(Object.keys(compiled), Object.keys(golden), `accept with ${ACCEPT}`);
});

for (const name of Object.keys(golden)) {
  test(`compiled rows of ${name}`, () => {
    assert.deepEqual(compiled[name], golden[name], `accept with ${ACCEPT} if this was meant`);
  });
}
