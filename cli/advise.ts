/**
 * `advise`: which backend fits a cluster: what is feasible, what each would deliver on the machine, and a
 * recommendation whose reasons name their figures. Joins planning (questions, rules) and the pool.
 */
import type { Command } from 'commander';
import type { TaskRecord } from '../engine/core/record.ts';
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import { taskProblems } from '../engine/validate.ts';
import { type Advice, advise } from '../planning/advise.ts';
import { KERNEL_READ, type Kernel, kernelText, POLICIES, type Question } from '../planning/question.ts';
import { Board } from '../workers/board.ts';
import { autoWorkers, runTasks } from '../workers/pool.ts';
import { adviceText, questionText } from './adviseText.ts';
import { EXIT, UsageError } from './errors.ts';
import { oneOf, workersOf } from './flags.ts';
import { colors, type Io, useColor } from './io.ts';
import type { Parts } from './parts.ts';
import { named, resolveMachine } from './resolve.ts';
import { listenForSignals } from './signals.ts';

const EXAMPLES = `
Examples:
  tsx run advise
  tsx run advise --machine cloud-virtio --subnets rack --protocol4 no
  tsx run advise --subnets rack --bgp-fabric --policy ebpf --kernel 5.10
  tsx run advise --encrypt --json

Gbit/s: payload of one TCP stream between the nodes farthest apart (near: inside a subnet); kpkt/s:
datagrams of 64 bytes delivered; p50: an exchange of one byte; ns/B: CPU of both hosts a payload
byte of the stream.`;

interface Flags {
  readonly machine: string;
  readonly subnets: string;
  readonly ip: string;
  readonly policy: string;
  readonly encrypt?: true;
  readonly bgpFabric?: true;
  readonly protocol4: string;
  readonly sourceDestCheck?: true;
  readonly kernel: string;
  readonly workers: string;
  readonly json?: true;
  readonly color: string;
}

/** Adds the command. */
export function addAdvise(program: Command, parts: Parts, io: Io, exit: (code: number) => void): void {
  program
    .command('advise')
    .description('which backend fits a cluster, and why: all of them computed on its machine')
    .option('--machine <name|file.json>', 'cost book of the nodes; see: machines list', 'xeon-25g')
    .option('--ip <ipv4|ipv6>', 'addresses of pods and nodes', 'ipv4')
    .option('--subnets <one|rack>', 'all nodes in one L2 segment, or a subnet a rack', 'one')
    .option('--policy <none|iptables|ebpf>', 'who enforces network policies', 'none')
    .option('--encrypt', 'traffic between nodes must be encrypted')
    .option('--bgp-fabric', 'the fabric takes routes to pods')
    .option('--protocol4 <yes|no>', 'the network passes IP protocol 4 (IPIP)', 'yes')
    .option('--source-dest-check', "the network drops packets with addresses that are no node's own")
    .option('--kernel <major.minor>', 'Linux of the nodes', kernelText(KERNEL_READ))
    .option('--workers <n|auto|0>', 'threads; 0: in process', 'auto')
    .option('--json', 'as one JSON document')
    .option('--color <when>', 'auto, always or never', 'auto')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => exit(await answer(flags, parts, io)));
}

async function answer(flags: Flags, parts: Parts, io: Io): Promise<number> {
  const question = questionOf(flags, parts);
  const paint = colors(useColor(flags.color, io.outIsTty, io.env));
  const workers = workersOf(flags.workers);
  const asking = advise(parts.backends, named('backend', 'host', parts.backends), question);
  const turn = asking.next();
  if (turn.done) throw new Error('advise: no tasks');
  const refused = new Set(turn.value.flatMap((task) => taskProblems(task)));
  if (refused.size > 0) throw new UsageError([...refused].join('\n'));
  const signals = listenForSignals(() => io.note('\nstopping; Ctrl-C again ends at once'));
  try {
    const ran = await runAll(turn.value, { workers, signal: signals.signal, runner: parts.runner }, io);
    const interrupted = signals.exitCode();
    if (interrupted !== null) return interrupted;
    const advice = asking.next(ran.records).value as Advice;
    if (flags.json) io.out(`${JSON.stringify(document(question, advice), null, 2)}\n`);
    else io.out(`${questionText(question)}\n\n${adviceText(advice, question, paint)}`);
    return ran.failed ? EXIT.simulation : EXIT.done;
  } finally {
    signals.dispose();
  }
}

/** Flags → question. @throws UsageError */
function questionOf(flags: Flags, parts: Parts): Question {
  return {
    machine: resolveMachine(flags.machine, parts),
    subnets: oneOf('--subnets', flags.subnets, ['one', 'rack'] as const),
    policy: oneOf('--policy', flags.policy, POLICIES),
    encrypt: flags.encrypt === true,
    bgpFabric: flags.bgpFabric === true,
    protocol4: oneOf('--protocol4', flags.protocol4, ['yes', 'no'] as const) === 'yes',
    sourceDestCheck: flags.sourceDestCheck === true,
    kernel: kernelOf(flags.kernel),
    ipFamily: oneOf('--ip', flags.ip, ['ipv4', 'ipv6'] as const),
  };
}

/** As `uname -r` begins: 5.10, 5.10.0-21-amd64. */
function kernelOf(text: string): Kernel {
  const parsed = /^(\d{1,3})\.(\d{1,4})(?![\d])/.exec(text);
  if (parsed === null) throw new UsageError(`--kernel takes major.minor as in 5.10, not '${text}'`);
  return [Number(parsed[1]), Number(parsed[2])];
}

interface Running {
  readonly workers: number | null;
  readonly signal: AbortSignal;
  readonly runner: string;
}

async function runAll(
  tasks: readonly TaskSpec[],
  { workers, signal, runner }: Running,
  io: Io,
): Promise<{ readonly records: readonly (TaskRecord | null)[]; readonly failed: boolean }> {
  const records: (TaskRecord | null)[] = tasks.map(() => null);
  let failed = false;
  io.note(`advise: ${tasks.length} small runs`);
  await runTasks(tasks, {
    workers: workers ?? autoWorkers(tasks.length),
    runner,
    signal,
    board: new Board(tasks.length),
    onRecord: (slot, record) => {
      records[slot] = record;
    },
    onFailure: (slot, failure) => {
      failed = true;
      io.note(`failed: ${tasks[slot]!.task}: ${failure.message}`);
    },
  });
  return { records, failed };
}

/** The answer as data; the machine by its name, not its whole book. */
function document(question: Question, advice: Advice): object {
  return { question: { ...question, machine: question.machine.name }, ...advice };
}
