/**
 * Network CPU of a node by stage of the data path, stacked, one bar a backend: the largest stages by name,
 * the rest together. A stage has one colour in all charts of a report.
 */
import type { Cell, Result } from '../schema.ts';
import { BACKEND_AXIS, legendColumns } from './backends.ts';
import type { ChartPlan } from './svg.ts';
import { colour, STAGE_COLOURS } from './theme.ts';

const NAMED_MAX = STAGE_COLOURS.length - 1;
/** Estimated width of the backends' names beside the bars. */
const LABELS_PX = 160;
const OTHER = 'other stages';

/**
 * The stages that get a colour of their own: those with the largest part in some cell, so that no backend is
 * drawn as "other" because its stages are its own.
 */
export function namedStages(result: Result): string[] {
  const largest = new Map<string, number>();
  for (const { cpuByStage } of result.cells) {
    const own = new Map<string, number>();
    for (const { stage, coresPerNode } of cpuByStage) own.set(stage, (own.get(stage) ?? 0) + coresPerNode);
    for (const [stage, cores] of own) largest.set(stage, Math.max(largest.get(stage) ?? 0, cores));
  }
  const ordered = [...largest].sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : y - x));
  return ordered.slice(0, NAMED_MAX).map(([stage]) => stage);
}

/** Stacked bars of one group of cells; null without CPU. */
export function cpuStagesChart(
  cells: readonly Cell[],
  named: readonly string[],
  id: string,
): ChartPlan | null {
  const shown = cells.filter((cell) => cell.cpuByStage.length > 0);
  if (shown.length === 0) return null;
  const domain = [...named, OTHER];
  const parts = shown.flatMap((cell) => {
    const sums = new Map<string, number>();
    for (const { stage, coresPerNode } of cell.cpuByStage) {
      const name = named.includes(stage) ? stage : OTHER;
      sums.set(name, (sums.get(name) ?? 0) + coresPerNode);
    }
    return [...sums].map(([stage, cores]) => ({
      backend: cell.dims.backend,
      stage,
      cores,
      place: domain.indexOf(stage),
      label: `${cell.dims.backend}, ${stage}: ${cores.toFixed(3)} cores a node`,
    }));
  });
  const used = domain.filter((stage) => parts.some((part) => part.stage === stage));
  return {
    id,
    title: 'Network CPU by stage',
    subtitle: 'mean over nodes and seeds; the largest stages by name',
    spec: (widthPx) => ({
      height: { step: 28 },
      data: { values: parts },
      mark: { type: 'bar', height: { band: 0.66 }, stroke: colour('ground'), strokeWidth: 0.8 },
      encoding: {
        y: BACKEND_AXIS,
        x: { field: 'cores', type: 'quantitative', title: 'CPU of a node (cores)' },
        color: {
          field: 'stage',
          type: 'nominal',
          title: null,
          scale: { domain: used, range: used.map((stage) => colourOf(stage, named)) },
          legend: {
            columns: legendColumns(used, widthPx, LABELS_PX),
            symbolType: 'square',
            symbolStrokeWidth: 0,
          },
        },
        order: { field: 'place', type: 'quantitative' },
        description: { field: 'label' },
      },
    }),
  };
}

function colourOf(stage: string, named: readonly string[]): string {
  return stage === OTHER ? STAGE_COLOURS.at(-1)! : STAGE_COLOURS[named.indexOf(stage)]!;
}
