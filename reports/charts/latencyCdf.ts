/**
 * Distributions: share of samples at or below a value (log x), and the share above it (log-log), where the
 * tail is readable. Drawn only as far as 100 samples lie beyond; overloaded cells have no curve.
 */
import type { Cell } from '../schema.ts';
import { printCount, scaleOf } from '../units.ts';
import { type BackendColours, backendLines } from './backends.ts';
import type { ChartPlan } from './svg.ts';

export interface CurveSetting {
  readonly id: string;
  /** What is distributed: "RPC latency", "slowdown of flows ≤ 10 KB". */
  readonly quantity: string;
  /** Title of the axis, without the unit. */
  readonly axis: string;
  readonly from: keyof Cell['distributions'];
  readonly shape: 'cdf' | 'tail';
  readonly colours: BackendColours;
}

/** One curve a backend of one group of cells; null when no cell has enough samples. */
export function distributionChart(cells: readonly Cell[], setting: CurveSetting): ChartPlan | null {
  const shown = cells.filter((cell) => cell.distributions[setting.from].cdf.length > 1);
  if (shown.length === 0) return null;
  const tail = setting.shape === 'tail';
  const unit = shown[0]!.distributions[setting.from].unit;
  // The middle of the first curve decides the prefix: the far tail would make it too coarse.
  const middle = shown[0]!.distributions[setting.from].cdf.find(([, share]) => share >= 0.5)?.[0] ?? null;
  const scale = scaleOf(unit, [middle]);
  const points = shown.flatMap((cell) =>
    cell.distributions[setting.from].cdf.map(([value, share]) => ({
      backend: cell.dims.backend,
      value: value / scale.divisor,
      share: tail ? 1 - share : share,
    })),
  );
  const omitted = cells.filter((cell) => cell.overloaded).map((cell) => cell.dims.backend);
  const counts = shown.map((cell) => cell.distributions[setting.from].count);
  const [least, most] = [Math.min(...counts), Math.max(...counts)].map(printCount);
  const samples = least === most ? least : `${least} … ${most}`;
  const y = tail
    ? { title: 'share of samples above', scale: { type: 'log' }, axis: { format: '~p' } }
    : { title: 'share of samples at or below', scale: { domain: [0, 1] }, axis: { format: '.0%' } };
  return {
    id: setting.id,
    title: `${setting.quantity}: ${tail ? 'tail' : 'distribution'}`,
    subtitle:
      `${samples} samples a curve, left is better` +
      (omitted.length === 0 ? '' : `; overloaded, not drawn: ${omitted.join(', ')}`),
    spec: (widthPx) => ({
      height: widthPx < 480 ? 220 : 260,
      data: { values: points },
      mark: { type: 'line', interpolate: 'step-after', strokeWidth: 2 },
      encoding: {
        x: {
          field: 'value',
          type: 'quantitative',
          title: `${setting.axis} (${scale.unit})`,
          scale: { type: 'log', nice: false },
          axis: { format: '~r', labelOverlap: true, tickCount: widthPx < 480 ? 5 : 9 },
        },
        y: { field: 'share', type: 'quantitative', ...y },
        ...backendLines(points, setting.colours, widthPx),
      },
    }),
  };
}
