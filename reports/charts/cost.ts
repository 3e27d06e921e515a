/**
 * Events and memory of a node against the number of nodes, one line a setting: flat lines are linear growth.
 */
import { type CostLine, type CostPoint, costLines } from '../cost.ts';
import type { Result } from '../schema.ts';
import { printScaled, scaleOf } from '../units.ts';
import { legendColumns } from './backends.ts';
import type { ChartPlan } from './svg.ts';
import { placeAxis } from './sweep.ts';
import { type ColourName, colour } from './theme.ts';

/** As many as there are colours for lines. */
const LINES_MAX = 8;

/** None unless the number of nodes varies. */
export function costCharts(result: Result): ChartPlan[] {
  const lines = costLines(result).slice(0, LINES_MAX);
  if (lines.length === 0) return [];
  return [
    costChart(lines, 'Events of a node', 'events a node', '1', ({ eventsPerNode }) => eventsPerNode),
    costChart(lines, 'Memory of a node', 'pools at the end, a node', 'B', ({ bytesPerNode }) => bytesPerNode),
  ].filter((chart) => chart !== null);
}

function costChart(
  lines: readonly CostLine[],
  title: string,
  axis: string,
  unit: string,
  pick: (point: CostPoint) => number | null,
): ChartPlan | null {
  const raw = lines.flatMap(({ name, points }) =>
    points.flatMap((point) => {
      const value = pick(point);
      return value === null ? [] : [{ name, at: point.nodes, value }];
    }),
  );
  if (raw.length === 0) return null;
  const scale = scaleOf(
    unit,
    raw.map(({ value }) => value),
  );
  const points = raw.map(({ name, at, value }) => ({
    name,
    at,
    value: value / scale.divisor,
    label: `${name}, ${at} nodes: ${printScaled(value, scale)} ${scale.unit}`,
  }));
  const names = [...new Set(points.map(({ name }) => name))];
  const places = [...new Set(points.map(({ at }) => at))].sort((a, b) => a - b);
  const unitText = scale.unit === '' || scale.unit === '1' ? '' : ` (${scale.unit})`;
  return {
    id: `sweep-cost-${unit === 'B' ? 'memory' : 'events'}`,
    title: `${title} over nodes`,
    subtitle: 'cost of the simulation itself; a flat line: the whole grows in step with the cluster',
    spec: (widthPx) => ({
      height: widthPx < 480 ? 230 : 280,
      data: { values: points },
      encoding: {
        x: placeAxis('nodes', places),
        y: { field: 'value', type: 'quantitative', title: `${axis}${unitText}`, scale: { zero: true } },
        color: {
          field: 'name',
          type: 'nominal',
          title: null,
          scale: { domain: names, range: names.map((_, k) => colour(`b${k}` as ColourName)) },
          legend: { columns: legendColumns(names, widthPx), symbolType: 'stroke', symbolSize: 300 },
        },
      },
      layer: [
        { mark: { type: 'line', strokeWidth: 2, aria: false } },
        {
          mark: { type: 'point', filled: true, size: 34, opacity: 1 },
          encoding: { description: { field: 'label' } },
        },
      ],
    }),
  };
}
