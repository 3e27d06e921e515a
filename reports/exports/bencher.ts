/**
 * Bencher Metric Format: one JSON object, benchmark → measure → value with its bounds.
 *
 * Measures are named by metric (`rpc-p99`), base units; their units are set once where the series is kept.
 * Source: https://bencher.dev/docs/reference/bencher-metric-format
 */
import type { Result } from '../schema.ts';
import { benchName, figuresOf, wordsOf } from './figures.ts';

interface Measure {
  readonly value: number;
  readonly lower_value?: number;
  readonly upper_value?: number;
}

/** Cells without figures are left out: the format knows no missing value. */
export function renderBencher(result: Result): string {
  const benchmarks: Record<string, Record<string, Measure>> = {};
  for (const cell of result.cells) {
    const measures = figuresOf(cell).map(({ id, value, range }): [string, Measure] => [
      wordsOf(id),
      range === null ? { value } : { value, lower_value: range[0], upper_value: range[1] },
    ]);
    if (measures.length > 0) benchmarks[benchName(result, cell)] = Object.fromEntries(measures);
  }
  return `${JSON.stringify(benchmarks, null, 1)}\n`;
}
