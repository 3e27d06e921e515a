/**
 * `sensitivity`: a scenario again and again with its prices moved: which of them move the answer, how far the figures
 * go, whether the order of backends can flip. Joins the study (planning/sensitivity), the pool and the reports.
 *
 * Writes journal.ndjson, sensitivity.json and report.html. Exit 5 if a run failed, 6 if a named backend is infeasible.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import type { TaskRecord } from '../engine/core/record.ts';
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import { type CellStudy, type SensitivityOptions, sensitivity } from '../planning/sensitivity/study.ts';
import { headlineFigures } from '../reports/headline.ts';
import type { Sensitivity } from '../reports/sensitivity/schema.ts';
import { renderSensitivity } from '../reports/sensitivity/text.ts';
import type { Scenario } from '../scenarios/lib/define.ts';
import { sha256 } from '../workers/hash.ts';
import { EXIT, UsageError } from './errors.ts';
import { defaultDir, makeDir, runFiles, writeAtomic } from './files.ts';
import { addRunFlags, number, type RunFlags, workersOf } from './flags.ts';
import { colors, type Io, progressMode, useColor } from './io.ts';
import { scaled } from './numbers.ts';
import type { Parts } from './parts.ts';
import { resolveScenario } from './resolve.ts';
import { tasksOf, withoutFlags } from './run.ts';
import { documentOf, type PlannedCell } from './sensitivity/document.ts';
import { listenForSignals } from './signals.ts';
import { argvOf, Interrupted, nameOf, Rounds } from './validation/rounds.ts';

const EXAMPLES = `
Examples:
  tsx run sensitivity pod-to-pod --quick
  tsx run sensitivity pod-to-pod --backends flannel-vxlan,calico-ipip --draws 64
  tsx run sensitivity large-cluster --nodes 40 --replications 1 --out results/sure
  tsx run pod-to-pod --sure results/sure/sensitivity.json

Moves every assumed price that a cell uses to either end of its stated range (machines show), one at a time and all
at once in --draws random combinations; seeds stay. What cannot move a figure by 0.5 % is run together only. A run
each, times cells and seeds: --backends, --quick, --replications and --draws cut. docs/SENSITIVITY.md has the rules.`;

const DRAWS_MIN = 2;
const DRAWS_MAX = 1000;

interface Flags extends RunFlags {
  readonly draws: number;
  readonly all?: true;
}

export interface SensitivityContext {
  readonly parts: Parts;
  readonly io: Io;
  /** What the user typed, the command first. */
  readonly argv: readonly string[];
  /** Runs again with the arguments of a journal before those typed. */
  readonly resume: (words: readonly string[]) => Promise<number>;
}

/** Adds the command. */
export function addSensitivity(
  program: Command,
  context: SensitivityContext,
  exit: (code: number) => void,
): void {
  const command = program
    .command('sensitivity')
    .description('how sure a scenario is: which prices move it, ranges, order flips')
    .argument('[scenario]', 'name or file; may be left out with --resume')
    .option('--draws <n>', 'random combinations of all prices', number, 16)
    .option('--all', 'move published and measured prices, too (×0.8 … 1.25 where no range is stated)');
  addRunFlags(command).addHelpText('after', EXAMPLES);
  command.action(async (name: string | undefined, flags: Flags) => {
    if (name !== undefined) exit(await study(name, flags, context));
    else if (flags.resume !== undefined)
      exit(await context.resume(argvOf(runFiles(flags.resume).journal, 'sensitivity')));
    else throw new UsageError('sensitivity takes a scenario; see: list scenarios');
  });
}

async function study(name: string, flags: Flags, { parts, io, argv }: SensitivityContext): Promise<number> {
  const scenario = await resolveScenario(name, parts);
  const options = optionsOf(flags);
  const progress = progressMode(flags.progress, io);
  const paint = colors(useColor(flags.color, io.outIsTty, io.env));
  const workers = workersOf(flags.workers);
  const cells = cellsOf(tasksOf(scenario, flags, parts).tasks, parts);
  const { modelVersion, feasibility, runner } = parts;
  const dir = folderOf(scenario, flags, sha256({ modelVersion, cells, options }));
  const words = withoutFlags(argv.slice(1), ['--out', '--resume', '--workers']).filter(
    (one) => one !== '--json',
  );
  const signals = listenForSignals(() => io.note('\nstopping; Ctrl-C again ends at once'));
  try {
    const input = { command: 'sensitivity' as const, journal: runFiles(dir).journal, argv: words };
    const around = { workers, progress, runner, feasibility, modelVersion };
    const rounds = new Rounds({ ...input, ...around, resume: flags.resume !== undefined }, io, signals);
    const { studies, runs } = await askAll(cells, options, rounds);
    const failed = rounds.failures.length > 0;
    const labels = { id: scenario.id, title: scenario.title };
    const document = documentOf({ cells, studies, options, scenario: labels, modelVersion, runs }, failed);
    await present(document, dir, { json: flags.json === true, paint }, io);
    return exitCodeOf(cells, rounds, flags, io);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    io.note(`interrupted; to finish: tsx run sensitivity --resume ${dir}`);
    return signals.exitCode()!;
  } finally {
    signals.dispose();
  }
}

