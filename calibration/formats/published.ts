/**
 * Published records and the scoring lists beside them → rows with names of the catalogue and base units.
 */
import { groupBy } from '../summary.ts';
import {
  below,
  blame,
  type Fields,
  field,
  fits,
  flag,
  isFields,
  notNegative,
  object,
  oneOf,
  optional,
  orNull,
  type Place,
  positive,
  type Rule,
  shown,
  text,
  whole,
} from './check.ts';
import { derivedRow } from './derived.ts';
import { meantByList } from './names.ts';
import type { Problem, PublishedRecord, PublishedRow, ScoringRow } from './types.ts';
import { FAMILY_UNITS, unitOf } from './units.ts';

type Rules<T> = Readonly<Record<keyof T, Rule>>;

const LISTS = ['scored', 'cpu', 'both states', 'not scored'];

const ROW_RULES: Rules<ScoringRow> = {
  id: text,
  bed: text,
  source_mode: text,
  backend: (value) =>
    typeof value === 'string' && meantByList(value) === null
      ? `unknown backend ${shown(value)}`
      : text(value),
  metric: text,
  family: oneOf('family', Object.keys(FAMILY_UNITS)),
  measured: positive,
  unit: text,
  baseline: orNull(positive),
  baseline_row: orNull(text),
  ratio: orNull(positive),
  link_gbps: orNull(positive),
  clock_ghz: orNull(positive),
  platform: text,
  tunnel_offload: oneOf('tunnel_offload', ['on', 'off', 'unknown']),
  pod_mtu: whole(68, 65_535),
  streams: orNull(whole(1)),
  write_bytes: whole(1),
  kernel: orNull(text),
  line_limited: orNull(flag),
  list: oneOf('list', LISTS),
  reason: orNull(text),
};

const RECORD_RULES: Rules<PublishedRecord> & { readonly note: Rule } = {
  id: text,
  source_title: text,
  source_url_or_repo_path: text,
  year: orNull(whole(1980, 2100)),
  environment: object,
  mode: text,
  metric: text,
  value: notNegative,
  unit: text,
  baseline: orNull(object),
  ratio_to_baseline: orNull(notNegative),
  how_certain: text,
  note: optional(orNull(text)),
};

const BASELINE_RULES: Rules<NonNullable<PublishedRecord['baseline']>> = {
  mode: text,
  value: positive,
  unit: text,
};

/** An entry with where it stands. */
export interface Placed<T> {
  readonly entry: T;
  readonly place: Place;
}

/** Entries of one scoring list. */
export function readList(entries: readonly unknown[], file: Place): Placed<ScoringRow>[] {
  return entries.flatMap((entry, index) => {
    const place = below(file, index);
    if (!isFields(entry)) return blame(place, `${shown(entry)} is not an object; skipped`) ?? [];
    if (!fits(entry, ROW_RULES, place)) return [];
    return unitFits(entry as unknown as ScoringRow, place)
      ? [{ entry: entry as unknown as ScoringRow, place }]
      : [];
  });
}

/** The unit is known and is one that the family can have. */
function unitFits(row: ScoringRow, place: Place): boolean {
  const unit = unitOf(row.unit);
  const at = below(place, 'unit');
  if (unit === null) return blame(at, `unknown unit ${shown(row.unit)}; skipped`) ?? false;
  if (FAMILY_UNITS[row.family]!.includes(unit.base)) return true;
  return blame(at, `unit ${shown(row.unit)} does not fit family "${row.family}"; skipped`) ?? false;
}

/** Entries of one file of published records. */
export function readRecords(entries: readonly unknown[], file: Place): Placed<PublishedRecord>[] {
  return entries.flatMap((entry, index) => {
    const place = below(file, index);
    if (!isFields(entry)) return blame(place, `${shown(entry)} is not an object; skipped`) ?? [];
    const good = fits(entry, RECORD_RULES, place);
    if (!environmentFits(field(entry, 'environment'), below(place, 'environment')) || !good) return [];
    const baseline = field(entry, 'baseline') as Fields | null;
    if (baseline !== null && !fits(baseline, BASELINE_RULES, below(place, 'baseline'))) return [];
    return [{ entry: entry as unknown as PublishedRecord, place }];
  });
}

/** Any names, plain values. */
function environmentFits(environment: unknown, place: Place): boolean {
  if (!isFields(environment)) return false;
  const bad = Object.entries(environment).filter(
    ([, value]) =>
      value !== null && typeof value !== 'string' && typeof value !== 'boolean' && !Number.isFinite(value),
  );
  for (const [name, value] of bad) {
    blame(below(place, name), `${shown(value)} is not a plain value; skipped`);
  }
  return bad.length === 0;
}

/**
 * Lists and records joined by id. Without any list every record becomes a row of its own, not scored; beside a
 * list, a file of records with no row in it is named.
 */
export function join(
  listed: readonly Placed<ScoringRow>[],
  records: readonly Placed<PublishedRecord>[],
  hasList: boolean,
  problems: Problem[],
): PublishedRow[] {
  const byId = new Map(unique(records).map(({ entry }) => [entry.id, entry]));
  if (!hasList) {
    return unique(records).flatMap(({ entry, place }) => {
      const row = derivedRow(entry, place);
      return row === null || !unitFits(row, place) ? [] : [converted(row, entry, [])];
    });
  }
  const rows = unique(listed);
  const ids = new Set(rows.map(({ entry }) => entry.id));
  const files = new Map<string, boolean>();
  for (const { entry, place } of records) {
    files.set(place.file, (files.get(place.file) ?? false) || ids.has(entry.id));
  }
  for (const [file, used] of files) {
    if (!used) problems.push({ file, path: '', message: 'no record is in any list; skipped' });
  }
  const unlisted = groupBy(
    [...byId.values()].filter(({ id }) => !ids.has(id)),
    ({ source_title }) => source_title,
  );
  return rows.map(({ entry }) => {
    const record = byId.get(entry.id) ?? null;
    return converted(entry, record, unlisted.get(record?.source_title ?? '') ?? []);
  });
}

/** The first of each id; the others are blamed. */
function unique<T extends { readonly id: string }>(placed: readonly Placed<T>[]): Placed<T>[] {
  const seen = new Set<string>();
  return placed.filter(({ entry, place }) => {
    if (seen.has(entry.id)) {
      return blame(below(place, 'id'), `${shown(entry.id)} stands there twice; skipped`) ?? false;
    }
    seen.add(entry.id);
    return true;
  });
}

function converted(
  row: ScoringRow,
  record: PublishedRecord | null,
  beside: readonly PublishedRecord[],
): PublishedRow {
  const unit = unitOf(row.unit)!;
  return {
    row,
    record,
    beside,
    ...meantByList(row.backend)!,
    measured: row.measured * unit.factor,
    baseline: row.baseline === null ? null : row.baseline * unit.factor,
    baseUnit: unit.base,
  };
}
