/**
 * What every form of a report shares: which dimensions vary, which column shows what, the ratio to the
 * baseline row, and why a figure is not shown. Tables, Markdown and HTML print the same columns.
 */
import { METRICS, type MetricId } from '../engine/core/record.ts';
import { PERCENTILES } from './metrics.ts';
import type { Cell, Result } from './schema.ts';
import { countScale, type Scale, scaleOf } from './units.ts';

/** The row that ratios refer to: plain host networking under the same other dimensions. */
export const BASELINE = 'host';

export type Section = 'throughput' | 'latency' | 'cpu' | 'binding';

/** One numeric column. `header` is up to two lines; the unit is the line below them. */
export interface Column {
  readonly section: Section;
  readonly metric: MetricId;
  /** ratio: the metric divided by that of the baseline row; samples: how many are behind its percentiles. */
  readonly kind: 'value' | 'ratio' | 'samples';
  readonly header: readonly string[];
  readonly scale: Scale;
}

interface ColumnPlan {
  readonly section: Section;
  readonly metric: MetricId;
  readonly header: readonly string[];
  readonly ratio?: true;
  /** Printing unit where it differs from the metric's. */
  readonly unit?: string;
}

const PLANS: readonly ColumnPlan[] = [
  { section: 'throughput', metric: 'goodputPerNode', header: ['goodput', '/node'], ratio: true },
  { section: 'throughput', metric: 'goodput', header: ['goodput'], ratio: true },
  { section: 'throughput', metric: 'probeGoodput', header: ['probe', 'stream'], ratio: true },
  { section: 'throughput', metric: 'transactionRate', header: ['trans-', 'actions'], ratio: true },
  { section: 'latency', metric: 'rpcP50', header: ['RPC', 'p50'] },
  { section: 'latency', metric: 'rpcP99', header: ['RPC', 'p99'] },
  { section: 'latency', metric: 'rpcP999', header: ['RPC', 'p99.9'] },
  { section: 'latency', metric: 'slowdownSmallP50', header: ['≤10 KB', 'p50'] },
  { section: 'latency', metric: 'slowdownSmallP99', header: ['≤10 KB', 'p99'] },
  { section: 'latency', metric: 'slowdownLargeP50', header: ['>100 KB', 'p50'] },
  { section: 'latency', metric: 'slowdownLargeP99', header: ['>100 KB', 'p99'] },
  { section: 'cpu', metric: 'cpuCores', header: ['CPU', '/node'], ratio: true },
  { section: 'cpu', metric: 'cpuUser', header: ['user'] },
  { section: 'cpu', metric: 'cpuSystem', header: ['system'] },
  { section: 'cpu', metric: 'cpuSoftirq', header: ['softirq'] },
  { section: 'cpu', metric: 'cpuIrq', header: ['irq'] },
  { section: 'cpu', metric: 'cpuPerByte', header: ['CPU', '/byte'] },
  { section: 'cpu', metric: 'copiesPerByte', header: ['copies', '/byte'] },
  { section: 'cpu', metric: 'syscallsPerPacket', header: ['syscalls', '/packet'] },
  { section: 'cpu', metric: 'switchesPerPacket', header: ['switches', '/packet'] },
  { section: 'cpu', metric: 'retransmits', header: ['retrans-', 'mits'] },
  { section: 'cpu', metric: 'drops', header: ['drops'] },
  { section: 'binding', metric: 'saturationLoad', header: ['saturation', 'load'], unit: '%' },
  { section: 'binding', metric: 'assumedShare', header: ['assumed', 'prices'], unit: '%' },
];

/** Columns that a reader compares with each other share one prefix. */
const SAME_SCALE: readonly (readonly MetricId[])[] = [
  ['rpcP50', 'rpcP99', 'rpcP999'],
  ['cpuUser', 'cpuSystem', 'cpuSoftirq', 'cpuIrq'],
];

/** Value of a metric; null where the cell does not have it. */
export function metricValue(cell: Cell, metric: MetricId): number | null {
  return cell.metrics[metric]?.value ?? null;
}

/** Value of a metric where it says something about the cell's traffic; else null. */
export function figureOf(cell: Cell, metric: MetricId): number | null {
  return applies(cell, metric) ? metricValue(cell, metric) : null;
}

/** Whether a cell carries figures: also a failed one of which some seeds finished. */
export function hasFigures(cell: Cell): boolean {
  return cell.seeds.length > 0;
}

/**
 * Goodput as users name it: of a node where a whole cluster is under load, of all streams where some nodes
 * only watch.
 */
export const headlineGoodput = ({ cells }: Result): 'goodput' | 'goodputPerNode' => goodputOf(cells);

