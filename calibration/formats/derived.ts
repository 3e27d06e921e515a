/**
 * A row for a published record that no list speaks of: conditions stated by the source, otherwise the
 * conservative ones of the published lists' rules. Such a row is shown, never scored.
 *
 * Left out: offloads that the source describes in words.
 */
import { below, blame, type Place, shown } from './check.ts';
import { listNameOf } from './names.ts';
import type { PublishedRecord, ScoringRow } from './types.ts';

const FAMILIES: readonly (readonly [RegExp, string | null])[] = [
  // Queues of a bulk stream, not an exchange.
  [/under_load/, null],
  [/cpu|cycles|cores/, 'cpu'],
  [/^p9\d|_p9\d/, 'tail'],
  [/latency|rtt|_rr_/, 'latency'],
  [/pps|packets_per_s/, 'pps'],
  [/^udp_throughput/, 'udp'],
  [/^(tcp_)?throughput_(gbps|mbps|mbytes|ratio)$/, 'tcp1'],
];

/** Bytes that each backend takes off the MTU of the network below. */
const RESERVED_BYTES: readonly (readonly [RegExp, number])[] = [
  [/wireguard/, 60],
  [/vxlan/, 50],
  [/flannel-udp/, 28],
  [/ipip/, 20],
];

const MODERN_NIC = /ixgbe|i40e|ice|mlx[45]|connectx|xl710|x5\d\d/;
const GUEST_NIC = /virtio|xen|vmxnet3|ena\b/;

/** @returns null where backend, metric or baseline cannot be told; the place is blamed */
export function derivedRow(record: PublishedRecord, place: Place): ScoringRow | null {
  const backend = listNameOf(record.mode);
  const stated = record.environment;
  const streams = typeof stated.streams === 'number' && stated.streams >= 1 ? stated.streams : null;
  const family = familyOf(record.metric, streams);
  const { baseline } = record;
  if (backend === null) return blame(below(place, 'mode'), `unknown backend ${shown(record.mode)}; skipped`);
  if (family === null)
    return blame(below(place, 'metric'), `unknown metric ${shown(record.metric)}; skipped`);
  if (record.value === 0) return blame(below(place, 'value'), '0 cannot be compared; skipped');
  if (baseline === null) return blame(below(place, 'baseline'), 'none, and no list beside it; skipped');
  if (baseline.unit !== record.unit) {
    return blame(below(place, 'baseline.unit'), `${shown(baseline.unit)} is not the value's unit; skipped`);
  }
  const words = Object.values(stated).join(' ').toLowerCase();
  return {
    id: record.id,
    bed: record.id.replace(/-[^-]*$/, ''),
    source_mode: record.mode,
    backend,
    metric: record.metric,
    family,
    measured: record.value,
    unit: record.unit,
    baseline: baseline.value,
    baseline_row: 'host',
    ratio: record.value / baseline.value,
    link_gbps: leadingNumber(stated.nic_gbps),
    clock_ghz: clockGhz(String(stated.cpu ?? '')),
    platform: platformOf(words),
    tunnel_offload: MODERN_NIC.test(words) ? 'on' : GUEST_NIC.test(words) ? 'off' : 'unknown',
    pod_mtu: podMtu(stated.mtu, backend),
    streams,
    write_bytes: writeBytes(record.mode),
    kernel: typeof stated.kernel === 'string' ? stated.kernel : null,
    line_limited: null,
    list: 'not scored',
    reason: 'no list beside the file',
  };
}

function familyOf(metric: string, streams: number | null): string | null {
  const family = FAMILIES.find(([words]) => words.test(metric))?.[1] ?? null;
  return family === 'tcp1' && streams !== null && streams > 1 ? 'tcpN' : family;
}

function clockGhz(cpu: string): number | null {
  const found = /(\d+(?:\.\d+)?)\s*GHz/i.exec(cpu);
  return found === null || Number(found[1]) === 0 ? null : Number(found[1]);
}

function platformOf(words: string): string {
  if (words.includes('virtio')) return 'virtio';
  if (words.includes('xen') || words.includes('t2.')) return 'xen';
  if (/\bvms?\b|virtual machine/.test(words)) return 'vm';
  return words.includes('bare metal') ? 'bm' : '?';
}

/** iperf's 128 KB unless the source says otherwise. */
function writeBytes(mode: string): number {
  const found = /write size (\d{1,3})K/i.exec(mode);
  return found === null || Number(found[1]) === 0 ? 131_072 : Number(found[1]) * 1024;
}

/** `40 (Intel XL710)` is 40; `2x10` is nothing that one stream could have. */
function leadingNumber(value: unknown): number | null {
  const found = /^(\d+(?:\.\d+)?)(?![\dx.])/.exec(String(value ?? ''));
  return found === null || Number(found[1]) === 0 ? null : Number(found[1]);
}

/** 1,500 B below where nothing is said, less what the backend takes; no more than stated for the pods. */
function podMtu(mtu: unknown, backend: string): number {
  const words = String(mtu ?? '');
  const pod = /pod (\d{4,5})/.exec(words)?.[1];
  const link = /(?:^|NIC |host )(\d{4,5})/.exec(words)?.[1];
  const reserved = RESERVED_BYTES.find(([name]) => name.test(backend))?.[1] ?? 0;
  return Math.min(Number(link ?? pod ?? 1500) - reserved, Number(pod ?? 65_535));
}
