/**
 * A user's own measurements as a study: first the rows that others name as their baseline, until one number makes
 * each agree, then all rows. For exchanges that number is the delay of the host links, otherwise a factor on all
 * prices of the machine. A row that fixed something is never scored.
 *
 * A baseline at 93 % of the line or more says nothing of the machine and fixes nothing. Left out: pooling of
 * several baselines.
 */
import { backendNamed } from '../../backends/catalog.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { deriveMtu } from '../../engine/host/mtu.ts';
import { type Row, type Study, scored } from '../study.ts';
import { ASSUMED, type Fixed, ownFigure, ownTask } from './ownTask.ts';
import type { OwnMeasurement } from './types.ts';

/** Which of both, and why, the comparison says where it says what could not be used. */
const NOT_RUN = 'not modelled, or its run failed';
const TOO_FEW = 'fewer than 100 samples beyond it';
const LIMIT_SHARE = 0.93;
const ROUNDS_MAX = 8;
const AGREES = 0.01;
const FACTOR_MIN = 0.02;
const FACTOR_MAX = 50;
/** Passes over a host link in one exchange; a handshake before it doubles them. */
const LINKS = { exchange: 4, connect: 8 };
/** IPv4 20 and TCP 32 with timestamps inside the MTU; Ethernet with preamble and gap outside. */
const HEADER_BYTES = 52;
const FRAME_BYTES = 38;

/** A baseline row and what it asks for. */
interface Fit {
  readonly row: OwnMeasurement;
  fixed: Fixed;
  /** null: still open. */
  outcome: 'agrees' | string | null;
}

/** Rows in the order given. */
export function* ownStudy(rows: readonly OwnMeasurement[]): Study {
  const fits = baselinesOf(rows);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const open = fits.filter((fit) => fit.outcome === null);
    const asked = open.map((fit) => ({ fit, task: taskOrReason(fit.row, fit.fixed) }));
    const tasks = asked.flatMap(({ task }) => (typeof task === 'string' ? [] : [task]));
    if (open.length === 0) break;
    const records = yield tasks;
    for (const { fit, task } of asked) {
      if (typeof task === 'string') fit.outcome = task;
      else improve(fit, records[tasks.indexOf(task)] as TaskRecord | null);
    }
  }
  for (const fit of fits) fit.outcome ??= 'nothing that it may move meets it';
  const asked = rows.map((row) => ({ row, task: taskOrReason(row, fixedFor(row, fits)) }));
  const tasks = asked.flatMap(({ task }) => (typeof task === 'string' ? [] : [task]));
  const records = yield tasks;
  return asked.map(({ row, task }) => {
    const record = typeof task === 'string' ? null : (records[tasks.indexOf(task)] as TaskRecord | null);
    const figure = record === null ? null : ownFigure(row, record);
    const few = row.metric === 'p99' && figure === null ? TOO_FEW : null;
    const why = typeof task === 'string' ? task : record === null ? NOT_RUN : few;
    return told(row, rows, fits, figure, why);
  });
}

function baselinesOf(rows: readonly OwnMeasurement[]): Fit[] {
  return rows
    .filter((row) => rows.some((other) => other.bed === row.bed && other.baseline === row.id))
    .map((row) => {
      const line = lineGbps(row);
      const limited = line !== null && row.metric === 'goodput' && row.measured >= LIMIT_SHARE * line;
      return { row, fixed: ASSUMED, outcome: limited ? 'it is at the line' : null };
    });
}

/** A mistake in a machine's changes is the row's, not the run's. */
function taskOrReason(row: OwnMeasurement, fixed: Fixed): TaskSpec | string {
  try {
    return ownTask(row, fixed);
  } catch (error) {
    return (error as Error).message;
  }
}

