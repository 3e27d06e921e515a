/**
 * Goodput of each backend: bars for the mean, a line for the range over seeds, a point a seed.
 */
import type { MetricId } from '../../engine/core/record.ts';
import { familyOf, isCrowded } from '../families.ts';
import type { Cell } from '../schema.ts';
import { printScaled, type Scale, scaleOf } from '../units.ts';
import { figureOf } from '../view.ts';
import { BACKEND_AXIS, type BackendColours } from './backends.ts';
import type { ChartPlan } from './svg.ts';
import { type ColourName, colour } from './theme.ts';

export interface BarSetting {
  readonly id: string;
  /** Title of the chart, without the unit. */
  readonly title: string;
  /** Title of the axis, without the unit. */
  readonly axis: string;
  readonly metric: MetricId;
  readonly colours: BackendColours;
}

/** Room right of the longest bar for its figure. */
const ROOM = 1.16;
/** Hues of families: as many as there are, none of them twice. */
const FAMILY_HUES = 8;

interface Bar {
  readonly backend: string;
  /** '' where backends are few. */
  readonly family: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly text: string;
  readonly label: string;
}

/** Bars of one metric over the backends of one group of cells; null when no cell has it. */
export function goodputChart(cells: readonly Cell[], setting: BarSetting): ChartPlan | null {
  const { metric } = setting;
  const shown = cells.filter((cell) => figureOf(cell, metric) !== null);
  if (shown.length === 0) return null;
  const values = shown.map((cell) => figureOf(cell, metric));
  const scale = scaleOf(shown[0]!.metrics[metric]!.unit, values);
  const crowded = isCrowded(shown);
  const bars = shown.map((cell) => ({
    ...barOf(cell, metric, scale),
    family: crowded ? familyOf(cell) : '',
  }));
  const points = shown.flatMap((cell) =>
    samplesOf(cell, metric).map((sample) => ({ backend: cell.dims.backend, value: sample / scale.divisor })),
  );
  const several = points.length > shown.length;
  return {
    id: setting.id,
    title: setting.title,
    subtitle: several ? 'bar: mean of the seeds; line: range; points: single seeds' : 'one seed',
    spec: () => ({ height: { step: 28 }, layer: layers(setting, scale, bars, several ? points : []) }),
  };
}

function samplesOf(cell: Cell, metric: MetricId): number[] {
  return cell.metrics[metric]!.samples.filter((sample) => sample !== null);
}

function barOf(cell: Cell, metric: MetricId, scale: Scale): Omit<Bar, 'family'> {
  const { backend } = cell.dims;
  const samples = samplesOf(cell, metric);
  const value = figureOf(cell, metric)!;
  const [low, high] = [Math.min(...samples), Math.max(...samples)];
  const text = printScaled(value, scale);
  const range = `${printScaled(low, scale)} to ${printScaled(high, scale)}`;
  const label = `${backend}: ${text} ${scale.unit}, seeds ${range}`;
  const [valueAt, lowAt, highAt] = [value, low, high].map((one) => one / scale.divisor) as [
    number,
    number,
    number,
  ];
  return { backend, value: valueAt, low: lowAt, high: highAt, text, label };
}

/** A colour a backend, or where they are crowded, a colour a family. */
function fillOf(bars: readonly Bar[], colours: BackendColours): object {
  const families = [...new Set(bars.map((bar) => bar.family))];
  if (families.length === 1) {
    const scale = { domain: colours.domain, range: colours.range };
    return { field: 'backend', type: 'nominal', scale, legend: null };
  }
  const range = families.map((_, k) => colour(`b${k % FAMILY_HUES}` as ColourName));
  const legend = { columns: 2, symbolType: 'square', symbolStrokeWidth: 0 };
  return { field: 'family', type: 'nominal', title: null, scale: { domain: families, range }, legend };
}

/** Bars, ranges, seeds and figures, one above the other; ranges and seeds only where there are several. */
function layers(
  setting: BarSetting,
  scale: Scale,
  bars: readonly Bar[],
  points: readonly object[],
): object[] {
  const { axis, colours } = setting;
  const domain = [0, ROOM * Math.max(...bars.map((bar) => bar.high))];
  const y = BACKEND_AXIS;
  const x = (field: string) => ({
    field,
    type: 'quantitative',
    title: `${axis} (${scale.unit})`,
    scale: { domain, nice: false },
  });
  const fill = fillOf(bars, colours);
  const dot = {
    size: 18,
    filled: true,
    fill: colour('ground'),
    stroke: colour('ink'),
    strokeWidth: 1,
    opacity: 1,
  };
  return [
    {
      data: { values: bars },
      mark: { type: 'bar', height: { band: 0.62 }, cornerRadiusEnd: 2 },
      encoding: { y, x: x('value'), color: fill, description: { field: 'label' } },
    },
    {
      data: { values: points.length === 0 ? [] : bars },
      mark: { type: 'rule', strokeWidth: 1.5, color: colour('ink'), aria: false },
      encoding: { y, x: x('low'), x2: { field: 'high' } },
    },
    {
      data: { values: points },
      mark: { type: 'point', ...dot, aria: false },
      encoding: { y, x: x('value') },
    },
    {
      data: { values: bars },
      mark: { type: 'text', align: 'left', dx: 7, fontSize: 11.5, color: colour('ink'), aria: false },
      encoding: { y, x: x('high'), text: { field: 'text' } },
    },
  ];
}
