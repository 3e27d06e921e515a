/**
 * Dimensions of a sweep → points: every explicit point meets every combination of the swept values.
 *
 * Left out: random and adaptive sampling.
 */
import type { DimValue, Point, Scenario } from './define.ts';

/** Product of all axes, the first axis slowest. */
export function product(axes: Readonly<Record<string, readonly DimValue[]>>): Point[] {
  let points: Point[] = [{}];
  for (const [dim, values] of Object.entries(axes)) {
    points = points.flatMap((point) => values.map((value) => ({ ...point, [dim]: value })));
  }
  return points;
}

/**
 * The points of a scenario in order. A dimension in `fixed` was set by the user: it leaves the sweep, and
 * points that become equal through that are one.
 */
export function pointsOf(scenario: Pick<Scenario, 'points' | 'sweep'>, fixed: ReadonlySet<string>): Point[] {
  const seen = new Set<string>();
  const points: Point[] = [];
  for (const explicit of scenario.points ?? [{}]) {
    for (const swept of product(scenario.sweep ?? {})) {
      const entries = Object.entries({ ...explicit, ...swept }).filter(([dim]) => !fixed.has(dim));
      const key = JSON.stringify(entries);
      if (seen.has(key)) continue;
      seen.add(key);
      points.push(Object.fromEntries(entries));
    }
  }
  return points;
}
