/**
 * The tables of a sensitivity study as plain text cells, once for the terminal and the HTML report: prices by what they
 * move, the range of every headline figure, pairs of backends whose order can flip.
 */
import { METRICS, type MetricId } from '../../engine/core/record.ts';
import { printOne, printScaled, scaleOf } from '../units.ts';
import type { TextColumn, TextTable } from '../validation/tables.ts';
import { counted, NONE, share, signed } from '../validation/words.ts';
import type { Sensitivity, SensitivityCell, SensitivityPair, SensitivityPrice } from './schema.ts';

type Figure = SensitivityCell['figures'][number];

const left = (name: string): TextColumn => ({ name, align: 'left' });
const right = (name: string): TextColumn => ({ name, align: 'right' });

/** Prices named beside a figure. */
const NAMED_MAX = 3;

export const labelOf = (metric: string): string => METRICS[metric as MetricId]?.label ?? metric;

/** Dimensions but the backend that tell cells apart, as `kind=TCP_RR, streams=1`; '' where there is one setting. */
export function settingOf({ cells }: Sensitivity, dims: SensitivityCell['dims']): string {
  const telling: string[] = [];
  const settings = (names: readonly string[]): number =>
    new Set(cells.map((cell) => JSON.stringify(names.map((name) => cell.dims[name])))).size;
  for (const name of Object.keys(dims)) {
    if (name !== 'backend' && settings([...telling, name]) > settings(telling)) telling.push(name);
  }
  return telling.map((name) => `${name}=${dims[name]}`).join(', ');
}

/** Cells with figures, by setting, in order. */
export function bySetting(document: Sensitivity): Map<string, SensitivityCell[]> {
  const groups = new Map<string, SensitivityCell[]>();
  for (const cell of document.cells.filter(({ status }) => status === 'ok')) {
    const key = settingOf(document, cell.dims);
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return groups;
}

/** Where a price moves a figure most: the larger end counts, less the noise. */
export interface Place {
  readonly cell: SensitivityCell;
  readonly metric: string;
  readonly low: number | null;
  readonly high: number | null;
  readonly reach: number;
}

/** Changes up to this are not told from none: the threshold, or the noise of a chaotic cell. */
const marginOf = ({ threshold }: Sensitivity, cell: SensitivityCell, metric: string): number =>
  Math.max(threshold, figureIn(cell, metric)?.noise ?? 0);

/** The place of the largest change by this price; null where nothing stands out of threshold and noise. */
export function strongest(document: Sensitivity, stage: string): Place | null {
  let best: Place | null = null;
  for (const cell of document.cells) {
    const price = cell.prices.find((one) => one.stage === stage);
    for (const [metric, { low, high }] of Object.entries(price?.moves ?? {})) {
      const most = Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0));
      if (most < marginOf(document, cell, metric)) continue;
      const reach = most - (figureIn(cell, metric)?.noise ?? 0);
      if (best === null || reach > best.reach) best = { cell, metric, low, high, reach };
    }
  }
  return best;
}

/** Prices, those that move most first; the rest by their share. */
export function rankedPrices(document: Sensitivity): { stage: string; place: Place | null }[] {
  return document.prices
    .map(({ stage }) => ({ stage, place: strongest(document, stage) }))
    .sort((a, b) => (b.place?.reach ?? -1) - (a.place?.reach ?? -1));
}

const where = (document: Sensitivity, { cell }: Place): string =>
  [cell.dims.backend, settingOf(document, cell.dims)].filter((text) => text !== '').join(', ');

