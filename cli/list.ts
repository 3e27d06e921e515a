/**
 * `list`: what can be named on the command line.
 */
import type { Command } from 'commander';
import { METRICS } from '../engine/core/record.ts';
import { wrap } from '../reports/grid.ts';
import { UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { type SettingRow, settingRows, settingsText } from './listSettings.ts';
import { machineRow, machinesText } from './machines.ts';
import type { Parts } from './parts.ts';

const EXAMPLES = `
Examples:
  tsx run list backends
  tsx run list scenarios --json
  tsx run list metrics`;

type Row = Readonly<Record<string, string | number>>;

/** What `list` knows, each as rows of equal shape; the first field is the name. */
function listings(parts: Parts): Readonly<Record<string, () => Row[]>> {
  const isDefault = (name: string): string => (parts.defaultBackends.includes(name) ? 'default' : '');
  return {
    scenarios: () => parts.scenarios.map(({ id, title, question }) => ({ name: id, title, question })),
    backends: () =>
      parts.backends.map(({ name, group, title }) => ({ name, group, set: isDefault(name), title })),
    machines: () => parts.machines.map(machineRow),
    metrics: () =>
      Object.entries(METRICS).map(([name, { label, unit, better, text }]) => ({
        name,
        label,
        unit,
        better,
        text,
      })),
    workloads: () =>
      parts.workloads.map(({ name, sizes }) => ({
        name,
        medianBytes: sizes.find(([, percent]) => percent >= 50)?.[0] ?? 0,
        largestBytes: sizes.at(-1)?.[0] ?? 0,
      })),
    settings: () => settingRows(parts),
  };
}

/** Adds the command. */
export function addList(program: Command, parts: Parts, io: Io): void {
  program
    .command('list')
    .description('list scenarios, backends, machines, metrics, workloads or settings')
    .argument(
      '[what]',
      'scenarios, backends, machines, metrics, workloads, settings; all but settings if left out',
    )
    .option('--json', 'as one JSON document')
    .addHelpText('after', EXAMPLES)
    .action((what: string | undefined, flags: { readonly json?: true }) => {
      const known = listings(parts);
      if (what !== undefined && !Object.hasOwn(known, what)) {
        throw new UsageError(`list takes ${Object.keys(known).join(', ')}, not '${what}'`);
      }
      const names = what === undefined ? Object.keys(known).filter((name) => name !== 'settings') : [what];
      if (flags.json) {
        const all = Object.fromEntries(names.map((name) => [name, known[name]!()]));
        io.out(`${JSON.stringify(what === undefined ? all : all[what], null, 2)}\n`);
        return;
      }
      const blocks = names.map((name) => {
        const rows = known[name]!();
        const shown = name === 'workloads' ? rows.map(workloadRow) : rows;
        const body = bodyOf(name, shown, parts);
        return names.length > 1 ? `${name}\n${indent(body)}` : body;
      });
      io.out(`${blocks.join('\n\n')}\n`);
    });
}

function bodyOf(name: string, rows: readonly Row[], parts: Parts): string {
  if (name === 'machines') return machinesText(parts.machines);
  return name === 'settings' ? settingsText(rows as readonly SettingRow[]) : columns(rows);
}

const indent = (text: string): string => text.replace(/^/gm, '  ');

/** Columns of a terminal that texts keep to. */
const WIDTH = 98;
/** A last column that would begin further right than this stands on a line of its own. */
const LAST_COLUMN_MAX = 70;

/** Rows as aligned columns; the last one is wrapped. */
function columns(rows: readonly Row[]): string {
  const keys = Object.keys(rows[0] ?? {});
  const width = keys.map((key) => Math.max(...rows.map((row) => String(row[key]).length)));
  const last = keys.at(-1)!;
  return rows
    .map((row) => {
      const cells = keys.slice(0, -1).map((key, at) => String(row[key]).padEnd(width[at]!));
      const head = cells.map((cell) => `${cell}  `).join('');
      const fits = head.length + String(row[last]).length <= WIDTH;
      const own = !fits && head.length > LAST_COLUMN_MAX;
      const start = fits || !own ? head.length : width[0]! + 2;
      const lines = fits ? [String(row[last])] : wrap(String(row[last]), WIDTH - start);
      const [first, ...more] = lines.map((line, k) => (k > 0 || own ? ' '.repeat(start) + line : line));
      return [`${head}${own ? '\n' : ''}${first}`, ...more].join('\n').replace(/ +$/gm, '');
    })
    .join('\n');
}

/** A workload's bytes in words. */
const workloadRow = ({ name, medianBytes, largestBytes }: Row): Row => ({
  name: name!,
  text: `half of the flows up to ${medianBytes} bytes, the largest ${largestBytes} bytes`,
});
