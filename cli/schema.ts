/**
 * `schema`: the JSON Schema of result.json.
 */
import type { Command } from 'commander';
import { resultJsonSchema } from '../reports/schema.ts';
import type { Io } from './io.ts';

const EXAMPLES = `
Examples:
  tsx run schema
  tsx run schema > result.schema.json
  tsx run schema --json`;

/** Adds the command. */
export function addSchema(program: Command, io: Io): void {
  program
    .command('schema')
    .description('print the JSON Schema of result.json')
    .option('--json', 'accepted for symmetry: the schema is JSON')
    .addHelpText('after', EXAMPLES)
    .action(() => io.out(`${JSON.stringify(resultJsonSchema(), null, 2)}\n`));
}
