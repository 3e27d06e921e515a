/**
 * Charts of a comparison: the change of every figure with its interval, the worst first, and the largest changes
 * seed by seed, base beside head.
 *
 * Left out: figures without a relative change (they stand in the tables), rows and pairs beyond a page's room.
 */
import type { CellComparison, Comparison, MetricComparison } from '../comparison/types.ts';
import { figuresText, isTold, sizeOf, valuesText } from '../exports/findings.ts';
import { scaleOf } from '../units.ts';
import type { ChartPlan } from './svg.ts';
import { type ColourName, colour } from './theme.ts';

const ROWS_MAX = 40;
const PAIRS_MAX = 12;

interface Figure {
  /** Of the cell: the dimensions in which cells differ. */
  readonly name: string;
  readonly metric: MetricComparison;
}

/** What a figure's colour says; the order is that of the legend. */
const TONES = [
  ['worse', 'warn'],
  ['better', 'good'],
  ['changed', 'accent'],
  ['no verdict', 'baseline'],
] as const satisfies readonly (readonly [string, ColourName])[];

function toneOf({ verdict }: MetricComparison): string {
  if (verdict === 'worse' || verdict === 'lost') return TONES[0][0];
  if (verdict === 'better' || verdict === 'gained') return TONES[1][0];
  return verdict === 'changed' ? TONES[2][0] : TONES[3][0];
}

/** Charts of one comparison. @param place  of the comparison in its page, for the ids */
export function changeCharts(comparison: Comparison, place: number): ChartPlan[] {
  const names = shortNames(comparison.cells);
  const figures = comparison.cells
    .flatMap((cell, k) => cell.metrics.map((metric): Figure => ({ name: names[k]!, metric })))
    .filter(({ metric }) => isTold(metric) && metric.delta !== null && metric.delta.ratio !== null)
    .sort((a, b) => sizeOf(b.metric) - sizeOf(a.metric));
  // What gates or is significant comes before larger noise.
  const rank = ({ metric }: Figure): number =>
    metric.finding !== 'off' ? 0 : ['noise', 'too-few'].includes(metric.verdict) ? 2 : 1;
  figures.sort((a, b) => rank(a) - rank(b));
  if (figures.length === 0) return [];
  const pairs = figures.filter((figure) => rank(figure) < 2).slice(0, PAIRS_MAX);
  const { base, head } = comparison;
  return [
    intervals(figures, place),
    ...pairs.map((figure, k) => pair(figure, [base.label, head.label], `pair-${place}-${k}`)),
  ];
}

/** Labels have little room: a dimension that all cells share says nothing in them. */
function shortNames(cells: readonly CellComparison[]): string[] {
  const dims = [...new Set(cells.flatMap((cell) => Object.keys(cell.dims)))];
  const varying = dims.filter((dim) => new Set(cells.map((cell) => cell.dims[dim])).size > 1);
  return cells.map((cell) => {
    const parts = varying
      .filter((dim) => cell.dims[dim] !== undefined)
      .map((dim) => (dim === 'backend' ? cell.dims[dim] : `${dim}=${cell.dims[dim]}`));
    return parts.length === 0 ? cell.id : parts.join(' ');
  });
}

const nameOf = ({ name, metric }: Figure): string => `${metric.label} · ${name}`;

function intervals(figures: readonly Figure[], place: number): ChartPlan {
  const shown = figures.slice(0, ROWS_MAX);
  const rest = figures.length - shown.length;
  const rows = shown.map((figure) => {
    const { metric } = figure;
    const ratio = metric.delta!.ratio!;
    return {
      name: nameOf(figure),
      change: ratio * 100,
      low: (metric.interval?.lowRatio ?? ratio) * 100,
      high: (metric.interval?.highRatio ?? ratio) * 100,
      tone: toneOf(metric),
      label: `${nameOf(figure)}: ${figuresText(metric)}`,
    };
  });
  return {
    id: `changes-${place}`,
    title: 'Change of head against base',
    subtitle:
      'dot: median change over seeds; line: its 95 % interval' +
      (rest === 0 ? '' : `; ${rest} smaller changes are in the tables`),
    spec: (widthPx) => ({
      height: { step: 20 },
      data: { values: rows },
      layer: intervalLayers(
        rows.map(({ name }) => name),
        widthPx,
      ),
    }),
  };
}

