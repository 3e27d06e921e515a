/**
 * What the command line is put together from. Tests hand in other parts; nothing below reads a catalog
 * directly.
 */
import type { FlowTraffic, TaskSpec } from '../engine/core/taskSpec.ts';
import type { Backend } from '../engine/host/backend.ts';
import type { Machine } from '../engine/host/machine.ts';
import type { TraceStep } from '../engine/trace.ts';
import type { Scenario } from '../scenarios/lib/define.ts';

export type { TraceStep } from '../engine/trace.ts';

export interface Workload {
  readonly name: string;
  readonly sizes: FlowTraffic['sizes'];
}

export interface Parts {
  readonly scenarios: readonly Scenario[];
  readonly backends: readonly Backend[];
  /** Names, in row order. */
  readonly defaultBackends: readonly string[];
  readonly machines: readonly Machine[];
  /** A machine of the user's own file; throws with the offending field. */
  readonly machineFromJson: (value: unknown) => Machine;
  readonly workloads: readonly Workload[];
  /** Why a backend cannot work in a cluster; null: it can. */
  readonly feasibility: (
    backend: Backend,
    cluster: TaskSpec['cluster'],
    policy: TaskSpec['policy'],
  ) => string | null;
  /** Follows the n-th data skb of a task; null where the engine cannot. */
  readonly trace: ((spec: TaskSpec, skb: number) => readonly TraceStep[]) | null;
  readonly modelVersion: string;
  /** URL of the module whose `runTask` runs the tasks. */
  readonly runner: string;
  /** URL of the module whose `runTask` runs the cells of a comparison with measurements. */
  readonly cellRunner: string;
}