/** One step of the baseline's number towards its measurement. */
function improve(fit: Fit, record: TaskRecord | null): void {
  const { row, fixed } = fit;
  const predicted = record === null ? null : ownFigure(row, record);
  if (predicted === null || predicted === 0) {
    fit.outcome = `it is ${NOT_RUN}`;
    return;
  }
  const ratio = predicted / row.measured;
  if (Math.abs(ratio - 1) <= AGREES) fit.outcome = 'agrees';
  else if (row.test.endsWith('RR')) {
    const missingUs = exchangeUs(row, row.measured) - exchangeUs(row, predicted);
    const links = row.test === 'TCP_CRR' ? LINKS.connect : LINKS.exchange;
    const hostDelayNs = Math.max(1, Math.round(fixed.hostDelayNs + (missingUs * 1000) / links));
    if (hostDelayNs === fixed.hostDelayNs) fit.outcome = 'no delay of the links meets it';
    fit.fixed = { ...fixed, hostDelayNs };
  } else {
    const prices = fixed.prices * (row.metric === 'cpuPerByte' ? 1 / ratio : ratio);
    if (prices < FACTOR_MIN || prices > FACTOR_MAX) fit.outcome = 'no speed of the machine meets it';
    fit.fixed = { ...fixed, prices };
  }
}

/** Time of one exchange behind a figure, µs: every stream has one under way. */
const exchangeUs = (row: OwnMeasurement, figure: number): number =>
  row.metric === 'transactions' ? (row.streams * 1e6) / figure : figure;

const fitFor = (row: OwnMeasurement, fits: readonly Fit[]): Fit | undefined =>
  fits.find((fit) => fit.row.bed === row.bed && (fit.row.id === row.id || fit.row.id === row.baseline));

function fixedFor(row: OwnMeasurement, fits: readonly Fit[]): Fixed {
  const fit = fitFor(row, fits);
  return fit?.outcome === 'agrees' ? fit.fixed : ASSUMED;
}

function told(
  row: OwnMeasurement,
  rows: readonly OwnMeasurement[],
  fits: readonly Fit[],
  predicted: number | null,
  why: string | null,
): Row {
  const fit = fitFor(row, fits);
  const isBaseline = fit?.row === row;
  const fixed = fit?.outcome === 'agrees';
  const fixes = isBaseline && fixed;
  const { id, bed, backend, metric, unit, measured, noise } = row;
  const unmet = fit === undefined || fixed ? null : `the baseline fixes nothing: ${fit.outcome}`;
  const line = lineGbps(row);
  const base = rows.find((one) => one.bed === bed && one.id === row.baseline && one.metric === metric);
  return scored(
    {
      ...{ id, bed, backend, metric, unit, measured, noise },
      family: familyOf(row),
      list: fixes ? 'not scored' : row.list,
      inSample: false,
      reason: why ?? (fixes ? 'fixes the scale' : (row.reason ?? unmet)),
    },
    predicted,
    {
      scaleAssumed: !fixed,
      pairing: `${row.test}/${row.mtuBytes}/${row.streams}/${row.messageBytes}`,
      naive: {
        host: base === undefined ? null : base.measured / measured - 1,
        line: line === null || metric !== 'goodput' ? null : line / measured - 1,
      },
    },
  );
}

function familyOf({ metric, test, streams }: OwnMeasurement): string {
  if (metric === 'cpuPerByte') return 'cpu';
  if (metric === 'packets') return 'pps';
  if (metric === 'p99') return 'tail';
  if (metric !== 'goodput') return 'latency';
  return test === 'UDP_STREAM' ? 'udp' : streams > 1 ? 'tcpN' : 'tcp1';
}

/** Payload share of the line, Gbit/s; null for other tests than TCP streams between nodes. */
function lineGbps(row: OwnMeasurement): number | null {
  if (row.sameNode || row.test !== 'TCP_STREAM') return null;
  const task = taskOrReason(row, ASSUMED);
  if (typeof task === 'string') return null;
  const { podMtuBytes, overheadBytes } = deriveMtu(backendNamed(row.backend), task.cluster.mtuBytes);
  return (
    (task.machine.nic.rateGbps * (podMtuBytes - HEADER_BYTES)) / (podMtuBytes + overheadBytes + FRAME_BYTES)
  );
}