/** The same for some cells. */
export function goodputOf(cells: readonly Cell[]): 'goodput' | 'goodputPerNode' {
  return cells.some((cell) => cell.nodes > 2 && cell.load !== null) ? 'goodputPerNode' : 'goodput';
}

const COMPARED: readonly MetricId[] = [
  'probeGoodput',
  'rpcP50',
  'rpcP99',
  'slowdownSmallP50',
  'slowdownSmallP99',
  'cpuPerByte',
];

/** What is compared first in a cell's kind of traffic. */
export function headlines(cell: Cell): MetricId[] {
  const wanted = new Set<MetricId>([goodputOf([cell]), ...COMPARED]);
  // Open-loop exchanges are as many as were offered.
  if (cell.load === null) wanted.add('transactionRate');
  return (Object.keys(METRICS) as MetricId[]).filter((metric) => wanted.has(metric));
}

/** A metric's name in up to two lines, as its column has it. */
export const shortName = (metric: MetricId): readonly string[] =>
  PLANS.find((plan) => plan.metric === metric)!.header;

/** A column's name on one line: "goodput/node", "retransmits". */
export function columnName(column: Column): string {
  return column.header.join(' ').replace('- ', '').replace(' /', '/');
}

/** Columns that have something to say in this result, each with one scale for all rows. */
export function columnsOf(result: Result): Column[] {
  const cells = result.cells.filter(hasFigures);
  const closedLoop = cells.some((cell) => cell.load === null);
  const headline = headlineGoodput(result);
  const columns: Column[] = [];
  for (const plan of PLANS) {
    const { section, metric, header } = plan;
    if ((metric === 'goodput' || metric === 'goodputPerNode') && metric !== headline) continue;
    // Open-loop exchanges are as many as were offered: the rate says nothing there.
    if (metric === 'transactionRate' && !closedLoop) continue;
    if (!cells.some((cell) => applies(cell, metric))) continue;
    const values = (SAME_SCALE.find((family) => family.includes(metric)) ?? [metric]).flatMap((one) =>
      cells.map((cell) => figureOf(cell, one)),
    );
    columns.push({
      section,
      metric,
      kind: 'value',
      header,
      scale: scaleOf(plan.unit ?? METRICS[metric].unit, values),
    });
    if (PERCENTILES[metric] !== undefined && metric === lastOf(PERCENTILES[metric].from)) {
      const counts = cells.map((cell) => samplesOf(cell, metric));
      columns.push({
        section,
        metric,
        kind: 'samples',
        header: [header[0]!, 'samples'],
        scale: countScale(counts),
      });
    }
    if (plan.ratio && cells.some((cell) => baselineOf(result, cell) !== null)) {
      columns.push({
        section,
        metric,
        kind: 'ratio',
        header: ['of'],
        scale: { ...scaleOf('×', []), unit: BASELINE },
      });
    }
  }
  return columns;
}

/** The number that a column shows for a cell, base units. */
export function columnValue(result: Result, cell: Cell, column: Column): number | null {
  if (column.kind === 'samples') return samplesOf(cell, column.metric);
  return column.kind === 'value'
    ? figureOf(cell, column.metric)
    : ratioToBaseline(result, cell, column.metric);
}

type DistributionId = keyof Cell['distributions'];

/** The farthest percentile that is shown of a distribution: its samples stand beside it. */
const lastOf = (from: DistributionId): MetricId =>
  PLANS.findLast(({ metric }) => PERCENTILES[metric]?.from === from)!.metric;

/** Samples of all seeds behind a percentile; null where nothing of the kind was measured. */
export function samplesOf(cell: Cell, metric: MetricId): number | null {
  const { count } = cell.distributions[PERCENTILES[metric]!.from];
  return count === 0 ? null : count;
}

/** Samples of all seeds that lie beyond a percentile; null where it is not shown, or is none. */
export function beyondOf(cell: Cell, metric: MetricId): number | null {
  const percentile = PERCENTILES[metric];
  if (percentile === undefined) return null;
  const quantile = cell.distributions[percentile.from].quantiles[percentile.id];
  return quantile.value === null ? null : (quantile.beyond ?? null);
}

/** The percentiles of a table, in its order, by what they are of. */
export const TAILS: readonly { readonly metric: MetricId; readonly name: string }[] = PLANS.filter(
  ({ metric }) => PERCENTILES[metric] !== undefined,
).map(({ metric, header }) => ({ metric, name: header.join(' ') }));

