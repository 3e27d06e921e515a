/**
 * How long tasks take relative to each other, roughly: longest first keeps the last worker from starting
 * late. Only the order of execution and the time left follow from it, never a result.
 */
import type { TimedWork, Work } from './work.ts';

/** Events an skb meets, relative to plain networking. */
const GROUP_WEIGHT = { baseline: 1, routed: 1.1, tunnel: 1.4, encrypted: 2.5, daemon: 3 } as const;
const MEAN_FLOW_BITS = 400_000;
const EVENTS_PER_FLOW = 60;
const EVENTS_PER_RPC = 30;
const BITS_PER_EVENT = 40_000;
/** Of timed work: a packet and its share of an ACK, eight events of a tenth of the engine's price. */
const TIMED_BITS_PER_EVENT = 12_000;

const timedCost = (work: TimedWork): number => (work.seconds * work.rateMbps * 1e6) / TIMED_BITS_PER_EVENT;

/** Expected events of a task, rough. */
export function estimateCost(spec: Work): number {
  if ('seconds' in spec) return timedCost(spec);
  const { cluster, traffic } = spec;
  const seconds = (spec.warmupPs + spec.windowPs) / 1e12;
  const linkBps = cluster.linkGbps * 1e9;
  const flows = (((traffic.flows?.load ?? 0) * linkBps) / MEAN_FLOW_BITS) * EVENTS_PER_FLOW * cluster.nodes;
  const rpc = (traffic.rpc?.perNodePerS ?? 0) * EVENTS_PER_RPC * cluster.nodes;
  const probes = ((traffic.probePairs ?? 0) * linkBps) / BITS_PER_EVENT;
  const { netperf } = traffic;
  const senders = netperf === undefined ? 0 : netperf.matrix === 'pair' ? netperf.pairs : cluster.nodes;
  const stream = (senders * linkBps) / BITS_PER_EVENT;
  const grain = spec.granularity === 'packet' ? 8 : 1;
  return (flows + rpc + probes + stream) * seconds * GROUP_WEIGHT[spec.backend.group] * grain;
}
