/**
 * Sentences beside the figures: what a reader must know about a row, how far the seeds spread, how much was
 * simulated. Shared by terminal and HTML.
 */
import { PERCENTILES } from './metrics.ts';
import type { Cell, CellMetric, Result } from './schema.ts';
import { percent, printCount, printOne } from './units.ts';
import { beyondOf, hasFigures, headlineGoodput, TAILS } from './view.ts';
import { warmupRemark, warmupSentence } from './warmup.ts';

/** What a reader must know about a row before he uses it. */
export function remarkOf(cell: Cell): string {
  const remarks: string[] = [];
  const planned = cell.metrics.goodput?.samples.length ?? cell.seeds.length;
  if (cell.overloaded) remarks.push('overloaded');
  if (cell.seeds.length < planned) remarks.push(`${cell.seeds.length} of ${planned} seeds`);
  const warmup = warmupRemark(cell);
  if (warmup !== '') remarks.push(warmup);
  if (cell.flows.censored > 0) remarks.push(`${printCount(cell.flows.censored)} flows unfinished`);
  if (cell.rpcs.censored > 0) remarks.push(`${printCount(cell.rpcs.censored)} RPCs unfinished`);
  if (cell.status === 'failed') remarks.push(`failed: ${cell.reason ?? 'no reason given'}`);
  return remarks.join('; ');
}

/** Smaller ranges would print as 0.0 %. */
const SPREAD_MIN = 0.0005;

/** The widest range over seeds of the headline figures, in words; '' where there is none. */
export function spreadOf(result: Result): string {
  // Intervals say it better.
  if (result.seeds.precision !== undefined) return '';
  const parts: string[] = [];
  const named = [
    [headlineGoodput(result), 'goodput'],
    ['probeGoodput', 'probe stream'],
    ['rpcP99', 'RPC p99'],
    ['cpuCores', 'CPU'],
  ] as const;
  for (const [metric, label] of named) {
    let widest = SPREAD_MIN;
    let where = '';
    for (const cell of result.cells) {
      const spread = relativeRange(cell.metrics[metric]);
      if (spread !== null && spread > widest) [widest, where] = [spread, cell.dims.backend];
    }
    if (where !== '') parts.push(`${label} ${percent(widest, 1)} (${where})`);
  }
  const seeds = result.seeds.replications.length;
  return parts.length === 0 ? '' : `Widest range over ${seeds} seeds, of the mean: ${parts.join(', ')}.`;
}

/** (highest − lowest seed) / value; null unless at least two seeds have a sample and none lacks one. */
export function relativeRange(metric: CellMetric | undefined): number | null {
  if (metric === undefined || metric.samples.length < 2 || !metric.value) return null;
  const samples = metric.samples.filter((sample) => sample !== null);
  if (samples.length < metric.samples.length) return null;
  return (Math.max(...samples) - Math.min(...samples)) / metric.value;
}

/** How many samples carry the farthest percentile shown of each distribution, in the row with fewest; '' if none. */
export function tailsOf(result: Result): string {
  const parts: string[] = [];
  for (const from of ['rpcLatency', 'slowdownSmall', 'slowdownLarge'] as const) {
    const tails = TAILS.filter(({ metric }) => PERCENTILES[metric]!.from === from).reverse();
    for (const { metric, name } of tails) {
      const rows = result.cells.flatMap((cell) => {
        const beyond = beyondOf(cell, metric);
        return beyond === null ? [] : [{ beyond, backend: cell.dims.backend }];
      });
      if (rows.length === 0) continue;
      const fewest = rows.reduce((a, b) => (b.beyond < a.beyond ? b : a));
      parts.push(`${name} ${printCount(fewest.beyond)} (${fewest.backend})`);
      break;
    }
  }
  return parts.length === 0 ? '' : `Samples beyond the farthest percentiles, at least: ${parts.join(', ')}.`;
}

/** How much was simulated, in words. */
export function amountOf(result: Result): string {
  const total = (pick: (cell: Cell) => number) => result.cells.reduce((sum, cell) => sum + pick(cell), 0);
  const flows = total((cell) => cell.flows.started);
  const rpcs = total((cell) => cell.rpcs.started);
  const windows = [...new Set(result.cells.filter(hasFigures).map((cell) => cell.windowPs))];
  const parts = [`${printOne(total((cell) => cell.simulatedPs) / 1e12, 's')} simulated in all`];
  if (windows.length === 1) parts.push(`${printOne(windows[0]! / 1e12, 's')} measured a task`);
  parts.push(`${printCount(total((cell) => cell.events))} events`);
  if (flows > 0)
    parts.push(`${printCount(flows)} flows (${printCount(total((cell) => cell.flows.censored))} unfinished)`);
  if (rpcs > 0)
    parts.push(`${printCount(rpcs)} RPCs (${printCount(total((cell) => cell.rpcs.censored))} unfinished)`);
  const warmup = warmupSentence(result.cells);
  return `${parts.join(', ')}. ${warmup === '' ? '' : `${warmup} `}Digest ${result.digest.value.slice(0, 16)}.`;
}
