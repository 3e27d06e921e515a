/**
 * `list settings`: every path that `--set` and `--sweep` take, with what it takes, its unit, default and meaning.
 *
 * Left out: each price by its stage (two lines stand for them; `explain` shows them).
 */
import { wrap } from '../reports/grid.ts';
import { CHOICES } from '../scenarios/lib/choices.ts';
import { MEANINGS, unitOf } from '../scenarios/lib/meanings.ts';
import { type Settings, SHORT_NAMES, settablePaths } from '../scenarios/lib/overrides.ts';
import { MACHINE_LIMITS, RANGES } from '../scenarios/lib/ranges.ts';
import { WORDS } from '../scenarios/lib/words.ts';
import type { Parts } from './parts.ts';

export type SettingRow = {
  readonly name: string;
  /** Other names, with commas between. */
  readonly short: string;
  readonly default: string;
  /** Range or words. */
  readonly takes: string;
  readonly unit: string;
  readonly meaning: string;
};

/** Columns of a terminal that texts keep to. */
const WIDTH = 98;
const INDENT = '    ';

/** Settings of all scenarios together, with the defaults of the first one that has them. */
export function settingRows(parts: Parts): SettingRow[] {
  const first = parts.scenarios[0]!;
  const settings: Settings = {
    cluster: first.cluster,
    traffic: Object.assign({}, ...parts.scenarios.map(({ traffic }) => traffic).reverse()),
    machine: parts.machines.find(({ name }) => name === first.machine)!,
    policy: first.policy,
    warmupMs: first.warmupMs,
    windowMs: first.windowMs,
    drainMs: first.drainMs,
    podMtuBytes: first.podMtuBytes,
    congestion: first.congestion,
    eventsMax: first.eventsMax,
  };
  const paths = settablePaths(settings).filter((path) => !path.startsWith('machine.prices.'));
  const price = { short: '', default: '', takes: 'ns, or *2 to double', unit: '' };
  return [
    ...paths.map((name) => settingRow(name, valueAt(settings, name))),
    ...Object.entries(WORDS).map(([name, words]) => ({
      ...{ name, short: '', default: '', unit: '', meaning: `several settings at once: ${MEANINGS[name]}` },
      takes: Object.keys(words).join(', '),
    })),
    {
      ...price,
      name: 'machine.prices.<STAGE>',
      takes: '*2 to double',
      meaning: 'the whole price of a stage; stages: explain <backend>, machines show <machine>',
    },
    {
      ...price,
      name: 'machine.prices.<STAGE>.<firstNs|eachNs|packetNs|byteNs>',
      meaning: 'one part of it',
    },
  ];
}

function settingRow(name: string, value: unknown): SettingRow {
  const shorts = Object.keys(SHORT_NAMES).filter((short) => SHORT_NAMES[short]!.includes(name));
  return {
    name,
    short: shorts.join(', '),
    default: String(value),
    takes: takesOf(name, value),
    unit: unitOf(name),
    meaning: MEANINGS[name] ?? '',
  };
}

function takesOf(name: string, value: unknown): string {
  const range = RANGES[name] ?? MACHINE_LIMITS[name];
  if (range !== undefined) return `${range.low} … ${range.high}${range.whole ? ', whole' : ''}`;
  if (typeof value === 'boolean') return 'true, false';
  return CHOICES[name]?.join(', ') ?? 'a name';
}

function valueAt(tree: object, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], tree);
}

/** Two lines or more a setting: name, default, short name; what it takes and means. */
export function settingsText(rows: readonly SettingRow[]): string {
  const width = Math.max(...rows.filter((row) => row.default !== '').map(({ name }) => name.length));
  return rows
    .map(({ name, short, default: value, takes, unit, meaning }) => {
      const shortName = short === '' ? '' : `  short: ${short}`;
      const head = `${name.padEnd(width)}  ${value.padEnd(16)}${shortName}`.trimEnd();
      const text = `${takes}${unit === '' ? '' : ` ${unit}`}: ${meaning}`;
      return [head, ...wrap(text, WIDTH - INDENT.length).map((line) => INDENT + line)].join('\n');
    })
    .join('\n');
}
