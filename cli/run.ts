/**
 * `run`: a scenario to a table, result.json, journal.ndjson and an HTML report.
 */
import type { Command } from 'commander';
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import { offeredLoads } from '../engine/traffic/load.ts';
import { taskProblems } from '../engine/validate.ts';
import type { Sensitivity } from '../reports/sensitivity/schema.ts';
import { renderTable } from '../reports/table.ts';
import { type Scenario, ScenarioError } from '../scenarios/lib/define.ts';
import { idleSettings } from '../scenarios/lib/effects.ts';
import { expand } from '../scenarios/lib/expand.ts';
import { type Campaign, runCampaign } from './campaign.ts';
import { EXIT, UsageError } from './errors.ts';
import { addExportFlag, exportsOf, formatsText, RESULT_FORMATS, writeExports } from './exports.ts';
import { writeAtomic } from './files.ts';
import { addRunFlags, number, overridesOf, type RunFlags } from './flags.ts';
import { colors, type Io, progressMode, useColor } from './io.ts';
import type { Parts } from './parts.ts';
import { planFlagsOf } from './plan.ts';
import { PRECISION_HELP, precisionOf, withSeeds } from './precision.ts';
import {
  addBaselineFlags,
  BASELINE_FLAGS,
  type BaselineFlags,
  baselineOf,
  settle,
} from './regression/afterRun.ts';
import { named, resolveBackends, resolveMachine, resolveScenario } from './resolve.ts';
import { listenForSignals, type Signals } from './signals.ts';
import { slicedTasks, tellSlice } from './slice.ts';
import { studyBeside, studyOf } from './study.ts';
import { summaryLines } from './summary.ts';

const EXAMPLES = `
Examples:
  tsx run pod-to-pod --backends flannel-vxlan,flannel-host-gw --mtu 9000
  tsx run scenarios/large-cluster.ts --nodes 200 --set machine.prices.ENCAP=*2
  tsx run large-cluster --nodes 10000 --slice --precision 3%`;

export interface RunContext {
  readonly parts: Parts;
  readonly io: Io;
  /** What the user typed after `run`. */
  readonly argv: readonly string[];
  /** Runs again with the arguments of a folder's journal before those typed. */
  readonly resume: (dir: string) => Promise<number>;
}

/** Adds the command. */
export function addRun(program: Command, context: RunContext, exit: (code: number) => void): void {
  const command = program
    .command('run')
    .description('run a scenario (the default: `run` may be left out)')
    .argument('[scenario]', 'name or file; may be left out with --resume');
  addRunFlags(command)
    .option(
      '--task-workers <n|auto>',
      'threads a task, at most one a rack; auto: several where that is quicker',
    )
    .option('--memory-limit <bytes>', 'what the run may hold, 8G or 8GiB (default: what is free)')
    .option('--precision <2%>', PRECISION_HELP)
    .option('--metrics <a,b>', 'the figures that --precision means (see: list metrics)')
    .option('--slice', 'two racks with the load of the whole cluster, and one cell in all of it as a check')
    .option('--slice-racks <n>', 'racks of the slice', number)
    .option('--no-slice-check', 'without the check')
    .option('--sure <file>', 'sensitivity.json of this scenario: its ranges go into the report');
  addBaselineFlags(addExportFlag(command, RESULT_FORMATS)).addHelpText(
    'after',
    `\n${formatsText(RESULT_FORMATS)}\n${EXAMPLES}`,
  );
  command.action(async (name: string | undefined, flags: RunFlags & BaselineFlags) => {
    if (name !== undefined) exit(await runScenario(name, flags, context));
    else if (flags.resume !== undefined) exit(await context.resume(flags.resume));
    else throw new UsageError('run takes a scenario; see: list scenarios');
  });
}

