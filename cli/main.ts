/**
 * argv → command → exit code. The default command is `run`, so that a scenario alone is enough.
 */
import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { didYouMean } from '../scenarios/lib/nearest.ts';
import { JournalError, openJournal } from '../workers/journal.ts';
import { addAdvise } from './advise.ts';
import { addBaseline } from './baseline.ts';
import { addCalibrate } from './calibrate.ts';
import { addCheck } from './check.ts';
import { addCompare } from './compare.ts';
import { EXIT, NotComparableError, UsageError } from './errors.ts';
import { addExplain } from './explain.ts';
import { addExport } from './export.ts';
import { runFiles } from './files.ts';
import type { Io } from './io.ts';
import { addList } from './list.ts';
import { addMachines } from './machines.ts';
import { addMerge } from './merge.ts';
import type { Parts } from './parts.ts';
import { looksLikeFile } from './resolve.ts';
import { addRun } from './run.ts';
import { addSchema } from './schema.ts';
import { addSensitivity } from './sensitivity.ts';
import { addTrace } from './trace.ts';
import { addValidate } from './validate.ts';

const COMMANDS = [
  'run',
  'list',
  'machines',
  'advise',
  'explain',
  'trace',
  'schema',
  'compare',
  'check',
  'baseline',
  'merge',
  'export',
  'validate',
  'sensitivity',
  'calibrate',
  'help',
];
const EXAMPLES = `
Examples:
  tsx run scenarios/large-cluster.ts
  tsx run pod-to-pod --backends flannel-vxlan,flannel-host-gw
  tsx run compare results/before results/after
  tsx run validate
  tsx run sensitivity pod-to-pod --quick

Exit codes: 0 done, 1 crash, 2 usage or input, 3 gate failed, 4 not comparable or no baseline,
5 simulation error, 6 a named backend is infeasible, 130/143 stopped by a signal.`;

/**
 * Runs one command line.
 * @param argv  words after the program's name
 * @returns     exit code; programmer errors are thrown
 */
export async function main(argv: readonly string[], parts: Parts, io: Io): Promise<number> {
  try {
    if (argv.length === 0) {
      io.note(build(parts, io, [], () => {}).helpInformation() + EXAMPLES);
      return EXIT.usage;
    }
    return await dispatch(completed(argv, parts), parts, io);
  } catch (error) {
    if (error instanceof UsageError || error instanceof NotComparableError) {
      for (const line of error.message.split('\n')) io.note(`windtunnel: ${line}`);
      return error instanceof UsageError ? EXIT.usage : EXIT.notComparable;
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    throw error;
  }
}

async function dispatch(argv: readonly string[], parts: Parts, io: Io): Promise<number> {
  let code: number = EXIT.done;
  const program = build(parts, io, argv[0] === 'run' ? argv.slice(1) : argv, (exitCode) => {
    code = exitCode;
  });
  await program.parseAsync([...argv], { from: 'user' });
  return code;
}

/** @param argv  the words of the command itself, kept in journals and shown in commands that repeat a task */
function build(parts: Parts, io: Io, argv: readonly string[], exit: (code: number) => void): Command {
  const program = new Command('windtunnel');
  program
    .description('Wind tunnel for Kubernetes network backends: what each would deliver in your cluster')
    .version(packageJson.version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.note(text.trimEnd()),
    })
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES);
  // `run --resume <dir>` alone takes scenario and flags from the journal; flags given now win.
  const resume = (dir: string): Promise<number> =>
    dispatch(['run', ...argvOfJournal(dir), ...argv], parts, io);
  addRun(program, { parts, io, argv, resume }, exit);
  addList(program, parts, io);
  addMachines(program, parts, io);
  addAdvise(program, parts, io, exit);
  addExplain(program, parts, io);
  addTrace(program, parts, io);
  addSchema(program, io);
  addCompare(program, io, exit);
  addCheck(program, io, exit);
  addBaseline(program, io);
  addMerge(program, io);
  addExport(program, io);
  addValidate(program, parts, io, exit);
  // As above, from the journal of `sensitivity`, whose first word is the command.
  const resumeStudy = (words: readonly string[]): Promise<number> =>
    dispatch(['sensitivity', ...words, ...argv.slice(1)], parts, io);
  addSensitivity(program, { parts, io, argv, resume: resumeStudy }, exit);
  addCalibrate(program, parts, io, exit);
  return program;
}

/** Adds `run` where it was left out. */
function completed(argv: readonly string[], parts: Parts): string[] {
  const first = argv[0]!;
  if (['-h', '--help', '-V', '--version'].includes(first) || COMMANDS.includes(first)) return [...argv];
  const scenarios = parts.scenarios.map((scenario) => scenario.id);
  if (!first.startsWith('-') && !looksLikeFile(first) && !scenarios.includes(first)) {
    const hint = didYouMean(first, [...scenarios, ...COMMANDS], 2);
    throw new UsageError(`unknown scenario or command '${first}'${hint} (all: --help, list scenarios)`);
  }
  return ['run', ...argv];
}

function argvOfJournal(dir: string): readonly string[] {
  try {
    const { header } = openJournal(runFiles(dir).journal);
    const { scenario } = header;
    if (scenario !== 'validate' && scenario !== 'sensitivity') return header.argv;
    const what = scenario === 'validate' ? 'comparison' : 'sensitivity study';
    throw new UsageError(`${dir} holds a ${what}; to finish it: tsx run ${scenario} --resume ${dir}`);
  } catch (error) {
    if (error instanceof JournalError) throw new UsageError(`nothing to resume: ${error.message}`);
    throw error;
  }
}
