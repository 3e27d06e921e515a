/**
 * `explain <backend>`: its path stage by stage, as compiled for a machine: contexts, queues, copies, system
 * calls, prices, headers, MTU, needs, scaling, sources. The same rows that the engine runs.
 *
 * Left out: what a job shares with others (polls, interrupts, wake-ups) in the sums of a path.
 */
import type { Command } from 'commander';
import type { PolicySpec } from '../engine/core/taskSpec.ts';
import type { Backend, Place } from '../engine/host/backend.ts';
import { type Compiled, type CompiledPath, compile, type Lane } from '../engine/host/compile.ts';
import { type IpFamily, inFamily, tcpIpBytes } from '../engine/host/family.ts';
import type { Machine } from '../engine/host/machine.ts';
import { deriveMtu, WIRE_FRAMING_BYTES } from '../engine/host/mtu.ts';
import { BYTE, COLUMNS, FIRST, PACKET, SKB, type Tally } from '../engine/host/rows.ts';
import { STAGES, type StageDef, type StageId } from '../engine/host/stages.ts';
import { UsageError } from './errors.ts';
import { explainSettings } from './explainSettings.ts';
import { renderExplanation } from './explainText.ts';
import { collect, number, oneOf } from './flags.ts';
import { colors, type Io, useColor } from './io.ts';
import type { Parts } from './parts.ts';
import { named, resolveMachine } from './resolve.ts';

const EXAMPLES = `
Examples:
  tsx run explain calico-ipip --machine xeon-25g --mtu 9000
  tsx run explain calico-bgp --set proxy=iptables --set services=1000 --set policy.viaService=true
  tsx run explain flannel-udp --json`;

interface Flags {
  readonly machine: string;
  readonly mtu: number;
  readonly rules: number;
  readonly ip: string;
  readonly set?: readonly string[];
  readonly json?: true;
  readonly color: string;
}

export interface ExplainedStage {
  readonly stage: StageId;
  readonly text: string;
  readonly class: string;
  readonly copies: number;
  /** Prices by what they are paid for, ns. */
  readonly ns: Readonly<Record<string, number>>;
  readonly confidence: string;
  readonly source: string;
}

export interface ExplainedLane {
  /** Path and number: rows of traces and compiled rows are named so. */
  readonly name: string;
  readonly host: 'sender' | 'receiver';
  /** softirq, daemon, kworker, process; the caller's own for the first lane. */
  readonly context: string;
  /** Which core runs it, and what runs one after another: by core, host, peer, or nothing. */
  readonly core: string;
  readonly serial: string;
  /** What begins the job, and what ends it. */
  readonly from: string;
  readonly to: string;
  readonly stages: readonly ExplainedStage[];
}

export interface PathCost {
  readonly packets: number;
  /** Payload. */
  readonly bytes: number;
  readonly senderNs: number;
  readonly receiverNs: number;
}

export interface Explanation {
  readonly backend: string;
  readonly title: string;
  readonly machine: string;
  readonly linkMtuBytes: number;
  readonly podMtuBytes: number;
  readonly tcpMssBytes: number;
  /** Payload bytes / wire bytes of a full packet on the widest path. */
  readonly payloadBytes: number;
  readonly wireBytes: number;
  /** Which path each place takes, or why it cannot. */
  readonly choose: Readonly<Record<Place, string>>;
  readonly paths: readonly {
    readonly name: string;
    readonly headers: readonly { readonly name: string; readonly bytes: number }[];
    /** What a first packet waits for with cold neighbours, in words. */
    readonly opens: readonly string[];
    readonly copies: number;
    readonly syscalls: number;
    /** What an skb of so many packets costs alone, between the sockets; polls, interrupts, wake-ups apart. */
    readonly costs: readonly PathCost[];
    readonly lanes: readonly ExplainedLane[];
  }[];
  /** Jobs of every path's ends: the sockets. */
  readonly ends: readonly { readonly name: string; readonly stages: readonly ExplainedStage[] }[];
  /** Threads that serve queues for every flow of a host. */
  readonly servers: readonly { readonly name: string; readonly drains: readonly string[] }[];
  readonly needs: readonly string[];
  readonly control: Backend['control'];
  readonly scaling: string;
  readonly source: string;
}

