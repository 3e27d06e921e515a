/**
 * `machines`: which machine to pick, and a machine's whole cost book: to read, or as JSON to start one's own from.
 */
import type { Command } from 'commander';
import type { Fact } from '../engine/host/backend.ts';
import type { Confidence, Machine } from '../engine/host/machine.ts';
import { STAGE_IDS } from '../engine/host/stages.ts';
import { wrap } from '../reports/grid.ts';
import { didYouMean } from '../scenarios/lib/nearest.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import type { Parts } from './parts.ts';
import { resolveMachine } from './resolve.ts';

const EXAMPLES = `
Examples:
  tsx run machines list
  tsx run machines show epyc-100g
  tsx run machines show xeon-25g --json > my.json   (edit it; then: --machine my.json)`;

/** What a machine is picked by; numbers as in its book. */
export type MachineRow = {
  readonly name: string;
  readonly title: string;
  readonly pickIf: string;
  readonly cores: number;
  readonly nicGbps: number;
  readonly rxQueues: number;
  readonly rxRingPackets: number;
  readonly moderationUs: number;
  /** Facts of the NIC that hold, with spaces between. */
  readonly offloads: string;
  /** Stages by the confidence of their price. */
  readonly measuredPrices: number;
  readonly publishedPrices: number;
  readonly assumedPrices: number;
};

/** Facts of a NIC that decide between backends, and their words. */
const OFFLOADS: readonly (readonly [Fact, string])[] = [
  ['tso', 'TSO'],
  ['udpTunnelTso', 'TSO in UDP tunnels'],
  ['ipipTso', 'TSO in IPIP'],
  ['rxInnerCsum', 'inner checksums'],
  ['rssUdpPorts', 'RSS by UDP ports'],
  ['rxInnerHash', 'RSS inside IPIP'],
];

const priced = (machine: Machine, confidence: Confidence): number =>
  Object.values(machine.prices).filter((price) => price.confidence === confidence).length;

/** A machine's line of `list machines --json`. */
export const machineRow = (machine: Machine): MachineRow => ({
  name: machine.name,
  title: machine.title,
  pickIf: machine.pickIf,
  cores: machine.cores,
  nicGbps: machine.nic.rateGbps,
  rxQueues: machine.nic.rxQueues,
  rxRingPackets: machine.nic.rxRingPackets,
  moderationUs: machine.nic.moderationUs,
  offloads: OFFLOADS.flatMap(([fact]) => (machine.facts[fact] ? [fact] : [])).join(' '),
  measuredPrices: priced(machine, 'measured'),
  publishedPrices: priced(machine, 'published'),
  assumedPrices: priced(machine, 'assumed'),
});

/** Columns for a line of facts, which `list` indents by another two. */
const WIDTH = 94;

/** The facts that a machine is picked by, a line each. */
function factLines(machine: Machine): string[] {
  const row = machineRow(machine);
  const words = OFFLOADS.flatMap(([fact, text]) => (machine.facts[fact] ? [text] : [])).join(', ');
  const queues = `${row.rxQueues} receive queue${row.rxQueues === 1 ? '' : 's'} of ${row.rxRingPackets} packets`;
  const interrupts =
    row.moderationUs === 0 ? 'interrupts at once' : `interrupts after ${row.moderationUs} µs`;
  const counts = (['measured', 'published', 'assumed'] as const)
    .map((confidence) => `${priced(machine, confidence)} ${confidence}`)
    .join(', ');
  return [
    `pick it if ${machine.pickIf}`,
    machine.wire === 'veth'
      ? `${row.cores} cores; a veth pair instead of a NIC`
      : `${row.cores} cores; ${row.nicGbps} Gbit/s, ${queues}, ${interrupts}`,
    `offloads: ${words || 'none'}`,
    `prices: ${counts}`,
  ].map((line) => wrap(line, WIDTH).join('\n    '));
}

/** Columns of a whole line of a book. */
const LINE_WIDTH = 100;

const indented = (text: string): string => `  ${wrap(text, WIDTH).join('\n    ')}`;

/** A block for each machine. */
export const machinesText = (machines: readonly Machine[]): string =>
  machines
    .map((machine) => [`${machine.name}: ${machine.title}`, ...factLines(machine)].join('\n  '))
    .join('\n');

/** One cost book: facts, waking, and a line for each stage. */
export function machineText(machine: Machine): string {
  const { waking, facts } = machine;
  const on = Object.entries(facts).flatMap(([fact, holds]) => (holds ? [fact] : []));
  const halted = `${waking.haltNs} ns after more than ${waking.haltAfterNs} ns idle`;
  const ns = (value: number | undefined): string =>
    value === undefined ? '·' : String(Number(value.toPrecision(4)));
  const rows = STAGE_IDS.map((stage) => {
    const { firstNs, eachNs, packetNs, byteNs, confidence, range, source } = machine.prices[stage];
    const span = range === undefined ? '' : ` × ${ns(range[0])} … ${ns(range[1])}`;
    return [stage, ns(firstNs), ns(eachNs), ns(packetNs), ns(byteNs), `${confidence}${span}`, source];
  });
  const table = [['ns', 'first', 'each', 'packet', 'byte', 'confidence', 'source'], ...rows];
  const width = table[0]!.map((_, at) => Math.max(...table.map((row) => row[at]!.length)));
  const line = (row: readonly string[]): string => {
    const cells = row.slice(0, -1).map((cell, at) => {
      return at > 0 && at < 5 ? cell.padStart(width[at]!) : cell.padEnd(width[at]!);
    });
    const head = `${cells.join('  ')}  `;
    const text = wrap(row.at(-1)!, LINE_WIDTH - head.length).join(`\n${' '.repeat(head.length)}`);
    return (head + text).trimEnd();
  };
  const { sleepNs, confidence, source } = waking;
  return [
    machinesText([machine]),
    indented(`facts: ${on.join(' ')}`),
    indented(`wake-up of a core: ${sleepNs} ns; ${halted} (${confidence}; ${source})`),
    '',
    ...table.map(line),
  ].join('\n');
}

/** Adds the command. */
export function addMachines(program: Command, parts: Parts, io: Io): void {
  const machines = program
    .command('machines')
    .description('which machine to pick, and what its cost book says')
    .addHelpText('after', EXAMPLES);
  const print = (flags: { readonly json?: true }, data: unknown, text: string): void =>
    io.out(`${flags.json ? JSON.stringify(data, null, 2) : text}\n`);
  machines
    .command('list', { isDefault: true })
    .description('every machine: who should pick it, and the facts that matter')
    .option('--json', 'as one JSON document')
    .allowExcessArguments()
    .action((flags: { readonly json?: true }, command: Command) => {
      // The default: whatever is no subcommand arrives here.
      const [word] = command.args;
      if (word !== undefined) {
        const hint = didYouMean(word, ['list', 'show'], 2);
        throw new UsageError(`machines takes list or show <machine>, not '${word}'${hint}`);
      }
      print(flags, parts.machines.map(machineRow), machinesText(parts.machines));
    });
  machines
    .command('show')
    .description('one cost book; its --json is what --machine takes')
    .argument('<machine>', 'name or file.json; see: machines list')
    .option('--json', 'as one JSON document')
    .action((name: string, flags: { readonly json?: true }) => {
      const machine = resolveMachine(name, parts);
      print(flags, machine, machineText(machine));
    });
}
