/**
 * Results of small tasks, compiled rows and lanes by fact are what the files in this folder say. A digest of events
 * that changes forces a new MODEL_VERSION: results of one version must be comparable to the bit. Accept with
 * `npm run baseline:accept` after raising engine/core/version.ts.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BACKENDS } from '../../backends/catalog.ts';
import { shippedParts } from '../../cli/shipped.ts';
import { MODEL_VERSION } from '../../engine/core/version.ts';
import { MACHINES } from '../../machines/catalog.ts';
import { readResult } from '../../reports/read.ts';
import { callWith, temporaryFolder } from '../cli/spawn.ts';
import {
  BASELINE_FILE,
  baselineText,
  COMPILED_FILE,
  type CompiledGolden,
  currentCompiled,
  currentFacts,
  currentResult,
  eventDigests,
  FACTS_FILE,
  type FactsGolden,
} from './goldens.ts';

const ACCEPT = 'npm run baseline:accept';

const now = currentResult();
const before = readResult(fileURLToPath(BASELINE_FILE));

test('digests of the small tasks belong to the model version', () => {
  assert.equal(before.model.version, MODEL_VERSION, `MODEL_VERSION changed: accept with ${ACCEPT}`);
  assert.deepEqual(
    eventDigests(now),
    eventDigests(before),
    `digests changed: raise MODEL_VERSION in engine/core/version.ts, then ${ACCEPT}`,
  );
});

test('the results of the small tasks are those of the baseline, as `compare --exact` sees it', async () => {
  const { dir, remove } = temporaryFolder();
  try {
    const head = path.join(dir, 'now.json');
    writeFileSync(head, baselineText(now));
    const files = [fileURLToPath(BASELINE_FILE), head];
    const { code, out, err } = await callWith(shippedParts, 'compare', ...files, '--exact', '--no-config');
    assert.equal(code, 0, `${out.slice(0, 4000)}${err}\nif this was meant: ${ACCEPT}`);
  } finally {
    remove();
  }
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
