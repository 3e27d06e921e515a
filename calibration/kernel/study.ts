/**
 * The kernel's measurements beside the engine's predictions: a cell a configuration, a row a metric.
 * Nothing is fitted here: the prices are the machine's.
 */
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { type Measured, type Row, type Study, scored } from '../study.ts';
import { KERNEL_METRICS } from './metrics.ts';
import { type Config, kernelTask, NotModelled } from './task.ts';

/** A measurement of the bed: what was run and what came out. */
export interface KernelMeasured extends Measured {
  readonly exp: string;
  readonly cfg: Config;
  /** Name in the data: `ns_per_pkt`, `gbps`, … */
  readonly metric: string;
}

/** @param rows measurements; those of one configuration share a cell */
export function* kernelStudy(rows: readonly KernelMeasured[]): Study {
  const specs = new Map<string, TaskSpec | string>();
  for (const row of rows) {
    const id = row.id.slice(0, row.id.lastIndexOf('/'));
    if (!specs.has(id)) specs.set(id, planned(row));
  }
  const cells = [...specs].flatMap(([id, spec]) => (typeof spec === 'string' ? [] : [{ id, spec }]));
  const records = yield cells.map(({ spec }) => spec);
  const recordOf = new Map(cells.map(({ id }, at) => [id, records[at] as TaskRecord | null]));
  return rows.map((row): Row => {
    const id = row.id.slice(0, row.id.lastIndexOf('/'));
    const spec = specs.get(id)!;
    if (typeof spec === 'string') return scored(row, null, { reason: spec });
    const record = recordOf.get(id) ?? null;
    const metric = Object.hasOwn(KERNEL_METRICS, row.metric) ? KERNEL_METRICS[row.metric] : undefined;
    if (metric === undefined) return scored(row, null, { reason: `unknown metric '${row.metric}'` });
    if (record === null) return scored(row, null, { reason: 'the cell failed' });
    return scored(row, metric(spec, record));
  });
}

function planned(row: KernelMeasured): TaskSpec | string {
  try {
    return kernelTask(row.exp, row.cfg);
  } catch (error) {
    if (error instanceof NotModelled) return error.message;
    throw error;
  }
}