/** Adds the command. */
export function addExplain(program: Command, parts: Parts, io: Io): void {
  program
    .command('explain')
    .description('show a backend stage by stage, with the prices of a machine')
    .argument('<backend>', 'name; see: list backends')
    .option('--machine <name|file.json>', 'cost book', 'xeon-25g')
    .option('--mtu <bytes>', 'MTU of the links', number, 1500)
    .option('--ip <ipv4|ipv6>', 'addresses of pods and nodes', 'ipv4')
    .option('--rules <n>', 'linear netfilter rules an skb walks', number, 0)
    .option('--set <path=value>', 'a setting of policy or machine, repeatable (see: list settings)', collect)
    .option('--json', 'as one JSON document')
    .option('--color <when>', 'auto, always or never', 'auto')
    .addHelpText('after', EXAMPLES)
    .action((name: string, flags: Flags) => {
      const backend = named('backend', name, parts.backends);
      const machine = resolveMachine(flags.machine, parts);
      if (!(Number.isInteger(flags.mtu) && flags.mtu >= 576 && flags.mtu <= 65_535)) {
        throw new UsageError(`--mtu takes a whole number from 576 to 65535, not ${flags.mtu}`);
      }
      if (!(Number.isInteger(flags.rules) && flags.rules >= 0 && flags.rules <= 1_000_000)) {
        throw new UsageError(`--rules takes a whole number from 0 to 1000000, not ${flags.rules}`);
      }
      const family = oneOf('--ip', flags.ip, ['ipv4', 'ipv6'] as const);
      const changed = explainSettings(backend, machine, flags.rules, flags.set ?? []);
      const explanation = explain(backend, changed.machine, flags.mtu, changed.policy, family);
      if (flags.json) io.out(`${JSON.stringify(explanation, null, 2)}\n`);
      else io.out(renderExplanation(explanation, colors(useColor(flags.color, io.outIsTty, io.env))));
    });
}

/** What a backend is on a machine, as data. @param policy  what its netfilter passes and connections pay */
export function explain(
  declared: Backend,
  machine: Machine,
  linkMtuBytes: number,
  policy: PolicySpec,
  family: IpFamily = 'ipv4',
): Explanation {
  const backend = inFamily(declared, family);
  const compiled = compile(backend, machine, policy);
  const mtu = deriveMtu(declared, linkMtuBytes, family);
  const choose = Object.fromEntries(
    Object.entries(backend.choose).map(([place, path]) => [
      place,
      typeof path === 'string' ? path : `unreachable: ${path.unreachable}`,
    ]),
  ) as Record<Place, string>;
  return {
    backend: backend.name,
    title: backend.title,
    machine: machine.name,
    linkMtuBytes,
    podMtuBytes: mtu.podMtuBytes,
    tcpMssBytes: mtu.tcpMssBytes,
    payloadBytes: mtu.tcpMssBytes,
    wireBytes: mtu.tcpMssBytes + tcpIpBytes(family) + mtu.overheadBytes + WIRE_FRAMING_BYTES,
    choose,
    paths: compiled.paths.map((path) => explainPath(path, compiled, mtu.tcpMssBytes)),
    ends: endsOf(compiled),
    servers: Object.entries(backend.servers ?? {}).map(([name, { drains }]) => ({ name, drains })),
    needs: backend.needs,
    control: backend.control,
    scaling: backend.scaling,
    source: backend.source,
  };
}

const ENDS = {
  'TCP send': ['write', 'tcpTx'],
  'TCP receive': ['tcpRx', 'wake', 'switch', 'read'],
  'UDP send': ['udpTx'],
  'UDP receive': ['udpRx', 'wake', 'switch', 'read'],
  'UDP fragments': ['fragTx', 'fragRx', 'fragDone'],
  'TCP send, zero copy': ['writePinned'],
  'receive interrupt': ['poll'],
} as const satisfies Readonly<Record<string, readonly (keyof Compiled['row'])[]>>;

