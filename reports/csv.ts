/**
 * A result as CSV (RFC 4180): one line a cell, base units, the metric's id as the column's name.
 */
import { METRICS, type MetricId } from '../engine/core/record.ts';
import type { Cell, Result } from './schema.ts';
import { beyondOf, metricValue, TAILS } from './view.ts';

const DISTRIBUTIONS = ['rpcLatency', 'slowdownSmall', 'slowdownLarge'] as const;

/** All cells; a field that has no value is empty. Lines end in CRLF. */
export function renderCsv(result: Result): string {
  const dims = [...new Set(result.cells.flatMap((cell) => Object.keys(cell.dims)))];
  const metrics = Object.keys(METRICS) as MetricId[];
  const narrowed = metrics.filter((metric) => result.cells.some((cell) => intervalIn(cell, metric)));
  const head = [
    ...dims,
    'status',
    'reason',
    ...metrics,
    'overloaded',
    'binding',
    'bindingUtilisation',
    'seeds',
    ...DISTRIBUTIONS.map((from) => `${from}Samples`),
    ...TAILS.map(({ metric }) => `${metric}Beyond`),
    ...narrowed.map((metric) => `${metric}HalfWidth`),
  ];
  const lines = result.cells.map((cell) => [
    ...dims.map((name) => cell.dims[name] ?? ''),
    cell.status,
    cell.reason ?? '',
    ...metrics.map((metric) => metricValue(cell, metric) ?? ''),
    cell.seeds.length === 0 ? '' : String(cell.overloaded),
    cell.binding?.text ?? '',
    cell.binding?.utilisation ?? '',
    cell.seeds.length,
    ...DISTRIBUTIONS.map((from) => cell.distributions[from].count),
    ...TAILS.map(({ metric }) => beyondOf(cell, metric) ?? ''),
    ...narrowed.map((metric) => intervalIn(cell, metric)?.halfWidth ?? ''),
  ]);
  return csvText([head, ...lines]);
}

/** Lines of fields, quoted where needed. */
export function csvText(lines: readonly (readonly (string | number)[])[]): string {
  return lines.map((fields) => `${fields.map(quote).join(',')}\r\n`).join('');
}

const intervalIn = ({ precision }: Cell, metric: MetricId) =>
  precision?.intervals.find((one) => one.metric === metric);

function quote(field: string | number): string {
  const text = String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
