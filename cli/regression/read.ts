/**
 * A file → a result with its name. What is no result is the user's mistake; a result of another major version of the
 * schema is one that does not compare.
 */
import { readFileSync } from 'node:fs';
import type { Named } from '../../reports/comparison/compare.ts';
import { BadResultError, readResult } from '../../reports/read.ts';
import { NotComparableError, UsageError } from '../errors.ts';

/** Major version of result.json that this program reads. */
const SCHEMA_MAJOR = 1;

/** @throws UsageError no result; NotComparableError one of another major version of the schema */
export function readNamed(file: string, label: string): Named {
  try {
    return { label, file, result: readResult(file) };
  } catch (error) {
    if (!(error instanceof BadResultError)) throw error;
    const version = foreignVersion(file);
    if (version !== null) {
      throw new NotComparableError(
        `${file} has version ${version} of the result's schema, this program reads ${SCHEMA_MAJOR}.x: run it again`,
      );
    }
    throw new UsageError(`${file} is no result: ${error.message}`);
  }
}

/** Schema version of a result that a program of another major version wrote; else null. */
function foreignVersion(file: string): string | null {
  try {
    const { schema, schemaVersion } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const foreign = schema === 'windtunnel/result' && /^\d+\.\d+$/.test(String(schemaVersion));
    return foreign && !String(schemaVersion).startsWith(`${SCHEMA_MAJOR}.`) ? String(schemaVersion) : null;
  } catch {
    return null;
  }
}
