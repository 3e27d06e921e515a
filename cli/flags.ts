/**
 * Flags that commands share: how they are declared and what their texts become.
 */
import { type Command, InvalidArgumentError } from 'commander';
import type { DimValue } from '../scenarios/lib/define.ts';
import type { Overrides } from '../scenarios/lib/expand.ts';
import { UsageError } from './errors.ts';

export interface RunFlags {
  readonly nodes?: number;
  readonly backends?: string;
  readonly machine?: string;
  readonly link?: number;
  readonly mtu?: number;
  readonly ip?: string;
  readonly cores?: number;
  readonly queues?: number;
  readonly load?: number;
  readonly set?: readonly string[];
  readonly sweep?: readonly string[];
  readonly seed: number;
  readonly replications?: number;
  readonly precision?: string;
  readonly metrics?: string;
  readonly slice?: true;
  readonly sliceRacks?: number;
  /** false: --no-slice-check. */
  readonly sliceCheck?: boolean;
  readonly workers: string;
  readonly taskWorkers?: string;
  readonly memoryLimit?: string;
  readonly out?: string;
  readonly resume?: string;
  readonly sure?: string;
  readonly export?: readonly string[];
  readonly quick?: true;
  readonly json?: true;
  readonly progress: string;
  readonly color: string;
  readonly granularity: string;
}

const SHORT_FLAGS = ['nodes', 'link', 'mtu', 'ip', 'cores', 'queues', 'load'] as const;

/** A number as typed. */
export function number(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new InvalidArgumentError(`'${text}' is no number.`);
  return value;
}

/** One of a few words. @throws UsageError */
export function oneOf<const T extends string>(flag: string, text: string, known: readonly T[]): T {
  const found = known.find((one) => one === text);
  if (found === undefined) throw new UsageError(`${flag} takes ${known.join(', ')}, not '${text}'`);
  return found;
}

/** Gathers the values of a repeatable flag. */
export const collect = (text: string, list: readonly string[] | undefined): string[] => [
  ...(list ?? []),
  text,
];

/** Declares every flag of `run`. */
export function addRunFlags(command: Command): Command {
  return command
    .option('--nodes <n>', 'nodes of the cluster', number)
    .option('--backends <a,b>', "backends by name, or 'default', 'all'")
    .option('--machine <name|file.json>', 'cost book of the nodes')
    .option('--link <gbps>', 'rate of host links and NICs', number)
    .option('--mtu <bytes>', 'MTU of the links', number)
    .option('--ip <ipv4|ipv6>', 'addresses of pods and nodes')
    .option('--cores <n>', 'cores of a node', number)
    .option('--queues <n>', 'receive queues of a NIC', number)
    .option('--load <ratio>', 'offered payload of flows / NIC rate', number)
    .option(
      '--set <path=value>',
      'any other setting, repeatable (see: list settings); *2 multiplies (machine.prices.ENCAP=*2)',
      collect,
    )
    .option('--sweep <path=v,v>', 'a dimension of the table, repeatable (mtu=1500,9000)', collect)
    .option('--seed <n>', 'first seed', number, 1)
    .option('--replications <n>', 'seeds a cell', number)
    .option('--quick', 'one seed and a third of the window')
    .option('--granularity <unit>', 'batch, or packet: slower, exact', 'batch')
    .option('--workers <n|auto|0>', 'threads; 0: in process', 'auto')
    .option('--out <dir>', 'folder of the results (default: results/<scenario>/<time>-<hash>)')
    .option('--resume <dir>', 'finish an interrupted run')
    .option('--json', 'the result as one JSON document on stdout')
    .option('--progress <mode>', 'auto, bar, plain or none', 'auto')
    .option('--color <when>', 'auto, always or never', 'auto');
}

/** `path=value` → its halves. */
export function pair(flag: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new UsageError(`${flag} takes path=value, not '${text}'`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

const dimValue = (text: string): DimValue =>
  text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;

/** Flags → overrides of the scenario. @throws UsageError */
export function overridesOf(flags: RunFlags): Overrides {
  const set: [string, DimValue][] = [];
  for (const name of SHORT_FLAGS) {
    const value = flags[name];
    if (value !== undefined) set.push([name, value]);
  }
  for (const text of flags.set ?? []) set.push(pair('--set', text));
  const sweep: Record<string, DimValue[]> = {};
  for (const text of flags.sweep ?? []) {
    const [name, values] = pair('--sweep', text);
    sweep[name] = values.split(',').map((value) => dimValue(value.trim()));
  }
  if (flags.granularity !== 'batch' && flags.granularity !== 'packet') {
    throw new UsageError(`--granularity takes batch or packet, not '${flags.granularity}'`);
  }
  return {
    set,
    sweep,
    seed: flags.seed,
    replications: flags.replications ?? null,
    quick: flags.quick === true,
    machineNamed: flags.machine !== undefined,
    granularity: flags.granularity,
  };
}

/** A number of threads; `auto` → null. @throws UsageError */
export function wholeOf(flag: string, text: string, least: number): number | null {
  if (text === 'auto') return null;
  const count = Number(text);
  if (text.trim() === '' || !Number.isInteger(count) || count < least || count > 1024) {
    throw new UsageError(`${flag} takes auto or a whole number from ${least} to 1024, not '${text}'`);
  }
  return count;
}

/** Of `--workers`. @throws UsageError */
export const workersOf = (text: string): number | null => wholeOf('--workers', text, 0);
