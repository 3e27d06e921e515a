/**
 * A sensitivity study in the terminal: verdict, prices, ranges, order. At most 100 columns; colour comes from the
 * caller, the same document gives the same text.
 */
import { type Paint, PLAIN, wrap } from '../grid.ts';
import { printTable } from '../validation/text.ts';
import { counted, share } from '../validation/words.ts';
import type { Sensitivity } from './schema.ts';
import { orderTable, priceTable, rangeTables, verdictOf } from './tables.ts';

const WIDTH = 100;
const PRICES_MAX = 12;

/** @param options.width  columns of the terminal, 80 to 100 */
export function renderSensitivity(
  document: Sensitivity,
  options: { readonly width?: number; readonly paint?: Paint } = {},
): string {
  const width = Math.min(WIDTH, Math.max(80, options.width ?? WIDTH));
  const paint = options.paint ?? PLAIN;
  const lines = [...wrap(titleOf(document), width).map(paint.bold), ...wrap(factsOf(document), width)];
  const tables = [priceTable(document, PRICES_MAX), ...rangeTables(document), orderTable(document)];
  for (const table of tables) lines.push('', ...printTable(table, width, paint));
  lines.push(...without(document, width).map(paint.yellow));
  lines.push('', ...wrap(verdictOf(document), width).map(paint.bold));
  lines.push(...wrap(legendOf(document), width).map(paint.dim));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

export const titleOf = ({ scenario }: Sensitivity): string => `${scenario.id}: how sure are these figures?`;

function factsOf({ model, seeds, draws, prices, runs, all }: Sensitivity): string {
  return [
    `machine ${model.machine.name}`,
    `${counted(prices.length, all ? 'price' : 'assumed price')} in use`,
    counted(draws.count, 'draw'),
    `${counted(seeds.length, 'seed')}, the same in every run`,
    counted(runs, 'run'),
    `model ${model.version}`,
  ].join(' · ');
}

/** What the columns mean. */
export function legendOf({ threshold, draws }: Sensitivity): string {
  return (
    `book: prices as they stand. Draws: ${draws.count} times all prices at once, each anywhere in its range, for all ` +
    'backends the same; all low, all high: every price at that end. Moved by: change with the price alone at its ' +
    `low/high end; changes below ${share(threshold)} or the noise are not shown. Noise: how far figures may go ` +
    'without any price being the reason (all of them moved by 0.2 and 0.4 %, what exceeds it, twice). ' +
    'Percentiles have at least 100 samples beyond them. Errors of the model other than in its prices are not in ' +
    'these ranges (docs/ACCURACY.md).'
  );
}

function without({ cells }: Sensitivity, width: number): string[] {
  const absent = cells.filter(({ status }) => status !== 'ok');
  if (absent.length === 0) return [];
  const lines = absent.flatMap(({ id, status, reason }) => wrap(`${id}  ${status}: ${reason ?? ''}`, width));
  return ['', 'Without figures:', ...lines];
}