function intervalLayers(names: readonly string[], widthPx: number): object[] {
  const y = {
    field: 'name',
    type: 'nominal',
    sort: names,
    axis: { title: null, domain: false, ticks: false, grid: true, labelLimit: Math.round(widthPx * 0.5) },
  };
  const x = (field: string): object => ({
    field,
    type: 'quantitative',
    axis: { title: 'change (%)', tickCount: 6, format: '+~r' },
    scale: { zero: true, nice: true },
  });
  const color = {
    field: 'tone',
    type: 'nominal',
    title: null,
    scale: { domain: TONES.map(([tone]) => tone), range: TONES.map(([, name]) => colour(name)) },
    legend: { columns: 1, symbolType: 'circle', symbolStrokeWidth: 0, labelLimit: widthPx - 40 },
  };
  return [
    {
      data: { values: [{ at: 0 }] },
      mark: { type: 'rule', color: colour('ink'), strokeWidth: 1, aria: false },
      encoding: { x: { field: 'at', type: 'quantitative' } },
    },
    {
      mark: { type: 'rule', strokeWidth: 2.5, opacity: 0.6, aria: false },
      encoding: { y, x: x('low'), x2: { field: 'high' }, color },
    },
    {
      mark: { type: 'point', filled: true, size: 60, opacity: 1 },
      encoding: { y, x: x('change'), color, description: { field: 'label' } },
    },
  ];
}

/** One figure: base on the left, head on the right, a line a seed where seeds are pairs, the medians above all. */
function pair({ name, metric }: Figure, labels: readonly [string, string], id: string): ChartPlan {
  const scale = scaleOf(metric.unit, [metric.baseMedian, metric.headMedian]);
  const sides = [`base: ${labels[0]}`, `head: ${labels[1]}`] as const;
  const points = (samples: MetricComparison['baseSamples'], side: string) =>
    samples.flatMap((value, k) =>
      value === null ? [] : [{ side, seed: String(k), value: value / scale.divisor }],
    );
  const seeds = [...points(metric.baseSamples, sides[0]), ...points(metric.headSamples, sides[1])];
  const medians = [metric.baseMedian, metric.headMedian].map((value, k) => ({
    side: sides[k],
    value: value! / scale.divisor,
    label: `${k === 0 ? 'base' : 'head'}: median ${valuesText(metric).split(' → ')[k]}`,
  }));
  const paired = metric.evidence === 'paired';
  return {
    id,
    title: `${metric.label}, ${name}`,
    subtitle: `${figuresText(metric)}; ${paired ? 'a thin line a seed' : 'a dot a seed'}, thick: medians`,
    spec: () => ({
      height: 190,
      layer: pairLayers(seeds, medians, {
        sides,
        paired,
        tone: TONES.find(([tone]) => tone === toneOf(metric))![1],
        title: `${metric.label}${scale.unit === '' ? '' : ` (${scale.unit})`}`,
      }),
    }),
  };
}

interface PairLook {
  readonly sides: readonly string[];
  readonly paired: boolean;
  readonly tone: ColourName;
  readonly title: string;
}

function pairLayers(seeds: readonly object[], medians: readonly object[], look: PairLook): object[] {
  const x = {
    field: 'side',
    type: 'nominal',
    sort: look.sides,
    scale: { type: 'point', padding: 0.4 },
    axis: { title: null, labelAngle: 0, labelLimit: 150, domain: false, ticks: false },
  };
  const y = {
    field: 'value',
    type: 'quantitative',
    scale: { zero: false, nice: true },
    axis: { title: look.title, tickCount: 5 },
  };
  const thin = {
    data: { values: seeds },
    mark: { type: 'line', strokeWidth: 1, opacity: 0.45, color: colour('muted'), aria: false },
    encoding: { x, y, detail: { field: 'seed', type: 'nominal' } },
  };
  return [
    ...(look.paired ? [thin] : []),
    {
      data: { values: seeds },
      mark: { type: 'point', filled: true, size: 20, opacity: 0.6, color: colour('muted'), aria: false },
      encoding: { x, y },
    },
    {
      data: { values: medians },
      mark: { type: 'line', strokeWidth: 3, color: colour(look.tone), aria: false },
      encoding: { x, y },
    },
    {
      data: { values: medians },
      mark: { type: 'point', filled: true, size: 90, opacity: 1, color: colour(look.tone) },
      encoding: { x, y, description: { field: 'label', type: 'nominal' } },
    },
  ];
}
