/**
 * Which resource binds. Utilisation of a class: each node's (port's) busiest instance over the window, then the
 * mean over the nodes without a probe; a probe has the busiest one on its own path. Definitions: DESIGN's words,
 * repeated in docs/MODEL.md.
 *
 * Softirq core: its softirq time. Application core, daemon, kworker: the time its thread was not asleep, so time
 * that softirq work takes from it counts as its own wait.
 */
import type { Cluster } from './build.ts';
import { lossText } from './core/lossText.ts';
import type { Binding, ResourceClass } from './core/record.ts';
import { STRIDE } from './core/table.ts';
import { busiestLink, nicPort, torPort } from './fabric/portPlan.ts';
import type { Partition } from './host/partition.ts';
import { T_APP, T_DAEMON } from './host/tables.ts';
import type { Measure, Snapshot } from './measure.ts';
import { netperfPairs } from './traffic/netperf.ts';

export type Utilisation = Partial<Record<ResourceClass, number>>;

const HOST_CLASSES = ['application core', 'softirq core', 'daemon thread', 'kworker', 'NIC'] as const;

/** Busiest instance of each class on one node, 0 … 1. */
function ofNode(cluster: Cluster, p: Partition, local: number, a: Snapshot, b: Snapshot): Utilisation {
  const { windowPs } = cluster.spec;
  const { cores: perNode, sharedCores } = cluster.setup;
  const share = (port: number): number => (b.portPs[port]! - a.portPs[port]!) / windowPs;
  const best: Utilisation = {
    NIC: cluster.setup.machine.wire === 'veth' ? 0 : busiestLink(p, local, nicPort, share),
  };
  const base = p.coreBase(local) / STRIDE;
  const raise = (cls: ResourceClass, value: number) => {
    if (value > (best[cls] ?? 0)) best[cls] = value;
  };
  for (let c = base; c < base + perNode; c++) raise('softirq core', (b.softPs[c]! - a.softPs[c]!) / windowPs);
  for (let t = 0; t < b.threadPs.length; t++) {
    const core = p.threads.core[t * STRIDE]! / STRIDE;
    if (core < base || core >= base + perNode) continue;
    const kind = p.threads.kind[t * STRIDE];
    const active = b.threadPs[t]! - (t < a.threadPs.length ? a.threadPs[t]! : 0);
    const cls = kind === T_APP ? 'application core' : kind === T_DAEMON ? 'daemon thread' : 'kworker';
    if (kind === T_DAEMON && sharedCores && p.daemons[local] !== t * STRIDE) continue;
    raise(cls, active / windowPs);
  }
  return best;
}

/** By class over the cluster, and by node. */
export function utilisations(
  cluster: Cluster,
  measure: Measure,
): { mean: Utilisation; nodes: Utilisation[] } {
  const nodes: Utilisation[] = [];
  const plain: Utilisation[] = [];
  for (const p of cluster.partitions) {
    const a = measure.begin[p.index]!;
    const b = measure.end[p.index]!;
    for (let l = 0; l < p.nodeCount; l++) {
      const own = ofNode(cluster, p, l, a, b);
      nodes.push(own);
      if (p.probeNodes[l] !== 1) plain.push(own);
    }
  }
  // Pairs of a netperf matrix are paths: the busiest of both ends. Open-loop traffic is spread: every node.
  const { netperf } = cluster.spec.traffic;
  const base =
    netperf === undefined ? plain : netperfPairs(cluster).map(([a, b]) => busier(nodes[a]!, nodes[b]!));
  const mean: Utilisation = {};
  for (const cls of HOST_CLASSES) {
    if (!base.some((u) => u[cls] !== undefined)) continue;
    mean[cls] = base.reduce((sum, u) => sum + (u[cls] ?? 0), 0) / base.length;
  }
  portMeans(cluster, measure, mean);
  return { mean, nodes };
}

function busier(a: Utilisation, b: Utilisation): Utilisation {
  const best: Utilisation = { ...a };
  for (const cls of HOST_CLASSES) if (b[cls] !== undefined) best[cls] = Math.max(best[cls] ?? 0, b[cls]!);
  return best;
}