/** The tornado as text. @param most  prices shown; those left out are told in the note */
export function priceTable(document: Sensitivity, most = Number.POSITIVE_INFINITY): TextTable {
  const ranked = rankedPrices(document);
  const moving = ranked.flatMap(({ stage, place }) => (place === null ? [] : [{ stage, place }]));
  const still = ranked.filter(({ place }) => place === null);
  const notes = [
    'One price at a time at either end of its range; the figure that it moves most.',
    ...(moving.length > most ? [`${moving.length - most} more in sensitivity.json.`] : []),
    ...(still.length > 0
      ? [
          `Nowhere above ${share(document.threshold)} or noise: ${still.map(({ stage }) => stage).join(', ')}.`,
        ]
      : []),
  ];
  return {
    id: 'prices',
    title: 'Which prices move the answer most',
    note: notes.join(' '),
    columns: [
      left('price'),
      right('range'),
      right('at low'),
      right('at high'),
      left('figure'),
      left('where'),
    ],
    rows: moving.slice(0, most).map(({ stage, place }) => {
      const { low, high } = document.prices.find((one) => one.stage === stage)!;
      return [
        stage,
        `×${factor(low)} … ${factor(high)}`,
        signed(place.low),
        signed(place.high),
        labelOf(place.metric),
        where(document, place),
      ];
    }),
  };
}

const factor = (value: number): string => String(Math.round(value * 100) / 100);

/** A table a setting and figure: its value, its range over the draws, the prices behind it. */
export function rangeTables(document: Sensitivity): TextTable[] {
  return [...bySetting(document)].flatMap(([setting, cells], at) =>
    metricsOf(cells).map((metric) =>
      rangeTable(document, cells, metric, { id: `range-${at}-${metric}`, setting }),
    ),
  );
}

/** Figures of these cells in the order of the metrics. */
export function metricsOf(cells: readonly SensitivityCell[]): string[] {
  const used = new Set(cells.flatMap(({ figures }) => figures.map(({ metric }) => metric)));
  return Object.keys(METRICS).filter((metric) => used.has(metric));
}

export const figureIn = (cell: SensitivityCell, metric: string): Figure | undefined =>
  cell.figures.find((one) => one.metric === metric);

function rangeTable(
  document: Sensitivity,
  cells: readonly SensitivityCell[],
  metric: string,
  { id, setting }: { readonly id: string; readonly setting: string },
): TextTable {
  const figures = cells.flatMap((cell) => {
    const figure = figureIn(cell, metric);
    return figure === undefined ? [] : [{ cell, figure }];
  });
  const values = figures.flatMap(({ figure: { value, low, high } }) => [value, low, high]);
  const scale = scaleOf(figures[0]!.figure.unit, values);
  const shown = (value: number | null): string => (value === null ? NONE : printScaled(value, scale));
  const unit = scale.unit === '' ? '' : ` (${scale.unit})`;
  return {
    id,
    title: `${setting === '' ? '' : `${setting}: `}${labelOf(metric)}${unit}`,
    note: '',
    columns: [
      left('backend'),
      right('book'),
      right('lowest draw'),
      right('highest draw'),
      right('all low'),
      right('all high'),
      right('noise'),
      left('moved most by'),
    ],
    rows: figures.map(({ cell, figure: { value, low, high, allLow, allHigh, noise } }) => [
      String(cell.dims.backend),
      ...[value, low, high, allLow, allHigh].map(shown),
      `±${share(noise).replace(' ', '')}`,
      strongestPrices(document, cell, metric)
        .slice(0, NAMED_MAX)
        .map(({ stage, moves }) => `${stage} ${ends(moves[metric]!)}`)
        .join(', '),
    ]),
  };
}

/** Prices that move this figure of a cell by more than threshold and noise, most first. */
export function strongestPrices(
  document: Sensitivity,
  cell: SensitivityCell,
  metric: string,
): SensitivityPrice[] {
  const margin = marginOf(document, cell, metric);
  const reach = ({ moves }: SensitivityPrice): number =>
    Math.max(Math.abs(moves[metric]?.low ?? 0), Math.abs(moves[metric]?.high ?? 0));
  return cell.prices.filter((price) => reach(price) >= margin).sort((a, b) => reach(b) - reach(a));
}

