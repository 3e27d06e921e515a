/**
 * Charts of a sensitivity study: the tornado of each cell's first figure (a bar a price, from its low to its high end),
 * and for each figure the range over the draws by backend.
 *
 * Left out: tornados of other figures than a cell's first (tables have them), cells beyond the 24th.
 */
import type { Sensitivity, SensitivityCell } from '../sensitivity/schema.ts';
import {
  bySetting,
  figureIn,
  labelOf,
  metricsOf,
  printFigure,
  settingOf,
  strongestPrices,
} from '../sensitivity/tables.ts';
import { printScaled, scaleOf } from '../units.ts';
import { signed } from '../validation/words.ts';
import { BACKEND_AXIS } from './backends.ts';
import type { ChartPlan } from './svg.ts';
import { colour } from './theme.ts';

const TORNADOS_MAX = 24;
const BARS_MAX = 10;

/** Tornados in the order of the cells. */
export function tornadoCharts(document: Sensitivity): ChartPlan[] {
  return document.cells
    .filter(({ status }) => status === 'ok')
    .flatMap((cell) => tornado(document, cell) ?? [])
    .slice(0, TORNADOS_MAX)
    .map((chart, at) => ({ ...chart, id: `tornado-${at}` }));
}

function tornado(document: Sensitivity, cell: SensitivityCell): Omit<ChartPlan, 'id'> | null {
  const [first] = cell.figures;
  if (first === undefined) return null;
  const { metric, value, unit } = first;
  const prices = strongestPrices(document, cell, metric).slice(0, BARS_MAX);
  if (prices.length === 0) return null;
  const bars = prices.flatMap(({ stage, moves }) =>
    (['low', 'high'] as const).flatMap((end) => {
      const ratio = moves[metric]![end];
      if (ratio === null) return [];
      const factor = document.prices.find((one) => one.stage === stage)![end];
      const label = `${stage} × ${Math.round(factor * 100) / 100}: ${labelOf(metric)} ${signed(ratio)}`;
      return [{ stage, end: `price at its ${end} end`, change: ratio * 100, label }];
    }),
  );
  const setting = settingOf(document, cell.dims);
  return {
    title: [cell.dims.backend, setting].filter((text) => text !== '').join(', '),
    subtitle: `${labelOf(metric)} at the prices of the book: ${printFigure(value, unit)}`,
    spec: () => ({
      height: { step: 20 },
      data: { values: bars },
      layer: [
        barLayer(
          prices.map(({ stage }) => stage),
          labelOf(metric),
        ),
        zeroLine,
      ],
    }),
  };
}

const zeroLine = {
  data: { values: [{ at: 0 }] },
  mark: { type: 'rule', color: colour('ink'), strokeWidth: 1, aria: false },
  encoding: { x: { field: 'at', type: 'quantitative' } },
};

const barLayer = (stages: readonly string[], label: string): object => ({
  mark: { type: 'bar', height: { band: 0.7 }, opacity: 0.8 },
  encoding: {
    y: {
      field: 'stage',
      type: 'nominal',
      sort: stages,
      stack: null,
      axis: { title: null, domain: false, ticks: false, grid: true, labelLimit: 150 },
    },
    x: {
      field: 'change',
      type: 'quantitative',
      stack: null,
      axis: { title: `change of ${label} (%)`, tickCount: 5, format: '+~r' },
    },
    color: {
      field: 'end',
      type: 'nominal',
      title: null,
      scale: {
        domain: ['price at its low end', 'price at its high end'],
        range: [colour('b0'), colour('b1')],
      },
    },
    description: { field: 'label' },
  },
});

/** A chart a setting and figure that moves. */
export function rangeCharts(document: Sensitivity): ChartPlan[] {
  return [...bySetting(document)].flatMap(([setting, cells], at) =>
    metricsOf(cells).flatMap((metric) => {
      const chart = range(cells, metric, document.threshold);
      const title = setting === '' ? labelOf(metric) : `${labelOf(metric)}, ${setting}`;
      return chart === null ? [] : [{ ...chart, id: `range-${at}-${metric}`, title }];
    }),
  );
}

function range(
  cells: readonly SensitivityCell[],
  metric: string,
  threshold: number,
): Omit<ChartPlan, 'id' | 'title'> | null {
  const figures = cells.flatMap((cell) => {
    const figure = figureIn(cell, metric);
    return figure === undefined ? [] : [{ backend: String(cell.dims.backend), figure }];
  });
  const moving = figures.some(
    ({ figure: { value, low, high } }) =>
      low !== null && high !== null && (high - low) / Math.max(value, Number.MIN_VALUE) >= threshold,
  );
  if (!moving) return null;
  const { unit } = figures[0]!.figure;
  const scale = scaleOf(
    unit,
    figures.flatMap(({ figure: { value, low, high } }) => [value, low, high]),
  );
  const rows = figures.map(({ backend, figure: { value, low, high, draws } }) => ({
    backend,
    value: value / scale.divisor,
    low: (low ?? value) / scale.divisor,
    high: (high ?? value) / scale.divisor,
    draws: draws.flatMap((one) => (one === null ? [] : [one / scale.divisor])),
    label:
      `${backend}: ${printScaled(value, scale)} ${scale.unit}, draws from ` +
      `${printScaled(low ?? value, scale)} to ${printScaled(high ?? value, scale)}`,
  }));
  return {
    subtitle: 'bar: prices of the book; line: range over the draws; a dot a draw',
    spec: () => ({ height: { step: 30 }, layer: rangeLayers(rows, `${labelOf(metric)} (${scale.unit})`) }),
  };
}

function rangeLayers(rows: readonly { readonly draws: readonly number[] }[], title: string): object[] {
  const values = rows.map(({ draws: _draws, ...row }) => row);
  const dots = rows.flatMap(({ draws, ...row }) => draws.map((draw) => ({ ...row, draw })));
  const x = (field: string): object => ({
    field,
    type: 'quantitative',
    title,
    scale: { zero: false, nice: true },
    axis: { tickCount: 5 },
  });
  const y = BACKEND_AXIS;
  return [
    {
      data: { values },
      mark: { type: 'rule', color: colour('accent'), strokeWidth: 3, opacity: 0.45, aria: false },
      encoding: { y, x: x('low'), x2: { field: 'high' } },
    },
    {
      data: { values: dots },
      mark: { type: 'point', filled: true, size: 22, opacity: 0.7, color: colour('accent'), aria: false },
      encoding: { y, x: x('draw') },
    },
    {
      data: { values },
      mark: { type: 'tick', thickness: 3, size: 18, color: colour('ink'), opacity: 1 },
      encoding: { y, x: x('value'), description: { field: 'label' } },
    },
  ];
}
