/**
 * One bed: first its host rows, again and again until each agrees with its measurement (one number a family),
 * then every row with the numbers found. What a scored row measured reaches only the printed row.
 */
import { BACKENDS } from '../../backends/catalog.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import type { PublishedRow } from '../formats/types.ts';
import type { CellRecord, Row, Study } from '../study.ts';
import { type Anchor, anchorOf } from './anchor.ts';
import { type Conditions, conditionsOf } from './conditions.ts';
import { assumedScale, type Book, type Scale, taskFor } from './environment.ts';
import { publishedRow } from './row.ts';
import { type Test, testOf } from './test.ts';

type Family = Test['scales'];
const FAMILIES: readonly Family[] = ['bulk', 'udp', 'latency'];

/** Rounds that a host row may take to agree, and how well it must. */
const ROUNDS_MAX = 8;
const AGREES = 0.005;

/** A family's host row and the number that it moves. */
interface Fit {
  readonly family: Family;
  readonly anchor: Anchor;
  scale: Scale;
  done: boolean;
}

/** How a figure was predicted. */
interface Asked {
  readonly published: PublishedRow;
  readonly conditions: Conditions;
  readonly test: Test;
  readonly scaleAssumed: boolean;
  readonly task: TaskSpec;
}

/** Rows of one bed, predicted with `book`. */
export function* bedStudy(rows: readonly PublishedRow[], book: Book): Study {
  const anchors = new Map<Family, Anchor | string>(
    FAMILIES.map((family) => [family, anchorOf(rowsOf(rows, family), family)]),
  );
  const fits: Fit[] = [];
  for (const [family, anchor] of anchors) {
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
  const asked = rows.map((published) => ask(published, fits, book));
  const tasks = asked.flatMap((one) => ('task' in one ? [one.task] : []));
  const unique = new Map(tasks.map((task) => [task.task, task]));
  const answers = yield [...unique.values()];
  const records = new Map([...unique.keys()].map((id, i) => [id, answers[i] ?? null]));
  return asked.flatMap((one) => tell(one, records));
}

/** How fast the CPU is, bulk TCP alone tells; the other families' numbers come on top of it. */
function shareSpeed(fits: readonly Fit[]): void {
  const bulk = fits.find(({ family }) => family === 'bulk');
  for (const fit of fits) {
    if (bulk === undefined || fit === bulk || fit.scale.prices === bulk.scale.prices) continue;
    fit.scale = { ...fit.scale, prices: bulk.scale.prices };
    fit.done = false;
  }
}

function rowsOf(rows: readonly PublishedRow[], family: Family): PublishedRow[] {
  return rows.filter(({ row }) => {
    const test = testOf(row);
    return typeof test !== 'string' && test.scales === family;
  });
}

/** One step of the family's number towards its host row; secant-free: throughput falls as prices rise. */
function improve(fit: Fit, record: CellRecord | null): void {
  const { anchor, scale, family } = fit;
  const test = testOf(anchor.conditions) as Test;
  const predicted = record === null ? null : test.read(record as TaskRecord);
  if (predicted === null || predicted === 0) {
    fit.done = true;
    return;
  }
  const ratio = predicted / anchor.measured;
  if (Math.abs(ratio - 1) <= AGREES) fit.done = true;
  else if (family === 'bulk') fit.scale = { ...scale, prices: scale.prices * ratio };
  else if (family === 'udp') fit.scale = { ...scale, udpSend: scale.udpSend * ratio ** 1.5 };
  else {
    // Four host links a round trip.
    const round = anchor.conditions.metric.includes('_rr_') ? 1 : 2;
    const missingNs = (anchor.measured - predicted) * 1000 * round;
    const hostDelayNs = Math.max(0, Math.round(scale.hostDelayNs + missingNs / 4));
    if (hostDelayNs === scale.hostDelayNs) fit.done = true;
    fit.scale = { ...scale, hostDelayNs };
  }
}

function ask(
  published: PublishedRow,
  fits: readonly Fit[],
  book: Book,
): Asked | { published: PublishedRow; reason: string } {
  const conditions = conditionsOf(published);
  const test = testOf(conditions);
  if (typeof test === 'string') return { published, reason: test };
  if (!BACKENDS.some(({ name }) => name === conditions.backend))
    return { published, reason: `no backend '${conditions.backend}' in the catalogue` };
  const fit = fits.find(({ family }) => family === test.scales);
  const scale = fit?.scale ?? assumedScale(conditions);
  return {
    published,
    conditions,
    test,
    scaleAssumed: fit === undefined,
    task: taskFor(conditions, scale, book),
  };
}

function tell(
  one: Asked | { published: PublishedRow; reason: string },
  records: ReadonlyMap<string, CellRecord | null>,
): Row[] {
  if ('reason' in one) return [publishedRow(one.published, null, { reason: one.reason })];
  const record = records.get(one.task.task) ?? null;
  const predicted = record === null ? null : one.test.read(record as TaskRecord);
  const { scaleAssumed } = one;
  const reason = record === null ? 'the cell failed' : one.published.row.reason;
  return [publishedRow(one.published, predicted, { scaleAssumed, reason })];
}
