/**
 * validation.json: predictions beside measurements. The one definition of its shape; the published JSON Schema
 * (reports/schema/validation.schema.json) follows from it.
 *
 * Errors, shares and noise are ratios (0.031, not 3.1 %). Readers ignore fields that they do not know. No clock, no
 * machine: the same measurements and the same model give the same bytes with any number of workers.
 */
import { z } from 'zod';

const whole = z.int().min(0);
const error = z.number().nullable();
const share = z.number().min(0).max(1).nullable();

const row = z.object({
  id: z.string().describe('of the publication, or experiment / configuration / metric'),
  bed: z.string(),
  family: z.string(),
  backend: z.string(),
  metric: z.string(),
  unit: z.string().describe('of measured and predicted'),
  measured: z.number(),
  predicted: z.number().nullable().describe('null: not predicted, reason says why'),
  error: error.describe('predicted / measured − 1'),
  noise: z.number().min(0).describe('spread that a repeat would show; an error up to it says nothing'),
  list: z.enum(['scored', 'cpu', 'both states', 'not scored']),
  inSample: z.boolean().describe('a price of the machine was fitted on this row'),
  scaleAssumed: z.boolean().describe("no host row fixed the machine's speed"),
  reason: z.string().nullable(),
  naive: z.object({ host: error, line: error }).describe('errors of the naive predictors'),
});

const overall = z.object({
  predictedRows: whole,
  beds: whole,
  medianAbsErr: error,
  p90AbsErr: error.describe('nearest rank'),
  medianOfBedMedians: error,
  orderRight: share.describe('of pairs of data paths; null: no pair'),
  orderRightMeanOfBeds: share,
  pairs: whole,
});

const group = z.object({
  name: z.string(),
  rows: whole,
  predictedRows: whole,
  medianAbsErr: error,
  p90AbsErr: error,
  pairs: whole,
  orderRight: share,
});

const target = z.object({
  id: z.string(),
  title: z.string(),
  rows: whole,
  medianAbsErr: error,
  medianMax: error,
  p90AbsErr: error,
  p90Max: error,
  share,
  shareMin: share,
  shareOf: z.string().nullable(),
  ok: z.boolean().nullable().describe('null: no row to judge by'),
});

const naive = z.object({
  name: z.enum(['host', 'line']),
  title: z.string(),
  rows: whole.describe('scored published rows that it predicts'),
  medianAbsErr: error,
  p90AbsErr: error,
  modelMedianAbsErr: error.describe('the model on the same rows'),
  modelP90AbsErr: error,
});

const leftOut = z.object({
  bed: z.string(),
  rows: whole,
  medianAbsErr: error.describe('prices that this bed motivated put back'),
  p90AbsErr: error,
  modelMedianAbsErr: error,
});

const moved = z.object({
  stage: z.string(),
  field: z.string(),
  unit: z.string(),
  old: z.number(),
  new: z.number(),
  min: z.number(),
  max: z.number(),
  reason: z.string(),
  beds: z.array(z.string()),
});

export const validationSchema = z
  .object({
    schema: z.literal('windtunnel/validation'),
    schemaVersion: z.string().regex(/^1\.\d+$/, 'this reader knows version 1 of the schema'),
    status: z.enum(['complete', 'failed']),
    tool: z.object({ name: z.string(), version: z.string() }),
    model: z.object({ version: z.string() }),
    sources: z.array(z.string()).describe('files compared with; empty: the shipped measurements'),
    filter: z.object({ beds: z.array(z.string()), families: z.array(z.string()) }),
    overall: overall
      .extend({
        bothStates: z
          .object({ rows: whole, right: whole })
          .optional()
          .describe('measurements predicted in two states; right: one of them within 25 %'),
      })
      .describe('published rows that are scored and on which nothing was fitted'),
    kernel: overall.describe('the same for the paths of one measured kernel'),
    overallLeftOut: overall.describe('published rows, each bed by prices chosen without it'),
    targets: z.array(target),
    beds: z.array(group),
    families: z.array(group),
    naive: z.array(naive),
    leaveOneBedOut: z.array(leftOut),
    movedPrices: z.array(moved),
    rows: z.array(row),
    problems: z
      .array(z.object({ file: z.string(), path: z.string(), message: z.string() }))
      .describe('what the files held and could not be used'),
  })
  .meta({
    title: 'Windtunnel validation',
    description: 'Predictions beside measurements. Errors and shares are ratios; null: nothing to say.',
  });

export type Validation = z.infer<typeof validationSchema>;
export type ValidationRow = Validation['rows'][number];
export type ValidationGroup = Validation['beds'][number];
export type ValidationTarget = Validation['targets'][number];

/** The published JSON Schema, draft 2020-12. */
export function validationJsonSchema(): object {
  return z.toJSONSchema(validationSchema, { io: 'input', target: 'draft-2020-12' });
}
