/**
 * Units of measurements → base units: the one table. Words in brackets after a unit are remarks.
 */

/** Base unit and what one of the named unit is in it. */
export interface Unit {
  readonly base: BaseUnit;
  readonly factor: number;
}

export type BaseUnit =
  | 'Gbit/s'
  | 'µs'
  | 'packets/s'
  | 'transactions/s'
  | 'cores'
  | 'share'
  | 'ns/B'
  | 'cycles/B'
  | 'ratio';

const unit = (base: BaseUnit, factor: number): Unit => ({ base, factor });

const UNITS: Readonly<Record<string, Unit>> = {
  'Gbit/s': unit('Gbit/s', 1),
  'Gb/s': unit('Gbit/s', 1),
  Gbps: unit('Gbit/s', 1),
  'Mbit/s': unit('Gbit/s', 1e-3),
  'Mb/s': unit('Gbit/s', 1e-3),
  Mbps: unit('Gbit/s', 1e-3),
  'kbit/s': unit('Gbit/s', 1e-6),
  'bit/s': unit('Gbit/s', 1e-9),
  'GB/s': unit('Gbit/s', 8),
  'MB/s': unit('Gbit/s', 8e-3),
  'MiB/s': unit('Gbit/s', 8 * 1_048_576e-9),
  'kB/s': unit('Gbit/s', 8e-6),
  'KB/s': unit('Gbit/s', 8e-6),
  s: unit('µs', 1e6),
  ms: unit('µs', 1e3),
  us: unit('µs', 1),
  µs: unit('µs', 1),
  μs: unit('µs', 1),
  ns: unit('µs', 1e-3),
  'packets/s': unit('packets/s', 1),
  'packets/s from one sending thread': unit('packets/s', 1),
  pps: unit('packets/s', 1),
  kpps: unit('packets/s', 1e3),
  Mpps: unit('packets/s', 1e6),
  'transactions/s': unit('transactions/s', 1),
  'requests/s': unit('transactions/s', 1),
  cores: unit('cores', 1),
  '% of one core': unit('cores', 0.01),
  '%': unit('share', 0.01),
  'per mille of the node': unit('share', 0.001),
  'ns/B': unit('ns/B', 1),
  // netperf's service demand: 1 KB is 1,024 B.
  'us/KB': unit('ns/B', 1000 / 1024),
  'cycles/B': unit('cycles/B', 1),
  ratio: unit('ratio', 1),
};

/** @returns null for a unit that the table does not know */
export function unitOf(name: string): Unit | null {
  const bare = name.replace(/\s*\([^()]*\)\s*$/, '').trim();
  if (Object.hasOwn(UNITS, bare)) return UNITS[bare]!;
  if (bare.startsWith('ratio to ')) return UNITS.ratio!;
  const threads = /^% of (\d{1,4}) (?:threads|cores|CPUs)$/.exec(bare);
  return threads === null ? null : unit('cores', Number(threads[1]) / 100);
}

/** Families of published rows and the base units that they can have. */
export const FAMILY_UNITS: Readonly<Record<string, readonly BaseUnit[]>> = {
  tcp1: ['Gbit/s', 'ratio'],
  tcpN: ['Gbit/s', 'ratio'],
  udp: ['Gbit/s', 'ratio'],
  pps: ['packets/s', 'ratio'],
  latency: ['µs', 'transactions/s', 'ratio'],
  tail: ['µs', 'ratio'],
  cpu: ['cores', 'share', 'ns/B', 'cycles/B', 'ratio'],
};
