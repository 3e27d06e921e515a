/**
 * Sockets and sources of a task's traffic: which node talks to which, over which path, from which core.
 *
 * Application cores: all of a small machine, all but the last of a larger one (daemons live there). Flows and
 * RPC connections fall on application cores by a stream; probes start beside the RX queues' cores.
 */

import { Stream } from '../core/streams.ts';
import { MARK_CONNECT } from '../host/sockets.ts';
import { broadcasters, connectBroadcasts } from './broadcast.ts';
import { type Cluster, partitionOf, placeOf, sourcesOf } from './cluster.ts';
import { Connector } from './connector.ts';
import { netperf } from './netperf.ts';
import { anotherNode, localShareOf } from './peers.ts';
import { R_FLOW_RX, R_FLOW_TX, R_RPC_CLIENT, R_SERVER, R_SINK, R_STREAM } from './roles.ts';

const WISH_TRIES = 10_000;

export function connectTraffic(cluster: Cluster): void {
  // Once without racks, to know how many sockets each of them will have: those of a rack stand in a row.
  const count = new Connector({ ...cluster, partitions: [] });
  connectAll(count);
  const sockets = cluster.partitions.map((p) => count.socketsOf(p.index) + broadcasters(cluster, p));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  cluster.pools.sockets.reserve(sum(sockets));
  cluster.tcp.reserve(sum(cluster.partitions.map((p) => count.tcpOf(p.index))));
  cluster.partitions.forEach((p, i) => {
    p.addSockets(sockets[i]!);
  });
  const maker = new Connector(cluster);
  connectAll(maker);
  connectBroadcasts(cluster, maker);
}

function connectAll(maker: Connector): void {
  const { cluster } = maker;
  const { traffic } = cluster.spec;
  if (traffic.probePairs) probes(cluster, maker, traffic.probePairs);
  if (traffic.rpc !== undefined) rpc(cluster, maker);
  if (cluster.flows.count > 0) flows(cluster, maker);
  if (traffic.netperf !== undefined) netperf(cluster, maker);
}

function probes(cluster: Cluster, maker: Connector, pairs: number): void {
  const { spec, setup } = cluster;
  const { nodes, nodesPerRack } = spec.cluster;
  const local = localShareOf(spec.traffic);
  const stream = new Stream(spec.seed, 'traffic/probes');
  const taken = new Set<number>();
  const rackOf = (node: number): number => Math.floor(node / nodesPerRack);
  /** A free node; `fits` is a wish, given up where racks fill up. */
  const draw = (fits: (node: number) => boolean = () => true): number => {
    for (let tries = 0; ; tries++) {
      const node = stream.below(nodes);
      if (taken.has(node) || (tries < WISH_TRIES && !fits(node))) continue;
      taken.add(node);
      return node;
    }
  };
  const core = Math.min(setup.rxQueues, maker.appCores - 1);
  for (let i = 0; i < pairs && taken.size + 2 <= nodes; i++) {
    const from = draw();
    const near = local === null ? null : stream.unit() < local;
    const to = draw((node) => near === null || (rackOf(node) === rackOf(from)) === near);
    const wish = { from, to, fromCore: core, toCore: core, fromRole: R_STREAM, toRole: R_SINK };
    const { p, a, q, b } = maker.connect(wish);
    if (q !== null) {
      q.sockets.probe[b] = i;
      q.probeNodes[to - q.firstNode] = 1;
    }
    if (p === null) continue;
    p.sockets.probe[a] = i;
    p.probeNodes[from - p.firstNode] = 1;
    const source = sourcesOf(cluster, p);
    source.addStart(p, a, 1_000_000 * (i + 1), Infinity);
    source.addStop(p, a);
  }
}

function rpc(cluster: Cluster, maker: Connector): void {
  const { spec } = cluster;
  const { rpc: shape } = spec.traffic;
  const { nodes, nodesPerRack } = spec.cluster;
  const local = localShareOf(spec.traffic);
  for (let node = 0; node < nodes; node++) {
    const stream = new Stream(spec.seed, `traffic/rpc/${node}`);
    const socks: number[] = [];
    for (let c = 0; c < shape!.connections; c++) {
      const to = anotherNode(stream, node, nodes, nodesPerRack, local);
      const { a } = maker.connect({
        from: node,
        to,
        fromCore: stream.below(maker.appCores),
        toCore: stream.below(maker.appCores),
        fromRole: R_RPC_CLIENT,
        toRole: R_SERVER,
      });
      socks.push(a);
    }
    const home = partitionOf(cluster, node);
    if (home !== null) sourcesOf(cluster, home).addRpc(home, spec.seed, node, shape!.perNodePerS, socks);
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
    if (q !== null) {
      q.sockets.ref[b] = f;
      q.sockets.toRead[b] = table.bytes[f]!;
    }
    if (p === null) continue;
    p.sockets.ref[a] = f;
    if (spec.traffic.flows?.handshake === true) p.sockets.marks[a]! |= MARK_CONNECT;
    const sends = own[placeOf(cluster, p.index)]!;
    sends.flows.push(f);
    sends.socks.push(a);
  }
  cluster.partitions.forEach((p, i) => {
    cluster.sources[i]!.addFlows(p, own[i]!.flows, own[i]!.socks, table.startPs);
  });
}
