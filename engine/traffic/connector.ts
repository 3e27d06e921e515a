/**
 * Joins two sockets: path, hashes, cores and tables of both ends.
 *
 * Left out: which endpoint a service's address leads to (all are alike), connections that move.
 */
import type { Cluster } from '../build.ts';
import { STRIDE } from '../core/table.ts';
import { ecmpHash, outerTuple, podAddress, portless, rssHash, type Tuple } from '../fabric/address.ts';
import type { Compiled } from '../host/compile.ts';
import type { Partition } from '../host/partition.ts';
import { fragments } from './datagrams.ts';
import { R_CRR_CLIENT, R_FLOW_TX, R_STREAM } from './roles.ts';

export interface Wish {
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

export interface Pair {
  readonly p: Partition;
  readonly a: number;
  readonly q: Partition;
  readonly b: number;
}

export class Connector {
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
    if (p.bond !== null && w.from !== w.to) {
      p.bond.learn(p, a, this.seen(p, a, out));
      q.bond!.learn(q, b, this.seen(q, b, back));
    }
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

  /** What hashes find of a socket's addresses and ports: fragments carry no ports. */
  private seen({ sockets }: Partition, s: number, tuple: Tuple): Tuple {
    const udp = tuple.proto === 17;
    return udp && fragments(this.cluster, sockets.role[s]!, sockets.path[s]!) ? portless(tuple) : tuple;
  }

  private crosses(node: number, peer: number): boolean {
    const { nodesPerRack } = this.cluster.spec.cluster;
    return Math.floor(node / nodesPerRack) !== Math.floor(peer / nodesPerRack);
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
    const across = spec.cluster.subnets === 'rack' && this.crosses(node, peer);
    const place = node === peer ? 'sameNode' : across ? 'crossSubnet' : 'sameSubnet';
    const path = paths[place];
    const { path: declared } = setup.compiled.paths[path]!;
    sockets.node[s] = node - p.firstNode;
    sockets.peerNode[s] = peer;
    sockets.thread[s] = p.coreBase(node - p.firstNode) + core * STRIDE;
    sockets.path[s] = path;
    sockets.role[s] = role;
    const seen = this.seen(p, s, tuple);
    const outer = outerTuple(declared, seen, node, peer);
    sockets.rss[s] = rssHash(setup.machine, seen, outer, spec.cluster.ipFamily);
    sockets.ecmp[s] = ecmpHash(outer);
    if (!udp) {
      const { tcp } = stacks[p.index]!;
      // iperf3 and netperf leave Nagle on; programs that answer each other switch it off.
      const mss = spec.cluster.mssClamp ? setup.pathMssBytes[path]! : setup.mssBytes;
      sockets.tcp[s] = tcp.open(mss, role === R_STREAM);
    }
    return s;
  }
}
