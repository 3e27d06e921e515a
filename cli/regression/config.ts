/**
 * `windtunnel.config.{ts,js,json,yaml}` in the working folder: what the gate looks at, thresholds, accepts, where
 * baselines are. Flags win over it. Nothing is searched upward.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { GrammarError } from '../../reports/comparison/selector.ts';
import { ASPECTS } from '../../reports/comparison/types.ts';
import { fieldPath } from '../../reports/read.ts';
import { UsageError } from '../errors.ts';

const level = z.enum(['off', 'warn', 'error']);
const condition = z.union([
  z.string().describe('p(99) < 400us'),
  z.strictObject({ vsBaseline: z.string().describe('3%: worse than the baseline by more is a finding') }),
]);

const configSchema = z.strictObject({
  baselines: z.string().min(1).optional().describe('folder of named baselines; default baselines'),
  gate: level.optional().describe('what compare and run --baseline do about findings; default off'),
  alpha: z.number().gt(0).max(0.5).optional().describe('significance level of the whole gate; default 0.05'),
  allow: z.array(z.enum(ASPECTS)).optional().describe('what may differ between results that are compared'),
  metrics: z.array(z.string()).optional().describe('metrics in the gate'),
  floor: z.string().optional().describe('smallest change that counts; default 1%'),
  floors: z.record(z.string(), z.string()).optional().describe('the same for the figures of a selector'),
  thresholds: z
    .record(z.string(), z.union([condition, z.array(z.union([level, condition])).min(1)]))
    .optional()
    .describe('selector → level and conditions: {"rpcLatency{backend=host}": ["warn", "p(99) < 400us"]}'),
  accept: z
    .array(
      z.strictObject({
        match: z.string().describe('selector of the figures'),
        until: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a day such as 2027-01-31'),
        reason: z.string().min(1),
        upTo: z.string().optional().describe('larger changes are not covered: 5%'),
      }),
    )
    .optional(),
});

export type Config = z.infer<typeof configSchema>;

/** For `windtunnel.config.ts`: the editor then knows the fields. `import { defineConfig } from 'windtunnel/config'` */
export const defineConfig = (config: Config): Config => config;

/** The configuration and the name of its file for messages. */
export interface LoadedConfig {
  readonly file: string | null;
  readonly config: Config;
}

const NAMES = ['ts', 'js', 'mjs', 'json', 'yaml', 'yml'].map((ending) => `windtunnel.config.${ending}`);

/**
 * Loads the configuration.
 * @param flag  `--config`; false: `--no-config`; undefined: the file of the working folder, if there is one
 * @throws UsageError  with the file and the field
 */
export async function loadConfig(flag: string | false | undefined): Promise<LoadedConfig> {
  const file = flag ?? onlyOne(NAMES.filter((name) => existsSync(name)));
  if (file === false || file === null) return { file: null, config: {} };
  if (!existsSync(file)) throw new UsageError(`no configuration ${file}`);
  const parsed = configSchema.safeParse(await valueIn(file));
  if (parsed.success) return { file, config: parsed.data };
  const issue = parsed.error.issues[0]!;
  const where = fieldPath(issue.path);
  const what = issue.message.replace(/^Invalid input: /, '');
  throw new UsageError(`${file}: ${where === '' ? '' : `${where}: `}${what}`);
}

function onlyOne(found: readonly string[]): string | null {
  if (found.length > 1) throw new UsageError(`${found.join(' and ')}: keep one, or name it with --config`);
  return found[0] ?? null;
}

async function valueIn(file: string): Promise<unknown> {
  try {
    if (/\.[cm]?[jt]s$/.test(file)) {
      return ((await import(pathToFileURL(path.resolve(file)).href)) as { default?: unknown }).default;
    }
    const text = readFileSync(file, 'utf8');
    return file.endsWith('.json') ? JSON.parse(text) : (await import('yaml')).parse(text);
  } catch (error) {
    throw new UsageError(`cannot load ${file}: ${(error as Error).message.split('\n')[0]}`);
  }
}

/** Runs what reads a field's text; its mistakes get the field's name. @throws UsageError */
export function reading<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof GrammarError) throw new UsageError(`${where}: ${error.message}`);
    throw error;
  }
}

/** JSON Schema of the configuration, for editors. */
export const configJsonSchema = (): object => z.toJSONSchema(configSchema, { target: 'draft-2020-12' });