function optionsOf({ draws, all, seed }: Flags): SensitivityOptions {
  if (!Number.isInteger(draws) || draws < DRAWS_MIN || draws > DRAWS_MAX)
    throw new UsageError(`--draws takes a whole number from ${DRAWS_MIN} to ${DRAWS_MAX}, not '${draws}'`);
  return { draws, all: all === true, seed };
}

/** Tasks by cell, in order, with what keeps a cell from being run. */
function cellsOf(tasks: readonly TaskSpec[], { feasibility }: Parts): PlannedCell[] {
  const cells = new Map<string, TaskSpec[]>();
  for (const task of tasks) cells.set(task.cell, [...(cells.get(task.cell) ?? []), task]);
  return [...cells.values()].map((mine) => ({
    tasks: mine,
    infeasible: feasibility(mine[0]!.backend, mine[0]!.cluster, mine[0]!.policy),
  }));
}

/** The folder, made. Files of a run are not written over. @throws UsageError */
function folderOf(scenario: Scenario, flags: Flags, stamp: string): string {
  const dir = flags.resume ?? flags.out ?? defaultDir(scenario.id, stamp, new Date());
  if (existsSync(runFiles(dir).result))
    throw new UsageError(
      `${dir} holds a run; beside it, with --out ${path.join(dir, 'sensitivity')}, its report finds it`,
    );
  makeDir(dir);
  return dir;
}

/** Drives the study; after the first round it is known how many runs there are. */
async function askAll(
  cells: readonly PlannedCell[],
  options: SensitivityOptions,
  rounds: Rounds,
): Promise<{ readonly studies: readonly CellStudy[]; readonly runs: number }> {
  const feasible = cells.flatMap(({ tasks, infeasible }) => (infeasible === null ? [tasks] : []));
  const asking = sensitivity(feasible, options, figuresOf);
  let runs = 0;
  let turn = asking.next();
  for (let round = 0; !turn.done; round++) {
    const records = (await rounds.run(turn.value, round)) as (TaskRecord | null)[];
    runs += turn.value.length;
    turn = asking.next(records);
  }
  return { studies: turn.value, runs };
}

const figuresOf = (tasks: readonly TaskSpec[], records: readonly TaskRecord[]) => {
  const { cell, dims, backend } = tasks[0]!;
  return headlineFigures(
    { id: cell, dims, group: backend.group, title: backend.title, status: 'ok' },
    records,
  );
};

/** Files, then the terminal. */
async function present(
  document: Sensitivity,
  dir: string,
  { json, paint }: { readonly json: boolean; readonly paint: ReturnType<typeof colors> },
  io: Io,
): Promise<void> {
  const text = `${JSON.stringify(document, null, 1)}\n`;
  const file = path.join(dir, 'sensitivity.json');
  writeAtomic(file, text);
  const { report } = runFiles(dir);
  const { renderSensitivityHtml } = await import('../reports/sensitivity/html.ts');
  writeAtomic(report, await renderSensitivityHtml(document));
  io.out(
    json ? text : renderSensitivity(document, { paint, ...(io.columns > 0 ? { width: io.columns } : {}) }),
  );
  io.note(`result ${file}`);
  io.note(`report ${report}`);
}

function exitCodeOf(cells: readonly PlannedCell[], rounds: Rounds, flags: Flags, io: Io): number {
  for (const { cell, failure } of rounds.failures) {
    io.note(`failed: ${nameOf(cell)}: ${failure.message}`);
    if (failure.kind === 'invariant' || failure.kind === 'error') io.note(failure.detail);
  }
  io.note(`${rounds.ran} runs, ${scaled(rounds.events)} events`);
  if (rounds.failures.length > 0) return EXIT.simulation;
  const infeasible = new Set(
    cells.filter((cell) => cell.infeasible !== null).map(({ tasks }) => tasks[0]!.backend.name),
  );
  if (flags.backends === undefined || infeasible.size === 0) return EXIT.done;
  io.note(`infeasible here: ${[...infeasible].join(', ')}`);
  return EXIT.infeasible;
}
