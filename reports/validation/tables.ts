/**
 * The tables of a validation as plain text cells, once for the terminal, the HTML report and the documents. Units stand
 * in headers or in a column of their own; errors are printed in per cent.
 */
import { byName, rowNames } from './rowNames.ts';
import type { Validation, ValidationGroup, ValidationRow } from './schema.ts';
import { counted, familyTitle, figure, NONE, share, signed } from './words.ts';

export interface TextColumn {
  readonly name: string;
  readonly align: 'left' | 'right';
}

export interface TextTable {
  /** Letters, digits, hyphens. */
  readonly id: string;
  readonly title: string;
  /** One sentence below the title; '' for none. */
  readonly note: string;
  readonly columns: readonly TextColumn[];
  readonly rows: readonly (readonly string[])[];
}

export const KEPT = 'ok';
export const MISSED = 'MISS';

const left = (name: string): TextColumn => ({ name, align: 'left' });
const right = (name: string): TextColumn => ({ name, align: 'right' });

/** Rows by bed and family, each by name. @param all  also what is not scored */
export function rowTables(document: Validation, all: boolean): TextTable[] {
  const shown = document.rows.filter((row) => all || row.list !== 'not scored');
  const keys = [...new Set(shown.map(({ bed, family }) => JSON.stringify([bed, family])))];
  return keys.map((key, at) => {
    const [bed, family] = JSON.parse(key) as [string, string];
    const rows = shown
      .filter((row) => row.bed === bed && row.family === family)
      .sort((a, b) => byName(a.id, b.id));
    const { names, common } = rowNames(rows.map(({ id }) => id));
    return {
      id: `rows-${at}`,
      title: `${bed}: ${familyTitle(family)}`,
      note: common === '' ? '' : `All rows of ${common}.`,
      columns: [
        left('row'),
        left('backend'),
        right('measured'),
        right('predicted'),
        left('unit'),
        right('error'),
        right('÷ noise'),
        left('marks'),
      ],
      rows: rows.map((row) => rowCells(row, names.get(row.id)!)),
    };
  });
}

function rowCells(row: ValidationRow, name: string): string[] {
  const { backend, measured, predicted, unit, error, noise } = row;
  const ratio = error === null || noise === 0 ? NONE : (Math.abs(error) / noise).toFixed(1);
  return [name, backend, figure(measured), figure(predicted), unit, signed(error), ratio, marksOf(row)];
}

/** What a reader must know about a row. */
export function marksOf({ list, inSample, scaleAssumed, reason }: ValidationRow): string {
  const marks = [
    inSample ? 'in sample' : '',
    scaleAssumed ? 'scale assumed' : '',
    list === 'scored' || list === 'cpu' ? '' : list,
    reason ?? '',
  ];
  return marks.filter((mark) => mark !== '').join('; ');
}

export function targetTable({ targets }: Validation): TextTable {
  return {
    id: 'targets',
    title: 'Targets',
    note: 'A row counts in the first line that fits; rows that a price was fitted on do not count.',
    columns: [
      left('rows of'),
      left('target'),
      right('rows'),
      right('median error'),
      right('at most'),
      right('90th percentile'),
      right('at most'),
      right('share'),
      right('at least'),
      left('of'),
    ],
    rows: targets
      .filter(({ rows }) => rows > 0)
      .map((target) => [
        target.title,
        target.ok === null ? NONE : target.ok ? KEPT : MISSED,
        String(target.rows),
        share(target.medianAbsErr),
        target.medianMax === null ? '' : share(target.medianMax),
        share(target.p90AbsErr),
        target.p90Max === null ? '' : share(target.p90Max),
        target.shareMin === null ? '' : share(target.share),
        target.shareMin === null ? '' : share(target.shareMin),
        target.shareOf ?? '',
      ]),
  };
}

const GROUP_NOTE =
  'Scored rows that no price was fitted on. Order: share of pairs of backends that differ and are predicted in the ' +
  'measured order.';

function groupTable(id: string, title: string, first: string, groups: readonly ValidationGroup[]): TextTable {
  return {
    id,
    title,
    note: GROUP_NOTE,
    columns: [
      left(first),
      right('rows'),
      right('predicted'),
      right('median error'),
      right('90th percentile'),
      right('pairs'),
      right('order right'),
    ],
    rows: groups.map((group) => [
      first === 'family' ? familyTitle(group.name) : group.name,
      String(group.rows),
      String(group.predictedRows),
      share(group.medianAbsErr),
      share(group.p90AbsErr),
      String(group.pairs),
      share(group.orderRight),
    ]),
  };
}

export const bedTable = ({ beds }: Validation): TextTable => groupTable('beds', 'By bed', 'bed', beds);
export const familyTable = ({ families }: Validation): TextTable =>
  groupTable('families', 'By family', 'family', families);

/** Published rows together, the same with each bed left out, and the measured kernel. */
export function overallTable({ overall, overallLeftOut, kernel }: Validation): TextTable {
  const line = (name: string, of: Validation['overall']): string[] => [
    name,
    String(of.predictedRows),
    String(of.beds),
    share(of.medianAbsErr),
    share(of.p90AbsErr),
    share(of.medianOfBedMedians),
    String(of.pairs),
    share(of.orderRight),
    share(of.orderRightMeanOfBeds),
  ];
  return {
    id: 'overall',
    title: 'Together',
    note: statesNote(overall.bothStates),
    columns: [
      left('scored rows'),
      right('rows'),
      right('beds'),
      right('median error'),
      right('90th percentile'),
      right('median of bed medians'),
      right('pairs'),
      right('order right'),
      right('mean of beds'),
    ],
    rows: [
      line('published', overall),
      line('published, each bed left out', overallLeftOut),
      line('measured kernel', kernel),
    ].filter(([, rows]) => rows !== '0'),
  };
}

