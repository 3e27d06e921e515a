/**
 * Sockets and sources of a task's traffic: which node talks to which, over which path, from which core.
 *
 * Application cores: all of a small machine, all but the last of a larger one (daemons live there). Flows and
 * RPC connections fall on application cores by a stream; probes and netperf pairs start beside the RX queues'
 * cores. Left out: which endpoint a service's address leads to (all are alike), connections that move.
 */

import type { Cluster } from '../build.ts';
import { Stream } from '../core/streams.ts';
import { STRIDE } from '../core/table.ts';
import { ecmpHash, outerTuple, podAddress, rssHash, type Tuple } from '../fabric/address.ts';
import type { Compiled } from '../host/compile.ts';
import type { Partition } from '../host/partition.ts';
import { MARK_CONNECT } from '../host/sockets.ts';
import { permutation } from './flows.ts';
import {
  R_CRR_CLIENT,
  R_FLOW_RX,
  R_FLOW_TX,
  R_RPC_CLIENT,
  R_RR_CLIENT,
  R_SERVER,
  R_SINK,
  R_STREAM,
  R_UDP_RR_CLIENT,
  R_UDP_RX,
  R_UDP_SERVER,
  R_UDP_SINK,
  R_UDP_TX,
} from './roles.ts';

interface Wish {
  readonly from: number;
  readonly to: number;
  readonly fromCore: number;
  readonly toCore: number;
  readonly fromRole: number;
  readonly toRole: number;
  readonly udp?: boolean;
}

/** Who opens its connection in the run, or opened it for one flow (not counted where it is warm). */
const OPENS: ReadonlySet<number> = new Set([R_CRR_CLIENT, R_FLOW_TX]);

interface Pair {
  readonly p: Partition;
  readonly a: number;
  readonly q: Partition;
  readonly b: number;
}

export function connectTraffic(cluster: Cluster): void {
  const { traffic } = cluster.spec;
  const maker = new Connector(cluster);
  if (traffic.probePairs) probes(cluster, maker, traffic.probePairs);
  if (traffic.rpc !== undefined) rpc(cluster, maker);
  if (cluster.flows.count > 0) flows(cluster, maker);
  if (traffic.netperf !== undefined) netperf(cluster, maker);
}

class Connector {
  readonly cluster: Cluster;
  readonly appCores: number;
  private count = 0;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    const { cores, sharedCores } = cluster.setup;
    this.appCores = cores > 4 && !sharedCores ? cores - 1 : cores;
  }

  partitionOf(node: number): Partition {
    return this.cluster.partitions[Math.floor(node / this.cluster.setup.nodesPerRack)]!;
  }

  connect(w: Wish): Pair {
    const { setup } = this.cluster;
    const p = this.partitionOf(w.from);
    const q = this.partitionOf(w.to);
    const n = this.count++;
    const sport = 32_768 + (n % 28_232);
    const proto = w.udp === true ? 17 : 6;
    const out: Tuple = { src: podAddress(w.from, n), dst: podAddress(w.to, n), sport, dport: 5201, proto };
    const back: Tuple = { src: out.dst, dst: out.src, sport: 5201, dport: sport, proto };
    const { choose, answer } = setup.compiled;
    const a = this.socket(p, w.from, w.to, w.fromCore, w.fromRole, out, w.udp === true, choose);
    const b = this.socket(q, w.to, w.from, w.toCore, w.toRole, back, w.udp === true, answer);
    p.sockets.peerSock[a] = b;
    q.sockets.peerSock[b] = a;
    if (!OPENS.has(w.fromRole)) this.hold(p, a, q, b);
    return { p, a, q, b };
  }

  /** A connection that exists already stands in the tables of both hosts. */
  private hold(p: Partition, a: number, q: Partition, b: number): void {
    const { stacks, setup } = this.cluster;
    const { tracked, wired } = setup.compiled.paths[p.sockets.path[a]!]!;
    if (tracked) stacks[p.index]!.conntrack.hold(p.sockets.node[a]!);
    if (tracked && wired) stacks[q.index]!.conntrack.hold(q.sockets.node[b]!);
  }

  private socket(
    p: Partition,
    node: number,
    peer: number,
    core: number,
    role: number,
    tuple: Tuple,
    udp: boolean,
    paths: Compiled['choose'],
  ): number {
    const { setup, spec, stacks } = this.cluster;
    const { sockets } = p;
    const s = sockets.add();
    const crosses =
      Math.floor(node / spec.cluster.nodesPerRack) !== Math.floor(peer / spec.cluster.nodesPerRack);
    const place =
      node === peer ? 'sameNode' : spec.cluster.subnets === 'rack' && crosses ? 'crossSubnet' : 'sameSubnet';
    const path = paths[place];
    const { path: declared } = setup.compiled.paths[path]!;
    const outer = outerTuple(declared, tuple, node, peer);
    sockets.node[s] = node - p.firstNode;
    sockets.peerNode[s] = peer;
    sockets.thread[s] = p.coreBase(node - p.firstNode) + core * STRIDE;
    sockets.path[s] = path;
    sockets.rss[s] = rssHash(setup.machine, tuple, outer, spec.cluster.ipFamily);
    sockets.ecmp[s] = ecmpHash(outer);
    sockets.role[s] = role;
    if (!udp) {
      const { tcp } = stacks[p.index]!;
      // iperf3 and netperf leave Nagle on; programs that answer each other switch it off.
      sockets.tcp[s] = tcp.open(setup.mssBytes, role === R_STREAM);
    }
    return s;
  }
}

