/**
 * result.json: the one definition of its shape. Types, validation with the offending field's path and the
 * published JSON Schema (reports/schema/result.schema.json) all follow from it.
 *
 * Base units everywhere (bit/s, s, s/B, cores, ratios 0…1); prefixes only when printed. Readers ignore
 * fields that they do not know: a minor version may add some, a major version may change them.
 */
import { z } from 'zod';

const whole = z.int().min(0);
const ratio = z.number().min(0);
const share = z.number().min(0).max(1);
const hex64 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');
const confidence = z.enum(['measured', 'published', 'assumed']);

const binding = z.object({
  text: z.string().describe('in words, of the representative seed'),
  kind: z.enum(['resource', 'queue', 'window', 'none']),
  resource: z.string(),
  utilisation: ratio,
  agree: whole.describe('how many say the same'),
  of: whole.describe('of how many seeds (probes)'),
});

const quantile = z.object({
  value: z.number().nullable().describe('of all seeds merged; null: fewer than 100 samples beyond it'),
  low: z.number().nullable().describe('lowest seed; null unless every seed has 100 samples beyond it'),
  high: z.number().nullable(),
  beyond: whole.optional().describe('samples beyond it, of all seeds'),
});

const distribution = z.object({
  unit: z.enum(['s', 'ratio']),
  count: whole.describe('samples of all seeds'),
  quantiles: z.object({ p50: quantile, p90: quantile, p99: quantile, p999: quantile }),
  cdf: z
    .array(z.tuple([z.number(), share]))
    .max(200)
    .describe('[value, share of samples at or below it], ascending, as far as 100 samples lie beyond'),
});

const metric = z.object({
  unit: z.string(),
  better: z.enum(['higher', 'lower', 'neither']),
  samples: z
    .array(z.number().nullable())
    .describe('one a seed that the cell was given, in the order of seeds.replications'),
  value: z
    .number()
    .nullable()
    .describe(
      'mean of the samples; for percentiles, of the merged histogram; null: not shown or not applicable',
    ),
});

const interval = z.object({
  metric: z.string(),
  each: whole.describe('seeds behind a value: one; of percentiles as many as have 100 samples beyond it'),
  centre: z.number().describe('mean of the values'),
  halfWidth: ratio.describe('of the two-sided 95 % interval: Student t over seeds'),
  relative: ratio.nullable().describe('halfWidth / |centre|; null where the centre is 0'),
  reached: z.boolean(),
});

const cellPrecision = z.object({
  seeds: whole.describe('seeds that the cell was given'),
  state: z.enum(['reached', 'most seeds', 'no value', 'failed', 'unfinished']),
  text: z.string().describe('in words: whether it is as precise as asked, else why it stopped'),
  intervals: z.array(interval),
  without: z
    .array(z.string())
    .describe('chosen metrics that have no value in every seed (percentiles: in five groups of seeds)'),
});

const warmup = z.object({
  warmupPs: whole,
  enough: z.boolean(),
  figure: z.string().nullable().describe('what still drifts in the window, longest'),
  untilPs: whole.nullable().describe('where its drift ends, from the start of the run'),
  atLeast: z.boolean().describe('as far as can be told: half of the window'),
  shift: z.number().nullable().describe('mean over the window / mean behind untilPs − 1'),
});

const cell = z.object({
  id: z.string().min(1),
  dims: z.object({ backend: z.string() }).catchall(z.union([z.string(), z.number()])),
  group: z.string(),
  title: z.string(),
  status: z.enum(['ok', 'infeasible', 'failed', 'missing']),
  reason: z.string().optional().describe('why the cell has no figures'),
  nodes: whole,
  plainNodes: whole.describe('nodes without a probe stream'),
  podMtuBytes: whole,
  mssBytes: whole,
  load: z.number().nullable(),
  uplinkLoad: z.number().nullable(),
  windowPs: whole.describe('measured window of one seed'),
  simulatedPs: whole.describe('all seeds'),
  events: whole.describe('all seeds'),
  overloaded: z.boolean().describe('over all seeds; percentiles are then withheld'),
  metrics: z.record(z.string(), metric),
  distributions: z.object({
    rpcLatency: distribution,
    slowdownSmall: distribution,
    slowdownLarge: distribution,
  }),
  cpuByStage: z.array(
    z.object({
      stage: z.string(),
      class: z.enum(['user', 'system', 'softirq', 'irq']),
      coresPerNode: ratio,
      share,
      confidence,
    }),
  ),
  utilisation: z.record(z.string(), z.object({ value: ratio, low: ratio, high: ratio })),
  binding: binding.nullable(),
  coreBusy: z
    .array(ratio)
    .optional()
    .describe('share of the window in which each core worked, node by node, mean over seeds; small clusters'),
  rxQueues: whole.optional().describe('of a NIC; queue q interrupts core q'),
  drops: z.record(z.string(), whole).describe('packets by reason, all seeds'),
  queueOffered: z.record(z.string(), whole).describe('packets offered to the queue, all seeds'),
  provenance: z
    .object({ measured: share, published: share, assumed: share })
    .nullable()
    .describe('shares of network CPU by the confidence of its prices'),
  flows: z.object({ started: whole, finished: whole, censored: whole }),
  rpcs: z.object({ started: whole, finished: whole, censored: whole }),
  probes: z.object({ goodputBps: z.array(ratio), binding }).nullable(),
  series: z.array(z.object({ seed: whole, name: z.string(), unit: z.string(), values: z.array(z.number()) })),
  sources: z.array(z.string()),
  seeds: z.array(
    z.object({
      seed: whole,
      digest: z.string(),
      overloaded: z.boolean(),
      events: whole,
      binding: z.string(),
    }),
  ),
  warmup: warmup.optional().describe('MSER-5 over all seeds; absent where the records do not tell'),
  precision: cellPrecision.optional().describe('of a run with seeds.precision'),
});

