/**
 * `compare a b`: digests first, then every changed cell with the size of its change.
 * Exit 0 when equal, 3 when not, 2 for a file that is no result.
 */
import { existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { exactComparison, renderExact } from '../reports/comparison/exact.ts';
import { BadResultError, readResult } from '../reports/read.ts';
import type { Result } from '../reports/schema.ts';
import { EXIT, UsageError } from './errors.ts';
import { runFiles } from './files.ts';
import type { Io } from './io.ts';

const EXAMPLES = `
Examples:
  tsx run compare results/before/result.json results/after/result.json
  tsx run compare results/before results/after --json
  tsx run compare baseline.json results/after || echo changed`;

/** Adds the command. */
export function addCompare(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('compare')
    .description('compare two results: digests, then every changed cell')
    .argument('<base>', 'result.json, or the folder of a run')
    .argument('<head>', 'the same')
    .option('--json', 'as one JSON document')
    .addHelpText('after', EXAMPLES)
    .action((base: string, head: string, flags: { readonly json?: true }) => {
      const comparison = exactComparison(load(base), load(head));
      io.out(flags.json ? `${JSON.stringify(comparison, null, 2)}\n` : renderExact(comparison, [base, head]));
      exit(comparison.equal ? EXIT.done : EXIT.gate);
    });
}

function load(fileOrDir: string): Result {
  const isDir = existsSync(fileOrDir) && statSync(fileOrDir).isDirectory();
  const file = isDir ? runFiles(fileOrDir).result : fileOrDir;
  try {
    return readResult(file);
  } catch (error) {
    if (error instanceof BadResultError) throw new UsageError(`${file} is no result: ${error.message}`);
    throw error;
  }
}
