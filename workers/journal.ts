/**
 * journal.ndjson: a header line, then a line per finished task. It is the means to resume: what has a line
 * with the task's hash is not run again.
 *
 * A line is written by one append, so a killed process leaves at most one torn line, the last; it is cut off.
 * Left out: fsync (a power cut may lose the last lines, which then run again).
 */
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import type { TaskRecord } from '../engine/core/record.ts';
import type { WorkRecord } from './work.ts';

export interface JournalHeader {
  readonly journal: 'windtunnel';
  readonly version: 1;
  readonly scenario: string;
  readonly modelVersion: string;
  /** Arguments that expand to the same tasks. */
  readonly argv: readonly string[];
  readonly tasks: number;
}

/** A file that is no journal. */
export class JournalError extends Error {}

/** Starts a journal, replacing what is there. */
export function createJournal(path: string, header: Omit<JournalHeader, 'journal' | 'version'>): void {
  const line: JournalHeader = { journal: 'windtunnel', version: 1, ...header };
  writeFileSync(path, `${JSON.stringify(line)}\n`);
}

/** Adds one finished task. */
export function appendRecord(path: string, hash: string, record: WorkRecord): void {
  appendFileSync(path, `${JSON.stringify({ hash, record })}\n`);
}

export interface Journal<R extends WorkRecord = TaskRecord> {
  readonly header: JournalHeader;
  /** Records by task hash. */
  readonly records: ReadonlyMap<string, R>;
}

/**
 * Reads a journal and cuts off a torn last line.
 * @throws JournalError  unreadable, no journal, or broken before its last line
 */
export function openJournal<R extends WorkRecord = TaskRecord>(path: string): Journal<R> {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new JournalError(`cannot read ${path} (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`);
  }
  const end = bytes.lastIndexOf(10) + 1;
  if (end < bytes.length) truncateSync(path, end);
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  const header = parseLine(path, lines[0] ?? '', 1) as Partial<JournalHeader>;
  if (header.journal !== 'windtunnel' || header.version !== 1 || !Array.isArray(header.argv)) {
    throw new JournalError(`${path} is no journal of this version`);
  }
  const records = new Map<string, R>();
  for (let index = 1; index < lines.length; index++) {
    const entry = parseLine(path, lines[index]!, index + 1) as { hash?: unknown; record?: R };
    if (typeof entry.hash !== 'string' || entry.record === undefined) {
      throw new JournalError(`${path}, line ${index + 1} is no record`);
    }
    records.set(entry.hash, entry.record);
  }
  return { header: header as JournalHeader, records };
}

function parseLine(path: string, line: string, number: number): unknown {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below, with the place.
  }
  throw new JournalError(`${path}, line ${number} is not JSON`);
}
