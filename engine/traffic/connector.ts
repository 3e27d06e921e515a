/**
 * Joins two sockets: path, hashes, cores and tables of both ends. An end in a rack that another thread has built
 * only gets its number, which is the same there.
 *
 * Left out: which endpoint a service's address leads to (all are alike), connections that move.
 */

import { assert } from '../core/assert.ts';
import { STRIDE } from '../core/table.ts';
import { ecmpHash, outerTuple, podAddress, portless, rssHash, type Tuple } from '../fabric/address.ts';
import type { Compiled } from '../host/compile.ts';
import type { Partition } from '../host/partition.ts';
import { type Cluster, partitionOf, placeOf } from './cluster.ts';
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

/** Both ends, each with the rack that holds it; null: built elsewhere. */
export interface Pair {
  readonly p: Partition | null;
  readonly a: number;
  readonly q: Partition | null;
  readonly b: number;
}

interface End {
  readonly node: number;
  readonly peer: number;
  readonly core: number;
  readonly role: number;
  readonly tuple: Tuple;
  readonly udp: boolean;
  readonly path: number;
}

export class Connector {
  readonly cluster: Cluster;
  readonly appCores: number;
  private count = 0;
  /** Sockets so far, and those of TCP, by rack of the whole cluster. */
  private readonly sockets: Int32Array;
  private readonly endpoints: Int32Array;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    const { cores, racks, sharedCores } = cluster.setup;
    this.appCores = cores > 4 && !sharedCores ? cores - 1 : cores;
    this.sockets = new Int32Array(racks);
    this.endpoints = new Int32Array(racks);
  }

  socketsOf(rack: number): number {
    return this.sockets[rack]!;
  }

  /** Sockets of a rack that are TCP's. */
  tcpOf(rack: number): number {
    return this.endpoints[rack]!;
  }

  connect(w: Wish): Pair {
    const { cluster } = this;
    const { setup } = cluster;
    const p = partitionOf(cluster, w.from);
    const q = partitionOf(cluster, w.to);
    const n = this.count++;
    const udp = w.udp === true;
    const from = this.number(w.from, udp);
    const to = this.number(w.to, udp);
    const a = (p?.firstSocket ?? 0) + from;
    const b = (q?.firstSocket ?? 0) + to;
    if (p === null && q === null) return { p, a, q, b };
    const sport = 32_768 + (n % 28_232);
    const proto = udp ? 17 : 6;
    const out: Tuple = { src: podAddress(w.from, n), dst: podAddress(w.to, n), sport, dport: 5201, proto };
    const back: Tuple = { src: out.dst, dst: out.src, sport: 5201, dport: sport, proto };
    const place = this.place(w.from, w.to);
    const there = setup.compiled.choose[place];
    const here = setup.compiled.answer[place];
    const opens = OPENS.has(w.fromRole);
    const ours = {
      node: w.from,
      peer: w.to,
      core: w.fromCore,
      role: w.fromRole,
      tuple: out,
      udp,
      path: there,
    };
    const theirs = { node: w.to, peer: w.from, core: w.toCore, role: w.toRole, tuple: back, udp, path: here };
    // A connection that exists already stands in the tables of both hosts.
    const { tracked, wired } = setup.compiled.paths[there]!;
    if (p !== null) this.end(p, a, to, ours, !opens && tracked);
    if (q !== null) this.end(q, b, from, theirs, !opens && tracked && wired);
    return { p, a, q, b };
  }

  /** Number of a node's next socket in its rack: the same to whoever builds the rack. */
  private number(node: number, udp: boolean): number {
    const rack = Math.floor(node / this.cluster.setup.nodesPerRack);
    if (!udp) this.endpoints[rack]!++;
    return this.sockets[rack]!++ * STRIDE;
  }

  private place(from: number, to: number): keyof Compiled['choose'] {
    const { nodesPerRack, subnets } = this.cluster.spec.cluster;
    if (from === to) return 'sameNode';
    const crosses = Math.floor(from / nodesPerRack) !== Math.floor(to / nodesPerRack);
    return subnets === 'rack' && crosses ? 'crossSubnet' : 'sameSubnet';
  }

  private end(p: Partition, s: number, peerSock: number, end: End, held: boolean): void {
    this.socket(p, s, end);
    p.sockets.peerSock[s] = peerSock;
    if (p.bond !== null && end.node !== end.peer) p.bond.learn(p, s, this.seen(p, s, end.tuple));
    if (held) this.cluster.stacks[placeOf(this.cluster, p.index)]!.conntrack.hold(p.sockets.node[s]!);
  }

  /** What hashes find of a socket's addresses and ports: fragments carry no ports. */
  private seen({ sockets }: Partition, s: number, tuple: Tuple): Tuple {
    const udp = tuple.proto === 17;
    return udp && fragments(this.cluster, sockets.role[s]!, sockets.path[s]!) ? portless(tuple) : tuple;
  }

  private socket(p: Partition, s: number, { node, peer, core, role, tuple, udp, path }: End): void {
    const { setup, spec } = this.cluster;
    const { sockets } = p;
    assert(s < p.endSocket, 'a rack has more sockets than were counted');
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
      const { tcp } = this.cluster;
      // iperf3 and netperf leave Nagle on; programs that answer each other switch it off.
      const mss = spec.cluster.mssClamp ? setup.pathMssBytes[path]! : setup.mssBytes;
      sockets.tcp[s] = tcp.open(mss, role === R_STREAM);
    }
  }
}
