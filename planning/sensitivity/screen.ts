/**
 * Which prices are too small to be run one by one. The estimate is cheap and cautious; what it picks is then moved all
 * together to either end, so that a run, not the estimate, says that they move nothing.
 *
 * Estimate for one price: its work on one path between two hosts, as if all of it stood on the resource that binds,
 * over the busy time of that resource (at most the window, at most all work of the path), times the wider side of its
 * range. Left out: queueing near saturation, which stretches latencies by more; the joint run sees it.
 */
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import type { StageId } from '../../engine/host/stages.ts';
import type { Lever } from './prices.ts';

/** Movements below this ratio are not told apart: 0.5 %. */
export const THRESHOLD = 0.005;

/** A price with the most that it should move any figure, ratio. */
export interface Estimated {
  readonly lever: Lever;
  /** Of the cell's network CPU, 0 … 1. */
  readonly share: number;
  readonly bound: number;
}

/** Parallel paths that share a cell's work: pairs of hosts, or nodes where each sends and receives. */
function pathsOf({ traffic: { netperf }, cluster }: TaskSpec): number {
  if (netperf === undefined) return cluster.nodes;
  if (netperf.matrix === 'pair') return netperf.pairs;
  return netperf.matrix === 'incast' ? 1 : cluster.nodes;
}

/**
 * @param work   CPU time by stage, ps over all nodes and seeds
 * @param seeds  runs that it was summed over
 */
export function estimates(
  levers: readonly Lever[],
  work: ReadonlyMap<StageId, number>,
  task: TaskSpec,
  seeds: number,
): Estimated[] {
  const totalPs = [...work.values()].reduce((sum, ps) => sum + ps, 0);
  const criticalPs = Math.min(totalPs, task.windowPs * seeds * pathsOf(task));
  return levers.map((lever) => {
    const [low, high] = lever.range;
    const ps = work.get(lever.stage)!;
    return { lever, share: ps / totalPs, bound: (ps / criticalPs) * Math.max(1 - low, high - 1) };
  });
}

/** Smallest first, as many as cannot pass the threshold together. */
export function smallOnes(prices: readonly Estimated[]): Estimated[] {
  const small: Estimated[] = [];
  let sum = 0;
  for (const price of [...prices].sort((a, b) => a.bound - b.bound)) {
    sum += price.bound;
    if (sum > THRESHOLD) break;
    small.push(price);
  }
  return small;
}
