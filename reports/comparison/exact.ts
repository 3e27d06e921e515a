/**
 * Two results to the last byte: equal digests, or every value that differs, with its size. Says what changed, not
 * whether it matters: that is what verdicts are for.
 */
import type { Cell, Result } from '../schema.ts';
import { percent, printOne } from '../units.ts';

/** One value that differs. `relative` is (b − a) / |a|; null where a is 0 or one of the two is no number. */
export interface Change {
  /** Field within its cell (or header), e.g. `metrics.goodput.value`. */
  readonly path: string;
  readonly a: Json;
  readonly b: Json;
  readonly relative: number | null;
  /** Base unit of a metric. */
  readonly unit?: string;
}
type Json = string | number | boolean | null | undefined;

export interface CellChange {
  readonly id: string;
  /** Metrics first, the largest relative change first; then all other fields in order. */
  readonly changes: readonly Change[];
}

export type ExactComparison =
  | { readonly equal: true; readonly digest: string }
  | {
      readonly equal: false;
      /** Model, machine, scenario, seeds, findings. */
      readonly header: readonly Change[];
      readonly cells: readonly CellChange[];
      readonly unchanged: number;
      readonly onlyA: readonly string[];
      readonly onlyB: readonly string[];
    };

/** Lines of other fields that the text shows for a cell; the data has them all. */
const FIELDS_SHOWN = 5;

/** Compares two results cell by cell. */
export function exactComparison(a: Result, b: Result): ExactComparison {
  if (a.digest.value === b.digest.value) return { equal: true, digest: a.digest.value };
  const cellsB = new Map(b.cells.map((cell) => [cell.id, cell]));
  const idsA = new Set(a.cells.map((cell) => cell.id));
  const cells: CellChange[] = [];
  let unchanged = 0;
  for (const cell of a.cells) {
    const other = cellsB.get(cell.id);
    if (other === undefined) continue;
    const changes = cellChanges(cell, other);
    if (changes.length > 0) cells.push({ id: cell.id, changes });
    else unchanged++;
  }
  const headerOf = ({ model, scenario, seeds, findings }: Result) => ({ model, scenario, seeds, findings });
  return {
    equal: false,
    header: differences(headerOf(a), headerOf(b), ''),
    cells,
    unchanged,
    onlyA: a.cells.filter((cell) => !cellsB.has(cell.id)).map((cell) => cell.id),
    onlyB: b.cells.filter((cell) => !idsA.has(cell.id)).map((cell) => cell.id),
  };
}

function cellChanges(a: Cell, b: Cell): Change[] {
  const all = differences(a, b, '');
  const metricOf = (change: Change) => /^metrics\.([^.]+)\.value$/.exec(change.path)?.[1];
  const metrics = all
    .filter((change) => metricOf(change) !== undefined)
    .map((change) => ({
      ...change,
      unit: a.metrics[metricOf(change)!]?.unit ?? b.metrics[metricOf(change)!]!.unit,
    }))
    .sort((x, y) => size(y) - size(x) || (x.path < y.path ? -1 : 1));
  return [...metrics, ...all.filter((change) => metricOf(change) === undefined)];
}

/** Every leaf that differs, in the order of the keys of a, then those only in b. */
export function differences(a: unknown, b: unknown, path: string): Change[] {
  if (isNode(a) && isNode(b) && Array.isArray(a) === Array.isArray(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap((key) => {
      const next = Array.isArray(a) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
      return differences((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], next);
    });
  }
  if (a === b) return [];
  const relative = typeof a === 'number' && typeof b === 'number' && a !== 0 ? (b - a) / Math.abs(a) : null;
  return [{ path, a: leaf(a), b: leaf(b), relative }];
}

function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A whole branch that only one side has is shown as its JSON. */
function leaf(value: unknown): Json {
  return isNode(value) ? JSON.stringify(value) : (value as Json);
}

/** Order of changes: what has no relative size (appeared, vanished, was 0) comes first. */
function size(change: Change): number {
  return change.relative === null ? Number.MAX_VALUE : Math.abs(change.relative);
}

/** The comparison in words, one line a change. */
export function renderExact(
  comparison: ExactComparison,
  names: readonly [string, string] = ['a', 'b'],
): string {
  if (comparison.equal) return `equal: digest ${comparison.digest.slice(0, 16)}\n`;
  const { header, cells, unchanged, onlyA, onlyB } = comparison;
  const lines = ['different'];
  for (const change of header) lines.push(`  ${describe(change)}`);
  for (const { id, changes } of cells) {
    lines.push(id);
    const metrics = changes.filter((change) => change.unit !== undefined);
    const fields = changes.filter(
      (change) => change.unit === undefined && !change.path.startsWith('metrics.'),
    );
    const samples = changes.length - metrics.length - fields.length;
    for (const change of metrics) lines.push(`  ${describe(change)}`);
    for (const change of fields.slice(0, FIELDS_SHOWN)) lines.push(`  ${describe(change)}`);
    const more = Math.max(0, fields.length - FIELDS_SHOWN) + samples;
    if (more > 0)
      lines.push(`  and ${more} more ${more === 1 ? 'field' : 'fields'} (samples of seeds, details)`);
  }
  for (const id of onlyA) lines.push(`only in ${names[0]}: ${id}`);
  for (const id of onlyB) lines.push(`only in ${names[1]}: ${id}`);
  lines.push(`${cells.length} ${cells.length === 1 ? 'cell' : 'cells'} changed, ${unchanged} unchanged`);
  return `${lines.join('\n')}\n`;
}

function describe({ path, a, b, relative, unit }: Change): string {
  const print = (value: Json): string => {
    if (value === null || value === undefined) return '–';
    if (typeof value !== 'number' || unit === undefined) return String(value).replace(/\p{Cc}/gu, ' ');
    return printOne(value, unit);
  };
  const by = relative === null ? '' : ` (${relative > 0 ? '+' : ''}${sized(relative)})`;
  return `${path.replace(/^metrics\.([^.]+)\.value$/, '$1')}: ${print(a)} → ${print(b)}${by}`;
}

/** Two digits, however small: a change of 1e-9 must not read as 0 %. */
function sized(relative: number): string {
  return Math.abs(relative) >= 5e-4 ? percent(relative, 2) : `${(relative * 100).toExponential(1)} %`;
}