async function runScenario(
  name: string,
  flags: RunFlags & BaselineFlags,
  context: RunContext,
): Promise<number> {
  const { parts, io, argv } = context;
  const against = await baselineOf(flags);
  const wanted = exportsOf(flags.export, RESULT_FORMATS);
  const progress = progressMode(flags.progress, io);
  const paint = colors(useColor(flags.color, io.outIsTty, io.env));
  const scenario = await resolveScenario(name, parts);
  const whole = tasksOf(scenario, withSeeds(flags), parts);
  const { machine } = whole;
  const { tasks, plan: slice } = slicedTasks(whole.tasks, flags, parts);
  if (slice !== null) tellSlice(slice, io);
  tellLoad(tasks[0]!, io);
  const { set, sweep } = overridesOf(flags);
  const given = [...set.map(([path]) => path), ...Object.keys(sweep)];
  for (const line of idleSettings(tasks, given)) io.note(`note: ${line}`);
  const study = studyOf(flags.sure, {
    scenario: scenario.id,
    machine: tasks[0]!.machine,
    modelVersion: parts.modelVersion,
  });
  const signals = listenForSignals(() => io.note('\nstopping; Ctrl-C again ends at once'));
  try {
    const campaign = await runCampaign(
      {
        scenario,
        machine,
        tasks,
        seedRoot: flags.seed,
        argv: withoutFolder(argv),
        threads: planFlagsOf(flags),
        outDir: flags.out ?? null,
        resumeDir: flags.resume ?? null,
        progress,
        precision: precisionOf(flags),
        slice,
      },
      parts,
      io,
      signals,
    );
    await present(campaign, { json: flags.json === true, paint, study }, io, signals);
    if (signals.exitCode() === null) await writeExports(wanted, RESULT_FORMATS, campaign.result, io);
    tellFailures(campaign, argv, io);
    const ran = exitCodeOf(campaign, flags, io, signals);
    // What failed says nothing about the baseline; an infeasible row is one of the comparison's findings.
    if (against === null || (ran !== EXIT.done && ran !== EXIT.infeasible)) return ran;
    const compared = settle(against, campaign, flags, io);
    return compared === EXIT.done ? ran : compared;
  } finally {
    signals.dispose();
  }
}

/** Tasks of a scenario under the user's flags. @throws UsageError */
export function tasksOf(
  scenario: Scenario,
  flags: RunFlags,
  parts: Parts,
): { tasks: TaskSpec[]; machine: TaskSpec['machine'] } {
  const backends = resolveBackends(flags.backends, scenario, parts);
  const machine = resolveMachine(flags.machine ?? scenario.machine, parts);
  const baseline = named('backend', 'host', parts.backends);
  const sizes = (name: string): TaskSpecSizes => named('workload', name, parts.workloads).sizes;
  let tasks: TaskSpec[];
  try {
    tasks = expand(scenario, { backends, baseline, machine, sizes }, overridesOf(flags));
  } catch (error) {
    if (error instanceof ScenarioError) throw new UsageError(error.message);
    throw error;
  }
  const refused = new Set(
    tasks.filter((task) => task.seed === tasks[0]!.seed).flatMap((task) => refusal(task, parts)),
  );
  if (refused.size > 0) throw new UsageError([...refused].join('\n'));
  return { tasks, machine };
}

/** What the engine would refuse; an infeasible backend is no mistake but a row of the table. */
const refusal = (task: TaskSpec, parts: Parts): string[] =>
  parts.feasibility(task.backend, task.cluster, task.policy) === null ? taskProblems(task) : [];

type TaskSpecSizes = NonNullable<TaskSpec['traffic']['flows']>['sizes'];

function tellLoad(task: TaskSpec, io: Io): void {
  const loads = offeredLoads(task);
  if (loads === null) return;
  const percent = (ratio: number): string => `${(ratio * 100).toFixed(1)} %`;
  const uplinks = loads.uplinkLoad === null ? '' : `, ${percent(loads.uplinkLoad)} of the uplinks`;
  io.note(`open-loop load: ${percent(loads.load)} of the host links${uplinks}`);
}

/** The arguments that decide what is run. */
const withoutFolder = (argv: readonly string[]): string[] =>
  withoutFlags(argv, ['--out', '--resume', '--sure', '--export', ...BASELINE_FLAGS]).filter(
    (word) => !['--json', '--no-config', '--github', '--no-github'].includes(word),
  );

