/**
 * Many backends at once: by how packets travel, so that tables have headings and lines their own charts.
 *
 * Left out: groups of the user's own.
 */
import type { Cell } from './schema.ts';
import { BASELINE } from './view.ts';

/** As many backends as a table or chart of lines holds without headings: one baseline and eight hues. */
export const UNGROUPED_MAX = 9;

/** Group in a record → its family, in reading order. A daemon's tunnel is a tunnel. */
const FAMILIES: readonly (readonly [group: string, title: string])[] = [
  ['baseline', 'Baseline'],
  ['daemon', 'Tunnels'],
  ['tunnel', 'Tunnels'],
  ['routed', 'Routed'],
  ['encrypted', 'Encrypted'],
];

/** Title of a cell's family; an unknown group is its own. */
export function familyOf(cell: Cell): string {
  return FAMILIES.find(([group]) => group === cell.group)?.[1] ?? cell.group;
}

/** Whether there are too many backends to go without families. */
export function isCrowded(cells: readonly Cell[]): boolean {
  return new Set(cells.map((cell) => cell.dims.backend)).size > UNGROUPED_MAX;
}

const rankOf = (cell: Cell): number => {
  const at = FAMILIES.findIndex(([group]) => group === cell.group);
  return at < 0 ? FAMILIES.length : at;
};

/** Cells by family where they are crowded, otherwise in their order. */
export function byFamily(cells: readonly Cell[]): Cell[] {
  if (!isCrowded(cells)) return [...cells];
  return [...cells].sort((a, b) => rankOf(a) - rankOf(b));
}

/** One entry of all cells, or where they are crowded, one a family, each with the baseline beside it. */
export function familiesOf(cells: readonly Cell[]): { readonly title: string; readonly cells: Cell[] }[] {
  if (!isCrowded(cells)) return [{ title: '', cells: [...cells] }];
  const sorted = byFamily(cells);
  const baseline = sorted.filter((cell) => cell.dims.backend === BASELINE);
  const titles = [...new Set(sorted.map(familyOf))];
  const families = titles.map((title) => {
    const own = sorted.filter((cell) => familyOf(cell) === title && !baseline.includes(cell));
    return { title, cells: [...baseline, ...own] };
  });
  return families.filter((family) => family.cells.length > baseline.length);
}

/** Names one by one; of a crowd, those that are not among them where they are fewer. */
export function listed(names: readonly string[], all: readonly string[]): string {
  const others = all.filter((name) => !names.includes(name));
  if (names.length <= UNGROUPED_MAX || others.length >= names.length) return names.join(', ');
  return others.length === 0 ? `all ${all.length} backends` : `all but ${others.join(', ')}`;
}