const statesNote = (states: Validation['overall']['bothStates']): string =>
  states === undefined || states.rows === 0
    ? ''
    : `Both states (the source does not say what decides; one of two within 25 %, scored nowhere): ` +
      `${states.right} of ${states.rows} right.`;

export function naiveTable({ naive }: Validation): TextTable {
  return {
    id: 'naive',
    title: 'Naive predictors on the same rows',
    note: 'What no model would say, on scored published rows. A model that is not better here is worth nothing.',
    columns: [
      left('predictor'),
      right('rows'),
      right('its median error'),
      right("model's"),
      right('its 90th percentile'),
      right("model's"),
    ],
    rows: naive
      .filter(({ rows }) => rows > 0)
      .map((one) => [
        one.title,
        String(one.rows),
        share(one.medianAbsErr),
        share(one.modelMedianAbsErr),
        share(one.p90AbsErr),
        share(one.modelP90AbsErr),
      ]),
  };
}

export function leftOutTable({ leaveOneBedOut }: Validation): TextTable {
  return {
    id: 'left-out',
    title: 'One bed left out',
    note:
      'Each bed predicted with the prices that it alone motivated put back to their sources. A price that two beds ' +
      'asked for stays: the other one would have asked as well.',
    columns: [
      left('bed'),
      right('rows'),
      right('median error'),
      right('90th percentile'),
      right('median with all prices'),
    ],
    rows: leaveOneBedOut.map((bed) => [
      bed.bed,
      String(bed.rows),
      share(bed.medianAbsErr),
      share(bed.p90AbsErr),
      share(bed.modelMedianAbsErr),
    ]),
  };
}

export function movedTable({ movedPrices }: Validation): TextTable {
  return {
    id: 'moved',
    title: `Prices moved from their sources: ${movedPrices.length}`,
    note: movedPrices.length === 0 ? 'Every global price is what its source says.' : '',
    columns: [
      left('stage'),
      left('price'),
      right('source'),
      right('used'),
      right('range'),
      left('unit'),
      left('reason'),
      left('beds'),
    ],
    rows: movedPrices.map((one) => [
      one.stage,
      one.field,
      figure(one.old),
      figure(one.new),
      `${figure(one.min)} to ${figure(one.max)}`,
      one.unit,
      one.reason,
      one.beds.join(', '),
    ]),
  };
}

const UNKNOWN_STATE = 'the source does not say what decides the answer';

/** Why rows are not judged, counted. */
export function notScoredTable({ rows }: Validation): TextTable {
  const reasons = new Map<string, number>();
  for (const { list, error, inSample, reason } of rows) {
    const why =
      list === 'not scored' || list === 'both states'
        ? `${list}: ${reason ?? (list === 'both states' ? UNKNOWN_STATE : 'no reason given')}`
        : inSample
          ? 'in sample: a price was fitted on it'
          : error === null
            ? `not predicted: ${reason ?? 'no reason given'}`
            : null;
    if (why !== null) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  }
  return {
    id: 'not-scored',
    title: 'Rows that do not count',
    note: '',
    columns: [right('rows'), left('why')],
    rows: [...reasons].sort(([, a], [, b]) => b - a).map(([why, count]) => [String(count), why]),
  };
}

/** Every table but those of single rows, in reading order; empty ones left out. */
export function summaryTables(document: Validation): TextTable[] {
  const tables = [
    targetTable(document),
    overallTable(document),
    bedTable(document),
    familyTable(document),
    naiveTable(document),
    leftOutTable(document),
    movedTable(document),
    notScoredTable(document),
  ];
  // The prices stand in the books of the machines that published and own rows take.
  const moved = document.overall.predictedRows > 0;
  return tables.filter(({ id, rows }) => (id === 'moved' ? moved : rows.length > 0));
}

/** What was compared with, in words. */
export function againstOf({ sources, filter }: Validation): string {
  const part = (what: string, names: readonly string[]): string =>
    names.length === 0 ? '' : `; only ${what} ${names.join(', ')}`;
  const files = sources.length === 0 ? 'the shipped measurements' : sources.join(', ');
  return files + part('beds', filter.beds) + part('families', filter.families);
}

/** The result in one sentence. */
export function verdictOf({ overall, kernel, targets, sources, rows }: Validation): string {
  const judged = targets.filter(({ ok }) => ok !== null);
  const kept = judged.filter(({ ok }) => ok === true).length;
  const part = (what: string, of: Validation['overall']): string =>
    of.predictedRows === 0
      ? ''
      : `${what}: median error ${share(of.medianAbsErr)}, 90th percentile ${share(of.p90AbsErr)} ` +
        `(${counted(of.predictedRows, 'row')}, ${counted(of.beds, 'bed')}` +
        `${of.orderRight === null ? '' : `; order of pairs right in ${share(of.orderRight)}`})`;
  const parts = [
    part(sources.length === 0 ? 'published measurements' : 'measurements given', overall),
    part('one measured kernel', kernel),
    judged.length === 0 ? '' : `${kept} of ${counted(judged.length, 'target')} met`,
  ];
  const said = parts.filter((one) => one !== '');
  const shown = rows.filter(({ predicted }) => predicted !== null).length;
  if (said.length === 0 && shown > 0) return `No row counts; ${counted(shown, 'row')} only shown.`;
  if (said.length === 0) return 'Nothing could be compared.';
  return said.map((one) => `${one.charAt(0).toUpperCase()}${one.slice(1)}.`).join(' ');
}
