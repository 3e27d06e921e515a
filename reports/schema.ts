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
  samples: z.array(z.number().nullable()).describe('one a seed, in the order of seeds.replications'),
  value: z
    .number()
    .nullable()
    .describe(
      'mean of the samples; for percentiles, of the merged histogram; null: not shown or not applicable',
    ),
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
  overloaded: z.boolean().describe('in at least one seed; percentiles are then withheld'),
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
    seeds: z.object({ root: z.union([z.string(), z.number()]), replications: z.array(whole) }),
    env: z.record(z.string(), z.json()).describe('informational: not part of the digest'),
    timing: z
      .object({ startedAt: z.string(), wallSeconds: ratio, events: whole, eventsPerSecond: ratio })
      .describe('informational: not part of the digest'),
    memory: z
      .record(z.string(), ratio)
      .optional()
      .describe('bytes that the largest task of a cell held at its end, by cell; not part of the digest'),
    cells: z.array(cell),
    findings: z.array(finding),
    digest: z.object({ algo: z.literal('sha256'), value: hex64 }),
  })
  .meta({
    title: 'Windtunnel result',
    description:
      'Result of a run: one entry a cell (backend and parameters). Base units. The digest is SHA-256 over ' +
      'the canonical JSON of schema, model, scenario, seeds, cells and findings.',
  });

export type Result = z.infer<typeof resultSchema>;
export type Cell = Result['cells'][number];
export type CellBinding = z.infer<typeof binding>;
export type CellMetric = z.infer<typeof metric>;
export type Distribution = z.infer<typeof distribution>;
export type Quantile = z.infer<typeof quantile>;
export type Finding = z.infer<typeof finding>;

/** The published JSON Schema, draft 2020-12, of what a reader accepts. */
export function resultJsonSchema(): object {
  return z.toJSONSchema(resultSchema, { io: 'input', target: 'draft-2020-12' });
}
