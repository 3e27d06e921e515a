/**
 * `trace`: one skb through one backend: each job's lanes, host, core, context, waiting, start and length, with
 * the rows that the job priced; as text, JSON or Perfetto JSON (a process a host, a track a core or link).
 *
 * Left out: what other skbs do meanwhile, except as waiting and as rows of a shared job.
 * Source of the format: Chrome trace events, "Trace Event Format", phases X and M.
 */
import type { Command } from 'commander';
import { UsageError } from './errors.ts';
import { writeAtomic } from './files.ts';
import { collect, number, type RunFlags } from './flags.ts';
import type { Io } from './io.ts';
import type { Parts, TraceStep } from './parts.ts';
import { resolveScenario } from './resolve.ts';
import { tasksOf } from './run.ts';

const EXAMPLES = `
Examples:
  tsx run trace flannel-udp --kind TCP_RR --size 1400
  tsx run trace calico-ipip --machine cloud-virtio --skb 20
  tsx run trace flannel-vxlan --perfetto trace.json

A line a job or link: when it started, how long the skb had waited for it, how long it took, what the skb was
then. Below it what the job priced; names are those of explain. Open a Perfetto file at https://ui.perfetto.dev.`;

interface Flags {
  readonly scenario: string;
  readonly skb: number;
  readonly kind?: string;
  readonly size?: number;
  readonly machine?: string;
  readonly nodes?: number;
  readonly mtu?: number;
  readonly link?: number;
  readonly set?: readonly string[];
  readonly seed: number;
  readonly json?: true;
  readonly perfetto?: string;
}

/** Adds the command. */
export function addTrace(program: Command, parts: Parts, io: Io): void {
  program
    .command('trace')
    .description('follow one skb through one backend: jobs, cores, waiting, prices')
    .argument('<backend>', 'name; see: list backends')
    .option('--skb <n>', 'which data skb to follow, from 1 (the first leave with a cold window)', number, 1)
    .option('--kind <name>', 'TCP_STREAM, TCP_RR, TCP_CRR, UDP_STREAM or UDP_RR')
    .option(
      '--size <bytes>',
      'bytes of a message or request (a stream: 65536; UDP_STREAM: 1400; requests: 1)',
      number,
    )
    .option('--machine <name|file.json>', 'cost book of the nodes')
    .option('--scenario <name|file>', 'where the skb comes from; its first cell', 'pod-to-pod')
    .option('--nodes <n>', 'nodes of the cluster', number)
    .option('--mtu <bytes>', 'MTU of the links', number)
    .option('--link <gbps>', 'rate of host links and NICs', number)
    .option('--set <path=value>', 'any other setting, repeatable, as for run', collect)
    .option('--seed <n>', 'seed', number, 1)
    .option('--perfetto <file>', "write Chrome trace events for ui.perfetto.dev ('-': to stdout)")
    .option('--json', 'as one JSON document')
    .addHelpText('after', EXAMPLES)
    .action(async (backend: string, flags: Flags) => {
      if (!Number.isInteger(flags.skb) || flags.skb < 1)
        throw new UsageError('--skb takes a whole number from 1');
      if (parts.trace === null) throw new UsageError('this build of the engine has no tracer');
      const scenario = await resolveScenario(flags.scenario, parts);
      const task = tasksOf(scenario, runFlags(backend, flags), parts).tasks[0]!;
      const reason = parts.feasibility(task.backend, task.cluster, task.policy);
      if (reason !== null) throw new UsageError(`${backend} is infeasible here: ${reason}`);
      const steps = parts.trace(task, flags.skb);
      if (steps.length === 0)
        throw new UsageError(`no data skb number ${flags.skb} was sent in ${task.task}`);
      if (flags.perfetto !== undefined) writePerfetto(flags.perfetto, steps, io);
      if (flags.json) io.out(`${JSON.stringify({ task: task.task, skb: flags.skb, steps }, null, 2)}\n`);
      else if (flags.perfetto === undefined) io.out(text(`${task.task}, data skb ${flags.skb}`, steps));
    });
}

/** Message of a kind that was named without a size: netperf's usual ones. */
const usualBytes = (kind: string): number =>
  kind === 'TCP_STREAM' ? 65_536 : kind === 'UDP_STREAM' ? 1400 : 1;