/** Why a column shows no figure for a cell, as a footnote. */
export function whyNot(cell: Cell, column: Column): string {
  if (column.kind === 'ratio' && figureOf(cell, column.metric) !== null) {
    return `no ${BASELINE} row with this figure under the same dimensions`;
  }
  if (isExchange(cell) && OF_BYTES.includes(column.metric)) {
    return 'exchanges of small messages: transactions and latency count, not bytes';
  }
  if (PER_PAYLOAD.includes(column.metric) && (metricValue(cell, 'goodput') ?? 0) > 0) {
    return 'broadcasts copy, call and compute as well: no figure of the payload alone';
  }
  if (!applies(cell, column.metric)) return 'nothing of this kind was measured in this cell';
  if (PERCENTILES[column.metric] === undefined) return 'has no value here';
  return cell.overloaded
    ? 'overloaded: unfinished payload keeps growing, percentiles have no meaning'
    : 'fewer than 100 samples beyond this percentile in all seeds together';
}

/** The baseline cell under the same other dimensions; null when there is none. */
export function baselineOf(result: Result, cell: Cell): Cell | null {
  const key = groupKey(cell);
  const same = (other: Cell) =>
    other.dims.backend === BASELINE && groupKey(other) === key && hasFigures(other);
  return result.cells.find(same) ?? null;
}

/** metric(cell) / metric(baseline); null where either is missing or the baseline's is 0. */
export function ratioToBaseline(result: Result, cell: Cell, metric: MetricId): number | null {
  const baseline = baselineOf(result, cell);
  const base = baseline === null ? null : figureOf(baseline, metric);
  const value = figureOf(cell, metric);
  return base === null || value === null || base === 0 ? null : value / base;
}

/** Dimensions whose values differ between cells, in display order; `backend` if none does. */
export function varyingDims(result: Result): string[] {
  const names = dimNames(result);
  const varying = names.filter((name) => new Set(result.cells.map((cell) => cell.dims[name])).size > 1);
  return varying.length === 0 ? ['backend'] : varying;
}

/** Dimensions that all cells share. */
export function constantDims(result: Result): [name: string, value: string][] {
  const varying = varyingDims(result);
  const first = result.cells[0];
  if (first === undefined) return [];
  return dimNames(result)
    .filter((name) => !varying.includes(name))
    .map((name) => [name, dimText(name, first.dims[name])]);
}

/** Cells that differ in their backend only, by the other dimensions, in order of appearance. */
export function groupsOf(result: Result): Map<string, Cell[]> {
  const groups = new Map<string, Cell[]>();
  for (const cell of result.cells) {
    const key = groupKey(cell);
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return groups;
}

/** The varying dimensions of a cell but `backend`, as "mtu=1500, streams=4"; '' when there are none. */
export function settingOf(result: Result, cell: Cell, except: readonly string[] = []): string {
  return varyingDims(result)
    .filter((name) => name !== 'backend' && !except.includes(name))
    .map((name) => `${name}=${dimText(name, cell.dims[name])}`)
    .join(', ');
}

/** What a dimension without a value means, where it is not that there is none. */
const UNSET: Readonly<Record<string, string>> = { podMtuBytes: 'derived' };

/** A dimension's value as a label. */
export function dimText(name: string, value: string | number | undefined): string {
  return value === 'null' ? (UNSET[name] ?? 'none') : String(value ?? '');
}

/** Backends in order of appearance: the order of colours. */
export function backendsOf(result: Result): string[] {
  return [...new Set(result.cells.map((cell) => cell.dims.backend))];
}

function groupKey(cell: Cell): string {
  const others = Object.keys(cell.dims)
    .filter((name) => name !== 'backend')
    .sort();
  return JSON.stringify(others.map((name) => [name, cell.dims[name]]));
}

function dimNames(result: Result): string[] {
  return [...new Set(result.cells.flatMap((cell) => Object.keys(cell.dims)))];
}

/** Metrics of bulk transfer: next to them, the few bytes of an exchange would only set the column's scale. */
const OF_BYTES: readonly MetricId[] = ['goodput', 'goodputPerNode', 'cpuPerByte'];

/** Work over payload: null beside payload only where a flood does the same work (reports/metrics.ts). */
const PER_PAYLOAD: readonly MetricId[] = [
  'cpuPerByte',
  'copiesPerByte',
  'syscallsPerPacket',
  'switchesPerPacket',
];

function isExchange(cell: Cell): boolean {
  return /^(TCP|UDP)_C?RR$/.test(String(cell.dims.kind));
}

/** Whether a metric says something about the traffic of a cell. */
export function applies(cell: Cell, metric: MetricId): boolean {
  if (isExchange(cell) && OF_BYTES.includes(metric)) return false;
  const percentile = PERCENTILES[metric];
  return percentile === undefined
    ? metricValue(cell, metric) !== null
    : cell.distributions[percentile.from].count > 0;
}
