/**
 * The journal: what was finished is read back, a torn last line is cut off, anything else that is broken is
 * said.
 */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import { appendRecord, createJournal, JournalError, openJournal } from '../../workers/journal.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'windtunnel-journal-'));
after(() => rmSync(dir, { recursive: true }));
const header = { scenario: 's', modelVersion: '1', argv: ['s', '--quick'], tasks: 2 };
const record = (index: number): TaskRecord => ({ task: `t${index}`, index }) as TaskRecord;

test('finished tasks are read back by their hash', () => {
  const file = path.join(dir, 'whole');
  createJournal(file, header);
  appendRecord(file, 'aa', record(0));
  appendRecord(file, 'bb', record(1));
  const journal = openJournal(file);
  assert.deepEqual(journal.header.argv, ['s', '--quick']);
  assert.deepEqual([...journal.records.keys()], ['aa', 'bb']);
  assert.equal(journal.records.get('bb')?.index, 1);
});

test('a torn last line is cut off, so that the next line stands alone', () => {
  const file = path.join(dir, 'torn');
  createJournal(file, header);
  appendRecord(file, 'aa', record(0));
  appendFileSync(file, '{"hash":"bb","rec');
  assert.deepEqual([...openJournal(file).records.keys()], ['aa']);
  appendRecord(file, 'cc', record(1));
  assert.deepEqual([...openJournal(file).records.keys()], ['aa', 'cc']);
  assert.equal(readFileSync(file, 'utf8').includes('bb'), false);
});

test('a torn header, a broken middle and a strange file are errors with their place', () => {
  const file = path.join(dir, 'bad');
  writeFileSync(file, '{"journal":"windtu');
  assert.throws(() => openJournal(file), JournalError);
  createJournal(file, header);
  appendFileSync(file, 'nonsense\n');
  assert.throws(() => openJournal(file), /line 2 is not JSON/);
  writeFileSync(file, '{"some":"thing"}\n');
  assert.throws(() => openJournal(file), /no journal/);
  assert.throws(() => openJournal(path.join(dir, 'absent')), /ENOENT/);
});
