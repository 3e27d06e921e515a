/**
 * One bed: first its host rows, again and again until each agrees with its measurement (one number a family),
 * then every row with the numbers found. What a scored row measured reaches only the printed row.
 *
 * Figures are compared as they were published; latency as its ratio to the row's own host row, whose request has
 * the same size. A row whose tunnel offload nobody states is predicted in both states.
 */
import { BACKENDS } from '../../backends/catalog.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import type { PublishedRow } from '../formats/types.ts';
import type { CellRecord, Row, Study } from '../study.ts';
import { anchorOf, hostConditions } from './anchor.ts';
import { type Conditions, conditionsOf } from './conditions.ts';
import { cpuOf, throughputBeside } from './cpu.ts';
import { assumedScale, type Book, type Scale, taskFor } from './environment.ts';
import { type Fit, improve, shareSpeed } from './fit.ts';
import { publishedRow } from './row.ts';
import { type Family, type Test, testOf } from './test.ts';

const FAMILIES: readonly Family[] = ['bulk', 'udp', 'latency'];

/** Rounds that the host rows may take to agree. */
const ROUNDS_MAX = 8;

/** How a row is predicted. */
interface Asked {
  readonly published: PublishedRow;
  /** Said of the row's state, if it has several. */
  readonly state: string;
  readonly test: Test;
  readonly scaleAssumed: boolean;
  readonly task: TaskSpec;
  /** The same test on the host, where the row is a ratio to it. */
  readonly hostTask: TaskSpec | null;
}

interface Refused {
  readonly published: PublishedRow;
  readonly refused: string;
}

/** Rows of one bed, predicted with `book`. */
export function* bedStudy(rows: readonly PublishedRow[], book: Book): Study {
  const fits: Fit[] = [];
  for (const family of FAMILIES) {
    const anchor = anchorOf(rowsOf(rows, family), family);
    if (typeof anchor !== 'string')
      fits.push({ family, anchor, scale: assumedScale(anchor.conditions), done: false });
  }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const open = fits.filter((fit) => !fit.done);
    if (open.length === 0) break;
    const records = yield open.map((fit) => taskFor(fit.anchor.conditions, fit.scale, book));
    open.forEach((fit, i) => {
      improve(fit, records[i] ?? null);
    });
    shareSpeed(fits);
  }
  const asked = rows.flatMap((published) => ask(published, fits, book));
  const tasks = asked.flatMap((one) => ('task' in one ? [one.task, one.hostTask] : []));
  const unique = new Map(tasks.filter((task) => task !== null).map((task) => [task.task, task]));
  const answers = yield [...unique.values()];
  const records = new Map([...unique.keys()].map((id, i) => [id, answers[i] ?? null]));
  return asked.map((one) => tell(one, records, rows));
}

function rowsOf(rows: readonly PublishedRow[], family: Family): PublishedRow[] {
  return rows.filter(({ row }) => {
    const test = testOf(row);
    return typeof test !== 'string' && test.scales === family;
  });
}

function ask(published: PublishedRow, fits: readonly Fit[], book: Book): (Asked | Refused)[] {
  const stated = conditionsOf(published);
  const test = testOf(stated);
  if (typeof test === 'string') return [{ published, refused: test }];
  if (!BACKENDS.some(({ name }) => name === stated.backend))
    return [{ published, refused: `no backend '${stated.backend}' in the catalogue` }];
  const fit = fits.find(({ family }) => family === test.scales);
  const bulk = fits.find(({ family }) => family === 'bulk');
  const assumed = assumedScale(stated);
  const scale: Scale = fit?.scale ?? { ...assumed, prices: bulk?.scale.prices ?? assumed.prices };
  const asRatio =
    published.baseUnit === 'ratio' || (fit !== undefined && test.scales === 'latency' && !stated.sameNode);
  const host = asRatio ? hostConditions(published) : null;
  return statesOf(stated).map((conditions) => ({
    published,
    state: stated.offload === 'unknown' ? ` (tunnel offload ${conditions.offload})` : '',
    test,
    scaleAssumed: fit === undefined,
    task: taskFor(conditions, scale, book),
    hostTask: host === null ? null : taskFor(host, scale, book),
  }));
}

function statesOf(c: Conditions): Conditions[] {
  return c.offload === 'unknown'
    ? [
        { ...c, offload: 'on' },
        { ...c, offload: 'off' },
      ]
    : [c];
}

function tell(
  one: Asked | Refused,
  records: ReadonlyMap<string, CellRecord | null>,
  rows: readonly PublishedRow[],
): Row {
  if ('refused' in one) return publishedRow(one.published, null, { reason: one.refused });
  const { published, test, scaleAssumed, state } = one;
  const figure = (task: TaskSpec): number | null => {
    const record = (records.get(task.task) ?? null) as TaskRecord | null;
    if (record === null) return null;
    if (published.row.family !== 'cpu') return test.read(record);
    return cpuOf(published, record, throughputBeside(published, rows));
  };
  const own = figure(one.task);
  const host = one.hostTask === null ? null : figure(one.hostTask);
  const { baseline } = published;
  const predicted = own !== null && host !== null && baseline !== null ? (own / host) * baseline : own;
  const failed = (records.get(one.task.task) ?? null) === null;
  const reason = failed ? 'the cell failed' : own === null ? 'no figure to compare' : published.row.reason;
  const row = publishedRow(published, predicted, { scaleAssumed, reason });
  return { ...row, id: `${row.id}${state}` };
}
