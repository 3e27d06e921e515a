/** `runTask`: a task in, its record out. A pure function: same task, same bytes, on every machine. */

import { buildCluster, type Cluster } from './build.ts';
import type { TaskRecord } from './core/record.ts';
import type { TaskSpec } from './core/taskSpec.ts';
import { Measure } from './measure.ts';
import { idealTimes } from './reference.ts';
import { shareOf } from './share.ts';
import { summarise } from './summary.ts';
import { drawFlows } from './traffic/flows.ts';
import { taskProblems } from './validate.ts';
import { runWindows } from './windows.ts';

/** A task that cannot run: the message lists every problem with the path to its field. */
export class TaskError extends Error {}

export interface TaskHooks {
  /** Called about every 200,000 events. */
  readonly progress?: (simulatedPs: number, events: number) => void;
  /** Reorders the partitions of each window (determinism test). */
  readonly shuffle?: (indices: number[]) => void;
  /** Sees the built cluster before it runs (tests, trace). */
  readonly built?: (cluster: Cluster) => void;
  /** Sees the cluster at its end. */
  readonly done?: (cluster: Cluster, measure: Measure) => void;
}

export function runTask(spec: TaskSpec, hooks: TaskHooks = {}): TaskRecord {
  const problems = taskProblems(spec);
  if (problems.length > 0) throw new TaskError(problems.join('\n'));
  const cluster = buildCluster(spec, drawFlows(spec, idealTimes(spec)));
  const measure = new Measure(cluster);
  hooks.built?.(cluster);
  const { partitions, ledgers, setup, lookaheadPs } = cluster;
  const stopPs = spec.warmupPs + spec.windowPs;
  const finished = (nowPs: number): boolean => {
    if (nowPs < stopPs + 1) return false;
    let open = 0;
    for (const l of ledgers)
      open += l.flowsStarted - l.flowsFinished + l.exchangesStarted - l.exchangesFinished;
    return open === 0;
  };
  const simulatedPs = runWindows({
    partitions,
    setup,
    lookaheadPs: lookaheadPs === Infinity ? Math.max(1e9, Math.round(spec.windowPs / 100)) : lookaheadPs,
    observer: measure,
    // One more ps, so that the sample at the end of the window is taken.
    endPs: stopPs + spec.drainPs + 1,
    eventsMax: spec.eventsMax,
    finished,
    ...(hooks.shuffle === undefined ? {} : { shuffle: hooks.shuffle }),
    ...(hooks.progress === undefined ? {} : { progress: hooks.progress }),
  });
  censor(cluster, simulatedPs);
  hooks.done?.(cluster, measure);
  const shares = partitions.map((p) => shareOf(cluster, measure, p));
  return summarise(spec, setup, shares, simulatedPs);
}

/** Flows of the window that are still open count as at least their age. */
function censor(cluster: Cluster, nowPs: number): void {
  const { flows, spec, ledgers, partitions } = cluster;
  const end = spec.warmupPs + spec.windowPs;
  for (let f = 0; f < flows.count; f++) {
    const start = flows.startPs[f]!;
    if (flows.done[f] === 0 && start >= spec.warmupPs && start < end) ledgers[0]!.slowdown(f, nowPs - start);
  }
  for (const p of partitions) ledgers[p.index]!.censor(p);
}
