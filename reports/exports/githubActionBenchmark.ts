/**
 * github-action-benchmark's own JSON, of one direction a file: its tools `customBiggerIsBetter` and
 * `customSmallerIsBetter` compare every entry of a file the same way. Metrics without a better direction are left
 * out.
 *
 * Source: https://github.com/benchmark-action/github-action-benchmark (README, "customBiggerIsBetter")
 */
import type { Result } from '../schema.ts';
import { benchName, figuresOf } from './figures.ts';

/** @param better  which of the two files */
export function renderGithubActionBenchmark(result: Result, better: 'higher' | 'lower'): string {
  const entries = result.cells.flatMap((cell) =>
    figuresOf(cell)
      .filter((figure) => figure.better === better)
      .map(({ id, unit, value, range }) => ({
        name: `${benchName(result, cell)} ${id}`,
        unit,
        value,
        ...(range === null ? {} : { range: `${range[0]} to ${range[1]}` }),
        extra: `seeds ${result.seeds.replications.length}, model ${result.model.version}`,
      })),
  );
  return `${JSON.stringify(entries, null, 1)}\n`;
}
