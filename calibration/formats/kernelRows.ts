/**
 * Entries of the veth bed → rows: one a configuration and metric, repeats of other days (`tag`) merged.
 *
 * A row's value is the median over its tags of their medians. Where tags differ by more than 20 % no prediction
 * can be judged: the row is shown, not scored. So are message sizes (bimodal) and exchanges with halting cores.
 */
import { inFittingSubset } from '../fittingSubset.ts';
import type { Measured } from '../study.ts';
import { driftOf } from './drift.ts';
import { meantByMode } from './names.ts';
import { KERNEL_METRICS } from './runs.ts';
import type { KernelConfig, KernelEntry, Spread } from './types.ts';

export interface KernelRow extends Measured {
  readonly exp: string;
  /** Without its tag. */
  readonly cfg: KernelConfig;
  readonly tags: number;
}

const UNITS: Readonly<Record<string, string>> = {
  ns_per_pkt: 'ns',
  gbps: 'Gbit/s',
  busy_ns_per_byte: 'ns/B',
  p50_us: 'µs',
  busy_us_per_tx: 'µs',
  own0: 's',
};
const TAGS_DIFFER = 0.2;
/** Forwarding and TCP behind rules name no path: pods of two hosts, through bridge and routes. */
const RULES_MODE = 'hostgw';

/** Rows in the order in which their configurations first appear. */
export function kernelRows(entries: readonly KernelEntry[]): KernelRow[] {
  const groups = new Map<string, { exp: string; cfg: KernelConfig; spreads: Map<string, Spread[]> }>();
  for (const { exp, cfg: tagged, r } of entries) {
    const cfg = Object.fromEntries(Object.entries(tagged).filter(([name]) => name !== 'tag'));
    const key = `${exp}/${identity(cfg)}`;
    const group = groups.get(key) ?? { exp, cfg, spreads: new Map<string, Spread[]>() };
    groups.set(key, group);
    for (const metric of KERNEL_METRICS[exp] ?? []) {
      const spread = r[metric];
      if (spread !== undefined) group.spreads.set(metric, [...(group.spreads.get(metric) ?? []), spread]);
    }
  }
  return [...groups].flatMap(([key, { exp, cfg, spreads }]) =>
    [...spreads].map(([metric, tags]) => row(`${key}/${metric}`, exp, cfg, metric, tags)),
  );
}

/** `k=v` by name, joined with commas. */
function identity(cfg: KernelConfig): string {
  const names = Object.keys(cfg).sort();
  return names.map((name) => `${name}=${cfg[name]}`).join(',');
}

function row(id: string, exp: string, cfg: KernelConfig, metric: string, tags: readonly Spread[]): KernelRow {
  const medians = tags.map((tag) => tag.median);
  const spread = median(tags.map(({ q1, median: middle, q3 }) => ((q3 ?? middle) - (q1 ?? middle)) / middle));
  const noise = Math.max(spread, driftOf(exp, cfg));
  const reason = whyNotScored(exp, cfg, medians);
  return {
    id,
    exp,
    cfg,
    metric,
    tags: tags.length,
    bed: 'veth-vm',
    family: familyOf(exp, cfg),
    backend: meantByMode(String(cfg.mode ?? RULES_MODE)).backend,
    unit: UNITS[metric]!,
    measured: median(medians),
    noise: noise === 0 ? null : noise,
    list: reason === null ? 'scored' : 'not scored',
    inSample: inFittingSubset(exp, cfg),
    reason,
  };
}

function whyNotScored(exp: string, cfg: KernelConfig, medians: readonly number[]): string | null {
  if (exp === 'e2') return 'message sizes: bimodal, sender and receiver fall into or out of batching';
  if (cfg.nohalt === 0) return 'the wake-up of a halted core dominates';
  const differ = Math.max(...medians) / Math.min(...medians) - 1;
  return differ > TAGS_DIFFER ? `repeats of other days differ by ${Math.round(differ * 100)} %` : null;
}

function familyOf(exp: string, cfg: KernelConfig): string {
  if (exp === 'e0_hole') return 'ns per packet';
  if (exp === 'e3') return 'request/response';
  const tcp = (exp === 'e1' && cfg.kind !== 'udp') || (exp === 'e2' && cfg.proto === 't');
  return tcp ? 'bulk TCP' : 'UDP, paced, rules';
}

/** Mean of the middle two where the number is even. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
