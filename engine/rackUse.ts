/**
 * How busy one rack's resources were in the measured window: each node's (port's) busiest instance of a class.
 *
 * Softirq core: its softirq time. Application core, daemon, kworker: the time its thread was not asleep, so time
 * that softirq work takes from it counts as its own wait.
 */

import type { ResourceClass } from './core/record.ts';
import { busiestLink, nicPort, torPort } from './fabric/portPlan.ts';
import type { Partition } from './host/partition.ts';
import type { Snapshot } from './measure.ts';
import type { Cluster } from './traffic/cluster.ts';

export type Utilisation = Partial<Record<ResourceClass, number>>;

/** Ratios 0 … 1. */
export interface RackUse {
  /** By local node. */
  readonly nodes: readonly Utilisation[];
  /** The ToR's port to each node. */
  readonly down: readonly number[];
  /** The busiest uplink, and the busiest of the spines' ports toward the rack. */
  readonly up: number;
  readonly spine: number;
}

export function rackUse(cluster: Cluster, p: Partition, a: Snapshot, b: Snapshot): RackUse {
  const { windowPs } = cluster.spec;
  const { uplinks } = cluster.setup;
  const n = p.nodeCount;
  const share = (port: number): number => (b.portPs[port]! - a.portPs[port]!) / windowPs;
  const locals = Array.from({ length: n }, (_, l) => l);
  let up = 0;
  let spine = 0;
  for (let u = 0; u < uplinks; u++) {
    up = Math.max(up, share(2 * n + u));
    spine = Math.max(spine, share(2 * n + uplinks + u));
  }
  return {
    nodes: locals.map((l) => ofNode(cluster, p, l, a, b)),
    down: locals.map((l) => busiestLink(p, l, torPort, share)),
    up,
    spine,
  };
}

/** Busiest instance of each class on one node, 0 … 1. */
function ofNode(cluster: Cluster, p: Partition, local: number, a: Snapshot, b: Snapshot): Utilisation {
  const { windowPs } = cluster.spec;
  const { cores: perNode, sharedCores } = cluster.setup;
  const share = (port: number): number => (b.portPs[port]! - a.portPs[port]!) / windowPs;
  const best: Utilisation = {
    NIC: cluster.setup.machine.wire === 'veth' ? 0 : busiestLink(p, local, nicPort, share),
  };
  const { coreCount, nodeCount } = p;
  const base = sharedCores ? 0 : local * perNode;
  const active = (slot: number): number => (b.threadPs[slot]! - a.threadPs[slot]!) / windowPs;
  const raise = (cls: ResourceClass, value: number) => {
    if (value > (best[cls] ?? 0)) best[cls] = value;
  };
  for (let c = base; c < base + perNode; c++) {
    raise('softirq core', (b.softPs[c]! - a.softPs[c]!) / windowPs);
    raise('application core', active(c));
    raise('kworker', active(coreCount + nodeCount + c));
  }
  raise('daemon thread', active(coreCount + local));
  return best;
}
