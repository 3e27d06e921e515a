/**
 * What a task will hold, before it runs: racks of it are built for a moment, without running them, and scaled to
 * the whole; so the figure follows the engine's tables whatever they become. What only traffic brings (skbs and
 * segments on their way, crypto queues) is a share of that by kind of backend, calibrated against what runs held at
 * their end (tests/workers/memory.test.ts holds it to bounds).
 *
 * Left out: how full tables happen to be when they double (a third up or down).
 */
import { buildCluster, racksOf } from '../engine/build.ts';
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import type { Backend } from '../engine/host/backend.ts';
import { sharedBytes } from '../engine/traffic/cluster.ts';
import { drawFlows, meanBytes } from '../engine/traffic/flows.ts';
import type { Work } from './work.ts';

export interface MemoryEstimate {
  /** Cores, threads, queues, ports of all nodes, bytes. */
  readonly hostBytes: number;
  /** Sockets and TCP endpoints of all connections. */
  readonly connectionBytes: number;
  readonly connections: number;
  /** Skbs and segments on their way. */
  readonly liveBytes: number;
  /** The three together: what a record calls memoryBytes. */
  readonly poolBytes: number;
  /** Event lists, flow tables, statistics, code: the pools' share of what the process holds. */
  readonly residentBytes: number;
}

/** Racks that stand for all, and the connections that they may have. */
const SLICE_RACKS = 2;
const SLICE_CONNECTIONS = 20_000;
/** What traffic adds to what is built, as a share of it. */
const LIVE_SHARE: Readonly<Record<Backend['group'], number>> = {
  baseline: 0.06,
  routed: 0.06,
  tunnel: 0.08,
  daemon: 0.1,
  encrypted: 0.42,
};
/** A bulk stream keeps a window of segments and skbs on both nodes, bytes. */
const STREAM_BYTES = 40_000;
/** What belongs to a task and stands in no pool, for each byte that does. */
const BESIDE_POOLS = 0.2;

const MIB = 1_048_576;
/** The process itself with its reports, and each thread's code and heap. */
export const PROCESS_BYTES = 220 * MIB;
export const THREAD_BYTES = 50 * MIB;

/** null: no task of the engine. */
export function estimateMemory(work: Work): MemoryEstimate | null {
  if ('seconds' in work) return null;
  const { nodes, nodesPerRack } = work.cluster;
  const slice = shortened(withNodes(work, Math.min(nodes, SLICE_RACKS * nodesPerRack)));
  const bare = builtBytes({ ...slice, traffic: {} });
  const each = Math.max(0, builtBytes(slice) - bare) / Math.max(1, connectionsOf(slice));
  const connections = connectionsOf(work);
  const hostBytes = (bare / slice.cluster.nodes) * nodes;
  const connectionBytes = each * connections;
  const liveBytes =
    LIVE_SHARE[work.backend.group] * (hostBytes + connectionBytes) + STREAM_BYTES * streamsOf(work);
  const poolBytes = hostBytes + connectionBytes + liveBytes;
  return {
    hostBytes,
    connectionBytes,
    connections,
    liveBytes,
    poolBytes,
    residentBytes: poolBytes * (1 + BESIDE_POOLS),
  };
}

function withNodes(spec: TaskSpec, nodes: number): TaskSpec {
  const { netperf, probePairs = 0 } = spec.traffic;
  const half = Math.floor(nodes / 2);
  return {
    ...spec,
    cluster: { ...spec.cluster, nodes },
    traffic: {
      ...spec.traffic,
      probePairs: Math.min(probePairs, Math.floor(nodes / 4)),
      ...(netperf === undefined
        ? {}
        : {
            netperf: {
              ...netperf,
              pairs: Math.max(1, Math.min(netperf.pairs, half)),
              fanIn: Math.max(1, Math.min(netperf.fanIn, nodes - 1)),
            },
          }),
    },
  };
}

/** Fewer flows: so much less time. */
function shortened(spec: TaskSpec): TaskSpec {
  const share = Math.min(1, SLICE_CONNECTIONS / connectionsOf(spec));
  return {
    ...spec,
    warmupPs: Math.round(spec.warmupPs * share),
    windowPs: Math.round(spec.windowPs * share),
  };
}

function builtBytes(spec: TaskSpec): number {
  const cluster = buildCluster(
    spec,
    drawFlows(spec, () => 1),
  );
  return sharedBytes(cluster);
}

/** Connections that exist from the start: flows by their mean number. */
function connectionsOf(spec: TaskSpec): number {
  const { cluster, traffic } = spec;
  const { flows, rpc } = traffic;
  const seconds = (spec.warmupPs + spec.windowPs) / 1e12;
  const perNode =
    flows === undefined || flows.load === 0
      ? 0
      : ((flows.load * cluster.linkGbps * 1e9) / 8 / meanBytes(flows.sizes)) * seconds;
  const open = (perNode + (rpc?.connections ?? 0)) * cluster.nodes;
  return open + (traffic.probePairs ?? 0) + netperfConnections(spec);
}

function netperfConnections({ cluster, traffic }: TaskSpec): number {
  const { netperf } = traffic;
  if (netperf === undefined) return 0;
  const { nodes } = cluster;
  const links = { pair: netperf.pairs, incast: netperf.fanIn, 'all-to-all': nodes * (nodes - 1) };
  const count = netperf.matrix in links ? links[netperf.matrix as keyof typeof links] : nodes;
  return count * netperf.streams;
}

const streamsOf = (spec: TaskSpec): number =>
  (spec.traffic.probePairs ?? 0) +
  (spec.traffic.netperf?.kind.endsWith('STREAM') === true ? netperfConnections(spec) : 0);

/** What the plan of a run needs to know of the task's size. */
export const sizeOf = (work: Work): { readonly racks: number; readonly nodes: number } =>
  'seconds' in work ? { racks: 1, nodes: 2 } : { racks: racksOf(work), nodes: work.cluster.nodes };
