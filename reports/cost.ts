/**
 * What a run itself costs as its cluster grows: events and bytes of a node, by number of nodes. Flat lines mean that
 * the whole grows in step. Counts of the simulation, the same on every machine; nothing of a clock.
 */
import type { Result } from './schema.ts';
import { percent, printCount, printOne } from './units.ts';
import { hasFigures, settingOf, varyingDims } from './view.ts';

export interface CostPoint {
  readonly nodes: number;
  /** One seed, mean. */
  readonly eventsPerNode: number;
  /** Pools at the end of the largest seed; null: not known. */
  readonly bytesPerNode: number | null;
}

/** Cells that differ in their number of nodes only. */
export interface CostLine {
  /** Backend and setting, as far as they vary. */
  readonly name: string;
  /** By ascending nodes, at least two. */
  readonly points: readonly CostPoint[];
}

/** Empty unless the number of nodes varies. */
export function costLines(result: Result): CostLine[] {
  const varying = varyingDims(result);
  if (!varying.includes('nodes')) return [];
  const lines = new Map<string, CostPoint[]>();
  for (const cell of result.cells.filter(hasFigures)) {
    const backend = varying.includes('backend') ? [cell.dims.backend] : [];
    const setting = settingOf(result, cell, ['nodes']);
    const name = [...backend, ...(setting === '' ? [] : [setting])].join(', ') || cell.dims.backend;
    const bytes = result.memory?.[cell.id];
    const point = {
      nodes: cell.nodes,
      eventsPerNode: cell.events / cell.seeds.length / cell.nodes,
      bytesPerNode: bytes === undefined ? null : bytes / cell.nodes,
    };
    lines.set(name, [...(lines.get(name) ?? []), point]);
  }
  return [...lines]
    .filter(([, points]) => points.length > 1)
    .map(([name, points]) => ({ name, points: points.sort((a, b) => a.nodes - b.nodes) }));
}

/** In words; '' unless the number of nodes varies. */
export function costText(result: Result): string {
  const parts = costLines(result).map(({ name, points }) => {
    const events = points.map(({ eventsPerNode }) => eventsPerNode);
    const bytes = points.flatMap(({ bytesPerNode }) => (bytesPerNode === null ? [] : [bytesPerNode]));
    const of = (values: readonly number[], print: (value: number) => string, what: string): string =>
      `${print(Math.min(...values))} to ${print(Math.max(...values))} ${what} (within ${within(values)})`;
    return [
      `${name}: ${of(events, printCount, 'events a node')}`,
      ...(bytes.length === 0 ? [] : [of(bytes, (value) => printOne(value, 'B'), 'of memory a node')]),
    ].join(', ');
  });
  if (parts.length === 0) return '';
  const nodes = result.cells.filter(hasFigures).map((cell) => cell.nodes);
  const range = `${Math.min(...nodes)} to ${Math.max(...nodes)} nodes`;
  return `Cost over ${range}, linear where a node’s share is the same: ${parts.join('; ')}.`;
}

/** Largest distance from the mean. */
function within(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return percent(Math.max(...values.map((value) => Math.abs(value / mean - 1))), 1);
}
