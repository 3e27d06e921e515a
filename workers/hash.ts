/**
 * SHA-256 of plain JSON with sorted keys: two tasks have one hash exactly if they are the same task.
 *
 * Left out: values that JSON does not hold.
 */
import { createHash } from 'node:crypto';
import type { Work } from './work.ts';

const sortedKeys = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** 64 hexadecimal digits. */
export function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sortedKeys)).digest('hex');
}

/** Hash of all that a record depends on: the whole task and the version of the model that runs it. */
export function taskHash(spec: Work, modelVersion: string): string {
  return sha256({ spec, modelVersion });
}