function probes(cluster: Cluster, maker: Connector, pairs: number): void {
  const { spec, setup } = cluster;
  const { nodes } = spec.cluster;
  const stream = new Stream(spec.seed, 'traffic/probes');
  const taken = new Set<number>();
  const draw = (): number => {
    for (;;) {
      const node = stream.below(nodes);
      if (taken.has(node)) continue;
      taken.add(node);
      return node;
    }
  };
  const core = Math.min(setup.rxQueues, maker.appCores - 1);
  for (let i = 0; i < pairs && taken.size + 2 <= nodes; i++) {
    const from = draw();
    const to = draw();
    const wish = { from, to, fromCore: core, toCore: core, fromRole: R_STREAM, toRole: R_SINK };
    const { p, a, q, b } = maker.connect(wish);
    p.sockets.probe[a] = i;
    q.sockets.probe[b] = i;
    p.probeNodes[from - p.firstNode] = 1;
    q.probeNodes[to - q.firstNode] = 1;
    const source = cluster.sources[p.index]!;
    source.addStart(p, a, 1_000_000 * (i + 1), Infinity);
    source.addStop(p, a);
  }
}

function rpc(cluster: Cluster, maker: Connector): void {
  const { spec } = cluster;
  const { rpc: shape } = spec.traffic;
  const { nodes } = spec.cluster;
  for (let node = 0; node < nodes; node++) {
    const stream = new Stream(spec.seed, `traffic/rpc/${node}`);
    const socks: number[] = [];
    let home = maker.partitionOf(node);
    for (let c = 0; c < shape!.connections; c++) {
      const other = stream.below(nodes - 1);
      const { p, a } = maker.connect({
        from: node,
        to: other >= node ? other + 1 : other,
        fromCore: stream.below(maker.appCores),
        toCore: stream.below(maker.appCores),
        fromRole: R_RPC_CLIENT,
        toRole: R_SERVER,
      });
      home = p;
      socks.push(a);
    }
    cluster.sources[home.index]!.addRpc(home, spec.seed, node, shape!.perNodePerS, socks);
  }
}

