/**
 * What is known of a published row before it is predicted: its conditions, and nothing that was measured.
 *
 * The environment is built from these alone (a test replaces every measured value and sees the same tasks).
 * Missing conditions take the defaults of the rules: no NIC rate stated means no line that limits, a virtual
 * CPU count is read where the source states one. Left out: offloads (no source states them; the list decides).
 */
import type { PublishedRow } from '../formats/types.ts';

export interface Conditions {
  readonly bed: string;
  /** Name in the catalogue of backends. */
  readonly backend: string;
  readonly sameNode: boolean;
  readonly family: string;
  readonly metric: string;
  /** null: not stated. */
  readonly linkGbps: number | null;
  readonly clockGhz: number | null;
  /** `bm`, `virtio`, `xen`, `vm`, `?`. */
  readonly platform: string;
  readonly offload: 'on' | 'off' | 'unknown';
  readonly podMtuBytes: number;
  readonly streams: number;
  readonly writeBytes: number;
  /** Bytes of a request where latency is measured. */
  readonly requestBytes: number;
  readonly kernel: string | null;
  /** Logical CPUs of a node; null: not stated. */
  readonly cpus: number | null;
}

/** Conditions of a row; `measured`, `baseline` and `ratio` are not looked at. */
export function conditionsOf({ row, record, backend, sameNode }: PublishedRow): Conditions {
  return {
    bed: row.bed,
    // Two containers of a Docker overlay on one host meet on the overlay's bridge.
    backend: sameNode && row.source_mode.startsWith('overlay') ? 'bridge' : backend,
    sameNode,
    family: row.family,
    metric: row.metric,
    linkGbps: row.link_gbps,
    clockGhz: row.clock_ghz,
    platform: row.platform,
    offload: row.tunnel_offload,
    podMtuBytes: row.pod_mtu,
    streams: row.streams ?? 1,
    writeBytes: row.write_bytes,
    requestBytes: requestBytesIn(row.source_mode),
    kernel: row.kernel,
    cpus: cpusIn(record?.environment.cpu),
  };
}

/** "calico no encapsulation, 4K" → 4,096; a source that names no size sent one byte. */
function requestBytesIn(mode: string): number {
  const kilobytes = /, (\d+)K$/.exec(mode)?.[1];
  return kilobytes === undefined ? 1 : Number(kilobytes) * 1024;
}

/** "1 vCPU", "32 logical CPUs", "4c/8t". */
function cpusIn(text: unknown): number | null {
  const found = /(\d+) (?:vCPU|logical CPU)|\/(\d+)t\b/.exec(String(text ?? ''));
  return found === null ? null : Number(found[1] ?? found[2]);
}

/** A CentOS or Ubuntu version string as major × 100 + minor; null where none is stated. */
export function kernelVersion(kernel: string | null): number | null {
  const found = /^(\d+)\.(\d+)/.exec(kernel ?? '');
  return found === null ? null : Number(found[1]) * 100 + Number(found[2]);
}
