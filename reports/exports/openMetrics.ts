/**
 * OpenMetrics text, as GitLab's `artifacts:reports:metrics` reads it: a family a metric, a gauge a cell, the
 * dimensions as labels.
 *
 * Left out: ranges over seeds, and times: GitLab compares one value of a name and its labels.
 * Source: https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md (section "Text format")
 */
import { METRICS } from '../../engine/core/record.ts';
import type { Cell, Result } from '../schema.ts';
import { type Figure, figuresOf, wordsOf } from './figures.ts';

/** A family's name ends in its unit. */
const UNITS: Readonly<Record<string, string>> = {
  'bit/s': 'bits_per_second',
  '1/s': 'per_second',
  s: 'seconds',
  's/B': 'seconds_per_byte',
  cores: 'cores',
  ratio: 'ratio',
  '1': '',
};

/** Whole text, up to its `# EOF`. */
export function renderOpenMetrics(result: Result): string {
  const cells = result.cells.map((cell) => ({ labels: labelsOf(result, cell), figures: figuresOf(cell) }));
  const families = new Map<Figure['id'], string[]>();
  for (const { labels, figures } of cells) {
    for (const figure of figures) {
      const lines = families.get(figure.id) ?? headOf(figure);
      lines.push(`${nameOf(figure)}${labels} ${figure.value}`);
      families.set(figure.id, lines);
    }
  }
  const ordered = Object.keys(METRICS).flatMap((id) => families.get(id as Figure['id']) ?? []);
  return `${[...ordered, '# EOF'].join('\n')}\n`;
}

function headOf(figure: Figure): string[] {
  const name = nameOf(figure);
  const unit = unitOf(figure);
  const { label, text } = METRICS[figure.id];
  return [
    `# TYPE ${name} gauge`,
    ...(unit === '' ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(`${label}: ${text}`)}`,
  ];
}

const unitOf = ({ unit }: Figure): string => UNITS[unit] ?? '';

function nameOf(figure: Figure): string {
  const unit = unitOf(figure);
  return `windtunnel_${wordsOf(figure.id, '_')}${unit === '' ? '' : `_${unit}`}`;
}

function labelsOf(result: Result, cell: Cell): string {
  const labels = new Map([['scenario', result.scenario.id]]);
  for (const [dim, value] of Object.entries(cell.dims)) {
    let name = dim.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?![A-Za-z])/, 'dim_');
    // Two dimensions may differ only in letters that a label cannot hold.
    while (labels.has(name)) name += '_';
    labels.set(name, String(value));
  }
  return `{${[...labels].map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
