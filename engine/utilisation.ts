/**
 * Which resource binds. Utilisation of a class: each node's (port's) busiest instance over the window, then the
 * mean over the nodes without a probe; a probe has the busiest one on its own path. Definitions: DESIGN's words,
 * repeated in docs/MODEL.md.
 */
import { lossText } from './core/lossText.ts';
import type { Binding } from './core/record.ts';
import type { TaskSpec } from './core/taskSpec.ts';
import type { Setup } from './host/setup.ts';
import type { Utilisation } from './rackUse.ts';
import type { Share } from './share.ts';
import { netperfPairs } from './traffic/netperf.ts';

const HOST_CLASSES = ['application core', 'softirq core', 'daemon thread', 'kworker', 'NIC'] as const;

/** By class over the cluster, and by node. @param shares of all racks, in order */
export function utilisations(
  spec: TaskSpec,
  setup: Setup,
  shares: readonly Share[],
): { mean: Utilisation; nodes: readonly Utilisation[] } {
  const nodes = shares.flatMap(({ use }) => use.nodes);
  const plain = shares.flatMap(({ use, probeNodes }) => use.nodes.filter((_, l) => probeNodes[l] !== 1));
  // Pairs of a netperf matrix are paths: the busiest of both ends. Open-loop traffic is spread: every node.
  const base =
    spec.traffic.netperf === undefined
      ? plain
      : netperfPairs(spec).map(([a, b]) => busier(nodes[a]!, nodes[b]!));
  const mean: Utilisation = {};
  for (const cls of HOST_CLASSES) {
    if (!base.some((u) => u[cls] !== undefined)) continue;
    mean[cls] = base.reduce((sum, u) => sum + (u[cls] ?? 0), 0) / base.length;
  }
  portMeans(spec, setup, shares, mean);
  return { mean, nodes };
}

function busier(a: Utilisation, b: Utilisation): Utilisation {
  const best: Utilisation = { ...a };
  for (const cls of HOST_CLASSES) if (b[cls] !== undefined) best[cls] = Math.max(best[cls] ?? 0, b[cls]!);
  return best;
}

function portMeans(spec: TaskSpec, setup: Setup, shares: readonly Share[], mean: Utilisation): void {
  const { racks, sharedCores } = setup;
  if (sharedCores) {
    delete mean.NIC;
    return;
  }
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const down = shares.flatMap(({ use, probeNodes }) => use.down.filter((_, l) => probeNodes[l] !== 1));
  const spine = sum(shares.map(({ use }) => use.spine));
  // With few nodes the busiest ToR port speaks (an incast's receiver).
  const incast = spec.traffic.netperf?.matrix === 'incast';
  const busiest = incast ? Math.max(...shares.flatMap(({ use }) => use.down)) : 0;
  // A host's downlink is the ToR port; across racks the spine's port is another of the same kind.
  const hosts = down.length > 0 ? sum(down) / down.length : 0;
  mean.downlink = Math.max(hosts, racks > 1 ? spine / racks : 0, busiest);
  if (racks > 1) mean.uplink = sum(shares.map(({ use }) => use.up)) / racks;
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
