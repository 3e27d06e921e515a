/**
 * What the model promises, as data, and whether it keeps it. A row counts in the first line that fits; only scored rows
 * (and the CPU rows in their own line) that no price was fitted on.
 *
 * The lines were fixed together with the lists of rows, before the model was tuned.
 */
import { type ConditionsOf, conditionsOf, type RowConditions } from './conditions.ts';
import type { Row } from './study.ts';
import { absErrors, median, overall, p90 } from './summary.ts';

type Origin = 'kernel' | 'bottleneck' | 'published';

interface Line {
  readonly id: string;
  readonly title: string;
  readonly fits: (row: Row, conditions: RowConditions) => boolean;
  /** Ratios; null: not asked. */
  readonly medianMax: number | null;
  readonly p90Max: number | null;
  /** A share of rows that must have a property. */
  readonly share?: {
    readonly of: string;
    readonly min: number;
    readonly holds: (row: Row, conditions: RowConditions) => boolean;
  };
}

export interface TargetResult {
  readonly id: string;
  readonly title: string;
  readonly rows: number;
  readonly medianAbsErr: number | null;
  readonly medianMax: number | null;
  readonly p90AbsErr: number | null;
  readonly p90Max: number | null;
  /** Share of rows, beds or pairs with the property named; null: nothing of the kind is asked. */
  readonly share: number | null;
  readonly shareMin: number | null;
  readonly shareOf: string | null;
  /** null: no row to judge by. */
  readonly ok: boolean | null;
}

const FACTOR = 1.5;
const LOSS = 0.5;

export const originOf = ({ bed }: Pick<Row, 'bed'>): Origin =>
  bed === 'veth-vm' ? 'kernel' : bed === 'tcp-bottleneck' ? 'bottleneck' : 'published';

const family =
  (origin: Origin, ...names: string[]) =>
  (row: Row): boolean =>
    originOf(row) === origin && names.includes(row.family);
const tcp = family('published', 'tcp1', 'tcpN');

/** Predicted within a factor of what was measured. */
const withinFactor = ({ error }: Row): boolean =>
  error !== null && error + 1 <= FACTOR && (error + 1) * FACTOR >= 1;

/** More than a twofold loss against the baseline, or not: as measured? A row without baseline tells nothing. */
const regimeRight = ({ error }: Row, { ratio }: RowConditions): boolean =>
  error === null || ratio === null || ratio < LOSS === ratio * (error + 1) < LOSS;

const LINES: readonly Line[] = [
  {
    id: 'kernel-packet',
    title: 'kernel: ns per packet',
    fits: family('kernel', 'ns per packet'),
    medianMax: 0.04,
    p90Max: 0.1,
  },
  {
    id: 'kernel-bulk',
    title: 'kernel: bulk TCP and its CPU per byte',
    fits: family('kernel', 'bulk TCP'),
    medianMax: 0.1,
    p90Max: 0.2,
  },
  {
    id: 'kernel-exchange',
    title: 'kernel: request/response and its CPU, awake cores',
    fits: family('kernel', 'request/response'),
    medianMax: 0.1,
    p90Max: 0.2,
  },
  {
    id: 'kernel-udp',
    title: 'kernel: UDP stream, paced forwarding, rules',
    fits: family('kernel', 'UDP, paced, rules'),
    medianMax: 0.15,
    p90Max: 0.3,
  },
  {
    id: 'bottleneck-goodput',
    title: 'TCP through a bottleneck: goodput',
    fits: family('bottleneck', 'bottleneck goodput'),
    medianMax: 0.02,
    p90Max: 0.06,
  },
  {
    id: 'bottleneck-rtt',
    title: 'TCP through a bottleneck: median RTT and cwnd',
    fits: family('bottleneck', 'bottleneck RTT and cwnd'),
    medianMax: 0.1,
    p90Max: 0.2,
  },
  {
    id: 'bottleneck-drops',
    title: 'TCP through a bottleneck: packets dropped',
    fits: family('bottleneck', 'bottleneck drops'),
    medianMax: null,
    p90Max: null,
    share: { of: 'rows within a factor of 1.5', min: 0.8, holds: withinFactor },
  },
  {
    id: 'published-line',
    title: 'published: TCP, line-limited and many streams',
    fits: (row, { lineLimited }) => tcp(row) && (lineLimited || row.family === 'tcpN'),
    medianMax: 0.02,
    p90Max: 0.07,
  },
  {
    id: 'published-software',
    title: 'published: TCP, tunnels without offload',
    fits: (row, { tunnelWithoutOffload }) => tcp(row) && tunnelWithoutOffload,
    medianMax: 0.2,
    p90Max: 0.4,
    share: { of: 'rows in the right regime', min: 0.9, holds: regimeRight },
  },
  {
    id: 'published-tcp',
    title: 'published: TCP, one stream, not line-limited',
    fits: tcp,
    medianMax: 0.1,
    p90Max: 0.25,
  },
  {
    id: 'published-udp',
    title: 'published: UDP throughput and packets/s',
    fits: family('published', 'udp', 'pps'),
    medianMax: 0.15,
    p90Max: 0.35,
  },
  {
    id: 'published-latency',
    title: 'published: latency, request/response',
    fits: family('published', 'latency', 'tail'),
    medianMax: 0.15,
    p90Max: 0.4,
  },
  {
    id: 'published-cpu',
    title: "published: CPU per byte in the source's class",
    fits: (row) => originOf(row) === 'published' && row.list === 'cpu',
    medianMax: 0.2,
    p90Max: 0.5,
  },
];