function portMeans(cluster: Cluster, measure: Measure, mean: Utilisation): void {
  const { windowPs } = cluster.spec;
  const { racks, uplinks, sharedCores } = cluster.setup;
  if (sharedCores) {
    delete mean.NIC;
    return;
  }
  let down = 0;
  let up = 0;
  let ports = 0;
  let spine = 0;
  for (const p of cluster.partitions) {
    const a = measure.begin[p.index]!;
    const b = measure.end[p.index]!;
    const n = p.nodeCount;
    for (let l = 0; l < n; l++) {
      if (p.probeNodes[l] === 1) continue;
      down += busiestLink(p, l, torPort, (port) => (b.portPs[port]! - a.portPs[port]!) / windowPs);
      ports++;
    }
    let busiestUp = 0;
    let busiestSpine = 0;
    for (let u = 0; u < uplinks; u++) {
      busiestUp = Math.max(busiestUp, (b.portPs[2 * n + u]! - a.portPs[2 * n + u]!) / windowPs);
      const s = 2 * n + uplinks + u;
      busiestSpine = Math.max(busiestSpine, (b.portPs[s]! - a.portPs[s]!) / windowPs);
    }
    up += busiestUp;
    spine += busiestSpine;
  }
  // A host's downlink is the ToR port; across racks the spine's port is another of the same kind.
  const hosts = busiestDown(cluster, measure);
  mean.downlink = Math.max(ports > 0 ? down / ports : 0, racks > 1 ? spine / racks : 0, hosts);
  if (racks > 1) mean.uplink = up / racks;
}

/** With few nodes the busiest ToR port speaks (an incast's receiver). */
function busiestDown(cluster: Cluster, measure: Measure): number {
  if (cluster.spec.traffic.netperf?.matrix !== 'incast') return 0;
  const { windowPs } = cluster.spec;
  let best = 0;
  for (const p of cluster.partitions) {
    const a = measure.begin[p.index]!;
    const b = measure.end[p.index]!;
    for (let l = 0; l < p.nodeCount; l++) {
      const share = (port: number): number => (b.portPs[port]! - a.portPs[port]!) / windowPs;
      best = Math.max(best, busiestLink(p, l, torPort, share));
    }
  }
  return best;
}

/** Share of a queue's packets that it dropped, worst first. */
export interface QueueLoss {
  readonly reason: string;
  readonly share: number;
}

const percent = (x: number): string => `${Math.round(x * 100)} %`;

/** A drop share above this is a limit: one packet in a thousand. */
const LOSS_LIMIT = 0.001;
/** Utilisations this close together are equal: they differ by where the window cuts a job. */
const TIE = 0.005;

/**
 * The class with the highest utilisation. In a tie the application core yields: its time holds the softirq work
 * that kept it waiting.
 */
function highest(utilisation: Utilisation, withApplication: boolean): { resource: string; value: number } {
  let resource = 'none';
  let value = 0;
  for (const [cls, u] of Object.entries(utilisation)) {
    if (cls === 'application core' && !withApplication) continue;
    if (u > value || (resource === 'application core' && u > value - TIE)) {
      resource = cls;
      value = u;
    }
  }
  return { resource, value };
}

/**
 * @param held  share of the time in which senders with data were held by a TCP window: congestion, receive
 * @param flood senders push datagrams as fast as they can: their cores are always busy, and do not bind where
 *              what they send dies before its socket
 */
export function binding(
  utilisation: Utilisation,
  losses: readonly QueueLoss[],
  held: { readonly congestion: number; readonly receive: number },
  flood: boolean,
): Binding {
  const diesBelow = losses.some((l) => l.share > LOSS_LIMIT && !l.reason.startsWith('UDP socket'));
  const { resource, value } = highest(utilisation, !(flood && diesBelow));
  const shown = Math.min(1, value);
  if (value >= 0.9)
    return { text: `${resource} at ${percent(shown)}`, kind: 'resource', resource, utilisation: shown };
  const loss = losses.find((l) => l.share > LOSS_LIMIT);
  if (loss !== undefined) {
    const text = lossText(loss.reason, loss.share);
    return { text, kind: 'queue', resource: loss.reason, utilisation: shown };
  }
  const window = held.congestion >= held.receive ? 'congestion' : 'receive';
  const share = held[window];
  if (share > 0.5) {
    const text = `TCP ${window} window holds senders ${percent(share)} of the time`;
    return { text, kind: 'window', resource: `${window} window`, utilisation: shown };
  }
  return {
    text: `nothing binds; nearest: ${resource} at ${percent(shown)}`,
    kind: 'none',
    resource,
    utilisation: shown,
  };
}
