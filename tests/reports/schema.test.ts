/**
 * Reading result files: what fits passes, what does not names its field; the published schema is the code's.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BadResultError, readResult, resultDigest } from '../../reports/read.ts';
import { type Result, resultJsonSchema } from '../../reports/schema.ts';
import { fixtureResult } from './fixture.ts';

/** Path of the field that a reader blames, or null if it takes the text. */
function blamed(text: string): string | null {
  try {
    readResult(text);
    return null;
  } catch (error) {
    assert.ok(error instanceof BadResultError, String(error));
    return error.path;
  }
}

function broken(change: (result: Result) => void): string {
  const result = structuredClone(fixtureResult());
  change(result);
  return JSON.stringify(result);
}

test('a result passes, from text and from a file, and comes back whole', () => {
  const result = fixtureResult();
  assert.deepEqual(readResult(JSON.stringify(result)), result);
  const folder = mkdtempSync(join(tmpdir(), 'windtunnel-'));
  const path = join(folder, 'result.json');
  writeFileSync(path, JSON.stringify(result, null, 2));
  assert.deepEqual(readResult(path), result);
  rmSync(folder, { recursive: true });
});

test('a field that does not fit is named', () => {
  const cases: [string, (result: Result) => void][] = [
    ['schema', (result) => Object.assign(result, { schema: 'other' })],
    ['schemaVersion', (result) => Object.assign(result, { schemaVersion: '2.0' })],
    ['status', (result) => Object.assign(result, { status: 'done' })],
    ['model.machine.sha256', (result) => Object.assign(result.model.machine, { sha256: 'abc' })],
    ['seeds.replications[1]', (result) => result.seeds.replications.splice(1, 1, -1)],
    [
      'cells[2].metrics.goodput.value',
      (result) => Object.assign(result.cells[2]!.metrics.goodput!, { value: 'much' }),
    ],
    [
      'cells[0].metrics.drops.samples[1]',
      (result) => result.cells[0]!.metrics.drops!.samples.splice(1, 1, 'x' as never),
    ],
    ['cells[1].dims.backend', (result) => Object.assign(result.cells[1]!.dims, { backend: 1 })],
    [
      'cells[1].cpuByStage[0].class',
      (result) => Object.assign(result.cells[1]!.cpuByStage[0]!, { class: 'idle' }),
    ],
    ['cells[3].reason', (result) => Object.assign(result.cells[3]!, { reason: 5 })],
    ['digest.value', (result) => Object.assign(result.digest, { value: '0' })],
  ];
  for (const [path, change] of cases) assert.equal(blamed(broken(change)), path);
});

test('a missing field, an edited figure, no JSON and no file are told apart', () => {
  assert.equal(blamed(broken((result) => Reflect.deleteProperty(result, 'cells'))), 'cells');
  assert.equal(blamed(broken((result) => Object.assign(result.cells[0]!, { nodes: 5 }))), 'digest.value');
  assert.throws(() => readResult('{"schema":'), /not JSON/);
  assert.throws(() => readResult('/nowhere/result.json'), /cannot read .* \(ENOENT\)/);
});

test('fields of a later minor version are ignored, and count in the digest', () => {
  const result = structuredClone(fixtureResult()) as Result & { extra?: number };
  Object.assign(result, { schemaVersion: '1.9', extra: 1 });
  Object.assign(result.cells[0]!, { later: 2 });
  assert.equal(blamed(JSON.stringify(result)), 'digest.value');
  result.digest.value = resultDigest(result);
  assert.equal(blamed(JSON.stringify(result)), null);
});

test('the committed JSON Schema is the one that validates', () => {
  const committed = readFileSync(new URL('../../reports/schema/result.schema.json', import.meta.url), 'utf8');
  const schema = resultJsonSchema() as { $schema: string; required: string[] };
  assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema');
  assert.ok(schema.required.includes('cells'));
  assert.deepEqual(JSON.parse(committed), schema);
});