function runFlags(backend: string, flags: Flags): RunFlags {
  const { kind, size, set, ...rest } = flags;
  const more = [
    ...(kind === undefined ? [] : [`kind=${kind}`]),
    ...(size === undefined && kind === undefined ? [] : [`message=${size ?? usualBytes(kind!)}`]),
  ];
  const fixed = { replications: 1, workers: '0', progress: 'none', color: 'never', granularity: 'batch' };
  const { nodes, machine, mtu, link, seed } = rest;
  return {
    ...fixed,
    backends: backend,
    seed,
    set: [...more, ...(set ?? [])],
    ...(nodes === undefined ? {} : { nodes }),
    ...(machine === undefined ? {} : { machine }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(link === undefined ? {} : { link }),
  };
}

function writePerfetto(file: string, steps: readonly TraceStep[], io: Io): void {
  const json = `${JSON.stringify(perfetto(steps))}\n`;
  if (file === '-') io.out(json);
  else {
    try {
      writeAtomic(file, json);
    } catch (error) {
      throw new UsageError(`cannot write ${file} (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
    }
    io.note(`wrote ${file}; open it at https://ui.perfetto.dev`);
  }
}

const micros = (ps: number): string => (ps / 1e6).toFixed(3).padStart(10);

/** A line a step and below it a line a row; times in µs from the first step's start. */
export function text(title: string, steps: readonly TraceStep[]): string {
  const zero = steps[0]!.startPs;
  const lines = together(steps).flatMap((group) => {
    const [step] = group.toSorted((a, b) => b.lengthPs - a.lengthPs) as [TraceStep];
    const count = (value: (one: TraceStep) => number): number =>
      group.reduce((sum, one) => sum + value(one), 0);
    const cores = group.length > 1 ? ` ${group.length} cores` : ` core ${step.core}`;
    const where = `${step.host}${step.core === null ? '' : cores}`.padEnd(18);
    const times = [step.startPs - zero, step.waitPs, step.lengthPs].map(micros).join(' ');
    const units = count((one) => one.units);
    const what = (units === 0 ? '' : `${units} ${step.form === 'skb' ? 'skb' : 'pkt'}`).padStart(8);
    const bytes = String(count((one) => one.bytes)).padStart(7);
    const preempted = step.preemptedPs > 0 ? `, preempted for ${(step.preemptedPs / 1e6).toFixed(3)} µs` : '';
    const many = group.length > 1 ? ', longest of them:' : '';
    const head = `${times}  ${where} ${step.context.padEnd(8)} ${what} ${bytes}  ${step.name}${preempted}${many}`;
    return [head, ...step.rows.filter((row) => row.ns > 0).map(rowLine)];
  });
  const header =
    '  start µs    wait µs  length µs  where              context      form   bytes  lanes that the skb left, or link';
  return [title, header, ...lines, '', total(steps), ''].join('\n');
}

/** Shares of one lane that several cores take up at one instant are one line. */
function together(steps: readonly TraceStep[]): TraceStep[][] {
  const groups: TraceStep[][] = [];
  for (const step of steps) {
    const last = groups.at(-1)?.[0];
    const same =
      last !== undefined &&
      step.core !== null &&
      last.startPs === step.startPs &&
      last.name === step.name &&
      last.host === step.host;
    if (same) groups.at(-1)!.push(step);
    else groups.push([step]);
  }
  return groups;
}

function rowLine(row: TraceStep['rows'][number]): string {
  const counts = [
    row.units > 0 ? `${row.units} skb` : '',
    row.packets > 0 ? `${row.packets} pkt` : '',
    row.bytes > 0 ? `${row.bytes} B` : '',
  ].filter((part) => part !== '');
  return `${' '.repeat(21)} ${(row.ns / 1e3).toFixed(3).padStart(10)}    ${row.name.padEnd(24)} ${counts.join(', ')}`;
}

function total(steps: readonly TraceStep[]): string {
  const end = Math.max(...steps.map((step) => step.startPs + step.lengthPs + step.preemptedPs));
  const jobs = steps.filter((step) => step.core !== null);
  const cpuPs = jobs.reduce((sum, step) => sum + step.lengthPs, 0);
  const until = steps.at(-1)!.name.endsWith('read') ? 'the end of the last read' : 'the last step';
  return (
    `${micros(end - steps[0]!.startPs).trim()} µs from the start of the first job to ${until}; ` +
    `${jobs.length} jobs, ${micros(cpuPs).trim()} µs of CPU`
  );
}

/** Chrome trace events: a process a host, a track a core or link; rows lie inside their job. Times in µs. */
export function perfetto(steps: readonly TraceStep[]): object {
  const hosts = [...new Set(steps.map((step) => step.host))];
  const links = [...new Set(steps.filter((step) => step.core === null).map((step) => step.name))];
  const track = (step: TraceStep): number => step.core ?? links.indexOf(step.name);
  const names = hosts.map((host, pid) => ({ ph: 'M', name: 'process_name', pid, args: { name: host } }));
  const tracks = new Map(
    steps.map((step) => {
      const pid = hosts.indexOf(step.host);
      const name = step.core === null ? step.name : `core ${step.core}`;
      return [`${pid}/${name}`, { ph: 'M', name: 'thread_name', pid, tid: track(step), args: { name } }];
    }),
  );
  const spans = steps.flatMap((step) => {
    const at = { pid: hosts.indexOf(step.host), tid: track(step) };
    let offsetNs = 0;
    const rows = step.rows.map(({ name, ns, ...counts }) => {
      const ts = step.startPs / 1e6 + offsetNs / 1e3;
      offsetNs += ns;
      return { ph: 'X', name, cat: 'row', ...at, ts, dur: ns / 1e3, args: counts };
    });
    return [
      {
        ph: 'X',
        name: step.name,
        cat: step.core === null ? 'link' : step.context,
        ...at,
        ts: step.startPs / 1e6,
        dur: (step.lengthPs + step.preemptedPs) / 1e6,
        args: { waitUs: step.waitPs / 1e6, [step.form]: step.units, bytes: step.bytes },
      },
      ...rows.filter((row) => row.dur > 0),
    ];
  });
  return { displayTimeUnit: 'ns', traceEvents: [...names, ...tracks.values(), ...spans] };
}
