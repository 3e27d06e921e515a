/**
 * What comparing with measurements is made of: cells to run, and rows that set a prediction beside a measurement.
 *
 * Ask/tell: a study is a generator that asks for cells and is told their records, as often as it needs (a host row
 * first, to learn the scale of an unknown CPU, then the backends' rows). It runs nothing itself; whoever drives it
 * joins the questions of all studies into one round, so that they share workers and journal.
 */
import type { TaskRecord } from '../engine/core/record.ts';
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import type { BottleneckRecord, BottleneckSpec } from './bottleneck/spec.ts';

/** One run of the engine: a whole task, or TCP alone through a token bucket. */
export type Cell = TaskSpec | BottleneckSpec;
export type CellRecord = TaskRecord | BottleneckRecord;

/** How a row counts (`fidelity.md`'s frozen lists): `cpu` is a table of its own, the last three are only shown. */
export type RowList = 'scored' | 'cpu' | 'both states' | 'not scored';

/** A measurement with what is known of it. */
export interface Measured {
  /** Stable: published id, or `experiment / sorted configuration / metric`. */
  readonly id: string;
  /** Test bed; `veth-vm` and `tcp-bottleneck` are our own. */
  readonly bed: string;
  /** Line of the accuracy table, e.g. `ns per packet`, `tcp1`, `latency`. */
  readonly family: string;
  readonly backend: string;
  readonly metric: string;
  readonly unit: string;
  readonly measured: number;
  /** Spread that a repeat would show, ratio; null where nothing tells. */
  readonly noise: number | null;
  readonly list: RowList;
  /** A price of the machine was fitted on this row. */
  readonly inSample: boolean;
  /** Why it is not scored, or what was assumed; null: nothing to say. */
  readonly reason: string | null;
}

/** A measurement and what the engine said. */
export interface Row extends Measured {
  /** null: not predicted, `reason` says why. */
  readonly predicted: number | null;
  /** predicted / measured − 1; null where nothing was predicted. */
  readonly error: number | null;
  /** No host row fixed the machine's speed: clock ratio or nothing at all. */
  readonly scaleAssumed: boolean;
  /**
   * Rows of one bed, family and metric with the same key may be set against each other in the order of pairs: same MTU,
   * same kernel. null or left out: not compared.
   */
  readonly pairing?: string | null;
  /** The same row as the naive predictors see it, ratio errors like `error`; null where they have nothing to say. */
  readonly naive: { readonly host: number | null; readonly line: number | null };
}

/** Asks for cells, is told their records (null: the cell failed), ends with rows. */
export type Study = Generator<readonly Cell[], readonly Row[], readonly (CellRecord | null)[]>;

/** A prediction beside its measurement. */
export function scored(
  measured: Measured,
  predicted: number | null,
  more: Partial<Pick<Row, 'scaleAssumed' | 'naive' | 'reason' | 'pairing'>> = {},
): Row {
  const error = predicted === null ? null : predicted / measured.measured - 1;
  const usable = error !== null && Number.isFinite(error);
  return {
    ...measured,
    predicted: usable ? predicted : null,
    error: usable ? error : null,
    reason: error === null || usable ? measured.reason : 'its error is no finite number',
    scaleAssumed: false,
    naive: { host: null, line: null },
    ...more,
  };
}
