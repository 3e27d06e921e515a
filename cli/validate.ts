/**
 * `validate`: the engine runs every measured configuration; predictions are set beside measurements.
 *
 * Prints rows and summary, writes journal.ndjson, validation.json and report.html. Exit 5 if a run failed: its rows
 * have no prediction.
 */
import path from 'node:path';
import { Command } from 'commander';
import type { Validation } from '../reports/validation/schema.ts';
import { renderValidation } from '../reports/validation/text.ts';
import { sha256 } from '../workers/hash.ts';
import { EXIT, UsageError } from './errors.ts';
import { defaultDir, makeDir, runFiles, writeAtomic } from './files.ts';
import { workersOf } from './flags.ts';
import { colors, type Io, progressMode, useColor } from './io.ts';
import { scaled } from './numbers.ts';
import type { Parts } from './parts.ts';
import { listenForSignals, type Signals } from './signals.ts';
import { writeDocs } from './validation/docs.ts';
import { documentOf } from './validation/document.ts';
import { type Choice, measurementsOf } from './validation/measurements.ts';
import { argvOf, Interrupted, nameOf, Rounds } from './validation/rounds.ts';
import { compareAll } from './validation/studies.ts';

const EXAMPLES = `
Examples:
  tsx run validate
  tsx run validate --bed IB24 KRD --family tcp1 --all
  tsx run validate --against docs/examples/measurements.yaml --json

A row: what was measured, what the model predicts, the error, and the error over the spread that a repeat would
show (at most 1: inside the noise). "In sample": a price was fitted on it. "Scale assumed": no host figure fixes
the machine's speed. --against takes JSON in the formats of calibration/data and YAML (docs/MEASUREMENTS.md).`;

interface ChoiceFlags {
  readonly against?: readonly string[];
  readonly bed?: readonly string[];
  readonly family?: readonly string[];
}

interface Flags extends ChoiceFlags {
  readonly all?: true;
  readonly json?: true;
  readonly writeDocs?: true;
  readonly out?: string;
  readonly resume?: string;
  readonly workers: string;
  readonly progress: string;
  readonly color: string;
}

/** Flags that decide which rows there are; a journal keeps them. */
function addChoice(command: Command): Command {
  return command
    .option('--against <file...>', 'files of measurements instead of the shipped ones')
    .option('--bed <name...>', 'only these test beds')
    .option('--family <name...>', 'only these families of rows');
}

/** Adds the command. */
export function addValidate(program: Command, parts: Parts, io: Io, exit: (code: number) => void): void {
  const command = program
    .command('validate')
    .description('set predictions beside measurements: errors by bed and family, targets');
  addChoice(command)
    .option('--all', 'print rows that are not scored, too')
    .option('--workers <n|auto|0>', 'threads; 0: in process', 'auto')
    .option('--out <dir>', 'folder of the results (default: results/validate/<time>-<hash>)')
    .option('--resume <dir>', 'finish an interrupted comparison')
    .option('--write-docs', "write the tables of docs/ACCURACY.md and the reports' accuracy lines")
    .option('--json', 'the result as one JSON document on stdout')
    .option('--progress <mode>', 'auto, bar, plain or none', 'auto')
    .option('--color <when>', 'auto, always or never', 'auto')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => exit(await validate(flags, parts, io)));
}

const choiceOf = ({ against, bed, family }: ChoiceFlags): Choice => ({
  against: against ?? [],
  beds: bed ?? [],
  families: family ?? [],
});

/** As words, for the journal. */
function wordsOf({ against, beds, families }: Choice): string[] {
  const words = (flag: string, values: readonly string[]): string[] =>
    values.length === 0 ? [] : [flag, ...values];
  return [...words('--against', against), ...words('--bed', beds), ...words('--family', families)];
}

/** The choice of the journal, unless the user made another. */
function chosen(flags: Flags): Choice {
  const typed = choiceOf(flags);
  if (flags.resume === undefined || wordsOf(typed).length > 0) return typed;
  const words = argvOf(runFiles(flags.resume).journal, 'validate');
  return choiceOf(
    addChoice(new Command())
      .parse([...words], { from: 'user' })
      .opts<ChoiceFlags>(),
  );
}

async function validate(flags: Flags, parts: Parts, io: Io): Promise<number> {
  const progress = progressMode(flags.progress, io);
  const paint = colors(useColor(flags.color, io.outIsTty, io.env));
  const workers = workersOf(flags.workers);
  const choice = chosen(flags);
  const argv = wordsOf(choice);
  if (flags.writeDocs === true && argv.length > 0)
    throw new UsageError('--write-docs takes all shipped measurements: no --against, --bed, --family');
  const measurements = await measurementsOf(choice);
  const { modelVersion, feasibility, cellRunner: runner } = parts;
  const stamp = sha256({ modelVersion, argv, measurements });
  const dir = flags.resume ?? flags.out ?? defaultDir('validate', stamp, new Date());
  makeDir(dir);
  const { journal } = runFiles(dir);
  const startMs = performance.now();
  const signals = listenForSignals(() => io.note('\nstopping; Ctrl-C again ends at once'));
  try {
    const run = { command: 'validate' as const, workers, progress, runner, feasibility, modelVersion };
    const rounds = new Rounds({ journal, resume: flags.resume !== undefined, argv, ...run }, io, signals);
    const compared = await compareAll(measurements, choice, rounds.run);
    const failed = rounds.failures.length > 0 || compared.broken.length > 0;
    const problems = [...measurements.problems, ...rounds.refused];
    const document = documentOf({ ...compared, measurements, problems, choice, modelVersion, failed });
    await present(document, flags, dir, paint, io);
    tell(rounds, compared.broken, (performance.now() - startMs) / 1000, io);
    if (failed) return EXIT.simulation;
    if (flags.writeDocs === true) for (const file of writeDocs(document)) io.note(`wrote ${file}`);
    return signals.exitCode() ?? EXIT.done;
  } catch (error) {
    if (error instanceof Interrupted) return stopped(dir, signals, io);
    throw error;
  } finally {
    signals.dispose();
  }
}

/** Files, then the terminal. */
async function present(
  document: Validation,
  flags: Flags,
  dir: string,
  paint: ReturnType<typeof colors>,
  io: Io,
): Promise<void> {
  const json = `${JSON.stringify(document, null, 1)}\n`;
  const result = path.join(dir, 'validation.json');
  const { report } = runFiles(dir);
  writeAtomic(result, json);
  const { renderValidationHtml } = await import('../reports/validation/html.ts');
  writeAtomic(report, await renderValidationHtml(document));
  const wide = io.columns > 0 ? { width: io.columns } : {};
  io.out(flags.json ? json : renderValidation(document, { all: flags.all === true, paint, ...wide }));
  io.note(`result ${result}`);
  io.note(`report ${report}`);
}

function stopped(dir: string, signals: Signals, io: Io): number {
  io.note(`interrupted; to finish: tsx run validate --resume ${dir}`);
  return signals.exitCode()!;
}

function tell(rounds: Rounds, broken: readonly Error[], seconds: number, io: Io): void {
  for (const { cell, failure } of rounds.failures) {
    io.note(`failed: ${nameOf(cell)}: ${failure.message}`);
    if (failure.kind === 'invariant' || failure.kind === 'error') io.note(failure.detail);
  }
  for (const error of broken) io.note(`failed: ${error.stack ?? error.message}`);
  io.note(`wall ${seconds.toFixed(1)} s, ${rounds.ran} runs, ${scaled(rounds.events)} events`);
}
