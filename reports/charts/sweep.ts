/**
 * Lines over a numeric dimension (MTU, message size, streams, load): one a backend, with the range over seeds.
 */
import { METRICS, type MetricId } from '../../engine/core/record.ts';
import type { Cell } from '../schema.ts';
import { scaleOf } from '../units.ts';
import { metricValue } from '../view.ts';
import { legendColumns } from './latencyCdf.ts';
import type { ChartPlan } from './svg.ts';

export interface SweepSetting {
  readonly id: string;
  readonly dim: string;
  readonly metric: MetricId;
  /** The other dimensions of these cells, in words; '' when there are none. */
  readonly where: string;
  readonly colours: { readonly domain: string[]; readonly range: string[]; readonly dash: number[][] };
}

/** Axis titles of dimensions that reports know by name; others show their own. */
const DIM_TITLES: Readonly<Record<string, string>> = {
  mtu: 'MTU of the links (bytes)',
  message: 'message size (bytes)',
  messageBytes: 'message size (bytes)',
  streams: 'parallel streams',
  load: 'offered load (share of the NIC rate)',
  nodes: 'nodes',
  cores: 'cores of a node',
  queues: 'RX queues of a NIC',
};
/** Beyond this ratio of largest to smallest value the axis is logarithmic. */
const LOG_FROM = 16;

/** One line a backend; null unless a backend has two points. */
export function sweepChart(cells: readonly Cell[], setting: SweepSetting): ChartPlan | null {
  const { dim, metric, colours } = setting;
  const shown = cells.filter(
    (cell) => typeof cell.dims[dim] === 'number' && metricValue(cell, metric) !== null,
  );
  const at = (cell: Cell) => cell.dims[dim] as number;
  const places = [...new Set(shown.map(at))].sort((a, b) => a - b);
  if (places.length < 2) return null;
  const { label, unit } = METRICS[metric];
  const scale = scaleOf(
    unit,
    shown.map((cell) => metricValue(cell, metric)),
  );
  const points = shown.map((cell) => {
    const samples = cell.metrics[metric]!.samples.filter((sample) => sample !== null);
    const value = metricValue(cell, metric)! / scale.divisor;
    const own = samples.length === 0 ? [metricValue(cell, metric)!] : samples;
    return {
      backend: cell.dims.backend,
      at: at(cell),
      value,
      low: Math.min(...own) / scale.divisor,
      high: Math.max(...own) / scale.divisor,
      label: `${cell.dims.backend}, ${dim} ${at(cell)}: ${value.toFixed(scale.decimals)} ${scale.unit}`,
    };
  });
  const names = [...new Set(shown.map((cell) => cell.dims.backend))];
  const pick = <T>(range: readonly T[]) => names.map((name) => range[colours.domain.indexOf(name)]!);
  const log = places[0]! > 0 && places.at(-1)! / places[0]! >= LOG_FROM;
  const x = {
    field: 'at',
    type: 'quantitative',
    title: DIM_TITLES[dim] ?? dim,
    scale: log ? { type: 'log', nice: false, padding: 12 } : { zero: false, nice: false, padding: 12 },
    axis: { values: places, format: '~r', labelOverlap: 'greedy', grid: false },
  };
  const y = {
    field: 'value',
    type: 'quantitative',
    title: `${label} (${scale.unit})`,
    scale: { zero: true },
  };
  return {
    id: setting.id,
    title: `${capital(label)} over ${dim}${setting.where === '' ? '' : `: ${setting.where}`}`,
    subtitle: 'point: mean of the seeds; bar: range over seeds',
    spec: (widthPx) => ({
      height: widthPx < 480 ? 230 : 280,
      data: { values: points },
      encoding: {
        color: {
          field: 'backend',
          type: 'nominal',
          title: null,
          scale: { domain: names, range: pick(colours.range) },
          legend: { columns: legendColumns(names, widthPx), symbolType: 'stroke', symbolSize: 300 },
        },
      },
      layer: [
        {
          mark: { type: 'line', strokeWidth: 2, aria: false },
          encoding: {
            x,
            y,
            strokeDash: {
              field: 'backend',
              type: 'nominal',
              title: null,
              scale: { domain: names, range: pick(colours.dash) },
            },
          },
        },
        {
          mark: { type: 'rule', strokeWidth: 1.5, aria: false },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
        },
        {
          mark: { type: 'point', filled: true, size: 34, opacity: 1 },
          encoding: { x, y, description: { field: 'label' } },
        },
      ],
    }),
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
