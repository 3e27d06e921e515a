/**
 * What files of measurements hold, after reading: published rows with their conditions, paths of one measured
 * kernel, TCP through a bottleneck, and a user's own rows. Fields of files keep the names that they have there.
 */
import type { RowList } from '../study.ts';

/** A row of a scoring list: what was measured, under which conditions, and how it counts. */
export interface ScoringRow {
  readonly id: string;
  readonly bed: string;
  /** The source's own name of what it measured. */
  readonly source_mode: string;
  /** The list's name; `PublishedRow.backend` is the catalogue's. */
  readonly backend: string;
  readonly metric: string;
  readonly family: string;
  /** In `unit`. */
  readonly measured: number;
  readonly unit: string;
  /** The same metric of the bed's baseline, in `unit`; null: none known. */
  readonly baseline: number | null;
  /** Which row that is: `host`, or words. */
  readonly baseline_row: string | null;
  /** measured / baseline. */
  readonly ratio: number | null;
  readonly link_gbps: number | null;
  readonly clock_ghz: number | null;
  /** `bm` bare metal, `virtio`, `xen`, `vm` another virtual machine, `?` not stated. */
  readonly platform: string;
  readonly tunnel_offload: 'on' | 'off' | 'unknown';
  readonly pod_mtu: number;
  readonly streams: number | null;
  readonly write_bytes: number;
  readonly kernel: string | null;
  readonly line_limited: boolean | null;
  readonly list: RowList;
  readonly reason: string | null;
}

/** One figure as a publication states it. */
export interface PublishedRecord {
  readonly id: string;
  readonly source_title: string;
  readonly source_url_or_repo_path: string;
  readonly year: number | null;
  /** What the source says of its bed; null or absent where it says nothing. */
  readonly environment: Readonly<Record<string, string | number | boolean | null>>;
  readonly mode: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: { readonly mode: string; readonly value: number; readonly unit: string } | null;
  readonly ratio_to_baseline: number | null;
  readonly how_certain: string;
}

/** A published row ready for comparing: names of the catalogue, base units. */
export interface PublishedRow {
  readonly row: ScoringRow;
  /** null: the files hold the list without the publication. */
  readonly record: PublishedRecord | null;
  /** Figures of the same publication that stand in no list: conditions of its beds, never what is predicted. */
  readonly beside: readonly PublishedRecord[];
  /** Name in the catalogue of backends; one that the catalogue lacks is the study's to report. */
  readonly backend: string;
  /** Both pods on one node. */
  readonly sameNode: boolean;
  /** `row.measured` in `baseUnit`. */
  readonly measured: number;
  /** `row.baseline` in `baseUnit`; null: none. */
  readonly baseline: number | null;
  readonly baseUnit: string;
}

/** Repeats of one figure; what a file does not give is absent. */
export interface Spread {
  readonly median: number;
  readonly q1?: number;
  readonly q3?: number;
  readonly min?: number;
  readonly max?: number;
  readonly n?: number;
}

export type KernelConfig = Readonly<Record<string, string | number>>;

/** One configuration of the veth bed, measured `n` times. */
export interface KernelEntry {
  readonly exp: string;
  readonly cfg: KernelConfig;
  readonly n: number;
  readonly r: Readonly<Record<string, Spread>>;
}

/** TCP through a token bucket, measured `n` times. */
export interface BottleneckEntry {
  readonly exp: 'tcp_bottleneck';
  readonly cfg: {
    readonly cc: 'cubic' | 'reno';
    /** Mbit/s. */
    readonly rate: number;
    /** One way, µs. */
    readonly delay_us: number;
    /** Bytes of the queue before the bucket. */
    readonly limit: number;
    /** Bytes. */
    readonly burst: number;
    readonly flows: number;
    readonly secs: number;
  };
  readonly n: number;
  /** At least one of goodput_mbps, tbf_drops, rtt_us_median, cwnd_bytes_median. */
  readonly r: Readonly<Record<string, Spread>>;
}

/** What an own row may measure; units are those of `units.ts`. */
export type OwnMetric = 'goodput' | 'p50' | 'p99' | 'transactions' | 'packets' | 'cpuPerByte';
export type OwnTest = 'TCP_STREAM' | 'UDP_STREAM' | 'TCP_RR' | 'UDP_RR' | 'TCP_CRR';

/** A user's own row: the machine and one figure of it. */
export interface OwnMeasurement {
  readonly id: string;
  readonly bed: string;
  readonly machine: {
    /** Name of a machine of the catalogue. */
    readonly book: string;
    /** Changes to it, as `--set machine.…` takes them, without the prefix. */
    readonly set: Readonly<Record<string, string | number | boolean>>;
  };
  readonly backend: string;
  readonly sameNode: boolean;
  readonly test: OwnTest;
  readonly streams: number;
  readonly messageBytes: number;
  /** MTU of the network below; null: the machine's or scenario's own. */
  readonly mtuBytes: number | null;
  readonly metric: OwnMetric;
  /** In `unit`, a base unit. */
  readonly measured: number;
  readonly unit: string;
  /** Ratio; null: not known. */
  readonly noise: number | null;
  /** Id of the row of the same bed whose figure fixes the machine's speed; null: none does. */
  readonly baseline: string | null;
  readonly list: RowList;
  readonly reason: string | null;
}

/** What could not be used, and where it stands. */
export interface Problem {
  readonly file: string;
  /** As in `[12].cfg.mode`; empty: the whole file. */
  readonly path: string;
  readonly message: string;
}

/** A file after JSON.parse (or its YAML equal). */
export interface Source {
  readonly name: string;
  readonly value: unknown;
}

export interface Measurements {
  readonly published: readonly PublishedRow[];
  readonly kernel: readonly KernelEntry[];
  readonly bottleneck: readonly BottleneckEntry[];
  readonly own: readonly OwnMeasurement[];
  readonly problems: readonly Problem[];
}

/** A source that is of no known format: nothing of it can be used. Input error (exit code 2). */
export class BadMeasurementFile extends Error {
  readonly file: string;

  constructor(file: string, message: string) {
    super(`${file}: ${message}`);
    this.name = 'BadMeasurementFile';
    this.file = file;
  }
}
