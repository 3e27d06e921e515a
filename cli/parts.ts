/**
 * What the command line is put together from. Tests hand in other parts; nothing below reads a catalog
 * directly.
 */
import type { FlowTraffic, TaskSpec } from '../engine/core/taskSpec.ts';
import type { Backend } from '../engine/host/backend.ts';
import type { Machine } from '../engine/host/machine.ts';
import type { Scenario } from '../scenarios/lib/define.ts';

export interface Workload {
  readonly name: string;
  readonly sizes: FlowTraffic['sizes'];
}

/** One job, or one link, that a followed skb went through. */
export interface TraceStep {
  /** Lane or link, in words. */
  readonly name: string;
  /** Node or link that it happened on. */
  readonly host: string;
  /** null on a link. */
  readonly core: number | null;
  /** Waited in the queue before, then served, ps. */
  readonly waitPs: number;
  readonly startPs: number;
  readonly lengthPs: number;
  /** What the skb was then: skbs or packets of its batch, payload bytes. */
  readonly units: number;
  readonly bytes: number;
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
  readonly feasibility: (backend: Backend, cluster: TaskSpec['cluster']) => string | null;
  /** Follows the n-th data skb of a task; null where the engine cannot. */
  readonly trace: ((spec: TaskSpec, skb: number) => readonly TraceStep[]) | null;
  readonly modelVersion: string;
  /** URL of the module whose `runTask` runs the tasks. */
  readonly runner: string;
}
