/**
 * `compare base head…`: verdicts over seeds, or with `--exact` equality to the last byte. Exit 0 without a gate, 3
 * where it fails, 4 for results that do not compare.
 */
import type { Command } from 'commander';
import { compareResults, type Named } from '../reports/comparison/compare.ts';
import { exactComparison, renderExact } from '../reports/comparison/exact.ts';
import { renderComparison } from '../reports/comparison/text.ts';
import type { Comparison } from '../reports/comparison/types.ts';
import { renderOutcomeJson } from '../reports/exports/comparisonJson.ts';
import { EXIT, UsageError } from './errors.ts';
import { addExportFlag, exportsOf, formatsText, OUTCOME_FORMATS, writeExports } from './exports.ts';
import { addGithubFlags, type GithubFlags, tellGithub } from './github.ts';
import { colors, type Io, useColor } from './io.ts';
import { DEFAULT_FOLDER } from './regression/baselines.ts';
import { loadConfig } from './regression/config.ts';
import { addPolicyFlags, type PolicyFlags, policyOf } from './regression/policy.ts';
import { pairUp, resolveResults } from './regression/results.ts';

const EXAMPLES = `
Examples:
  tsx run compare main results/after --gate error
  tsx run compare before=results/a after=results/b --allow machine --only-changed
  tsx run compare baselines/main results/after --exact

A result is a result.json, the folder of a run, or a baseline's name; one baseline may hold several scenarios.
A verdict takes significance and size: ~ stands for neither. Below the fewest seeds that could decide, none is given.
Exit codes: 0 no gate, or it passed; 2 not a result; 3 the gate failed; 4 not comparable, no baseline, or too few
seeds for a verdict on figures that changed. With --exact: 0 equal, 3 not.`;

export interface CompareFlags extends PolicyFlags, GithubFlags {
  readonly export?: readonly string[];
  readonly exact?: true;
  readonly json?: true;
  readonly onlyChanged?: true;
  readonly split?: true;
  readonly color: string;
}

/** Adds the command. */
export function addCompare(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('compare')
    .description('compare results: what changed, by how much, and whether it is more than noise')
    .argument('<base>', 'result, baseline or label=path')
    .argument('<head...>', 'the same; each is compared with the base of its scenario')
    .option('--exact', 'equality to the last byte instead of verdicts: exit 3 on any difference')
    .option('--only-changed', 'leave out what is equal or noise')
    .option('--split', 'worse, better and the rest apart')
    .option('--json', 'as one JSON document')
    .option('--color <when>', 'auto, always or never', 'auto');
  addGithubFlags(addExportFlag(addPolicyFlags(command), OUTCOME_FORMATS))
    .addHelpText('after', `\n${formatsText(OUTCOME_FORMATS)}\n${EXAMPLES}`)
    .action(async (base: string, heads: readonly string[], flags: CompareFlags) => {
      const loaded = await loadConfig(flags.config);
      const policy = policyOf(flags, loaded);
      const wanted = exportsOf(flags.export, OUTCOME_FORMATS);
      if (flags.exact === true && wanted.length > 0)
        throw new UsageError('--export needs verdicts: leave out --exact');
      const baselines = loaded.config.baselines ?? DEFAULT_FOLDER;
      const pairs = pairUp(
        resolveResults(base, 'base', baselines),
        heads.flatMap((head) => resolveResults(head, 'head', baselines)),
      );
      if (flags.exact === true) return exit(compareExactly(pairs, flags, io));
      const comparisons = pairs.map(([from, to]) => compareResults(from, to, policy));
      presentComparisons(comparisons, flags, io);
      const outcome = { comparisons, checks: [] };
      await writeExports(wanted, OUTCOME_FORMATS, outcome, io);
      tellGithub(outcome, flags, io);
      exit(comparisonExit(comparisons));
    });
}

/** The first form: one JSON document of one pair, or of all in a list. */
function compareExactly(pairs: readonly (readonly [Named, Named])[], flags: CompareFlags, io: Io): number {
  const all = pairs.map(([base, head]) => exactComparison(base.result, head.result));
  if (flags.json) io.out(`${JSON.stringify(all.length === 1 ? all[0] : all, null, 2)}\n`);
  else {
    const texts = all.map((one, at) => renderExact(one, [pairs[at]![0].label, pairs[at]![1].label]));
    io.out(texts.join('\n'));
  }
  return all.every(({ equal }) => equal) ? EXIT.done : EXIT.gate;
}

/** Prints comparisons on stdout as the flags say. */
export function presentComparisons(
  comparisons: readonly Comparison[],
  flags: Pick<CompareFlags, 'json' | 'onlyChanged' | 'split' | 'color'>,
  io: Io,
): void {
  if (flags.json) {
    io.out(renderOutcomeJson({ comparisons, checks: [] }));
    return;
  }
  const paint = colors(useColor(flags.color, io.outIsTty, io.env));
  const width = io.columns > 0 ? { width: io.columns } : {};
  const options = { paint, onlyChanged: flags.onlyChanged === true, split: flags.split === true, ...width };
  io.out(comparisons.map((one) => renderComparison(one, options)).join('\n'));
}

/** 4 before 3: what cannot be compared or decided is no regression. */
export function comparisonExit(comparisons: readonly Comparison[]): number {
  if (comparisons.some(({ comparable }) => !comparable)) return EXIT.notComparable;
  const failed = comparisons.filter(({ gate }) => !gate.passed);
  if (failed.some(({ gate }) => gate.errors > 0)) return EXIT.gate;
  return failed.length > 0 ? EXIT.notComparable : EXIT.done;
}
