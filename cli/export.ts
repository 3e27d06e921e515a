/**
 * `export result format=file…`: a finished result in the forms that other programs read.
 */
import type { Command } from 'commander';
import { UsageError } from './errors.ts';
import { exportsOf, formatsText, RESULT_FORMATS, writeExports } from './exports.ts';
import type { Io } from './io.ts';
import { DEFAULT_FOLDER } from './regression/baselines.ts';
import { loadConfig } from './regression/config.ts';
import { addConfigFlags } from './regression/policy.ts';
import { resolveResults } from './regression/results.ts';

const EXAMPLES = `
Examples:
  tsx run export results/before gobench=before.txt && tsx run export results/after gobench=after.txt
  benchstat before.txt after.txt
  tsx run export baselines/main/pod-to-pod.json csv=main.csv openmetrics=metrics.txt`;

/** Adds the command. */
export function addExport(program: Command, io: Io): void {
  const command = program
    .command('export')
    .description('write a result as CSV, Markdown, Go benchmark text, OpenMetrics and more')
    .argument('<result>', 'result.json, folder of a run, or a baseline of one scenario')
    .argument('<format=file...>', 'one or several');
  addConfigFlags(command)
    .addHelpText('after', `\n${formatsText(RESULT_FORMATS)}\n${EXAMPLES}`)
    .action(async (word: string, texts: readonly string[], flags: { readonly config?: string | false }) => {
      const wanted = exportsOf(texts, RESULT_FORMATS);
      const folder = (await loadConfig(flags.config)).config.baselines ?? DEFAULT_FOLDER;
      const [first, ...more] = resolveResults(word, 'head', folder);
      if (more.length > 0) throw new UsageError(`${word} holds several scenarios: name one file of it`);
      await writeExports(wanted, RESULT_FORMATS, first!.result, io);
    });
}
