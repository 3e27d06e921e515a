/**
 * Digests, compiled rows and lanes by fact are what the files in this folder say. A digest that changes forces a new
 * MODEL_VERSION: results of one version must be comparable to the bit. Accept with
 * `node --import tsx scripts/golden.ts` after raising engine/core/version.ts.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import { MODEL_VERSION } from '../../engine/core/version.ts';
import { MACHINES } from '../../machines/catalog.ts';
import {
  COMPILED_FILE,
  type CompiledGolden,
  currentCompiled,
  currentDigests,
  currentFacts,
  DIGESTS_FILE,
  type Digests,
  FACTS_FILE,
  type FactsGolden,
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

test('every machine, backend and place has its rows', () => {
  for (const machine of MACHINES) {
    for (const { name, paths } of BACKENDS) {
      const { choose, paths: compiledPaths } = golden[`${machine.name} ${name}`]!;
      assert.deepEqual(Object.keys(choose), ['sameNode', 'sameSubnet', 'crossSubnet'], name);
      const names = Object.keys(compiledPaths).map((path) => path.split(' ')[0]);
      assert.deepEqual(names, Object.keys(paths), name);
      for (const path of Object.values(choose))
        assert.ok(path === 'unreachable' || names.includes(path), `${name}: ${path}`);
    }
  }
});

const facts = currentFacts();
const goldenFacts = JSON.parse(readFileSync(FACTS_FILE, 'utf8')) as FactsGolden;

test('each fact of a machine is known the other way round', () => {
  assert.deepEqual(Object.keys(facts), Object.keys(goldenFacts), `accept with ${ACCEPT}`);
  // Where packets are steered is decided by packet, not by stage.
  const none = Object.entries(facts).filter(([, paths]) => Object.keys(paths).length === 0);
  assert.deepEqual(
    none.map(([fact]) => fact),
    ['arfs on', 'rxInnerHash on', 'rssUdpPorts off', 'rxWhole on'],
  );
});

for (const fact of Object.keys(goldenFacts)) {
  test(`lanes with ${fact}`, () => {
    assert.deepEqual(facts[fact], goldenFacts[fact], `accept with ${ACCEPT} if this was meant`);
  });
}
