/**
 * A comparison in a terminal, as benchstat lays it out: a block a metric, a row a cell, base, head, change with
 * interval, p and n, the geometric mean below; then the cells whose digest changed and the gate's result.
 */
import { type Paint, PLAIN, printBlock, textOf, wrap } from '../grid.ts';
import { printScaled, scaleOf } from '../units.ts';
import { dimText } from '../view.ts';
import type { CellComparison, Comparison, MetricComparison, Verdict } from './types.ts';
import {
  changeText,
  findingText,
  floorText,
  gateText,
  intervalText,
  nText,
  pText,
  refusalText,
  signedPercent,
  sourceText,
} from './words.ts';

export interface TextOptions {
  readonly paint?: Paint;
  /** Columns of the terminal. */
  readonly width?: number;
  /** Rows that are the same or noise are left out. */
  readonly onlyChanged?: boolean;
  /** Worse, better and the rest in blocks of their own. */
  readonly split?: boolean;
}

interface Row {
  readonly cell: CellComparison;
  readonly row: MetricComparison;
}

const CELLS_SHOWN = 30;
const OUTSIDE_SHOWN = 8;
const QUIET: readonly Verdict[] = ['same', 'noise'];
const LOUD: readonly Verdict[] = ['worse', 'lost', 'changed', 'better'];
const PARTS: readonly (readonly [string, readonly Verdict[]])[] = [
  ['worse', ['worse', 'lost']],
  ['changed', ['changed']],
  ['better', ['better', 'gained']],
  ['no verdict', ['too-few']],
  ['no change', QUIET],
];

