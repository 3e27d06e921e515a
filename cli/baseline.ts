/**
 * `baseline save|list|show|export|rm`: results under a name, one a scenario, in a folder to commit.
 */
import type { Command } from 'commander';
import { sourceOf } from '../reports/comparison/compare.ts';
import { sourceText } from '../reports/comparison/words.ts';
import { renderTable } from '../reports/table.ts';
import { didYouMean } from '../scenarios/lib/nearest.ts';
import { UsageError } from './errors.ts';
import { writeAtomic } from './files.ts';
import { colors, type Io, useColor } from './io.ts';
import {
  baselineNames,
  DEFAULT_FOLDER,
  readBaseline,
  removeBaseline,
  requireBaseline,
  saveBaseline,
} from './regression/baselines.ts';
import { loadConfig } from './regression/config.ts';
import { addConfigFlags } from './regression/policy.ts';
import { resolveResults } from './regression/results.ts';

const EXAMPLES = `
Examples:
  tsx run baseline save main results/after
  tsx run baseline list
  tsx run baseline export main --scenario pod-to-pod > pod-to-pod.json

A baseline is a folder baselines/<name> with a result a scenario: commit it. Saving again accepts what changed.`;

interface Flags {
  readonly config?: string | false;
  readonly json?: true;
  readonly incomplete?: true;
  readonly scenario?: string;
  readonly output?: string;
  readonly color: string;
}

const folderOf = async (flags: Flags): Promise<string> =>
  (await loadConfig(flags.config)).config.baselines ?? DEFAULT_FOLDER;

/** Adds the command. */
export function addBaseline(program: Command, io: Io): void {
  const baseline = program
    .command('baseline')
    .description('results under a name, to compare with')
    .addHelpText('after', EXAMPLES)
    .action((_flags: unknown, command: Command) => {
      const [word] = command.args;
      const known = ['save', 'list', 'show', 'export', 'rm'];
      const hint = word === undefined ? '' : `, not '${word}'${didYouMean(word, known, 2)}`;
      throw new UsageError(`baseline takes ${known.join(', ')}${hint}`);
    })
    .allowExcessArguments();
  addSave(baseline, io);
  addReaders(baseline, io);
  addConfigFlags(baseline.command('rm'))
    .description('remove a baseline')
    .argument('<name>')
    .action(async (name: string, flags: Flags) => {
      removeBaseline(await folderOf(flags), name);
      io.note(`removed ${name}`);
    });
}

function addSave(baseline: Command, io: Io): void {
  addConfigFlags(baseline.command('save'))
    .description('keep results under a name; those of the same scenarios are replaced')
    .argument('<name>')
    .argument('<result...>', 'result.json or folder of a run')
    .option('--incomplete', 'also a run that was interrupted or failed')
    .action(async (name: string, words: readonly string[], flags: Flags) => {
      const folder = await folderOf(flags);
      const results = words.flatMap((word) => resolveResults(word, 'head', folder));
      const broken = results.find(({ result }) => result.status !== 'complete');
      if (broken !== undefined && flags.incomplete !== true) {
        throw new UsageError(`${broken.file} is ${broken.result.status}: finish it, or add --incomplete`);
      }
      const before = new Map(
        readBaseline(folder, name).map(({ result }) => [result.scenario.id, result.digest.value]),
      );
      const files = saveBaseline(folder, name, results);
      for (const [at, { result }] of results.entries()) {
        const old = before.get(result.scenario.id);
        const what = old === undefined ? 'new' : old === result.digest.value ? 'unchanged' : 'changed';
        io.note(`${files[at]}: ${what}, ${sourceText({ ...sourceOf(results[at]!), file: null })}`);
      }
    });
}

function addReaders(baseline: Command, io: Io): void {
  addConfigFlags(baseline.command('list'))
    .description('every baseline and what it holds')
    .option('--json', 'as one JSON document')
    .action(async (flags: Flags) => {
      const folder = await folderOf(flags);
      const all = baselineNames(folder).flatMap((name) => readBaseline(folder, name).map(sourceOf));
      if (flags.json) io.out(`${JSON.stringify(all, null, 2)}\n`);
      else if (all.length === 0)
        io.note(`no baselines in ${folder}; to make one: baseline save <name> <result…>`);
      else io.out(all.map((source) => `${source.label}  ${sourceText(source)}\n`).join(''));
    });
  addConfigFlags(baseline.command('show'))
    .description('the tables of a baseline')
    .argument('<name>')
    .option('--color <when>', 'auto, always or never', 'auto')
    .action(async (name: string, flags: Flags) => {
      const paint = colors(useColor(flags.color, io.outIsTty, io.env));
      const width = io.columns > 0 ? { width: io.columns } : {};
      const results = requireBaseline(await folderOf(flags), name);
      io.out(results.map(({ result }) => renderTable(result, { paint, ...width })).join('\n'));
    });
  addConfigFlags(baseline.command('export'))
    .description('the result.json of a baseline')
    .argument('<name>')
    .option('--scenario <id>', 'which, where it holds several')
    .option('-o, --output <file>', 'instead of stdout')
    .action(async (name: string, flags: Flags) => {
      const results = requireBaseline(await folderOf(flags), name);
      const ids = results.map(({ result }) => result.scenario.id);
      const wanted = flags.scenario ?? (ids.length === 1 ? ids[0] : undefined);
      const found = results.find(({ result }) => result.scenario.id === wanted);
      if (found === undefined)
        throw new UsageError(`${name} holds ${ids.join(', ')}: choose with --scenario`);
      const text = `${JSON.stringify(found.result, null, 1)}\n`;
      if (flags.output === undefined) io.out(text);
      else writeAtomic(flags.output, text);
    });
}