function endsOf(compiled: Compiled): Explanation['ends'] {
  const { row, rows, serviceConnect, machine } = compiled;
  const ends = Object.entries(ENDS).map(([name, all]) => ({ name, ids: all.flatMap((one) => row[one]) }));
  if (serviceConnect >= 0) ends.unshift({ name: 'connect to a service', ids: [row.connect, serviceConnect] });
  return ends.map(({ name, ids }) => ({
    name,
    stages: ids.flatMap((id) => explainTally(rows.list[id]!.tally, machine)),
  }));
}

function explainPath(
  compiledPath: CompiledPath,
  compiled: Compiled,
  mssBytes: number,
): Explanation['paths'][number] {
  const { name, path } = compiledPath;
  const lanes = compiledPath.lanes.map((lane, i) => explainLane(`${name}#${i}`, lane, compiled));
  const { facts, gsoMaxBytes } = compiled.machine;
  const most = facts.gso ? Math.max(1, Math.floor(gsoMaxBytes / mssBytes)) : 1;
  const stages = lanes.flatMap((lane) => lane.stages);
  return {
    name,
    headers: path.headers.map((header) => ({ name: header.name, bytes: header.bytes })),
    copies: stages.reduce((sum, stage) => sum + stage.copies, 0),
    opens: [
      ...(path.opens ?? []).map((what) => (what === 'arp' ? "the other pod's address" : 'a handshake')),
      ...(compiledPath.wired ? ["the next hop's address"] : []),
    ],
    syscalls: stages.filter((stage) => stage.stage === 'U_SYSCALL').length,
    costs: [...new Set([1, most])].map((packets) =>
      pathCost(compiledPath, compiled, packets, packets * mssBytes),
    ),
    lanes,
  };
}

/** Rows of the path's lanes for one skb, each lane a job of its own; GRO finds all packets in one poll. */
function pathCost({ lanes }: CompiledPath, compiled: Compiled, packets: number, bytes: number): PathCost {
  const cost = { packets, bytes, senderNs: 0, receiverNs: 0 };
  let units = 1;
  for (const lane of lanes) {
    if (lane.merge) units = 1;
    const whole = lane.entry === 'caller' && units < packets;
    const { ns } = compiled.rows.list[whole ? lane.rowGso : lane.rowPlain]!;
    const own = ns[FIRST]! + ns[SKB]! * units + ns[PACKET]! * packets + ns[BYTE]! * bytes;
    if (lane.receiver) cost.receiverNs += own;
    else cost.senderNs += own;
    if (lane.split || lane.exit === 'wire') units = packets;
  }
  return cost;
}

function explainLane(name: string, lane: Lane, compiled: Compiled): ExplainedLane {
  const row = compiled.rows.list[lane.rowGso]!;
  return {
    name,
    host: lane.receiver ? 'receiver' : 'sender',
    context: lane.hop?.context ?? (lane.entry === 'caller' ? 'process' : 'softirq'),
    core: lane.hop?.core ?? (lane.entry === 'nic' ? 'rss' : 'caller'),
    serial: lane.hop?.serial ?? 'core',
    from: lane.entry,
    to: lane.exit,
    stages: explainTally(row.tally, compiled.machine),
  };
}

/** Tallies of one row, one entry a stage in the order of the path. */
function explainTally(tally: readonly Tally[], machine: Machine): ExplainedStage[] {
  const stages: { -readonly [K in keyof ExplainedStage]: ExplainedStage[K] }[] = [];
  for (const { stage, column, ns, class: cpuClass, counts } of tally) {
    const last = stages.at(-1);
    if (counts || last === undefined || last.stage !== stage) {
      const def: StageDef = STAGES[stage];
      const { confidence, source } = machine.prices[stage];
      stages.push({
        stage,
        text: def.text,
        class: cpuClass,
        copies: def.copies ?? 0,
        ns: {},
        confidence,
        source,
      });
    }
    if (ns === 0) continue;
    const entry = stages.at(-1)!;
    const key = COLUMNS[column]!;
    entry.ns = { ...entry.ns, [key]: (entry.ns[key] ?? 0) + ns };
  }
  return stages;
}
