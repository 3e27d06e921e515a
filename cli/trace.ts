/**
 * `trace`: one skb through one backend: each job's stage, host, core, waiting, start and length; as text,
 * or as Perfetto JSON (a track a core).
 *
 * Left out: what other skbs do meanwhile, except as waiting.
 * Source of the format: Chrome trace events, "Trace Event Format", phases X and M.
 */
import type { Command } from 'commander';
import { UsageError } from './errors.ts';
import { addRunFlags, type RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import type { Parts, TraceStep } from './parts.ts';
import { resolveScenario } from './resolve.ts';
import { tasksOf } from './run.ts';

const EXAMPLES = `
Examples:
  tsx run trace flannel-udp
  tsx run trace calico-ipip --skb 5 --scenario pod-to-pod
  tsx run trace flannel-vxlan --perfetto > trace.json`;

type Flags = RunFlags & { readonly scenario: string; readonly skb: number; readonly perfetto?: true };

/** Adds the command. */
export function addTrace(program: Command, parts: Parts, io: Io): void {
  const command = program
    .command('trace')
    .description('follow one skb through one backend')
    .argument('<backend>', 'name; see: list backends')
    .option('--scenario <name|file>', 'where the skb comes from; its first cell', 'pod-to-pod')
    .option('--skb <n>', 'which data skb to follow, from 1', Number, 1)
    .option('--perfetto', 'Chrome trace events for ui.perfetto.dev');
  addRunFlags(command).addHelpText('after', EXAMPLES);
  command.action(async (backend: string, flags: Flags) => {
    if (!Number.isInteger(flags.skb) || flags.skb < 1)
      throw new UsageError('--skb takes a whole number from 1');
    const scenario = await resolveScenario(flags.scenario, parts);
    const { tasks } = tasksOf(scenario, { ...flags, backends: backend }, parts);
    if (parts.trace === null) throw new UsageError('this build of the engine has no tracer');
    const steps = parts.trace(tasks[0]!, flags.skb);
    if (steps.length === 0)
      throw new UsageError(`no data skb number ${flags.skb} was sent in ${tasks[0]!.task}`);
    if (flags.json) io.out(`${JSON.stringify({ task: tasks[0]!.task, skb: flags.skb, steps }, null, 2)}\n`);
    else if (flags.perfetto) io.out(`${JSON.stringify(perfetto(steps))}\n`);
    else io.out(text(tasks[0]!.task, steps));
  });
}

const micros = (ps: number): string => (ps / 1e6).toFixed(3).padStart(10);

/** A line a step; times in µs from the first step's start. */
export function text(task: string, steps: readonly TraceStep[]): string {
  const zero = steps[0]!.startPs - steps[0]!.waitPs;
  const lines = steps.map((step) => {
    const where = `${step.host} ${step.core === null ? '' : `core ${step.core}`}`.padEnd(22);
    const times = [step.startPs - zero, step.waitPs, step.lengthPs].map(micros).join(' ');
    return `${times}  ${where} ${step.name}`;
  });
  return [task, '  start µs    wait µs  length µs  where                  job', ...lines, ''].join('\n');
}

/** Chrome trace events: a process a host, a thread a core. Times in µs. */
export function perfetto(steps: readonly TraceStep[]): object {
  const hosts = [...new Set(steps.map((step) => step.host))];
  const names = hosts.map((host, pid) => ({ ph: 'M', name: 'process_name', pid, args: { name: host } }));
  const spans = steps.map((step) => ({
    ph: 'X',
    name: step.name,
    cat: step.core === null ? 'wire' : 'core',
    pid: hosts.indexOf(step.host),
    tid: step.core ?? -1,
    ts: step.startPs / 1e6,
    dur: step.lengthPs / 1e6,
    args: { waitUs: step.waitPs / 1e6, units: step.units, bytes: step.bytes },
  }));
  return { displayTimeUnit: 'ns', traceEvents: [...names, ...spans] };
}
