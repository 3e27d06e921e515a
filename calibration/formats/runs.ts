/**
 * Entries of the veth bed and of TCP through a bottleneck: experiment, configuration, spreads.
 */
import {
  below,
  blame,
  type Fields,
  field,
  fits,
  isFields,
  notNegative,
  object,
  oneOf,
  optional,
  type Place,
  positive,
  type Rule,
  shown,
  text,
  whole,
} from './check.ts';
import { KERNEL_MODES } from './names.ts';
import type { BottleneckEntry, KernelEntry } from './types.ts';

type Rules = Readonly<Record<string, Rule>>;

/** Fields that any experiment may carry. */
const ANY: Rules = {
  tag: optional(text),
  rps: optional(whole(0)),
  hops: optional(whole(0, 64)),
  pin: optional(oneOf('pin', ['pin', 'free'])),
  off: optional(oneOf('off', ['on', 'gsogro', 'off'])),
};
const mode = oneOf('mode', KERNEL_MODES);
const msg = whole(1, 1_048_576);
const mtu = whole(576, 65_535);
const ruleKind = oneOf('kind', ['none', 'legacy', 'nft', 'nftipt', 'nftset', 'ct']);
/** One to 999 streams of TCP, or one of UDP. */
const streamKind: Rule = (value) =>
  typeof value === 'string' && /^(tcp[1-9]\d{0,2}|udp)$/.test(value)
    ? null
    : oneOf('kind', ['tcp1', 'udp'])(value);

/** Configuration of each experiment that is compared. */
const CONFIGS: Readonly<Record<string, Rules>> = {
  e0_hole: { ...ANY, mode, msg, mtu },
  e0u_paced: { ...ANY, mode, msg, burst: whole(1), pps: positive, mtu: optional(mtu) },
  e1: { ...ANY, mode, mtu, kind: streamKind, off: ANY.off!, msg: optional(msg) },
  e2: { ...ANY, mode, msg, mtu, proto: oneOf('proto', ['t', 'u']) },
  e3: { ...ANY, mode, msg, mtu, proto: oneOf('proto', ['t', 'u']), nohalt: oneOf('nohalt', [0, 1]) },
  e4_fwd_routes: { ...ANY, mode, n: whole(0), msg: optional(msg), mtu: optional(mtu) },
  e4_fwd_rules: { ...ANY, kind: ruleKind, n: whole(0), mode: optional(mode), msg: optional(msg) },
  e4_tcp_rules: { ...ANY, kind: ruleKind, n: whole(0), mode: optional(mode) },
};

/** Figures of each experiment that are compared. */
export const KERNEL_METRICS: Readonly<Record<string, readonly string[]>> = {
  e0_hole: ['ns_per_pkt'],
  e0u_paced: ['own0'],
  e1: ['gbps', 'busy_ns_per_byte'],
  e2: ['gbps', 'busy_ns_per_byte'],
  e3: ['p50_us', 'busy_us_per_tx'],
  e4_fwd_routes: ['ns_per_pkt'],
  e4_fwd_rules: ['ns_per_pkt'],
  e4_tcp_rules: ['gbps', 'busy_ns_per_byte'],
};

/** Known, with nothing to compare here: elementary costs, samples, programming of tables (control plane). */
const ONLY_KNOWN = new Set(['micro', 'e7_prof', 'e4_prog', 'e4_rules_load']);

const BOTTLENECK: Rules = {
  cc: oneOf('congestion control', ['cubic', 'reno']),
  rate: positive,
  delay_us: notNegative,
  limit: whole(1514),
  burst: whole(1514),
  flows: whole(1, 1000),
  secs: positive,
};
/** Drops may be none at all. */
export const BOTTLENECK_METRICS = [
  'goodput_mbps',
  'tbf_drops',
  'rtt_us_median',
  'cwnd_bytes_median',
] as const;

const ENTRY: Rules = { exp: text, cfg: object, n: whole(1), r: object };

/** Entries of either bed. */
export function readRuns(
  entries: readonly unknown[],
  file: Place,
): { kernel: KernelEntry[]; bottleneck: BottleneckEntry[] } {
  const kernel: KernelEntry[] = [];
  const bottleneck: BottleneckEntry[] = [];
  for (const [index, entry] of entries.entries()) {
    const place = below(file, index);
    if (!isFields(entry)) blame(place, `${shown(entry)} is not an object; skipped`);
    else if (!fits(entry, ENTRY, place)) continue;
    else if (entry.exp === 'tcp_bottleneck') {
      const read = readOne(entry, place, BOTTLENECK, BOTTLENECK_METRICS);
      if (read !== null) bottleneck.push(read as unknown as BottleneckEntry);
    } else {
      const read = readKernel(entry, place);
      if (read !== null) kernel.push(read);
    }
  }
  return { kernel, bottleneck };
}

function readKernel(entry: Fields, place: Place): KernelEntry | null {
  const exp = entry.exp as string;
  if (ONLY_KNOWN.has(exp)) return null;
  if (!Object.hasOwn(CONFIGS, exp)) {
    return blame(below(place, 'exp'), `unknown experiment ${shown(exp)}; skipped`);
  }
  return readOne(entry, place, CONFIGS[exp]!, KERNEL_METRICS[exp]!);
}

/** The entry with those of its figures that can be used; null: none, or an unusable configuration. */
function readOne(entry: Fields, place: Place, config: Rules, metrics: readonly string[]): KernelEntry | null {
  const cfg = entry.cfg as Fields;
  const stranger = Object.keys(cfg).filter((name) => !Object.hasOwn(config, name));
  // An unknown condition may change the figure: nothing can be said of the entry.
  for (const name of stranger) blame(below(below(place, 'cfg'), name), 'unknown field; skipped');
  const known = Object.fromEntries(Object.entries(cfg).filter(([name]) => Object.hasOwn(config, name)));
  if (!fits(known, config, below(place, 'cfg')) || stranger.length > 0) return null;
  const r: Record<string, KernelEntry['r'][string]> = {};
  for (const metric of metrics) {
    const spread = field(entry.r as Fields, metric);
    if (spreadFits(spread, metric, below(below(place, 'r'), metric))) r[metric] = spread;
  }
  return Object.keys(r).length === 0 ? null : ({ ...entry, r } as unknown as KernelEntry);
}

function spreadFits(spread: unknown, metric: string, place: Place): spread is KernelEntry['r'][string] {
  if (spread === undefined) return blame(place, 'missing; skipped') ?? false;
  if (!isFields(spread)) return blame(place, `${object(spread)}; skipped`) ?? false;
  const some = metric === 'tbf_drops' ? notNegative : positive;
  const other = optional(notNegative);
  const rules = { median: some, q1: other, q3: other, min: other, max: other, n: optional(whole(1)) };
  if (!fits(spread, rules, place)) return false;
  const { q1, median, q3 } = spread as unknown as { q1?: number; median: number; q3?: number };
  if ((q1 ?? median) <= median && median <= (q3 ?? median)) return true;
  return blame(place, 'quartiles do not enclose the median; skipped') ?? false;
}
