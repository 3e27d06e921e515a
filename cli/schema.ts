/**
 * `schema`: the JSON Schemas of result.json, validation.json, sensitivity.json, windtunnel.config.* and hand-written
 * measurements.
 */
import { readFileSync } from 'node:fs';
import { Argument, type Command } from 'commander';
import { resultJsonSchema } from '../reports/schema.ts';
import { sensitivityJsonSchema } from '../reports/sensitivity/schema.ts';
import { validationJsonSchema } from '../reports/validation/schema.ts';
import type { Io } from './io.ts';
import { configJsonSchema } from './regression/config.ts';

const EXAMPLES = `
Examples:
  tsx run schema > result.schema.json
  tsx run schema validation
  tsx run schema measurements`;

const measurements = new URL('../calibration/formats/measurements.schema.json', import.meta.url);

/** What can be asked for → its schema. */
const SCHEMAS = {
  result: resultJsonSchema,
  validation: validationJsonSchema,
  sensitivity: sensitivityJsonSchema,
  config: configJsonSchema,
  measurements: () => JSON.parse(readFileSync(measurements, 'utf8')) as unknown,
};

/** Adds the command. */
export function addSchema(program: Command, io: Io): void {
  program
    .command('schema')
    .description(
      'print the JSON Schema of result.json, validation.json, sensitivity.json, the configuration or measurements',
    )
    .addArgument(new Argument('[what]').choices(Object.keys(SCHEMAS)).default('result'))
    .option('--json', 'accepted for symmetry: the schema is JSON')
    .addHelpText('after', EXAMPLES)
    .action((what: keyof typeof SCHEMAS) => io.out(`${JSON.stringify(SCHEMAS[what](), null, 2)}\n`));
}
