/**
 * Go's benchmark text, a line a cell and seed, so that `benchstat base.txt head.txt` reads it: configuration, which
 * way each unit is better, then the samples.
 *
 * benchstat compares only lines of one configuration. So it holds what both sides of a comparison share, and not
 * the version of the model.
 * Source: https://go.dev/design/14313-benchmark-format, golang.org/x/perf/benchfmt (units)
 */
import type { Result } from '../schema.ts';
import { cellName, type Figure, figuresOf } from './figures.ts';

/** Units as benchstat knows them: it scales `sec` and leaves others as they are. */
const UNITS: Readonly<Record<string, string>> = { s: '-sec', 's/B': '-sec/B', '1/s': '/s', '1': '' };

const unitOf = ({ id, unit }: Figure): string => id + (UNITS[unit] ?? `-${unit}`);

/** Whole text; seeds that a cell has not run are left out. */
export function renderGoBenchmark(result: Result): string {
  const cells = result.cells.map((cell) => ({ name: nameOf(cellName(cell)), figures: figuresOf(cell) }));
  const better = new Map<string, string>();
  for (const figure of cells.flatMap(({ figures }) => figures)) {
    if (figure.better !== 'neither') better.set(unitOf(figure), figure.better);
  }
  const lines = cells.flatMap(({ name, figures }) =>
    result.seeds.replications.flatMap((_, seed) => {
      const values = figures.flatMap((figure) => {
        const sample = figure.samples[seed] ?? null;
        return sample === null ? [] : [`${sample} ${unitOf(figure)}`];
      });
      return values.length === 0 ? [] : [[name, '1', ...values].join('\t')];
    }),
  );
  return [
    `pkg: ${word(result.scenario.id)}`,
    `machine: ${word(result.model.machine.name)}`,
    ...[...better].map(([unit, way]) => `Unit ${unit} better=${way}`),
    ...lines,
    '',
  ].join('\n');
}

/** A last part such as `-8` would be read as a number of processors: there, one is named. */
function nameOf(cell: string): string {
  const name = `BenchmarkCell/${word(cell)}`;
  return /-\d+$/.test(name) ? `${name}-1` : name;
}

const word = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, '_');
