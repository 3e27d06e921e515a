/**
 * `run --baseline main --gate error`: a finished run against a baseline, and the run as the next baseline. What is
 * wrong with flags, configuration or baseline is said before the run starts.
 */
import type { Command } from 'commander';
import { compareResults, type Named } from '../../reports/comparison/compare.ts';
import type { Policy } from '../../reports/comparison/policy.ts';
import { renderComparison } from '../../reports/comparison/text.ts';
import type { Campaign } from '../campaign.ts';
import { comparisonExit, presentComparisons } from '../compare.ts';
import { EXIT, NotComparableError, UsageError } from '../errors.ts';
import { oneOf } from '../flags.ts';
import { addGithubFlags, type GithubFlags, tellGithub } from '../github.ts';
import type { Io } from '../io.ts';
import { DEFAULT_FOLDER, isBaselineName, saveBaseline } from './baselines.ts';
import { loadConfig } from './config.ts';
import { addConfigFlags, type PolicyFlags, policyOf } from './policy.ts';
import { pairUp, resolveResults } from './results.ts';

export interface BaselineFlags extends Pick<PolicyFlags, 'gate' | 'allow' | 'config'>, GithubFlags {
  readonly baseline?: string;
  readonly saveBaseline?: string;
  readonly missingBaseline?: string;
}

/** Flags with a value that say nothing about what is run. */
export const BASELINE_FLAGS = [
  '--baseline',
  '--save-baseline',
  '--missing-baseline',
  '--gate',
  '--allow',
  '--config',
];

export const addBaselineFlags = (command: Command): Command =>
  addConfigFlags(
    addGithubFlags(command)
      .option('--baseline <name|path>', 'compare with it afterwards (see: compare --help)')
      .option('--gate <level>', 'off, warn or error: exit 3 on a regression')
      .option('--allow <a,b>', 'what may differ from the baseline (see: compare --help)')
      .option('--save-baseline <name>', 'keep the result under this name')
      .option('--missing-baseline <what>', 'error (exit 4), warn, or create it from this run', 'error'),
  );

export interface Against {
  readonly policy: Policy;
  readonly folder: string;
  /** Empty: there is none, and that is allowed. */
  readonly base: readonly Named[];
}

/** What the run will be held against; null without `--baseline` and `--save-baseline`. */
export async function baselineOf(flags: BaselineFlags): Promise<Against | null> {
  if (flags.baseline === undefined && flags.saveBaseline === undefined) {
    if (flags.gate !== undefined) throw new UsageError('--gate needs --baseline <name>');
    return null;
  }
  const loaded = await loadConfig(flags.config);
  // Not `--metrics`: of a run, they are what --precision means.
  const { gate, allow } = flags;
  const given = { ...(gate === undefined ? {} : { gate }), ...(allow === undefined ? {} : { allow }) };
  const policy = policyOf(given, loaded);
  const folder = loaded.config.baselines ?? DEFAULT_FOLDER;
  const missing = oneOf('--missing-baseline', flags.missingBaseline ?? 'error', ['error', 'warn', 'create']);
  for (const name of [flags.saveBaseline, missing === 'create' ? flags.baseline : undefined]) {
    if (name !== undefined && !isBaselineName(name))
      throw new UsageError(`'${name}' is no name of a baseline`);
  }
  return { policy, folder, base: baseOf(flags.baseline, folder, missing) };
}

function baseOf(name: string | undefined, folder: string, missing: 'error' | 'warn' | 'create'): Named[] {
  if (name === undefined) return [];
  try {
    return resolveResults(name, 'base', folder);
  } catch (error) {
    if (error instanceof NotComparableError && missing !== 'error') return [];
    throw error;
  }
}

/** Compares, prints, saves. @returns the exit code of the comparison */
export function settle(
  { policy, folder, base }: Against,
  campaign: Campaign,
  flags: BaselineFlags & { readonly json?: true; readonly color: string },
  io: Io,
): number {
  const head: Named = { label: 'this run', file: campaign.files.result, result: campaign.result };
  let code: number = EXIT.done;
  const known = flags.missingBaseline === 'error' || base.some(({ result }) => sameScenario(result, head));
  if (base.length > 0 && known) {
    const comparisons = pairUp(base, [head]).map(([from, to]) => compareResults(from, to, policy));
    // Stdout holds one document: the result.
    if (flags.json) for (const one of comparisons) io.note(renderComparison(one).trimEnd());
    else {
      io.out('\n');
      presentComparisons(comparisons, { color: flags.color }, io);
    }
    tellGithub({ comparisons, checks: [] }, flags, io);
    code = comparisonExit(comparisons);
  } else if (flags.baseline !== undefined) {
    io.note(`no baseline '${flags.baseline}' of ${campaign.result.scenario.id}`);
    if (flags.missingBaseline === 'create') save(folder, flags.baseline, head, io);
  }
  // A run that the gate refuses does not become the next baseline.
  if (flags.saveBaseline !== undefined && code === EXIT.done) save(folder, flags.saveBaseline, head, io);
  return code;
}

const sameScenario = (result: Named['result'], head: Named): boolean =>
  result.scenario.id === head.result.scenario.id;

function save(folder: string, name: string, head: Named, io: Io): void {
  for (const file of saveBaseline(folder, name, [head])) io.note(`baseline ${file}`);
}
