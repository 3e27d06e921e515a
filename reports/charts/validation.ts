/**
 * Charts of a validation: predicted against measured with bands of ±10 and ±25 %, and errors by family.
 *
 * One plane holds rows of one unit: rates, times and counts have no common axis. Left out: rows without a prediction.
 */

import type { ValidationRow } from '../validation/schema.ts';
import { counted, familyTitle, figure, signed } from '../validation/words.ts';
import { legendColumns } from './backends.ts';
import type { ChartPlan } from './svg.ts';
import { type ColourName, colour } from './theme.ts';

const HUES = 8;
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross'] as const;
const BANDS = [
  { ratio: 0.25, opacity: 0.45 },
  { ratio: 0.1, opacity: 0.9 },
] as const;
/** Error beyond which a row is drawn at the edge. */
const ERROR_SHOWN = 1;
/** Room around the outermost points, as a factor. */
const ROOM = 1.3;

interface Group {
  readonly id: string;
  readonly title: string;
  /** What tells points apart in this plane. */
  readonly by: 'bed' | 'family';
  readonly rows: readonly ValidationRow[];
}

const scored = (row: ValidationRow): boolean =>
  row.error !== null && row.predicted! > 0 && row.measured > 0 && row.list !== 'not scored';

/** A plane for each group of beds and unit, largest first, then the errors by family. */
export function validationCharts(rows: readonly ValidationRow[]): ChartPlan[] {
  const shown = rows.filter(scored);
  const published = shown.filter(({ bed }) => bed !== 'veth-vm' && bed !== 'tcp-bottleneck');
  const groups = [
    ...byUnit('published', 'Published', 'bed', published),
    ...byUnit(
      'kernel',
      'Measured kernel',
      'family',
      shown.filter(({ bed }) => bed === 'veth-vm'),
    ),
    ...byUnit(
      'bottleneck',
      'TCP through a bottleneck',
      'family',
      shown.filter(({ bed }) => bed === 'tcp-bottleneck'),
    ),
  ];
  return [...groups.map(scatter), ...(shown.length === 0 ? [] : [errorStrip(shown)])];
}

function byUnit(id: string, title: string, by: Group['by'], rows: readonly ValidationRow[]): Group[] {
  const units = [...new Set(rows.map(({ unit }) => unit))];
  const of = units.map((unit) => rows.filter((row) => row.unit === unit));
  of.sort((a, b) => b.length - a.length);
  return of.map((mine, at) => ({ id: `${id}-${at}`, title: `${title}, ${mine[0]!.unit}`, by, rows: mine }));
}

function scatter({ id, title, by, rows }: Group): ChartPlan {
  const values = rows.flatMap(({ measured, predicted }) => [measured, predicted!]);
  const domain = [Math.min(...values) / ROOM, Math.max(...values) * ROOM];
  const points = rows.map((row) => ({
    x: row.measured,
    y: row.predicted,
    by: by === 'bed' ? row.bed : familyTitle(row.family),
    inSample: row.inSample,
    label:
      `${row.id}, ${row.backend}: measured ${figure(row.measured)}, ` +
      `predicted ${figure(row.predicted)} ${row.unit} (${signed(row.error)})`,
  }));
  const names = [...new Set(points.map((point) => point.by))].sort();
  const axis = (field: 'x' | 'y', word: string) => ({
    field,
    type: 'quantitative',
    title: `${word} (${rows[0]!.unit})`,
    scale: { type: 'log', domain, nice: false },
    axis: { tickCount: 6, format: '~g', grid: false },
  });
  return {
    id: `validation-${id}`,
    title,
    subtitle: `${counted(rows.length, 'row')}; bands ±10 % and ±25 %; hollow: a price was fitted on the row`,
    spec: (widthPx) => ({
      height: Math.min(340, Math.round(widthPx * 0.72)),
      layer: [
        ...BANDS.map((band) => bandLayer(domain, band, axis)),
        {
          data: { values: domain.map((at) => ({ x: at, y: at })) },
          mark: { type: 'line', color: colour('muted'), strokeWidth: 1, aria: false },
          encoding: { x: axis('x', 'measured'), y: axis('y', 'predicted') },
        },
        ...[true, false].map((filled) => ({
          data: { values: points.filter(({ inSample }) => inSample !== filled) },
          mark: { type: 'point', filled, size: 46, strokeWidth: 1.5, opacity: 1 },
          encoding: {
            x: axis('x', 'measured'),
            y: axis('y', 'predicted'),
            ...distinction(names, widthPx),
            description: { field: 'label' },
          },
        })),
      ],
    }),
  };
}

/** Colour, and shape beyond the eighth; a legend where there are several. */
function distinction(names: readonly string[], widthPx: number): object {
  const field = { field: 'by', type: 'nominal', title: null };
  const legend = names.length < 2 ? null : { columns: legendColumns(names, widthPx) };
  const hues = names.map((_, k) => colour(`b${k % HUES}` as ColourName));
  const shapes = names.map((_, k) => SHAPES[Math.floor(k / HUES) % SHAPES.length]!);
  return {
    color: { ...field, scale: { domain: names, range: hues }, legend },
    shape: { ...field, scale: { domain: names, range: shapes }, legend },
  };
}

function bandLayer(
  domain: readonly number[],
  { ratio, opacity }: (typeof BANDS)[number],
  axis: (field: 'x' | 'y', word: string) => object,
): object {
  const values = domain.map((at) => ({ x: at, y: at * (1 - ratio), high: at * (1 + ratio) }));
  return {
    data: { values },
    mark: { type: 'area', color: colour('grid'), opacity, clip: true, aria: false },
    encoding: { x: axis('x', 'measured'), y: axis('y', 'predicted'), y2: { field: 'high' } },
  };
}

/** A dot a row, a tick at the median. */
function errorStrip(rows: readonly ValidationRow[]): ChartPlan {
  const points = rows.map((row) => ({
    family: familyTitle(row.family),
    error: Math.max(-ERROR_SHOWN, Math.min(ERROR_SHOWN, row.error!)) * 100,
    label: `${row.id}, ${row.backend}: ${signed(row.error)}`,
  }));
  const x = {
    field: 'error',
    type: 'quantitative',
    title: 'predicted / measured − 1 (%)',
    scale: { domain: [-100 * ERROR_SHOWN, 100 * ERROR_SHOWN] },
  };
  const y = {
    field: 'family',
    type: 'nominal',
    sort: null,
    axis: { title: null, domain: false, ticks: false },
  };
  return {
    id: 'validation-errors',
    title: 'Errors by family',
    subtitle: 'a dot a row, bar: median; beyond ±100 % at the edge; band ±25 %',
    spec: () => ({
      height: { step: 30 },
      layer: [
        {
          data: { values: [{ low: -25, high: 25 }] },
          mark: { type: 'rect', color: colour('grid'), opacity: 0.5, aria: false },
          encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' } },
        },
        {
          data: { values: points },
          mark: { type: 'point', filled: true, size: 26, opacity: 0.6, color: colour('b0') },
          encoding: { x, y, description: { field: 'label' } },
        },
        {
          data: { values: points },
          mark: { type: 'tick', thickness: 2.5, size: 20, color: colour('ink'), opacity: 1, aria: false },
          encoding: { x: { ...x, aggregate: 'median' }, y },
        },
      ],
    }),
  };
}
