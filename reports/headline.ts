/**
 * The few figures of a cell that users compare backends by, from the records of its seeds: goodput, the probe stream,
 * transactions, latency and slowdown percentiles where enough was sampled, CPU per byte. The same equations and the
 * same silence (null) as in the tables of a run.
 */
import type { MetricId, TaskRecord } from '../engine/core/record.ts';
import { type CellPlan, mergeCell } from './result.ts';
import { figureOf, headlines } from './view.ts';

/** Metric → value in base units, in the order of the tables; metrics that say nothing here are left out. */
export function headlineFigures(
  plan: CellPlan,
  records: readonly TaskRecord[],
): Partial<Record<MetricId, number>> {
  const cell = mergeCell(
    plan,
    records,
    records.map(({ seed }) => seed),
  );
  return Object.fromEntries(
    headlines(cell).flatMap((metric) => {
      const value = figureOf(cell, metric);
      return value === null ? [] : [[metric, value]];
    }),
  );
}
