/**
 * A user's own measurements, as written by hand (docs/MEASUREMENTS.md, measurements.schema.json) → rows.
 */
import { MACHINES } from '../../machines/catalog.ts';
import {
  below,
  blame,
  type Fields,
  field,
  fits,
  flag,
  isFields,
  oneOf,
  optional,
  type Place,
  positive,
  type Rule,
  shown,
  text,
  whole,
} from './check.ts';
import { meantByList } from './names.ts';
import type { OwnMeasurement, OwnMetric, OwnTest } from './types.ts';
import { type BaseUnit, unitOf } from './units.ts';

type Rules = Readonly<Record<string, Rule>>;

/** Metrics and the base units that they can have. */
const METRIC_UNITS: Readonly<Record<OwnMetric, readonly BaseUnit[]>> = {
  goodput: ['Gbit/s'],
  packets: ['packets/s'],
  p50: ['µs'],
  p99: ['µs'],
  transactions: ['transactions/s'],
  cpuPerByte: ['ns/B'],
};

/** Tests and what they measure, the usual one first. */
const TEST_METRICS: Readonly<Record<OwnTest, readonly OwnMetric[]>> = {
  TCP_STREAM: ['goodput', 'cpuPerByte'],
  UDP_STREAM: ['goodput', 'packets', 'cpuPerByte'],
  TCP_RR: ['p50', 'p99', 'transactions'],
  UDP_RR: ['p50', 'p99', 'transactions'],
  TCP_CRR: ['p50', 'p99', 'transactions'],
};

const MESSAGE_BYTES: Readonly<Record<OwnTest, number>> = {
  TCP_STREAM: 131_072,
  UDP_STREAM: 1400,
  TCP_RR: 1,
  UDP_RR: 1,
  TCP_CRR: 1,
};

const FILE: Rules = {
  format: oneOf('format', ['windtunnel-measurements/1']),
  bed: text,
  source: optional(text),
  machine: (value) => (isFields(value) ? null : `${shown(value)} is not an object with a book`),
  rows: (value) =>
    Array.isArray(value) && value.length > 0 ? null : `${shown(value)} is not a list with rows`,
};

const MACHINE: Rules = {
  book: oneOf(
    'machine',
    MACHINES.map((machine) => machine.name),
  ),
  set: optional((value) => (isFields(value) ? null : `${shown(value)} is not an object`)),
};

const ROW: Rules = {
  id: text,
  backend: (value) =>
    typeof value === 'string' && meantByList(value) === null
      ? `unknown backend ${shown(value)}`
      : text(value),
  test: oneOf('test', Object.keys(TEST_METRICS)),
  metric: optional(oneOf('metric', Object.keys(METRIC_UNITS))),
  measured: positive,
  unit: text,
  streams: optional(whole(1, 1000)),
  messageBytes: optional(whole(1, 1_048_576)),
  mtuBytes: optional(whole(576, 65_535)),
  sameNode: optional(flag),
  noise: optional(positive),
  baseline: optional(text),
  list: optional(oneOf('list', ['scored', 'cpu', 'both states', 'not scored'])),
  reason: optional(text),
};

/** Rows of one file; none where its head does not hold. */
export function readOwn(value: Fields, file: Place): OwnMeasurement[] {
  const goodHead = fits(value, FILE, file);
  const machine = field(value, 'machine');
  if (!goodHead || !isFields(machine)) return [];
  const place = below(file, 'machine');
  if (!fits(machine, MACHINE, place)) return [];
  const set = (field(machine, 'set') ?? {}) as OwnMeasurement['machine']['set'];
  if (!settingsFit(set, below(place, 'set'))) return [];
  const head = { bed: value.bed as string, machine: { book: machine.book as string, set } };
  const seen = new Set<string>();
  const rows = (value.rows as readonly unknown[]).flatMap((row, index) => {
    const at = below(below(file, 'rows'), index);
    const read = readRow(row, head, at);
    if (read === null) return [];
    if (seen.has(read.id)) return blame(at, `${shown(read.id)} stands there twice; skipped`) ?? [];
    seen.add(read.id);
    return [{ read, at }];
  });
  return rows.map(({ read, at }) => withBaseline(read, seen, at));
}

function settingsFit(set: Fields, place: Place): boolean {
  const bad = Object.entries(set).filter(
    ([, value]) => typeof value !== 'string' && typeof value !== 'boolean' && !Number.isFinite(value),
  );
  for (const [name, value] of bad) blame(below(place, name), `${shown(value)} is not a plain value; skipped`);
  return bad.length === 0;
}

function readRow(
  row: unknown,
  head: Pick<OwnMeasurement, 'bed' | 'machine'>,
  place: Place,
): OwnMeasurement | null {
  if (!isFields(row)) return blame(place, `${shown(row)} is not an object; skipped`);
  if (!fits(row, ROW, place)) return null;
  const test = row.test as OwnTest;
  const unit = unitOf(row.unit as string);
  if (unit === null) return blame(below(place, 'unit'), `unknown unit ${shown(row.unit)}; skipped`);
  const metric = (field(row, 'metric') ??
    TEST_METRICS[test].find((one) => METRIC_UNITS[one].includes(unit.base))) as OwnMetric | undefined;
  if (metric === undefined || !METRIC_UNITS[metric].includes(unit.base)) {
    return blame(
      below(place, 'unit'),
      `unit ${shown(row.unit)} does not fit ${metric ?? `a ${test}`}; skipped`,
    );
  }
  if (!TEST_METRICS[test].includes(metric)) {
    return blame(below(place, 'metric'), `${test} has no ${metric}; skipped`);
  }
  const meant = meantByList(row.backend as string)!;
  return {
    id: row.id as string,
    ...head,
    backend: meant.backend,
    sameNode: (field(row, 'sameNode') as boolean | undefined) ?? meant.sameNode,
    test,
    streams: (field(row, 'streams') as number | undefined) ?? 1,
    messageBytes: (field(row, 'messageBytes') as number | undefined) ?? MESSAGE_BYTES[test],
    mtuBytes: (field(row, 'mtuBytes') as number | undefined) ?? null,
    metric,
    measured: (row.measured as number) * unit.factor,
    unit: unit.base,
    noise: (field(row, 'noise') as number | undefined) ?? null,
    baseline: (field(row, 'baseline') as string | undefined) ?? null,
    list:
      (field(row, 'list') as OwnMeasurement['list'] | undefined) ??
      (metric === 'cpuPerByte' ? 'cpu' : 'scored'),
    reason: (field(row, 'reason') as string | undefined) ?? null,
  };
}

/** A baseline that is no row of the file, or the row itself, fixes nothing. */
function withBaseline(row: OwnMeasurement, ids: ReadonlySet<string>, place: Place): OwnMeasurement {
  if (row.baseline === null || (ids.has(row.baseline) && row.baseline !== row.id)) return row;
  blame(below(place, 'baseline'), `no other row ${shown(row.baseline)}; ignored`);
  return { ...row, baseline: null };
}
