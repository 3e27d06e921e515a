/**
 * Where a run's files are and how they are written: a reader never sees half a file.
 *
 * Left out: locking; two runs into one folder are the user's mistake.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from './errors.ts';

export interface RunFiles {
  readonly dir: string;
  readonly journal: string;
  readonly result: string;
  readonly report: string;
}

/** `results/<scenario>/<UTC>-<first 8 digits of the inputs' hash>`. */
export function defaultDir(scenario: string, inputsHash: string, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  return path.join('results', scenario, `${stamp}-${inputsHash.slice(0, 8)}`);
}

/** Paths in a folder. */
export function runFiles(dir: string): RunFiles {
  return {
    dir,
    journal: path.join(dir, 'journal.ndjson'),
    result: path.join(dir, 'result.json'),
    report: path.join(dir, 'report.html'),
  };
}

/** Makes the folder. @throws UsageError if it cannot be made */
export function makeDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    throw new UsageError(`cannot make folder ${dir} (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
  }
}

/** Writes beside the file and renames. */
export function writeAtomic(file: string, text: string): void {
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, text);
  renameSync(partial, file);
}