const precision = z.object({
  target: z.number().positive().describe('half-width of the interval / its centre'),
  confidence: share,
  seedsMin: whole,
  seedsMax: whole,
  metrics: z.array(z.string()).nullable().describe('null: the headline figures of each cell'),
});

const slice = z.object({
  racks: whole,
  nodes: whole,
  fullRacks: whole,
  fullNodes: whole,
  crossRackShare: share.describe('of random peers, as in the whole cluster'),
  probePairs: whole.optional(),
  probePairsShare: ratio.optional().describe('probe pairs that would be the share of its nodes'),
  check: z
    .object({
      cell: z.string(),
      seed: whole.describe('of the whole cluster; the slice has all of its seeds'),
      overloaded: z.boolean().describe('the whole cluster'),
      figures: z.array(
        z.object({
          figure: z.string().describe('a metric, or a class of utilisation'),
          unit: z.string(),
          slice: z.number(),
          full: z.number(),
          noise: ratio
            .nullable()
            .describe('half of the 95 % interval of the slice over seeds; null: one seed'),
        }),
      ),
    })
    .nullable()
    .describe('one cell in both; null: skipped or failed'),
  wanted: z.boolean().describe('the check was not skipped'),
});

const finding = z.object({
  rule: z.string(),
  level: z.enum(['info', 'warn', 'error']),
  message: z.string(),
  source: z.string().optional(),
  asOf: z.string().optional(),
});

export const resultSchema = z
  .object({
    schema: z.literal('windtunnel/result'),
    schemaVersion: z.string().regex(/^1\.\d+$/, 'this reader knows version 1 of the schema'),
    kind: z.literal('run'),
    status: z.enum(['complete', 'interrupted', 'failed']),
    tool: z.object({ name: z.string(), version: z.string() }),
    model: z.object({ version: z.string(), machine: z.object({ name: z.string(), sha256: hex64 }) }),
    scenario: z.object({
      id: z.string(),
      title: z.string(),
      sha256: hex64,
      params: z.record(z.string(), z.json()),
    }),
    seeds: z.object({
      root: z.union([z.string(), z.number()]),
      replications: z.array(whole),
      precision: precision.optional().describe('each cell ran seeds until it was so precise'),
    }),
    env: z.record(z.string(), z.json()).describe('informational: not part of the digest'),
    timing: z
      .object({ startedAt: z.string(), wallSeconds: ratio, events: whole, eventsPerSecond: ratio })
      .describe('informational: not part of the digest'),
    memory: z
      .record(z.string(), ratio)
      .optional()
      .describe('bytes that the largest task of a cell held at its end, by cell; not part of the digest'),
    slice: slice.optional().describe('the run is of a few racks that carry the load of the whole cluster'),
    cells: z.array(cell),
    findings: z.array(finding),
    digest: z.object({ algo: z.literal('sha256'), value: hex64 }),
  })
  .meta({
    title: 'Windtunnel result',
    description:
      'Result of a run: one entry a cell (backend and parameters). Base units. The digest is SHA-256 over ' +
      'the canonical JSON of schema, model, scenario, seeds, cells, findings and slice.',
  });

export type Result = z.infer<typeof resultSchema>;
export type Cell = Result['cells'][number];
export type CellBinding = z.infer<typeof binding>;
export type CellMetric = z.infer<typeof metric>;
export type Distribution = z.infer<typeof distribution>;
export type Quantile = z.infer<typeof quantile>;
export type SliceResult = z.infer<typeof slice>;
export type Warmup = z.infer<typeof warmup>;
export type CellPrecision = z.infer<typeof cellPrecision>;
export type PrecisionRule = z.infer<typeof precision>;
export type Finding = z.infer<typeof finding>;

/** The published JSON Schema, draft 2020-12, of what a reader accepts. */
export function resultJsonSchema(): object {
  return z.toJSONSchema(resultSchema, { io: 'input', target: 'draft-2020-12' });
}
