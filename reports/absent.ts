/**
 * Cells without figures in words: each backend's once a reason, with the settings in which it holds.
 */
import type { Cell, Result } from './schema.ts';
import { dimText, hasFigures, settingOf, varyingDims } from './view.ts';

export interface Absent {
  readonly backend: string;
  /** '' where the run has one; else its dimensions as "proxy=iptables, services=10 100 1000". */
  readonly setting: string;
  /** not run; infeasible or failed. */
  readonly state: string;
  readonly reason: string;
}

/** In order of appearance. */
export function absentOf(result: Result): Absent[] {
  const groups = new Map<string, Cell[]>();
  for (const cell of result.cells.filter((one) => !hasFigures(one))) {
    const key = JSON.stringify([cell.dims.backend, cell.status, cell.reason]);
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()].map((cells) => ({
    backend: cells[0]!.dims.backend,
    setting: settingsOf(result, cells),
    state: cells[0]!.status === 'missing' ? 'not run' : cells[0]!.status,
    reason: cells[0]!.reason ?? 'no reason given',
  }));
}

/** Settings by dimension where they are all combinations of their values, else one by one. */
function settingsOf(result: Result, cells: readonly Cell[]): string {
  const names = varyingDims(result).filter((name) => name !== 'backend');
  const values = names.map((name) => [...new Set(cells.map(({ dims }) => dimText(name, dims[name])))]);
  const combinations = values.reduce((product, list) => product * list.length, 1);
  if (combinations !== cells.length) return cells.map((cell) => settingOf(result, cell)).join('; ');
  return names.map((name, k) => `${name}=${values[k]!.join(' ')}`).join(', ');
}
