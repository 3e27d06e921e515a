/**
 * Lines over the measured window, where they explain the result: the queue that fills, the payload that stays
 * unfinished, the busiest core. Of the first seed; samples at 21 instants.
 *
 * Left out: what happened between the samples.
 */
import type { Cell } from '../schema.ts';
import { scaleOf } from '../units.ts';
import { type BackendColours, backendLines } from './backends.ts';
import type { ChartPlan } from './svg.ts';

/** Shorter queues (a super-packet on its way) explain nothing. */
const QUEUE_BYTES_MIN = 100_000;
const PS_PER_MS = 1e9;

interface Line {
  readonly backend: string;
  readonly values: readonly number[];
  readonly windowPs: number;
}

/** Charts of one group of cells: none where no queue is long and nothing is overloaded. */
export function seriesCharts(
  cells: readonly Cell[],
  colours: BackendColours,
  id: (name: string) => string,
): ChartPlan[] {
  const queues = ['NIC queue', 'ToR port queue', 'uplink queue', 'downlink queue'].map((name) => ({
    name,
    lines: linesOf(cells, `${name}, longest`),
  }));
  const largest = (lines: readonly Line[]): number => Math.max(0, ...lines.flatMap(({ values }) => values));
  const [fullest] = queues.sort((a, b) => largest(b.lines) - largest(a.lines));
  const charts: ChartPlan[] = [];
  if (largest(fullest!.lines) >= QUEUE_BYTES_MIN) {
    charts.push(
      plan(fullest!.lines, colours, {
        id: id('queue'),
        title: `Longest ${fullest!.name} over time`,
        unit: 'B',
        axis: 'waiting',
      }),
    );
  }
  if (cells.some((cell) => cell.overloaded)) {
    const unfinished = linesOf(cells, 'unfinished payload');
    if (largest(unfinished) >= QUEUE_BYTES_MIN) {
      charts.push(
        plan(unfinished, colours, {
          id: id('unfinished'),
          title: 'Unfinished payload over time',
          unit: 'B',
          axis: 'offered, not yet served',
        }),
      );
    }
  }
  if (charts.length > 0) {
    charts.push(
      plan(linesOf(cells, 'busiest core'), colours, {
        id: id('busiest'),
        title: 'Busiest core over time',
        unit: '%',
        axis: 'work between two samples',
      }),
    );
  }
  return charts;
}

function linesOf(cells: readonly Cell[], name: string): Line[] {
  return cells.flatMap((cell) => {
    const first = cell.series.find((one) => one.name === name);
    if (first === undefined || first.values.length < 2) return [];
    return [{ backend: cell.dims.backend, values: first.values, windowPs: cell.windowPs }];
  });
}

interface Axis {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly axis: string;
}

function plan(lines: readonly Line[], colours: BackendColours, { id, title, unit, axis }: Axis): ChartPlan {
  const scale = scaleOf(
    unit,
    lines.map(({ values }) => Math.max(...values)),
  );
  const points = lines.flatMap(({ backend, values, windowPs }) =>
    values.map((value, k) => ({
      backend,
      ms: (windowPs / PS_PER_MS / (values.length - 1)) * k,
      value: value / scale.divisor,
    })),
  );
  return {
    id,
    title,
    subtitle: 'first seed; sampled at 21 instants of the measured window',
    spec: (widthPx) => ({
      height: widthPx < 480 ? 190 : 220,
      data: { values: points },
      mark: { type: 'line', strokeWidth: 1.75, interpolate: 'linear' },
      encoding: {
        x: {
          field: 'ms',
          type: 'quantitative',
          title: 'time (ms)',
          scale: { nice: false },
          axis: { grid: false },
        },
        y: { field: 'value', type: 'quantitative', title: `${axis} (${scale.unit})`, scale: { zero: true } },
        ...backendLines(points, colours, widthPx),
      },
    }),
  };
}
