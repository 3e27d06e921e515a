/**
 * Goodput of each backend: bars for the mean, a line for the range over seeds, a point a seed.
 */
import type { MetricId } from '../../engine/core/record.ts';
import type { Cell } from '../schema.ts';
import { scaleOf } from '../units.ts';
import { metricValue } from '../view.ts';
import type { ChartPlan } from './svg.ts';
import { colour } from './theme.ts';

export interface BarSetting {
  readonly id: string;
  /** Title of the chart, without the unit. */
  readonly title: string;
  /** Title of the axis, without the unit. */
  readonly axis: string;
  readonly metric: MetricId;
  readonly colours: { readonly domain: string[]; readonly range: string[] };
}

/** Bars of one metric over the backends of one group of cells; null when no cell has it. */
export function goodputChart(cells: readonly Cell[], setting: BarSetting): ChartPlan | null {
  const { metric, colours } = setting;
  const shown = cells.filter((cell) => metricValue(cell, metric) !== null);
  if (shown.length === 0) return null;
  const scale = scaleOf(
    cells[0]!.metrics[metric]!.unit,
    shown.map((cell) => metricValue(cell, metric)),
  );
  const bars = shown.map((cell) => {
    const samples = cell.metrics[metric]!.samples.filter((sample) => sample !== null);
    const value = metricValue(cell, metric)! / scale.divisor;
    const [low, high] = [Math.min(...samples) / scale.divisor, Math.max(...samples) / scale.divisor];
    const text = value.toFixed(scale.decimals);
    const label = `${cell.dims.backend}: ${text} ${scale.unit}, seeds ${low.toFixed(scale.decimals)} to ${high.toFixed(scale.decimals)}`;
    return { backend: cell.dims.backend, value, low, high, text, label };
  });
  const points = shown.flatMap((cell) =>
    cell.metrics[metric]!.samples.flatMap((sample) =>
      sample === null ? [] : [{ backend: cell.dims.backend, value: sample / scale.divisor }],
    ),
  );
  const y = {
    field: 'backend',
    type: 'nominal',
    sort: null,
    axis: { title: null, domain: false, ticks: false },
  };
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    title: `${setting.axis} (${scale.unit})`,
    scale: { zero: true },
  });
  const fill = {
    field: 'backend',
    type: 'nominal',
    scale: { domain: colours.domain, range: colours.range },
    legend: null,
  };
  const room = 1.16 * Math.max(...bars.map((bar) => bar.high));
  const several = points.length > shown.length;
  return {
    id: setting.id,
    title: setting.title,
    subtitle: several ? 'bar: mean of the seeds; line: range; points: single seeds' : 'one seed',
    spec: () => ({
      height: { step: 28 },
      layer: [
        {
          data: { values: bars },
          mark: { type: 'bar', height: { band: 0.62 }, cornerRadiusEnd: 2 },
          encoding: {
            y,
            x: { ...x('value'), scale: { domain: [0, room], nice: false } },
            color: fill,
            description: { field: 'label' },
          },
        },
        {
          data: { values: several ? bars : [] },
          mark: { type: 'rule', strokeWidth: 1.5, color: colour('ink'), aria: false },
          encoding: { y, x: x('low'), x2: { field: 'high' } },
        },
        {
          data: { values: several ? points : [] },
          mark: {
            type: 'point',
            size: 18,
            filled: true,
            fill: colour('ground'),
            stroke: colour('ink'),
            strokeWidth: 1,
            opacity: 1,
            aria: false,
          },
          encoding: { y, x: x('value') },
        },
        {
          data: { values: bars },
          mark: { type: 'text', align: 'left', dx: 7, fontSize: 11.5, color: colour('ink'), aria: false },
          encoding: { y, x: x('high'), text: { field: 'text' } },
        },
      ],
    }),
  };
}