function flows(cluster: Cluster, maker: Connector): void {
  const { spec, flows: table } = cluster;
  const stream = new Stream(spec.seed, 'traffic/flow-cores');
  const own: { flows: number[]; socks: number[] }[] = cluster.partitions.map(() => ({
    flows: [],
    socks: [],
  }));
  for (let f = 0; f < table.count; f++) {
    const { p, a, q, b } = maker.connect({
      from: table.src[f]!,
      to: table.dst[f]!,
      fromCore: stream.below(maker.appCores),
      toCore: stream.below(maker.appCores),
      fromRole: R_FLOW_TX,
      toRole: R_FLOW_RX,
    });
    p.sockets.ref[a] = f;
    if (spec.traffic.flows?.handshake === true) p.sockets.marks[a]! |= MARK_CONNECT;
    q.sockets.ref[b] = f;
    q.sockets.toRead[b] = table.bytes[f]!;
    own[p.index]!.flows.push(f);
    own[p.index]!.socks.push(a);
  }
  for (const p of cluster.partitions) {
    cluster.sources[p.index]!.addFlows(p, own[p.index]!.flows, own[p.index]!.socks, table.startPs);
  }
}

const NETPERF_ROLES = {
  TCP_STREAM: [R_STREAM, R_SINK],
  TCP_RR: [R_RR_CLIENT, R_SERVER],
  TCP_CRR: [R_CRR_CLIENT, R_SERVER],
  UDP_STREAM: [R_UDP_TX, R_UDP_RX],
  UDP_RR: [R_UDP_RR_CLIENT, R_UDP_SERVER],
} as const;

/** Node pairs of a netperf matrix. */
export function netperfPairs(cluster: Cluster): [number, number][] {
  const { spec } = cluster;
  const np = spec.traffic.netperf!;
  const { nodes } = spec.cluster;
  if (np.matrix === 'permutation') return [...permutation(spec.seed, nodes)].map((to, from) => [from, to]);
  if (np.matrix === 'incast') return Array.from({ length: np.fanIn }, (_, i) => [i + 1, 0]);
  if (np.matrix === 'all-to-all' || np.matrix === 'uniform') {
    const pairs: [number, number][] = [];
    for (let a = 0; a < nodes; a++) for (let b = 0; b < nodes; b++) if (a !== b) pairs.push([a, b]);
    return pairs;
  }
  return Array.from({ length: np.pairs }, (_, i) => [2 * i, np.sameNode ? 2 * i : 2 * i + 1]);
}

function netperf(cluster: Cluster, maker: Connector): void {
  const { spec, setup } = cluster;
  const np = spec.traffic.netperf!;
  const [fromRole, toRole] = NETPERF_ROLES[np.kind];
  const udp = np.kind.startsWith('UDP');
  let n = 0;
  for (const [from, to] of netperfPairs(cluster)) {
    for (let i = 0; i < np.streams; i++) {
      const beside = setup.sharedCores ? 0 : (setup.rxQueues + n) % maker.appCores;
      const fromCore = np.pinned ? 0 : beside;
      const toCore =
        np.pinned || setup.sharedCores
          ? 1 % setup.cores
          : np.sameNode
            ? (beside + 1) % maker.appCores
            : beside;
      const sink = np.sink && np.kind === 'UDP_STREAM';
      const { p, a, q, b } = maker.connect({
        from,
        to,
        fromCore,
        toCore,
        fromRole,
        toRole: sink ? R_UDP_SINK : toRole,
        udp,
      });
      if (sink) q.sockets.thread[b] = -1;
      // Starts are spread over 100 µs, so that streams do not move in step.
      startNetperf(cluster, p, a, 1_000_000 + Math.round((n * 100_000_000) / 64));
      n++;
    }
  }
}

function startNetperf(cluster: Cluster, p: Partition, a: number, at: number): void {
  const np = cluster.spec.traffic.netperf!;
  const source = cluster.sources[p.index]!;
  if (np.kind === 'TCP_STREAM' || (np.kind === 'UDP_STREAM' && np.paceMessagesPerS === 0)) {
    source.addStart(p, a, at, Infinity);
    source.addStop(p, a);
  } else if (np.kind === 'UDP_STREAM') {
    const gap = Math.round((1e12 * np.burst) / np.paceMessagesPerS);
    source.addPaced(p, a, gap, np.burst * np.messageBytes);
  } else {
    if (np.kind === 'TCP_CRR') p.sockets.marks[a]! |= MARK_CONNECT;
    source.addExchange(p, a, at);
  }
}
