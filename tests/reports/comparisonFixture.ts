/**
 * Results made of samples: cells whose metrics are given seed by seed, all else as in the hand-written fixture. Their
 * digests are right, so that files of them can be read.
 */
import { METRICS, type MetricId } from '../../engine/core/record.ts';
import type { Named } from '../../reports/comparison/compare.ts';
import { resultDigest } from '../../reports/read.ts';
import type { Cell, Result } from '../../reports/schema.ts';
import { fixtureResult } from './fixture.ts';

/** Samples by metric, by cell id (`backend=host/mtu=1500`). */
export type Samples = Readonly<
  Record<string, Readonly<Partial<Record<MetricId, readonly (number | null)[]>>>>
>;

export interface Made {
  readonly cells: Samples;
  /** Default 1, 2, … as many as there are samples. */
  readonly seeds?: readonly number[];
  readonly change?: Partial<Result>;
  /** Fields of single cells, by id. */
  readonly cellChange?: Readonly<Record<string, Partial<Cell>>>;
}

const template = fixtureResult();
const { distributions, ...figures } = template.cells[0]!;
/** Studies compare thousands of these: what is long and says nothing here is left out. */
const cellTemplate: Cell = {
  ...figures,
  cpuByStage: [],
  series: [],
  sources: [],
  distributions: {
    rpcLatency: { ...distributions.rpcLatency, cdf: [] },
    slowdownSmall: { ...distributions.slowdownSmall, cdf: [] },
    slowdownLarge: { ...distributions.slowdownLarge, cdf: [] },
  },
};

export function resultOf({ cells, seeds, change = {}, cellChange = {} }: Made): Result {
  const count = Math.max(
    1,
    ...Object.values(cells).flatMap((of) => Object.values(of).map((list) => list!.length)),
  );
  const replications = seeds ?? Array.from({ length: count }, (_, at) => at + 1);
  const made: Result = {
    ...template,
    seeds: { root: replications[0]!, replications: [...replications] },
    cells: Object.entries(cells).map(([id, of]) => ({
      ...cellOf(id, of, replications),
      ...cellChange[id],
    })),
    ...change,
  };
  return { ...made, digest: { algo: 'sha256', value: resultDigest(made) } };
}

export const namedOf = (label: string, made: Made): Named => ({ label, file: null, result: resultOf(made) });

function cellOf(id: string, of: Samples[string], seeds: readonly number[]): Cell {
  const dims = Object.fromEntries(
    id.split('/').map((part) => {
      const [name, value] = part.split('=') as [string, string];
      return [name, Number.isFinite(Number(value)) ? Number(value) : value];
    }),
  ) as Cell['dims'];
  const metrics = Object.fromEntries(
    Object.entries(of).map(([metric, samples]) => {
      const { unit, better } = METRICS[metric as MetricId];
      const known = samples!.filter((value) => value !== null);
      const value = known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0) / known.length;
      return [metric, { unit, better, samples: [...samples!], value }];
    }),
  );
  return {
    ...cellTemplate,
    id,
    dims,
    metrics,
    seeds: seeds.map((seed, at) => ({
      seed,
      digest: JSON.stringify(Object.values(of).map((samples) => samples![at])),
      overloaded: false,
      events: 1000,
      binding: 'nothing binds',
    })),
  };
}
