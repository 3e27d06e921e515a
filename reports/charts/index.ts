/**
 * Which charts a result gets: bars, distributions, CPU and utilisation for each setting while there are few,
 * lines for each numeric dimension that varies.
 */
import type { MetricId } from '../../engine/core/record.ts';
import { byFamily, familiesOf } from '../families.ts';
import type { Cell, Result } from '../schema.ts';
import {
  BASELINE,
  backendsOf,
  groupsOf,
  hasFigures,
  headlineGoodput,
  metricValue,
  settingOf,
  varyingDims,
} from '../view.ts';
import { backendScale } from './backends.ts';
import { coresChart } from './cores.ts';
import { costCharts } from './cost.ts';
import { cpuStagesChart, namedStages } from './cpuStages.ts';
import { goodputChart } from './goodput.ts';
import { distributionChart } from './latencyCdf.ts';
import { seriesCharts } from './series.ts';
import type { ChartPlan } from './svg.ts';
import { sweepChart } from './sweep.ts';
import { utilisationChart } from './utilisation.ts';

export { type ChartPlan, renderSvg } from './svg.ts';
export { flattenColours } from './theme.ts';

/** All charts for each setting while there are few; else lines, and the costs of the first settings. */
const SETTINGS_FULL = 2;
const SETTINGS_MAX = 4;
/** Charts of one dimension: one for each combination of the others, as far as this. */
const SWEEPS_MAX = 6;

/** All charts of a result, in reading order. */
export function chartsOf(result: Result): ChartPlan[] {
  const groups = [...groupsOf(result).values()]
    .map((cells) => byFamily(cells.filter(hasFigures)))
    .filter((cells) => cells.length > 0);
  const charts: (ChartPlan | null)[] = [...costCharts(result), ...sweepCharts(result)];
  const full = groups.length <= SETTINGS_FULL || charts.every((chart) => chart === null);
  groups.slice(0, SETTINGS_MAX).forEach((cells, k) => {
    charts.push(...groupCharts(result, cells, k, full));
  });
  return charts.filter((chart) => chart !== null);
}

/** Settings whose own charts are left out, because there are too many: the tables have them. */
export function settingsLeftOut(result: Result): number {
  return Math.max(0, groupsOf(result).size - SETTINGS_MAX);
}

function groupCharts(
  result: Result,
  cells: readonly Cell[],
  place: number,
  full: boolean,
): (ChartPlan | null)[] {
  const colours = backendScale(backendsOf(result), BASELINE);
  const setting = settingOf(result, cells[0]!);
  const id = (name: string) => `${name}-${place}`;
  const headline = headlineGoodput(result);
  const families = familiesOf(cells);
  const curve = (from: keyof Cell['distributions'], name: string, shape: 'cdf' | 'tail') =>
    families.map((family, k) => {
      const axis = from === 'rpcLatency' ? 'latency' : 'slowdown';
      const quantity = family.title === '' ? name : `${name}, ${family.title.toLowerCase()}`;
      const own = id(k === 0 ? `${from}-${shape}` : `${from}-${shape}-${k}`);
      return distributionChart(family.cells, { id: own, quantity, axis, from, shape, colours });
    });
  const costs = [
    cpuStagesChart(cells, namedStages(result), id('cpu')),
    utilisationChart(cells, id('utilisation')),
    coresChart(cells, id('cores')),
    ...(families.length === 1 ? seriesCharts(cells, colours, id) : []),
  ];
  const traffic = (): (ChartPlan | null)[] => [
    goodputChart(cells, {
      id: id('goodput'),
      title: headline === 'goodput' ? 'Goodput' : 'Goodput of a node',
      axis: 'goodput',
      metric: headline,
      colours,
    }),
    goodputChart(cells, {
      id: id('probe'),
      title: 'Goodput of a single probe stream',
      axis: 'goodput',
      metric: 'probeGoodput',
      colours,
    }),
    cells.every((cell) => cell.load === null)
      ? goodputChart(cells, {
          id: id('transactions'),
          title: 'Transactions',
          axis: 'transactions',
          metric: 'transactionRate',
          colours,
        })
      : null,
    ...curve('rpcLatency', 'RPC latency', 'cdf'),
    ...curve('rpcLatency', 'RPC latency', 'tail'),
    ...curve('slowdownSmall', 'Slowdown of flows ≤ 10 KB', 'cdf'),
    ...curve('slowdownLarge', 'Slowdown of flows > 100 KB', 'cdf'),
  ];
  const charts = full ? [...traffic(), ...costs] : costs;
  if (setting === '') return charts;
  return charts.map((chart) => (chart === null ? null : { ...chart, title: `${chart.title}, ${setting}` }));
}

function sweepCharts(result: Result): (ChartPlan | null)[] {
  const colours = backendScale(backendsOf(result), BASELINE);
  const numeric = varyingDims(result).filter((dim) =>
    result.cells.every((cell) => typeof cell.dims[dim] === 'number'),
  );
  return numeric.flatMap((dim) => {
    const combinations = new Map<string, Cell[]>();
    for (const cell of result.cells.filter(hasFigures)) {
      const where = settingOf(result, cell, [dim]);
      combinations.set(where, [...(combinations.get(where) ?? []), cell]);
    }
    const lines = [...combinations].flatMap(([where, cells]) =>
      familiesOf(cells).flatMap((family) =>
        sweptMetrics(result, cells).map((metric) => ({
          dim,
          metric,
          where: [where, family.title.toLowerCase()].filter((part) => part !== '').join(', '),
          colours,
          cells: family.cells,
        })),
      ),
    );
    const id = (k: number) => `sweep-${dim.replace(/[^A-Za-z0-9]/g, '')}-${k}`;
    return lines
      .slice(0, SWEEPS_MAX)
      .map(({ cells, ...line }, k) => sweepChart(cells, { ...line, id: id(k) }));
  });
}

/**
 * Transactions where they are what the workload counts (closed loop); latency where requests alone are offered:
 * their goodput is the load until the knee; goodput elsewhere.
 */
function sweptMetrics(result: Result, cells: readonly Cell[]): MetricId[] {
  const closed = cells.every((cell) => cell.load === null && metricValue(cell, 'transactionRate') !== null);
  const offered = cells.every(
    (cell) => cell.load !== null && cell.rpcs.started > 0 && cell.flows.started === 0,
  );
  if (closed) return ['transactionRate'];
  return offered ? ['rpcP50', 'rpcP99', headlineGoodput(result)] : [headlineGoodput(result)];
}
