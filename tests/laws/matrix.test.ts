/**
 * Every backend of the catalogue in every shipped scenario, each of its points, in a small cluster of several
 * racks and a window of 2 ms. Each cell runs twice, the second time with the partitions of every window in another
 * order:
 *
 * - conservation: the books of books.ts hold at the end, and nothing is left once the run is dry;
 * - determinism: one digest, one record;
 * - work: no resource is busy for longer than time passed.
 *
 * Which cells a cluster refuses is written out. Left out: what only shows at size (`npm run test:long`).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import { shippedParts } from '../../cli/shipped.ts';
import type { Cluster } from '../../engine/build.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';
import { SCENARIOS } from '../../scenarios/index.ts';
import type { Scenario } from '../../scenarios/lib/define.ts';
import { recordBytes } from '../determinism/tasks.ts';
import { tasksOf } from '../scenarios/run.ts';
import { balances, runsDry } from './books.ts';

const NODES_MAX = 8;

/** Two milliseconds of a scenario in at most eight nodes, two a rack (one where there are two), with all its points. */
function smallTasks(scenario: Scenario): TaskSpec[] {
  const nodes = Math.min(scenario.cluster.nodes, NODES_MAX);
  const shrunk = Object.entries(scenario.sweep ?? {}).map(([name, values]) => {
    const fitting = name === 'fanIn' ? values.map((value) => Math.min(Number(value), nodes - 1)) : values;
    return [name, [...new Set(fitting)]] as const;
  });
  return tasksOf(scenario, {
    backends: ['all'],
    sweep: Object.fromEntries(shrunk),
    set: [
      ['warmupMs', 0.5],
      ['windowMs', 2],
      ['drainMs', 5],
      ['cluster.nodes', nodes],
      // A scenario that says itself which nodes share a rack keeps them.
      ...(scenario.sweep?.place === undefined ? [['cluster.nodesPerRack', nodes > 2 ? 2 : 1] as const] : []),
    ],
  });
}

/** Everything that must hold in one cell. @returns windows in which partitions ran in another order */
function holds(spec: TaskSpec): number {
  const cell = `${spec.scenario}: ${spec.cell}`;
  const record = runTask(spec);
  let built: Cluster | undefined;
  let reordered = 0;
  const again = runTask(spec, {
    shuffle: (order) => {
      if (order.length > 1) reordered++;
      order.reverse();
    },
    done: (cluster) => {
      built = cluster;
      balances(cluster, spec, cell);
    },
  });
  assert.equal(again.digest, record.digest, `${cell}: digest in another order of partitions`);
  assert.equal(recordBytes(again), recordBytes(record), `${cell}: record in another order of partitions`);
  for (const [resource, share] of Object.entries(record.utilisation))
    assert.ok(share >= 0 && share <= 1, `${cell}: ${resource} is busy ${share} of the time`);
  runsDry(built!, cell);
  return reordered;
}

/**
 * Backends that some cell of a scenario refuses: those that need one L2 segment, or a fabric that knows pods, where
 * neither is; and where a service's proxy is in netfilter, those whose pods' packets never come by there.
 */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'service-scale': [
    'calico-ebpf',
    'calico-ebpf-ipip',
    'calico-ebpf-wireguard',
    'cilium-geneve',
    'cilium-native',
    'cilium-vxlan',
    'cilium-wireguard',
  ],
  'cross-subnet': ['calico-bgp', 'calico-ebpf', 'cilium-legacy', 'cilium-native', 'flannel-host-gw'],
};

for (const scenario of SCENARIOS) {
  test(`${scenario.id}: every backend conserves packets, repeats to the bit, works no longer than time`, () => {
    const tasks = smallTasks(scenario);
    const refused = new Set<string>();
    let ran = 0;
    let reordered = 0;
    for (const task of tasks) {
      if (shippedParts.feasibility(task.backend, task.cluster, task.policy) !== null)
        refused.add(task.backend.name);
      else {
        reordered += holds(task);
        ran++;
      }
    }
    assert.deepEqual([...refused].sort(), REFUSED[scenario.id] ?? []);
    assert.ok(ran >= BACKENDS.length - refused.size, `${ran} cells`);
    // An idle shuffle would prove nothing; one node is one partition.
    if (scenario.cluster.nodes > 1) assert.ok(reordered > 10 * ran, `${reordered} windows of ${ran} cells`);
  });
}