/** Lines joined by newlines, one at the end. */
export function renderComparison(comparison: Comparison, options: TextOptions = {}): string {
  const paint = options.paint ?? PLAIN;
  const width = Math.max(80, options.width ?? 120);
  const said = (lines: readonly string[], colour: (text: string) => string = (text) => text): string[] =>
    lines.flatMap((line) => (line.startsWith(' ') ? [line] : wrap(line, width))).map((line) => colour(line));
  const { gate, notes, problems, comparable, equal } = comparison;
  const lines = heading(comparison, paint);
  if (comparable) {
    const rows = gatedRows(comparison).filter(
      ({ row }) => options.onlyChanged !== true || !QUIET.includes(row.verdict),
    );
    if (!equal) {
      lines.push(...blocks(comparison, rows, options, paint));
      lines.push(...changedCells(comparison, paint), ...outside(comparison));
    }
    lines.push('', ...said(gateText(comparison), gate.passed ? paint.bold : paint.red));
    lines.push(...said(footer(comparison), paint.dim));
  } else {
    const [first, ...more] = refusalText(problems);
    lines.push(paint.red(first!), ...said(more));
  }
  lines.push(
    ...said(
      notes.map((note) => `note: ${note}`),
      paint.yellow,
    ),
  );
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function heading({ base, head, problems, comparable }: Comparison, paint: Paint): string[] {
  const labels = [base.label, head.label].map(textOf);
  const wide = Math.max(...labels.map((label) => label.length));
  const line = (side: string, at: number, source: typeof base): string =>
    `${side}  ${paint.bold(labels[at]!.padEnd(wide))}  ${textOf(sourceText(source))}`;
  const allowed = comparable ? problems : [];
  return [
    line('base', 0, base),
    line('head', 1, head),
    ...allowed.flatMap(({ message }) => message.split('\n').map((text) => paint.yellow(`allowed: ${text}`))),
  ];
}

const gatedRows = ({ cells }: Comparison): Row[] =>
  cells.flatMap((cell) => cell.metrics.filter(({ level }) => level !== 'off').map((row) => ({ cell, row })));

function blocks(comparison: Comparison, rows: readonly Row[], options: TextOptions, paint: Paint): string[] {
  const parts = options.split === true ? PARTS : ([['', null]] as const);
  return parts.flatMap(([title, verdicts]) => {
    const own = rows.filter(({ row }) => verdicts === null || verdicts.includes(row.verdict));
    const metrics = [...new Set(own.map(({ row }) => row.metric))];
    return metrics.flatMap((metric) => {
      const of = own.filter(({ row }) => row.metric === metric);
      return ['', ...block(comparison, of, title, paint)];
    });
  });
}

/** One metric. */
function block(comparison: Comparison, rows: readonly Row[], part: string, paint: Paint): string[] {
  const { label, unit, better, metric } = rows[0]!.row;
  const geomean = comparison.summary.geomeans.find((one) => one.metric === metric);
  const whole = part === '' && rows.length > 1 && geomean !== undefined ? geomean : null;
  const medians = rows.flatMap(({ row }) => [row.baseMedian, row.headMedian]);
  const scale = scaleOf(unit, medians);
  const print = (value: number | null): string => (value === null ? '–' : printScaled(value, scale));
  const colour = (text: string, at: number): string => painted(rows[at]?.row.verdict ?? 'noise', paint)(text);
  const column = (header: string, of: (row: MetricComparison) => string, last = '') => ({
    header: [header],
    entries: [...rows.map(({ row }) => of(row)), ...(whole === null ? [] : [last])],
    align: 'right' as const,
  });
  const columns = [
    ...leads(comparison, rows, whole !== null),
    column(textOf(comparison.base.label), (row) => print(row.baseMedian), whole ? print(whole.base) : ''),
    column(textOf(comparison.head.label), (row) => print(row.headMedian), whole ? print(whole.head) : ''),
    { ...column('change', changeText, whole ? signedPercent(whole.ratio) : ''), paint: colour },
    column('95 %', intervalText),
    column('p', (row) => pText(row.pAdjusted)),
    column('n', nText),
    { ...column('', wordOf), align: 'left' as const, paint: colour },
  ];
  const direction = better === 'neither' ? '' : ` (${better} is better)`;
  const measured = scale.unit === '' ? '' : `, ${scale.unit}`;
  const title = `${part === '' ? '' : `${part}: `}${label}${measured}${direction}`;
  return [paint.bold(title), ...printBlock(columns, paint)];
}

/** The dimensions that differ between cells; at least the backend. */
function leads(comparison: Comparison, rows: readonly Row[], whole: boolean) {
  const names = [...new Set(comparison.cells.flatMap(({ dims }) => Object.keys(dims)))].filter(
    (name) => name === 'backend' || new Set(comparison.cells.map(({ dims }) => dims[name])).size > 1,
  );
  return names.map((name, at) => ({
    header: [name],
    entries: [
      ...rows.map(({ cell }) => textOf(dimText(name, cell.dims[name]))),
      ...(whole ? [at === 0 ? 'geomean' : ''] : []),
    ],
    align: 'left' as const,
  }));
}

const wordOf = ({ verdict, acceptedBy, finding }: MetricComparison): string => {
  if (QUIET.includes(verdict) || verdict === 'too-few') return '';
  const accepted = acceptedBy === null ? '' : ` (accepted until ${acceptedBy.until})`;
  return `${verdict}${finding === 'warn' ? ' (warning)' : ''}${accepted}`;
};

function painted(verdict: Verdict, paint: Paint): (text: string) => string {
  if (verdict === 'worse' || verdict === 'lost') return paint.red;
  if (verdict === 'better') return paint.green;
  return verdict === 'changed' || verdict === 'too-few' ? paint.yellow : (text) => text;
}

/** Cells that are not the same to the byte, with the size of their largest change. */
function changedCells({ cells }: Comparison, paint: Paint): string[] {
  const changed = cells.filter(({ same }) => !same);
  if (changed.length === 0) return [];
  const lines = changed.slice(0, CELLS_SHOWN).map((cell) => `  ${textOf(cell.id)}: ${cellText(cell)}`);
  const more = changed.length - lines.length;
  return ['', paint.bold('changed cells'), ...lines, ...(more > 0 ? [`  and ${more} more`] : [])];
}

function cellText({ presence, baseAbsent, headAbsent, seeds, largest, fields }: CellComparison): string {
  if (presence === 'only-base') return 'only in base';
  if (presence === 'only-head') return 'only in head';
  if (baseAbsent !== headAbsent)
    return `${baseAbsent ?? 'figures'} → ${headAbsent ?? 'figures'}`.replaceAll('\n', ' ');
  const parts = seeds.common === 0 ? [] : [`events of ${seeds.changed} of ${seeds.common} seeds`];
  if (largest !== null) {
    parts.push(
      `largest: ${largest.metric} ${largest.ratio === null ? 'from 0' : signedPercent(largest.ratio)}`,
    );
  } else if (fields.length > 0) parts.push(fields[0]!.path);
  return textOf(parts.join(', '));
}

/** Figures outside the gate whose change is more than noise: nobody should have to look for them. */
function outside({ cells }: Comparison): string[] {
  const size = ({ delta }: MetricComparison): number => Math.abs(delta?.ratio ?? Infinity);
  const told = cells
    .flatMap((cell) => cell.metrics.map((row) => ({ cell, row })))
    .filter(({ row }) => row.level === 'off' && LOUD.includes(row.verdict))
    .sort((a, b) => size(b.row) - size(a.row))
    .map(({ cell, row }) => `  ${textOf(findingText(cell.id, row))}`);
  if (told.length === 0) return [];
  const more = told.length - OUTSIDE_SHOWN;
  return [
    '',
    'outside the gate',
    ...told.slice(0, OUTSIDE_SHOWN),
    ...(more > 0 ? [`  and ${more} more (--metrics all)`] : []),
  ];
}

function footer(comparison: Comparison): string[] {
  const rows = gatedRows(comparison);
  if (comparison.equal || rows.length === 0) return [];
  const floors = [...new Set(rows.map(({ row }) => floorText(row.floor, row.unit)))];
  const tested = rows.find(({ row }) => row.p !== null)?.row;
  const test =
    tested === undefined
      ? []
      : [
          tested.evidence === 'paired'
            ? 'seeds in pairs: signed ranks, median difference with BCa interval'
            : 'seeds that do not match: Mann-Whitney, Hodges-Lehmann shift with interval',
        ];
  const said = [
    ...test,
    `p after Holm over ${comparison.gate.figures} figures, alpha ${comparison.gate.alpha}`,
    `floor ${floors.join(', ')}`,
    '~ not significant or below the floor, = equal',
  ];
  return [said.join('; ')];
}
