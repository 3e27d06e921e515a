/** Cells of shipped scenarios at small size: one seed, a short window, run in this thread. */
import { resolveBackends, resolveMachine } from '../../cli/resolve.ts';
import { shippedParts } from '../../cli/shipped.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';
import type { Scenario } from '../../scenarios/lib/define.ts';
import { expand, NO_OVERRIDES, type Overrides } from '../../scenarios/lib/expand.ts';

export interface Small {
  /** Names; those of the scenario if absent. */
  readonly backends?: readonly string[];
  readonly set?: Overrides['set'];
  readonly sweep?: Overrides['sweep'];
}

/** Tasks of a scenario under one seed. */
export function tasksOf(scenario: Scenario, small: Small = {}): TaskSpec[] {
  const backends = resolveBackends(small.backends?.join(','), scenario, shippedParts);
  const resolved = {
    backends,
    baseline: resolveBackends('host', scenario, shippedParts)[0]!,
    machine: resolveMachine(scenario.machine, shippedParts),
    sizes: (name: string) => shippedParts.workloads.find((workload) => workload.name === name)!.sizes,
  };
  const { set = [], sweep = {} } = small;
  return expand(scenario, resolved, { ...NO_OVERRIDES, replications: 1, set, sweep });
}

/** Records by "backend dim dim …", values of the dimensions in their order. */
export function recordsOf(scenario: Scenario, small: Small = {}): Map<string, TaskRecord> {
  return new Map(
    tasksOf(scenario, small)
      .filter((task) => shippedParts.feasibility(task.backend, task.cluster, task.policy) === null)
      .map((task) => [Object.values(task.dims).join(' '), runTask(task)]),
  );
}

/** Payload that sockets got in the window, Gbit/s. */
export function gbps(record: TaskRecord): number {
  return (record.counters.payloadBytes * 8) / (record.windowPs / 1000);
}

/** Finished exchanges, 1/s of the window. */
export function perSecond(record: TaskRecord): number {
  return record.counters.rpcsFinished / (record.windowPs * 1e-12);
}
