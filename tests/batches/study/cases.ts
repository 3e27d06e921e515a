/**
 * What is run in both granularities: every shipped scenario, with its own points and backends, smaller and shorter,
 * and the three corners where batches could go wrong: uplinks at a load of 0.3 and 0.9, incast 32:1 into buffers of
 * 50 packets, two flows through one port.
 *
 * Run k of a cell has a seed, a delay of its host links (± 40 %) and prices (± 0.5 %) of its own: most of these cells
 * hold a few connections that no seed reaches, and either moves every loss.
 * Left out: the sizes as shipped (large-cluster packet by packet takes an hour), and `scaling`, which is the traffic of
 * large-cluster on more nodes.
 */
import { BACKENDS, backendNamed, DEFAULT_BACKENDS } from '../../../backends/catalog.ts';
import type { TaskSpec } from '../../../engine/core/taskSpec.ts';
import { feasibility } from '../../../engine/host/feasible.ts';
import { machineNamed } from '../../../machines/catalog.ts';
import { SCENARIOS } from '../../../scenarios/index.ts';
import type { DimValue, Scenario } from '../../../scenarios/lib/define.ts';
import { expand, NO_OVERRIDES } from '../../../scenarios/lib/expand.ts';
import { WORKLOADS, type WorkloadName } from '../../../workloads/index.ts';
import { scaledMachine } from '../../lib/tinyTask.ts';
import { incast, twoFlows } from '../scenarios.ts';

/** One cell; `runs` is how often at least, `runsMax` how often where that does not settle it. */
export interface Case {
  readonly group: string;
  /** Its settings within the group, and the backend. */
  readonly cell: string;
  readonly spec: TaskSpec;
  readonly runs: number;
  readonly runsMax: number;
}

interface Size {
  readonly set: readonly (readonly [string, DimValue])[];
  readonly runs: number;
  readonly runsMax: number;
}

const MS = 1e9;
/** Most scenarios: as shipped: a few nodes, 60 ms. */
const AS_SHIPPED: Size = { set: [], runs: 6, runsMax: 18 };
/** A lone packet an exchange: both granularities are one run, which one comparison shows. */
const EXCHANGES: Size = {
  set: [
    ['warmupMs', 5],
    ['windowMs', 20],
  ],
  runs: 4,
  runsMax: 8,
};
/** Two racks of 40, and runs enough for the hundred samples beyond a p99. */
const LARGE: Size = {
  set: [
    ['nodes', 80],
    ['warmupMs', 5],
    ['windowMs', 10],
    ['drainMs', 50],
  ],
  runs: 8,
  runsMax: 10,
};
const SIZES: Readonly<Record<string, Size>> = {
  'large-cluster': LARGE,
  'policy-scale': EXCHANGES,
  'service-scale': EXCHANGES,
  'load-sweep': EXCHANGES,
  'ci-smoke': { set: [['windowMs', 40]], runs: 4, runsMax: 8 },
  incast: {
    set: [
      ['warmupMs', 30],
      ['windowMs', 50],
    ],
    runs: 6,
    runsMax: 18,
  },
  // Flows of megabytes: no size that ends has ten thousand of them, so their p99 has no figure.
  websearch: {
    set: [
      ['nodes', 32],
      ['cluster.nodesPerRack', 16],
      ['warmupMs', 20],
      ['windowMs', 60],
      ['drainMs', 100],
    ],
    runs: 4,
    runsMax: 8,
  },
};

/** Two racks of 16 at a tenth of the host links; the uplinks are as thin as the wanted load makes them. */
const uplinkAt = (uplinkGbps: number): Size => ({
  set: [
    ['nodes', 32],
    ['cluster.nodesPerRack', 16],
    ['cluster.uplinks', 2],
    ['cluster.uplinkGbps', uplinkGbps],
    ['load', 0.1],
    ['traffic.probePairs', 0],
    ['warmupMs', 10],
    ['windowMs', 20],
    ['drainMs', 50],
  ],
  runs: 8,
  runsMax: 12,
});

function scenarioCases(group: string, scenario: Scenario, size: Size): Case[] {
  const names = scenario.backends === 'default' ? DEFAULT_BACKENDS : scenario.backends;
  const backends = names.includes('all') ? BACKENDS : names.map(backendNamed);
  const specs = expand(
    scenario,
    {
      backends,
      baseline: backendNamed('host'),
      machine: machineNamed(scenario.machine),
      sizes: (name) => WORKLOADS[name as WorkloadName],
    },
    { ...NO_OVERRIDES, replications: 1, set: size.set },
  );
  return specs
    .filter(({ backend, cluster, policy }) => feasibility(backend, cluster, policy) === null)
    .map((spec) => ({ group, cell: spec.cell, spec, runs: size.runs, runsMax: size.runsMax }));
}

function literalCases(): Case[] {
  return DEFAULT_BACKENDS.flatMap((backend) => [
    { group: 'two flows, one port', cell: `backend=${backend}`, spec: twoFlows(backend, 100 * MS) },
    { group: 'incast 32:1, 50 packets', cell: `backend=${backend}`, spec: incast(backend, 100 * MS) },
  ]).map((one) => ({ ...one, runs: 6, runsMax: 18 }));
}

/** All of them, group by group. */
export function allCases(): Case[] {
  const large = SCENARIOS.find(({ id }) => id === 'large-cluster')!;
  return [
    ...SCENARIOS.filter(({ id }) => id !== 'scaling').flatMap((scenario) =>
      scenarioCases(scenario.id, scenario, SIZES[scenario.id] ?? AS_SHIPPED),
    ),
    ...scenarioCases('large-cluster, uplinks at 0.3', large, uplinkAt(35)),
    ...scenarioCases('large-cluster, uplinks at 0.9', large, uplinkAt(11.7)),
    ...literalCases(),
  ];
}

/** The `k`-th (0, 1, …) of numbers that fill −1 … 1 evenly, however many are taken: multiples of an irrational one. */
const spread = (k: number, irrational: number): number => 2 * ((0.5 + k * irrational) % 1) - 1;

/** Run `k` of a cell, the same in both granularities: a seed, host links and prices of its own. */
export function variant(spec: TaskSpec, k: number): TaskSpec {
  const hostDelayNs = Math.round(spec.cluster.hostDelayNs * (1 + 0.4 * spread(k, Math.SQRT2)));
  const machine = scaledMachine(spec.machine, 1 + 0.005 * spread(k, 0.618034));
  return { ...spec, seed: spec.seed + k, machine, cluster: { ...spec.cluster, hostDelayNs } };
}
