/**
 * `runTask`: a task in, its record out. A pure function: same task, same bytes, on every machine. Several threads
 * may run a task together: each calls `runRacks` for its racks, and `recordOf` makes the same record of the shares.
 */

import { buildCluster, type Cluster, makeSetup, racksOf } from './build.ts';
import type { TaskRecord } from './core/record.ts';
import type { TaskSpec } from './core/taskSpec.ts';
import { Alone, type Gang } from './gang.ts';
import { checkConservation } from './invariants.ts';
import { Measure, sampleTimes } from './measure.ts';
import { idealTimes } from './reference.ts';
import { type Share, shareOf, type Together, togetherOf } from './share.ts';
import { summarise } from './summary.ts';
import { partitionOf, placeOf, spanOf } from './traffic/cluster.ts';
import { drawFlows } from './traffic/flows.ts';
import { taskProblems } from './validate.ts';
import { runWindows } from './windows.ts';

/** A task that cannot run: the message lists every problem with the path to its field. */
export class TaskError extends Error {}

export interface TaskHooks {
  /** Called about every 200,000 events. */
  readonly progress?: (simulatedPs: number, events: number) => void;
  /** Reorders the partitions of each window (determinism test). */
  readonly shuffle?: (places: number[]) => void;
  /** Sees the built cluster before it runs (tests, trace). */
  readonly built?: (cluster: Cluster) => void;
  /** Sees the cluster at its end. */
  readonly done?: (cluster: Cluster, measure: Measure) => void;
}

/** What one thread of a gang has to say at the end: its racks' shares, in order. */
export interface RackShares {
  readonly shares: readonly Share[];
  readonly simulatedPs: number;
  /** What all of them did together. */
  readonly together: Together;
}

export function runTask(spec: TaskSpec, hooks: TaskHooks = {}): TaskRecord {
  return recordOf(spec, [runRacks(spec, new Alone(), hooks)]);
}

/** @param parts of all threads, in the order of their places */
export function recordOf(spec: TaskSpec, parts: readonly RackShares[]): TaskRecord {
  const shares = parts.flatMap((part) => part.shares);
  const together = parts.map((part) => part.together);
  checkConservation(together.map(({ balance }) => balance));
  return summarise(spec, makeSetup(spec), shares, together, parts[0]!.simulatedPs);
}

/** Runs this thread's racks of a task, in step with the others. @throws TaskError, LimitError, InvariantError */
export function runRacks(spec: TaskSpec, gang: Gang, hooks: TaskHooks = {}): RackShares {
  const problems = taskProblems(spec);
  if (problems.length > 0) throw new TaskError(problems.join('\n'));
  const span = spanOf(racksOf(spec), gang.size, gang.index);
  const cluster = buildCluster(spec, drawFlows(spec, idealTimes(spec)), span);
  const measure = new Measure(cluster);
  hooks.built?.(cluster);
  const { partitions, ledgers, setup, lookaheadPs } = cluster;
  const stopPs = spec.warmupPs + spec.windowPs;
  const open = (): number => {
    let count = 0;
    for (const l of ledgers)
      count += l.flowsStarted - l.flowsFinished + l.exchangesStarted - l.exchangesFinished;
    return count;
  };
  const simulatedPs = runWindows({
    partitions,
    setup,
    lookaheadPs: lookaheadPs === Infinity ? Math.max(1e9, Math.round(spec.windowPs / 100)) : lookaheadPs,
    observer: measure,
    // One more ps, so that the sample at the end of the window is taken.
    endPs: stopPs + spec.drainPs + 1,
    eventsMax: spec.eventsMax,
    stops: sampleTimes(spec),
    until: { stopPs, open },
    gang,
    ...(hooks.shuffle === undefined ? {} : { shuffle: hooks.shuffle }),
    ...(hooks.progress === undefined ? {} : { progress: hooks.progress }),
  });
  censor(cluster, simulatedPs);
  hooks.done?.(cluster, measure);
  return {
    shares: partitions.map((p) => shareOf(cluster, measure, p)),
    simulatedPs,
    together: togetherOf(cluster, measure),
  };
}

/** Flows of the window that are still open count as at least their age: in the rack that waits for them. */
function censor(cluster: Cluster, nowPs: number): void {
  const { flows, spec, ledgers, partitions } = cluster;
  const end = spec.warmupPs + spec.windowPs;
  for (let f = 0; f < flows.count; f++) {
    const start = flows.startPs[f]!;
    const p = partitionOf(cluster, flows.dst[f]!);
    if (p !== null && flows.done[f] === 0 && start >= spec.warmupPs && start < end)
      ledgers[placeOf(cluster, p.index)]!.slowdown(f, nowPs - start);
  }
  partitions.forEach((p, i) => {
    ledgers[i]!.censor(p);
  });
}
