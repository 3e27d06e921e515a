/**
 * sensitivity.json: how far the figures of a scenario move when prices vary over their stated range. The one definition
 * of its shape; the published JSON Schema (reports/schema/sensitivity.schema.json) follows from it.
 *
 * Base units; changes are ratios against the book's prices (0.031: 3.1 % more). No clock, no machine: the same inputs
 * give the same bytes with any number of workers.
 */
import { z } from 'zod';

const whole = z.int().min(0);
const share = z.number().min(0).max(1);
const change = z
  .number()
  .nullable()
  .describe('value / value at the prices of the book − 1; null: no figure there');
const figure = z.number().nullable();
const dims = z.record(z.string(), z.union([z.string(), z.number()]));
const confidence = z.enum(['measured', 'published', 'assumed']);

const moves = z
  .record(z.string(), z.object({ low: change, high: change }))
  .describe('by metric: at the low and at the high end of the range');

const cellFigure = z.object({
  metric: z.string(),
  unit: z.string(),
  better: z.enum(['higher', 'lower', 'neither']),
  value: z.number().describe('at the prices of the book'),
  low: figure.describe('lowest draw; null: no draw has the figure'),
  high: figure.describe('highest draw'),
  allLow: figure.describe('every price at its low end'),
  allHigh: figure.describe('every price at its high end'),
  draws: z.array(figure).describe('one a draw; null: overloaded or failed'),
  noise: z
    .number()
    .min(0)
    .describe(
      'twice the largest change, ratio, beyond prices that all move by 0.2 and 0.4 %: chaos, no effect of prices',
    ),
});

const cellPrice = z.object({
  stage: z.string(),
  share: share.describe("of the cell's network CPU"),
  bound: z.number().min(0).describe('estimate of the most that it could move, ratio'),
  run: z.enum(['alone', 'together']).describe('together: below the threshold, run with the others like it'),
  moves,
});

const cell = z.object({
  id: z.string(),
  dims,
  status: z.enum(['ok', 'infeasible', 'failed']),
  reason: z.string().optional(),
  assumedShare: share.nullable().describe('of network CPU at assumed prices'),
  figures: z.array(cellFigure),
  prices: z.array(cellPrice).describe('used in this cell, and with a range; largest bound first'),
  together: moves.nullable().describe('all prices that were run together'),
});

const pair = z.object({
  dims,
  metric: z.string(),
  ahead: z.string().describe('backend, at the prices of the book'),
  behind: z.string(),
  ratio: z.number().describe('figure of ahead / figure of behind'),
  draws: whole.describe('in which both have a figure'),
  flips: whole.describe('of these, in which behind leads by more than threshold and noise'),
  ties: whole.describe('of these, in which neither leads'),
  single: z
    .array(z.object({ stage: z.string(), end: z.enum(['low', 'high']) }))
    .describe('prices that alone let behind lead'),
});

export const sensitivitySchema = z
  .object({
    schema: z.literal('windtunnel/sensitivity'),
    schemaVersion: z.string().regex(/^1\.\d+$/, 'this reader knows version 1 of the schema'),
    status: z.enum(['complete', 'failed']),
    tool: z.object({ name: z.string(), version: z.string() }),
    model: z.object({ version: z.string(), machine: z.object({ name: z.string(), sha256: z.string() }) }),
    scenario: z.object({ id: z.string(), title: z.string() }),
    seeds: z.array(whole).describe('the same in every run'),
    draws: z.object({ count: whole, seed: whole }),
    all: z.boolean().describe('published and measured prices were moved, too'),
    threshold: z.number().describe('changes below this ratio are not told apart'),
    runs: whole,
    prices: z.array(
      z.object({
        stage: z.string(),
        confidence,
        low: z.number().describe('factor'),
        high: z.number().describe('factor'),
        source: z.string(),
        draws: z.array(z.number()).describe('factor of each draw'),
      }),
    ),
    cells: z.array(cell),
    pairs: z.array(pair).describe('backends of one point that are further apart than threshold and noise'),
  })
  .meta({
    title: 'Windtunnel sensitivity',
    description: 'How far figures move, and whether the order of backends flips, over the range of prices.',
  });

export type Sensitivity = z.infer<typeof sensitivitySchema>;
export type SensitivityCell = Sensitivity['cells'][number];
export type SensitivityPrice = SensitivityCell['prices'][number];
export type SensitivityPair = Sensitivity['pairs'][number];

/** The published JSON Schema, draft 2020-12. */
export function sensitivityJsonSchema(): object {
  return z.toJSONSchema(sensitivitySchema, { io: 'input', target: 'draft-2020-12' });
}
