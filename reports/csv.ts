/**
 * A result as CSV (RFC 4180): one line a cell, base units, the metric's id as the column's name.
 */
import { METRICS, type MetricId } from '../engine/core/record.ts';
import type { Result } from './schema.ts';
import { metricValue } from './view.ts';

/** All cells; a field that has no value is empty. Lines end in CRLF. */
export function renderCsv(result: Result): string {
  const dims = [...new Set(result.cells.flatMap((cell) => Object.keys(cell.dims)))];
  const metrics = Object.keys(METRICS) as MetricId[];
  const head = [...dims, 'status', 'reason', ...metrics, 'overloaded', 'binding', 'bindingUtilisation'];
  const lines = result.cells.map((cell) => [
    ...dims.map((name) => cell.dims[name] ?? ''),
    cell.status,
    cell.reason ?? '',
    ...metrics.map((metric) => metricValue(cell, metric) ?? ''),
    cell.seeds.length === 0 ? '' : String(cell.overloaded),
    cell.binding?.text ?? '',
    cell.binding?.utilisation ?? '',
  ]);
  return csvText([head, ...lines]);
}

/** Lines of fields, quoted where needed. */
export function csvText(lines: readonly (readonly (string | number)[])[]): string {
  return lines.map((fields) => `${fields.map(quote).join(',')}\r\n`).join('');
}

function quote(field: string | number): string {
  const text = String(field);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
