/**
 * Whether a cell is overloaded: the rule of one run (unfinished payload grows by more than 5 % of what the window
 * offered, engine/summary.ts) on all seeds together. In a small cluster a few large flows that are under way at the
 * window's end look like growth in one seed, and like its opposite in the next; work that piles up grows in all.
 */
import { linearRegression } from 'simple-statistics';
import type { TaskRecord } from '../engine/core/record.ts';

const GROWTH_MAX = 0.05;
const UNFINISHED = 'unfinished payload';

/** Growth over all seeds against the payload offered in all of them; where a record lacks samples, its own word. */
export function isOverloaded(records: readonly TaskRecord[]): boolean {
  const over = records.filter((record) => record.overloaded);
  if (over.length === 0 || over.length === records.length) return over.length > 0;
  let growth = 0;
  let offered = 0;
  for (const { series, counters } of records) {
    const values = series.find(({ name }) => name === UNFINISHED)?.values ?? [];
    if (values.length < 2) return true;
    growth += linearRegression(values.map((bytes, k) => [k, bytes])).m * (values.length - 1);
    offered += counters.offeredBytes;
  }
  return growth > GROWTH_MAX * offered;
}
