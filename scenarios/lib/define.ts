/**
 * What a scenario is: one screen of data that asks one question. It names its backends and machine; catalogs
 * resolve the names, so a scenario holds no code and no prices.
 *
 * Left out: conditions and faults over time (they get a field of their own when the engine runs them).
 */
import type {
  ClusterSpec,
  NetperfKind,
  PolicySpec,
  TaskSpec,
  TrafficSpec,
} from '../../engine/core/taskSpec.ts';

export type DimValue = string | number;

/** Coordinates of one cell besides the backend: dimension (a short name or a dotted path) → value. */
export type Point = Readonly<Record<string, DimValue>>;

export interface Scenario {
  /** File name without its ending. */
  readonly id: string;
  readonly title: string;
  /** The question that the table answers. */
  readonly question: string;
  readonly cluster: ClusterSpec;
  /** Name in machines/catalog.ts. */
  readonly machine: string;
  /** Names in backends/catalog.ts, in row order; 'default': the default set. */
  readonly backends: 'default' | readonly string[];
  /** Sizes of flows stand here by name only (`sizes: []`); they are filled in when tasks are built. */
  readonly traffic: TrafficSpec;
  readonly policy: PolicySpec;
  /** Simulated milliseconds, at most two hours together. */
  readonly warmupMs: number;
  readonly windowMs: number;
  readonly drainMs: number;
  /** Windows of netperf kinds that need their own: a percentile of one connection takes many exchanges. */
  readonly windowMsByKind?: Readonly<Partial<Record<NetperfKind, number>>>;
  /** Independent seeds: root, root + 1, … */
  readonly replications: number;
  /** Cells that differ in several dimensions at once; one empty point if absent. */
  readonly points?: readonly Point[];
  /** Further dimensions; every point meets every combination. */
  readonly sweep?: Readonly<Record<string, readonly DimValue[]>>;
  readonly podMtuBytes: number | null;
  readonly congestion: TaskSpec['congestion'];
  /** Events that one task may handle before it ends with an error. */
  readonly eventsMax: number;
}

/** No rules and no services; every setting of a policy, so that each can be set. */
export const POLICY: Required<PolicySpec> = {
  rules: 0,
  ruleKind: 'iptables-legacy',
  services: 0,
  endpoints: 1,
  proxy: 'none',
  viaService: false,
  hostPorts: 0,
  conntrackMax: 262_144,
};

type Defaulted =
  | 'policy'
  | 'drainMs'
  | 'replications'
  | 'podMtuBytes'
  | 'congestion'
  | 'eventsMax'
  | 'backends';

/** A scenario with the usual defaults: default backends, 3 seeds, CUBIC, MTU derived, 10^9 events a task. */
export function defineScenario(
  scenario: Omit<Scenario, Defaulted> & Partial<Pick<Scenario, Defaulted>>,
): Scenario {
  return {
    backends: 'default',
    drainMs: 0,
    replications: 3,
    podMtuBytes: null,
    congestion: 'cubic',
    eventsMax: 1_000_000_000,
    ...scenario,
    policy: { ...POLICY, ...scenario.policy },
  };
}

/** A mistake of the user, not of the program: every problem at once, in words. */
export class ScenarioError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}
