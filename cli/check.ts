/**
 * `check result…`: thresholds on finished results. Exit 3 where one of level error is broken.
 */
import type { Command } from 'commander';
import { renderCheck } from '../reports/comparison/checkText.ts';
import { checkResultAgainst } from '../reports/comparison/threshold.ts';
import { renderOutcomeJson } from '../reports/exports/comparisonJson.ts';
import { EXIT, UsageError } from './errors.ts';
import { addExportFlag, exportsOf, formatsText, OUTCOME_FORMATS, writeExports } from './exports.ts';
import { collect } from './flags.ts';
import { addGithubFlags, type GithubFlags, tellGithub } from './github.ts';
import { colors, type Io, useColor } from './io.ts';
import { DEFAULT_FOLDER } from './regression/baselines.ts';
import { loadConfig } from './regression/config.ts';
import { addConfigFlags, policyOf, thresholdsOf } from './regression/policy.ts';
import { resolveResults } from './regression/results.ts';

const EXAMPLES = `
Examples:
  tsx run check results/after
  tsx run check results/after --threshold 'rpcLatency{backend=host}: p(99) < 400us'
  tsx run check results/* --include-passed --json

A threshold is 'selector: condition'. Before the sign: value (the default), min, max, avg, med, p(N) of a metric's
seeds; p(50), p(90), p(99), p(99.9) of rpcLatency, slowdownSmall, slowdownLarge over all samples. After it a number
with or without unit. More in the configuration: levels off, warn, error, and accepts that end on a day.`;

interface CheckFlags extends GithubFlags {
  readonly export?: readonly string[];
  readonly threshold?: readonly string[];
  readonly gate?: string;
  readonly includePassed?: true;
  readonly json?: true;
  readonly color: string;
  readonly config?: string | false;
}

/** Adds the command. */
export function addCheck(program: Command, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('check')
    .description('hold results against thresholds')
    .argument('<result...>', 'result.json, folder of a run, baseline or label=path')
    .option(
      '--threshold <text>',
      "one more threshold, repeatable: 'rpcP99{backend=host}: max < 1ms'",
      collect,
    )
    .option('--gate <level>', 'off, warn or error (exit 3 on a broken threshold of level error)', 'error')
    .option('--include-passed', 'show also what holds')
    .option('--json', 'as one JSON document')
    .option('--color <when>', 'auto, always or never', 'auto');
  addGithubFlags(addExportFlag(addConfigFlags(command), OUTCOME_FORMATS))
    .addHelpText('after', `\n${formatsText(OUTCOME_FORMATS)}\n${EXAMPLES}`)
    .action(async (words: readonly string[], flags: CheckFlags) => {
      const loaded = await loadConfig(flags.config);
      const policy = policyOf({ ...(flags.gate === undefined ? {} : { gate: flags.gate }) }, loaded);
      const thresholds = thresholdsOf(flags.threshold ?? [], loaded);
      if (thresholds.length === 0) {
        throw new UsageError('no thresholds: put them into windtunnel.config.* or add --threshold');
      }
      const wanted = exportsOf(flags.export, OUTCOME_FORMATS);
      const baselines = loaded.config.baselines ?? DEFAULT_FOLDER;
      const checks = words
        .flatMap((word) => resolveResults(word, 'head', baselines))
        .map((named) => checkResultAgainst(named, thresholds, policy));
      if (flags.json) {
        io.out(renderOutcomeJson({ comparisons: [], checks }));
      } else {
        const paint = colors(useColor(flags.color, io.outIsTty, io.env));
        const passed = flags.includePassed === true;
        io.out(checks.map((check) => renderCheck(check, { paint, passed })).join('\n'));
      }
      const outcome = { comparisons: [], checks };
      await writeExports(wanted, OUTCOME_FORMATS, outcome, io);
      tellGithub(outcome, flags, io);
      exit(checks.every(({ gate }) => gate.passed) ? EXIT.done : EXIT.gate);
    });
}
