/**
 * Rows → validation.json: which rows each figure counts, and what stands beside the model so that its errors can be
 * judged: naive predictors, beds left out, prices that were moved.
 */
import { readConditions } from '../../calibration/conditions.ts';
import type { Measurements, Problem } from '../../calibration/formats/types.ts';
import { MOVED_PRICES } from '../../calibration/published/movedPrices.ts';
import type { Row } from '../../calibration/study.ts';
import { absErrors, bothStates, groupBy, groups, median, overall, p90 } from '../../calibration/summary.ts';
import { counts, originOf, targetsOf } from '../../calibration/targets.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { Validation } from '../../reports/validation/schema.ts';
import type { Choice } from './measurements.ts';

export interface DocumentInput {
  readonly rows: readonly Row[];
  /** The published rows again, each bed by prices chosen without it. */
  readonly leftOut: readonly Row[];
  readonly measurements: Measurements;
  /** What files held and could not be used, and what the engine does not model. */
  readonly problems: readonly Problem[];
  readonly choice: Choice;
  readonly modelVersion: string;
  /** A run failed, so that some rows have no prediction. */
  readonly failed: boolean;
}

/** No two publications agree better than this; a row that tells no spread of its own takes it. */
const NOISE_MIN = 0.04;
const NAIVE = {
  host: 'every backend does what the host does',
  line: "TCP between nodes has the payload's share of the line",
} as const;

/** The document; equal rows give equal documents. */
export function documentOf(input: DocumentInput): Validation {
  const { rows, measurements, choice } = input;
  const { against, beds, families } = choice;
  const conditions = readConditions(measurements.published);
  const counted = rows.filter(counts);
  const published = counted.filter((row) => originOf(row) === 'published');
  const whole = against.length + beds.length + families.length === 0;
  return {
    schema: 'windtunnel/validation',
    schemaVersion: '1.0',
    status: input.failed ? 'failed' : 'complete',
    tool: { name: packageJson.name, version: packageJson.version },
    model: { version: input.modelVersion },
    sources: [...against],
    filter: { beds: [...beds], families: [...families] },
    overall: { ...overall(published), bothStates: bothStates(rows) },
    kernel: overall(counted.filter((row) => originOf(row) === 'kernel')),
    overallLeftOut: overall(input.leftOut.filter(counts)),
    targets: targetsOf(rows, conditions, whole),
    beds: groups(judged(rows, ['scored']), ({ bed }) => bed),
    families: groups(judged(rows, ['scored', 'cpu']), ({ family }) => family),
    naive: naiveOf(published),
    leaveOneBedOut: leftOutOf(input.leftOut, published),
    movedPrices: MOVED_PRICES.map(({ stages, field, unit, from, to, range, reason, beds }) => ({
      stage: stages.join(' '),
      field,
      unit,
      old: from,
      new: to,
      min: from * range[0],
      max: from * range[1],
      reason,
      beds: [...beds],
    })),
    rows: rows.map((row) => {
      const { id, bed, family, backend, metric, unit, measured, predicted, error } = row;
      const { list, inSample, scaleAssumed, reason } = row;
      const figures = { measured, predicted, error, noise: row.noise ?? NOISE_MIN };
      const naive = { host: row.naive.host, line: row.naive.line };
      return {
        ...{ id, bed, family, backend, metric, unit, ...figures },
        ...{ list, inSample, scaleAssumed, reason, naive },
      };
    }),
    problems: input.problems.map(({ file, path, message }) => ({ file, path, message })),
  };
}

/** Rows of lists that are judged; CPU is a family of its own and counts in no bed. */
const judged = (rows: readonly Row[], lists: readonly Row['list'][]): Row[] =>
  rows.filter(({ list, inSample }) => !inSample && lists.includes(list));

/** A naive predictor beside the model, on the rows where it has something to say. */
function naiveOf(rows: readonly Row[]): Validation['naive'] {
  return (['host', 'line'] as const).map((name) => {
    const mine = rows.filter(({ naive }) => naive[name] !== null);
    const errors = mine.map(({ naive }) => Math.abs(naive[name]!));
    const model = absErrors(mine);
    return {
      name,
      title: NAIVE[name],
      rows: mine.length,
      medianAbsErr: median(errors),
      p90AbsErr: p90(errors),
      modelMedianAbsErr: median(model),
      modelP90AbsErr: p90(model),
    };
  });
}

function leftOutOf(rows: readonly Row[], model: readonly Row[]): Validation['leaveOneBedOut'] {
  const own = groupBy(model, ({ bed }) => bed);
  return [...groupBy(rows.filter(counts), ({ bed }) => bed)].map(([bed, mine]) => ({
    bed,
    rows: mine.length,
    medianAbsErr: median(absErrors(mine)),
    p90AbsErr: p90(absErrors(mine)),
    modelMedianAbsErr: median(absErrors(own.get(bed) ?? [])),
  }));
}
