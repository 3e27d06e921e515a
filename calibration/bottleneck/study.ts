/**
 * TCP through a bottleneck against the measured bed (docs/SOURCES.md, K10): entries → cells → rows. Nothing was fitted
 * on these rows.
 *
 * Left out: fairness between flows, retransmits (equal to drops within a per cent), the first seconds' windows.
 */
import { type Cell, type CellRecord, type Measured, type Row, type Study, scored } from '../study.ts';
import type { BottleneckRecord, BottleneckSpec } from './spec.ts';

/** What is read of an entry of a measurement file; anything else in it is left alone. */
export interface BottleneckInput {
  readonly cfg: Readonly<Record<string, unknown>>;
  /** Repeats. */
  readonly n?: number;
  readonly r: Readonly<Record<string, unknown>>;
}

export const BOTTLENECK_BED = 'tcp-bottleneck';
/** Repeats of the bed agree within 1 %: three of them may agree better by chance. */
const NOISE_MIN = 0.01;
/** Beyond these the bed runs for minutes or holds gigabytes of frames: no packet path was ever measured so. */
const LIMITS = { rate: 100_000, delay_us: 1e6, limit: 1e9, burst: 1e9, flows: 256, secs: 120 } as const;
const BITS_MAX = 4e11;

interface Metric {
  readonly name: string;
  readonly family: string;
  readonly unit: string;
  /** Measured figure → `unit`. */
  readonly scale: number;
  readonly of: (record: BottleneckRecord) => number;
}

const METRICS: readonly Metric[] = [
  {
    name: 'goodput_mbps',
    family: 'bottleneck goodput',
    unit: 'Mbit/s',
    scale: 1,
    of: (record) => record.goodputMbps,
  },
  {
    name: 'rtt_us_median',
    family: 'bottleneck RTT and cwnd',
    unit: 'ms',
    scale: 1e-3,
    of: (record) => record.rttMs,
  },
  {
    name: 'cwnd_bytes_median',
    family: 'bottleneck RTT and cwnd',
    unit: 'B',
    scale: 1,
    of: (record) => record.cwndBytes,
  },
  { name: 'tbf_drops', family: 'bottleneck drops', unit: 'packets', scale: 1, of: (record) => record.drops },
];

export const BOTTLENECK_FAMILIES: readonly string[] = [...new Set(METRICS.map((metric) => metric.family))];

/** One round: a cell for each entry that the bed can run. */
export function* bottleneckStudy(entries: readonly BottleneckInput[]): Study {
  const plans = entries.map((entry) => ({ entry, spec: specOf(entry) }));
  const cells = plans.flatMap(({ spec }): Cell[] => (typeof spec === 'string' ? [] : [spec]));
  const records = yield cells;
  const rows: Row[] = [];
  let taken = 0;
  for (const { entry, spec } of plans) {
    if (typeof spec === 'string') rows.push(...rowsOf(entry, null, spec));
    else rows.push(...rowsOf(entry, asBottleneck(records[taken++] ?? null), 'the run failed'));
  }
  return rows;
}

const asBottleneck = (record: CellRecord | null): BottleneckRecord | null =>
  record !== null && 'bottleneck' in record ? record : null;

/** The cell of an entry, or why there is none. */
function specOf({ cfg }: BottleneckInput): BottleneckSpec | string {
  const { cc } = cfg;
  if (cc !== 'cubic' && cc !== 'reno') return `unknown congestion control ${JSON.stringify(cc)}`;
  for (const [name, max] of Object.entries(LIMITS)) {
    const value = cfg[name];
    const min = name === 'delay_us' ? 0 : Number.MIN_VALUE;
    if (typeof value !== 'number' || !(value >= min) || value > max)
      return `${name} is ${JSON.stringify(value)}; modelled ${min === 0 ? 'from' : 'above'} 0 to ${max}`;
  }
  const of = (name: keyof typeof LIMITS): number => cfg[name] as number;
  if (!Number.isInteger(of('flows'))) return `flows is ${of('flows')}; modelled in whole numbers`;
  if (of('rate') * 1e6 * of('secs') > BITS_MAX) return 'too long at this rate: more than 50 GB';
  return {
    bottleneck: nameOf(cfg),
    congestion: cc,
    rateMbps: of('rate'),
    delayUs: of('delay_us'),
    limitBytes: of('limit'),
    burstBytes: of('burst'),
    flows: of('flows'),
    seconds: of('secs'),
  };
}

function nameOf(cfg: BottleneckInput['cfg']): string {
  const pairs = Object.keys(cfg)
    .sort()
    .map((key) => `${key}=${String(cfg[key])}`);
  return `tcp_bottleneck/${pairs.join(',')}`;
}

function rowsOf(entry: BottleneckInput, record: BottleneckRecord | null, reason: string): Row[] {
  return METRICS.flatMap((metric) => {
    const figures = entry.r[metric.name] as Readonly<Record<string, unknown>> | undefined | null;
    const median = figures?.median;
    if (typeof median !== 'number' || !Number.isFinite(median)) return [];
    const usable = median > 0;
    const measured: Measured = {
      id: `${nameOf(entry.cfg)}/${metric.name}`,
      bed: BOTTLENECK_BED,
      family: metric.family,
      backend: 'host',
      metric: metric.name,
      unit: metric.unit,
      measured: median * metric.scale,
      noise: spread(figures!, median),
      list: usable ? 'scored' : 'not scored',
      inSample: false,
      reason: usable ? null : `measured ${median}: no ratio can be taken`,
    };
    if (record === null) return [scored(measured, null, { reason })];
    return [scored(measured, usable ? metric.of(record) : null)];
  });
}

/** Range of the repeats over their median, at least 1 %. */
function spread(figures: Readonly<Record<string, unknown>>, median: number): number | null {
  const { min, max } = figures;
  if (typeof min !== 'number' || typeof max !== 'number' || !(median > 0) || !(max >= min)) return null;
  return Math.max(NOISE_MIN, (max - min) / median);
}