/** `+8.1/−4.0 %`: at the low and at the high end. */
const ends = ({ low, high }: SensitivityPrice['moves'][string]): string =>
  `${signed(low).replace(' %', '')}/${signed(high)}`;

export const flipping = ({ flips, single }: SensitivityPair): boolean => flips > 0 || single.length > 0;

/** Pairs that flip in a draw or by one price, those that flip most first. */
export function orderTable(document: Sensitivity): TextTable {
  const pairs = document.pairs.filter(flipping);
  const still = document.pairs.length - pairs.length;
  const apart = `further apart than ${share(document.threshold)} and their noise`;
  const said =
    document.pairs.length === 0
      ? `No two backends are ${apart}.`
      : `${still} of ${counted(document.pairs.length, 'pair')} ${apart} keep${still === 1 ? 's' : ''} ` +
        `their order in all ${document.draws.count} draws and under every single price.`;
  return {
    id: 'order',
    title: 'Order of backends that can flip',
    note: said,
    columns: [
      left('ahead'),
      left('behind'),
      left('figure'),
      right('ratio'),
      right('flips'),
      left('by one price'),
      left('setting'),
    ],
    rows: [...pairs]
      .sort((a, b) => b.flips / Math.max(1, b.draws) - a.flips / Math.max(1, a.draws))
      .map((pair) => [
        pair.ahead,
        pair.behind,
        labelOf(pair.metric),
        pair.ratio.toFixed(3),
        `${pair.flips}/${pair.draws}`,
        pair.single.length === 0 ? NONE : pair.single.map(({ stage, end }) => `${stage} ${end}`).join(', '),
        settingOf(document, pair.dims),
      ]),
  };
}

/** The widest range over the draws of any backend's figure that is no noise alone. */
export function widest(
  document: Sensitivity,
  metric: string,
): { low: number; high: number; cell: SensitivityCell } | null {
  let best: { low: number; high: number; cell: SensitivityCell } | null = null;
  for (const cell of document.cells) {
    const figure = figureIn(cell, metric);
    if (figure === undefined || figure.low === null || figure.high === null || figure.value === 0) continue;
    const [low, high] = [figure.low / figure.value - 1, figure.high / figure.value - 1];
    if (Math.max(-low, high) <= figure.noise) continue;
    if (best === null || high - low > best.high - best.low) best = { low, high, cell };
  }
  return best;
}

/** In a sentence or two: how far, by what, and whether the order holds. */
export function verdictOf(document: Sensitivity): string {
  const { cells, draws, pairs, prices } = document;
  if (!cells.some(({ status }) => status === 'ok')) return 'No cell has figures.';
  if (prices.length === 0) return 'No price that is used here may be off: nothing to vary.';
  const ranges = metricsOf(cells).flatMap((metric) => {
    const most = widest(document, metric);
    if (most === null || most.high - most.low < document.threshold) return [];
    return [`${labelOf(metric)} ${signed(most.low)} to ${signed(most.high)} (${most.cell.dims.backend})`];
  });
  const [top] = rankedPrices(document);
  const most = top?.place == null ? '' : ` ${top.stage} moves most: ${describe(document, top.place)}.`;
  const flips = pairs.filter(flipping).length;
  return (
    `Over ${draws.count} draws of ${counted(prices.length, 'price')}, at most: ` +
    `${ranges.length === 0 ? 'nothing moves' : ranges.join(', ')}.${most} ` +
    `${flips} of ${counted(pairs.length, 'pair')} of backends can change their order.`
  );
}

const describe = (document: Sensitivity, place: Place): string =>
  `${labelOf(place.metric)} of ${where(document, place)} by ${signed(place.low)} at its low and ` +
  `${signed(place.high)} at its high end`;

/** `12.3 Gbit/s` of a figure. */
export const printFigure = (value: number | null, unit: string): string =>
  value === null ? NONE : printOne(value, unit);
