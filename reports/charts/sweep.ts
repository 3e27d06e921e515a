/**
 * Lines over a numeric dimension (MTU, message size, streams, load): one a backend, with ranges over seeds.
 */
import { METRICS, type MetricId } from '../../engine/core/record.ts';
import type { Cell } from '../schema.ts';
import { printScaled, type Scale, scaleOf } from '../units.ts';
import { metricValue } from '../view.ts';
import { type BackendColours, backendLines } from './backends.ts';
import type { ChartPlan } from './svg.ts';

export interface SweepSetting {
  readonly id: string;
  readonly dim: string;
  readonly metric: MetricId;
  /** The other dimensions of these cells, in words; '' when there are none. */
  readonly where: string;
  readonly colours: BackendColours;
}

/** Axis titles of dimensions that reports know by name; others show their own. */
const DIM_TITLES: Readonly<Record<string, string>> = {
  mtu: 'MTU of the links (bytes)',
  message: 'message size (bytes)',
  messageBytes: 'message size (bytes)',
  streams: 'parallel streams',
  load: 'offered load (share of the NIC rate)',
  nodes: 'nodes',
  fanIn: 'senders',
  requests: 'requests of a node (1/s)',
  rules: 'rules',
  cores: 'cores of a node',
  queues: 'RX queues of a NIC',
};
/** Beyond this ratio of largest to smallest value the axis is logarithmic. */
const LOG_FROM = 16;
const LATENCY_LOG_FROM = 4;

/** One line a backend; null unless the dimension has two values. */
export function sweepChart(cells: readonly Cell[], setting: SweepSetting): ChartPlan | null {
  const { dim, metric } = setting;
  const shown = cells.filter(
    (cell) => typeof cell.dims[dim] === 'number' && metricValue(cell, metric) !== null,
  );
  const places = [...new Set(shown.map((cell) => cell.dims[dim] as number))].sort((a, b) => a - b);
  if (places.length < 2) return null;
  const { label, unit } = METRICS[metric];
  const values = shown.map((cell) => metricValue(cell, metric));
  const scale = scaleOf(unit, values);
  const points = shown.map((cell) => pointOf(cell, setting, scale));
  const x = placeAxis(dim, places);
  const where = setting.where === '' ? '' : `: ${setting.where}`;
  const y = { type: 'quantitative', title: `${label} (${scale.unit})`, scale: valueScale(unit, points) };
  return {
    id: setting.id,
    title: `${capital(label)} over ${dimTitle(dim).replace(/ \(.*\)$/, '')}${where}`,
    subtitle:
      unit === 's'
        ? 'point: all seeds merged; a line ends where there is overload, or fewer than 100 samples beyond'
        : 'point: mean of the seeds; bar: range over seeds',
    spec: (widthPx) => {
      const { color, strokeDash } = backendLines(points, setting.colours, widthPx);
      return {
        height: widthPx < 480 ? 230 : 280,
        data: { values: points },
        encoding: { x, color },
        layer: [
          {
            mark: { type: 'line', strokeWidth: 2, aria: false },
            encoding: { y: { ...y, field: 'value' }, strokeDash },
          },
          {
            mark: { type: 'rule', strokeWidth: 1.5, aria: false },
            encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
          },
          {
            mark: { type: 'point', filled: true, size: 34, opacity: 1 },
            encoding: { y: { ...y, field: 'value' }, description: { field: 'label' } },
          },
        ],
      };
    },
  };
}

function pointOf(cell: Cell, { dim, metric }: SweepSetting, scale: Scale) {
  const value = metricValue(cell, metric)!;
  const samples = cell.metrics[metric]!.samples.filter((sample) => sample !== null);
  const own = samples.length === 0 ? [value] : samples;
  const { backend } = cell.dims;
  return {
    backend,
    at: cell.dims[dim] as number,
    value: value / scale.divisor,
    low: Math.min(...own) / scale.divisor,
    high: Math.max(...own) / scale.divisor,
    label: `${backend}, ${dim} ${cell.dims[dim]}: ${printScaled(value, scale)} ${scale.unit}`,
  };
}

/** From zero; latencies that lie far apart logarithmic, so that a knee does not flatten the others. */
function valueScale(unit: string, points: readonly { low: number; high: number }[]): object {
  const low = Math.min(...points.map((point) => point.low));
  const far = unit === 's' && Math.max(...points.map((point) => point.high)) > LATENCY_LOG_FROM * low;
  return far ? { type: 'log', nice: true } : { zero: true };
}

/** An axis with a tick at each value that was simulated, printed in full: a number format would round it. */
export function placeAxis(dim: string, places: readonly number[]) {
  // From zero on, a scale that is linear up to the first step and logarithmic beyond.
  const first = places[0]! > 0 ? places[0]! : places[1]!;
  const far = places.at(-1)! / first >= LOG_FROM;
  const type = !far ? 'linear' : places[0]! > 0 ? 'log' : 'symlog';
  const constant = type === 'symlog' ? { constant: first } : {};
  return {
    field: 'at',
    type: 'quantitative',
    title: dimTitle(dim),
    scale: { type, ...constant, zero: false, nice: false, padding: 12 },
    axis: { values: places, labelExpr: 'toString(datum.value)', labelOverlap: 'greedy', grid: false },
  };
}

function dimTitle(dim: string): string {
  return Object.hasOwn(DIM_TITLES, dim) ? DIM_TITLES[dim]! : dim;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