/** Words without the named flags and their values, `--flag value` or `--flag=value`. */
export function withoutFlags(words: readonly string[], flags: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (flags.includes(word)) index++;
    else if (!flags.includes(word.split('=')[0]!)) kept.push(word);
  }
  return kept;
}

async function present(
  campaign: Campaign,
  options: {
    readonly json: boolean;
    readonly paint: ReturnType<typeof colors>;
    readonly study: Sensitivity | null;
  },
  io: Io,
  signals: Signals,
): Promise<void> {
  const { result, files } = campaign;
  const sure = options.study ?? studyBeside(files.dir, result);
  const width = io.columns > 0 ? { width: io.columns } : {};
  if (options.json) io.out(`${JSON.stringify(result, null, 1)}\n`);
  else io.out(renderTable(result, { paint: options.paint, sure, ...width }));
  // After Ctrl-C the charts are not worth the wait: `--resume` makes them.
  let report = false;
  if (signals.exitCode() === null) {
    const { renderHtml } = await import('../reports/html.ts');
    writeAtomic(files.report, await renderHtml(result, sure));
    report = true;
  }
  for (const line of summaryLines(campaign, report)) io.note(line);
  if (signals.exitCode() !== null) io.note(`interrupted; to finish: tsx run --resume ${files.dir}`);
}

/** In task order; a stack that many tasks share is shown once. */
function tellFailures({ failures, threadsOf }: Campaign, argv: readonly string[], io: Io): void {
  const shown = new Set<string>();
  for (const [task, failure] of [...failures].sort(([a], [b]) => a.index - b.index)) {
    io.note(`failed: ${task.task}: ${failure.message}`);
    const ours = failure.kind === 'invariant' || failure.kind === 'error';
    if (ours && !shown.has(failure.detail)) io.note(failure.detail);
    shown.add(failure.detail);
    // What has killed its thread would kill this process as well.
    const alone = failure.kind === 'died' ? 1 : 0;
    io.note(`  repeat: ${repeatCommand(task, argv, threadsOf(task), alone)}`);
  }
}

const SETTLED = [
  ...['--backends', '--seed', '--replications', '--precision', '--metrics'],
  ...['--workers', '--task-workers', '--memory-limit'],
];
const SLICE_WORDS = ['--slice', '--no-slice-check'];

/** The command that runs one task alone, on as many threads as it had. @param alone  workers where it had one */
export function repeatCommand(task: TaskSpec, argv: readonly string[], threads = 1, alone = 0): string {
  const { backend, ...point } = task.dims;
  const kept = withoutFlags(withoutFolder(argv), SETTLED);
  const points = Object.entries(point).map(([dim, value]) => `--set ${quoted(`${dim}=${value}`)}`);
  const workers = threads > 1 ? `--workers ${threads} --task-workers ${threads}` : `--workers ${alone}`;
  // The check of a slice is a task of the whole cluster; others need no check.
  const isCheck = task.task.endsWith('/full');
  const words = isCheck
    ? withoutFlags(kept, ['--slice-racks']).filter((word) => !SLICE_WORDS.includes(word))
    : kept;
  const unchecked = !isCheck && kept.includes('--slice') ? ['--no-slice-check'] : [];
  return [
    'tsx run',
    ...words.map(quoted),
    ...unchecked,
    `--backends ${backend}`,
    ...points,
    `--seed ${task.seed} --replications 1 ${workers}`,
  ].join(' ');
}

const quoted = (word: string): string =>
  /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

function exitCodeOf(campaign: Campaign, flags: RunFlags, io: Io, signals: Signals): number {
  const interrupted = signals.exitCode();
  if (interrupted !== null) return interrupted;
  if (campaign.failures.size > 0) return EXIT.simulation;
  const named = flags.backends !== undefined;
  if (named && campaign.infeasible.length > 0) {
    io.note(`infeasible here: ${campaign.infeasible.join(', ')}`);
    return EXIT.infeasible;
  }
  return EXIT.done;
}
