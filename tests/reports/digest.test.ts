/**
 * The digest of a result: depends on what was computed, not on when, where, or in which order it arrived.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { canonicalJson } from '../../reports/canonical.ts';
import { mergeRecords } from '../../reports/result.ts';
import { fixtureInput, fixtureResult, recordOf, SHAPES } from './fixture.ts';

test('canonical JSON: sorted keys, no white space, shortest numbers', () => {
  const value = { b: [1, 0.1, 1e21, -0], a: { é: null, Z: true, '10': 'x"\n', '9': undefined } };
  assert.equal(canonicalJson(value), '{"a":{"10":"x\\"\\n","Z":true,"é":null},"b":[1,0.1,1e+21,0]}');
  assert.throws(() => canonicalJson({ a: Number.NaN }), TypeError);
  assert.throws(() => canonicalJson([Number.POSITIVE_INFINITY]), TypeError);
  assert.throws(() => canonicalJson({ a: 1n }), TypeError);
});

test('the digest is SHA-256 of schema, model, scenario, seeds, cells, findings with sorted keys', () => {
  const { schema, model, scenario, seeds, cells, findings, digest } = fixtureResult();
  const sorted = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  const text = JSON.stringify({ schema, model, scenario, seeds, cells, findings }, sorted);
  assert.equal(digest.value, createHash('sha256').update(text).digest('hex'));
});

test('order of arrival, clock, environment and memory leave the digest alone', () => {
  const input = fixtureInput();
  const expected = mergeRecords(input).digest.value;
  const changes = [
    { records: [...input.records].reverse() },
    { timing: { startedAt: 'later', wallSeconds: 9, events: 1, eventsPerSecond: 1 } },
    { env: { node: 'v24', workers: 4 } },
    { records: input.records.map((record) => ({ ...record, memoryBytes: 1 })) },
  ];
  for (const change of changes) assert.equal(mergeRecords({ ...input, ...change }).digest.value, expected);
});

test('one event, one byte or one finding more changes the digest', () => {
  const input = fixtureInput();
  const expected = mergeRecords(input).digest.value;
  const [first, ...others] = input.records;
  const changed = recordOf(SHAPES[0]!, 0, 0, {
    counters: { ...first!.counters, payloadBytes: first!.counters.payloadBytes + 1 },
  });
  const findings = [{ rule: 'r', level: 'warn' as const, message: 'm' }];
  for (const change of [{ records: [changed, ...others] }, { records: others }, { findings }]) {
    assert.notEqual(mergeRecords({ ...input, ...change }).digest.value, expected);
  }
});