const ALL = { rowsMin: 110, bedsMin: 10, medianMax: 0.1, p90Max: 0.25, orderMin: 0.9 } as const;

/** Rows that the targets and the overall figures count: scored, predicted, no price fitted on them. */
export const counts = (row: Row): boolean => row.list === 'scored' && !row.inSample && row.error !== null;

/**
 * Every line with its figures.
 * @param whole  all shipped measurements were compared, so that the least numbers of rows and beds are asked too
 */
export function targetsOf(rows: readonly Row[], conditions: ConditionsOf, whole: boolean): TargetResult[] {
  const judged = rows.filter(
    (row) => counts(row) || (row.list === 'cpu' && !row.inSample && row.error !== null),
  );
  const byLine = new Map<Line, Row[]>(LINES.map((line) => [line, []]));
  for (const row of judged) {
    const line = LINES.find(({ fits }) => fits(row, conditionsOf(conditions, row.id)));
    if (line !== undefined) byLine.get(line)!.push(row);
  }
  const lines = [...byLine].map(([line, mine]) => resultOf(line, mine, conditions));
  const published = judged.filter((row) => originOf(row) === 'published' && row.list === 'scored');
  return [...lines, ...together(published, whole)];
}

function resultOf(line: Line, rows: readonly Row[], conditions: ConditionsOf): TargetResult {
  const { id, title, medianMax, p90Max } = line;
  const errors = absErrors(rows);
  const holding = rows.filter((row) => line.share?.holds(row, conditionsOf(conditions, row.id)));
  const share = line.share === undefined || rows.length === 0 ? null : holding.length / rows.length;
  const result = {
    id,
    title,
    rows: rows.length,
    medianAbsErr: median(errors),
    medianMax,
    p90AbsErr: p90(errors),
    p90Max,
    share,
    shareMin: line.share?.min ?? null,
    shareOf: line.share?.of ?? null,
  };
  const { medianAbsErr, p90AbsErr, shareMin } = result;
  const ok = within(medianAbsErr, medianMax) && within(p90AbsErr, p90Max) && (share ?? 1) >= (shareMin ?? 0);
  return { ...result, ok: rows.length === 0 ? null : ok };
}

const within = (value: number | null, max: number | null): boolean => max === null || value! <= max;

/** All scored published rows, and the order of their pairs. */
function together(rows: readonly Row[], whole: boolean): TargetResult[] {
  const { predictedRows, beds, pairs, ...all } = overall(rows);
  const { rowsMin, bedsMin, medianMax, p90Max, orderMin } = ALL;
  const none = { medianAbsErr: null, medianMax: null, p90AbsErr: null, p90Max: null };
  const enough = !whole || (predictedRows >= rowsMin && beds >= bedsMin);
  const kept = within(all.medianAbsErr, medianMax) && within(all.p90AbsErr, p90Max);
  const order = (id: string, title: string, share: number | null): TargetResult => {
    const ok = share === null ? null : share >= orderMin;
    return { id, title, rows: pairs, ...none, share, shareMin: orderMin, shareOf: 'pairs right', ok };
  };
  const { medianAbsErr, p90AbsErr, medianOfBedMedians } = all;
  const plain = { share: null, shareMin: null, shareOf: null };
  return [
    {
      id: 'published-all',
      title: `published: all scored rows together${whole ? ` (at least ${rowsMin} rows, ${bedsMin} beds)` : ''}`,
      rows: predictedRows,
      medianAbsErr,
      medianMax,
      p90AbsErr,
      p90Max,
      ...plain,
      ok: predictedRows === 0 ? null : enough && kept,
    },
    {
      id: 'published-beds',
      title: 'published: median of bed medians',
      rows: beds,
      ...none,
      medianAbsErr: medianOfBedMedians,
      medianMax,
      ...plain,
      ok: beds === 0 ? null : within(medianOfBedMedians, medianMax),
    },
    order('order', 'published: order of pairs', all.orderRight),
    order('order-beds', 'published: order of pairs, mean over beds', all.orderRightMeanOfBeds),
  ];
}
