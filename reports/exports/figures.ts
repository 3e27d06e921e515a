/**
 * What every export of a result is made of: the figures of each cell that say something about its traffic, in base
 * units, with the lowest and highest seed. Formats differ in names and spelling only.
 */
import { METRICS, type MetricId } from '../../engine/core/record.ts';
import type { Cell, Result } from '../schema.ts';
import { figureOf } from '../view.ts';

/** One figure of one cell. */
export interface Figure {
  readonly id: MetricId;
  /** Base unit: bit/s, 1/s, s, s/B, cores, ratio, 1. */
  readonly unit: string;
  readonly better: 'higher' | 'lower' | 'neither';
  readonly value: number;
  /** Lowest and highest seed, around the value; null where not every seed has the figure, or there is one. */
  readonly range: readonly [low: number, high: number] | null;
  /** One a seed, in the order of `seeds.replications`. */
  readonly samples: readonly (number | null)[];
}

/** In the order of the table's columns. */
export function figuresOf(cell: Cell): Figure[] {
  return (Object.keys(METRICS) as MetricId[]).flatMap((id) => {
    const value = figureOf(cell, id);
    if (value === null) return [];
    const { unit, better, samples } = cell.metrics[id]!;
    return [{ id, unit, better, value, range: rangeOf(value, samples), samples }];
  });
}

/** A cell's name within its scenario, as its dimensions: `backend=host/mtu=1500`. */
export function cellName(cell: Cell): string {
  return Object.entries(cell.dims)
    .map(([name, value]) => `${name}=${value}`)
    .join('/');
}

/** The same with the scenario before it: unique where several scenarios share one series of results. */
export const benchName = (result: Result, cell: Cell): string => `${result.scenario.id}/${cellName(cell)}`;

/** `rpcP99` as `rpc-p99`, or with another letter between the words. */
export function wordsOf(id: string, between = '-'): string {
  return id.replace(/[A-Z]/g, (letter) => between + letter.toLowerCase());
}

function rangeOf(value: number, samples: readonly (number | null)[]): Figure['range'] {
  const known = samples.filter((sample) => sample !== null);
  if (known.length < 2 || known.length < samples.length) return null;
  // Percentiles of all seeds merged lie within those of single seeds but for the width of a bucket.
  return [Math.min(value, ...known), Math.max(value, ...known)];
}
