/**
 * First packets: with cold neighbours a host asks for the address of a next hop that it has not met (a node of its
 * subnet, or the gateway), and WireGuard shakes hands with a peer; packets wait meanwhile. Question and answer are
 * frames of their own over the same NICs and ports. Who is asked learns from the question. Entries never expire here.
 *
 * On one host a bridge's pods ask each other: two more small packets through the same path, in the sender's job.
 * Left out: copies of the broadcast that reach others; a question is asked again only by a packet that comes after
 * the retry time; a pod's question for its gateway and a host's for its own pod, which never leave the host.
 * Source: net/core/neighbour.c (__neigh_event_send, unres_qlen_bytes), net/ipv4/arp.c, drivers/net/wireguard/
 * {device,send}.c (MAX_STAGED_PACKETS, REKEY_TIMEOUT), Linux 6.12.
 */
import { Q_NEIGHBOUR, Q_STAGED } from '../core/queues.ts';
import { ecmpHash, outerTuple, rssHash } from '../fabric/address.ts';
import { F_ANSWER, F_GROUP, F_UDP } from '../fabric/batch.ts';
import type { Path } from './backend.ts';
import { bareFrame } from './bareFrame.ts';
import type { Lane } from './compile.ts';
import { cryptQueue } from './crypt.ts';
import { nicTransmit } from './emit.ts';
import { HANDSHAKE_PATH, handshakeWireBytes, NEIGHBOUR_PATH, neighbourWireBytes } from './frames.ts';
import { leaveLane } from './napi.ts';
import type { Partition } from './partition.ts';
import type { Setup } from './setup.ts';

/** Truesize that waits for an unresolved neighbour; counted here as bytes on the wire. */
const UNRESOLVED_BYTES = 212_992;
const STAGED_PACKETS = 128;

interface Kind {
  /** Path of its frames; −1: never asked. */
  readonly path: number;
  readonly queue: number;
  readonly retryPs: number;
  readonly wireBytes: readonly [question: number, answer: number];
}

/** What stands between a host and one next hop or peer. */
interface Door {
  open: boolean;
  askedPs: number;
  /** Batches that wait, and how much of the limit they take. */
  waiting: number[];
  held: number;
}

export class Opens {
  private readonly neighbour: Kind;
  private readonly handshake: Kind;
  /** The path that shakes hands. */
  private readonly tunnel: Path | undefined;
  private readonly nodes: number;
  private readonly doors = new Map<number, Door>();
  /** Sockets whose pods know each other over their bridge. */
  private readonly met = new Set<number>();

  constructor({ compiled, cluster }: Setup) {
    const names = compiled.paths.map(({ name }) => name);
    const { ipFamily } = cluster;
    this.tunnel = compiled.paths.find(({ path }) => path.opens?.includes('handshake'))?.path;
    this.nodes = cluster.nodes;
    this.neighbour = {
      path: names.indexOf(NEIGHBOUR_PATH),
      queue: Q_NEIGHBOUR,
      retryPs: 1e12,
      wireBytes: neighbourWireBytes(ipFamily),
    };
    this.handshake = {
      path: names.indexOf(HANDSHAKE_PATH),
      queue: Q_STAGED,
      retryPs: 5e12,
      wireBytes: handshakeWireBytes(ipFamily),
    };
  }

  /**
   * Batch `b` leaves `lane` in the open job: asks what its way needs and nobody has asked for yet.
   * @returns whether `b` is a frame at its end, and taken
   */
  takes(p: Partition, b: number, lane: Lane): boolean {
    const path = p.batches.path[b]!;
    if (lane.exit === 'socket' && (path === this.neighbour.path || path === this.handshake.path)) {
      this.receive(p, b);
      return true;
    }
    this.ask(p, b, lane);
    return false;
  }

  private ask(p: Partition, b: number, lane: Lane): void {
    const { batches } = p;
    const { path } = p.setup.compiled.paths[batches.path[b]!]!;
    if (lane.exit === 'wire') {
      const asks = batches.path[b] !== this.neighbour.path && (batches.flags[b]! & F_GROUP) === 0;
      if (asks) this.question(p, b, this.neighbour);
    } else if (lane.exit === 'wgCrypt') {
      if (!lane.receiver && !lane.endsAtReceiver && path.opens?.includes('handshake'))
        this.question(p, b, this.handshake);
    } else if (lane.exit === 'socket' && lane.entry === 'caller' && path.opens?.includes('arp')) {
      this.meet(p, b, lane);
    }
  }

  /** Two pods behind one bridge: question and answer take the packet's own way in the same job. */
  private meet(p: Partition, b: number, lane: Lane): void {
    const sock = p.batches.sock[b]!;
    if (this.met.has(sock)) return;
    this.met.add(sock);
    this.met.add(p.sockets.peerSock[p.firstSocket + sock]!);
    p.charge(lane.rowPlain, 2, 2, 0);
  }

  private question(p: Partition, b: number, kind: Kind): void {
    const { now } = p.wheel;
    const key = this.keyOf(p, b, kind);
    const door = this.doors.get(key);
    if (door !== undefined && (door.open || now - door.askedPs < kind.retryPs)) return;
    if (door === undefined) this.doors.set(key, { open: false, askedPs: now, waiting: [], held: 0 });
    else door.askedPs = now;
    const { srcNode, dstNode } = p.batches;
    const from = srcNode[b]!;
    // The switch answers for the gateway: a frame to its own sender, back from the ToR.
    const to = kind === this.neighbour && this.viaGateway(p, from, dstNode[b]!) ? from : dstNode[b]!;
    this.frame(p, kind, from, to, to === from);
  }

  /** Sends a question or an answer in the open job. */
  private frame(p: Partition, kind: Kind, from: number, to: number, answer: boolean): void {
    const { batches, setup } = p;
    const b = bareFrame(p, kind.path, kind.wireBytes[answer ? 1 : 0], from, to);
    const none = { src: 0, dst: 0, sport: 0, dport: 0, proto: 0 };
    const outer = kind === this.handshake ? outerTuple(this.tunnel!, none, from, to) : none;
    if (answer) batches.flags[b]! |= F_ANSWER;
    // ARP is no IP: the first queue.
    batches.rss[b] = outer === none ? 0 : rssHash(setup.machine, none, outer, setup.cluster.ipFamily);
    batches.ecmp[b] = ecmpHash(outer);
    batches.parts[b] = 0;
    p.counts.bornPackets++;
    const lane = setup.compiled.paths[kind.path]!.lanes[0]!;
    p.charge(lane.rowPlain, 1, 1, 0);
    leaveLane(p, b, lane);
  }

  /** A frame's work is priced: who was asked answers; the door opens when the job ends. */
  private receive(p: Partition, b: number): void {
    const { batches } = p;
    const kind = this.kindOf(batches.path[b]!);
    if ((batches.flags[b]! & F_ANSWER) === 0)
      this.frame(p, kind, batches.dstNode[b]!, batches.srcNode[b]!, true);
    p.output(b);
  }

  /** The job that received frame `b` has ended on `core`: what waited for it goes. */
  opened(p: Partition, b: number, core: number): void {
    const { batches } = p;
    const kind = this.kindOf(batches.path[b]!);
    const gateway = batches.srcNode[b] === batches.dstNode[b];
    const key = this.key(kind, batches.dstNode[b]! - p.firstNode, gateway ? this.nodes : batches.srcNode[b]!);
    const door = this.doors.get(key);
    p.consume(b);
    if (door === undefined) {
      this.doors.set(key, { open: true, askedPs: 0, waiting: [], held: 0 });
      return;
    }
    door.open = true;
    const { waiting } = door;
    door.waiting = [];
    door.held = 0;
    for (const w of waiting) {
      batches.t0[w] = p.wheel.now;
      if (kind === this.neighbour) nicTransmit(p, w, core);
      else cryptQueue(p, w, core);
    }
  }

  /** Keeps batch `b`, about to go to the NIC or to the crypto workers, if its door is closed. */
  holds(p: Partition, b: number, core: number, toNic: boolean): boolean {
    const kind = toNic ? this.neighbour : this.handshake;
    const { batches } = p;
    if (batches.path[b] === this.neighbour.path) return false;
    const door = this.doors.get(this.keyOf(p, b, kind));
    if (door === undefined || door.open) return false;
    p.counts.offered[kind.queue]! += batches.packets[b]!;
    batches.next[b] = -1;
    door.waiting.push(b);
    door.held += this.sizeOf(p, b, kind);
    // A neighbour's queue makes room for the new skb; the staging queue is cut before datagram or list come.
    const list = (batches.flags[b]! & F_UDP) !== 0 ? 1 : batches.packets[b]!;
    this.cut(p, door, kind, toNic ? UNRESOLVED_BYTES : STAGED_PACKETS + list, core);
    return true;
  }

  /** What batch `b` takes of a limit: bytes of a neighbour's, packets of a peer's. */
  private sizeOf(p: Partition, b: number, kind: Kind): number {
    return kind === this.neighbour ? p.batches.wire[b]! : p.batches.packets[b]!;
  }

  /** Drops the oldest skbs until no more than `limit` wait. */
  private cut(p: Partition, door: Door, kind: Kind, limit: number, core: number): void {
    const { batches } = p;
    while (door.held > limit) {
      const first = door.waiting[0]!;
      const packets = batches.packets[first]!;
      const over = Math.ceil((door.held - limit) / (this.sizeOf(p, first, kind) / packets));
      const single = batches.units[first] === packets;
      let gone = first;
      if (single && over < packets) gone = batches.splitFront(first, over);
      else door.waiting.shift();
      door.held -= this.sizeOf(p, gone, kind);
      const sock = batches.from[gone]!;
      const bytes = batches.bytes[gone]!;
      p.lose(gone, kind.queue);
      if (sock >= 0) p.upper.completed(p, sock, bytes, core);
    }
  }

  private kindOf(path: number): Kind {
    return path === this.neighbour.path ? this.neighbour : this.handshake;
  }

  private viaGateway(p: Partition, from: number, to: number): boolean {
    const { nodesPerRack, cluster } = p.setup;
    const rackOf = (node: number): number => Math.floor(node / nodesPerRack);
    return cluster.subnets === 'rack' && rackOf(from) !== rackOf(to);
  }

  private keyOf(p: Partition, b: number, kind: Kind): number {
    const from = p.batches.srcNode[b]!;
    const to = p.batches.dstNode[b]!;
    const gateway = kind === this.neighbour && this.viaGateway(p, from, to);
    return this.key(kind, from - p.firstNode, gateway ? this.nodes : to);
  }

  private key(kind: Kind, local: number, remote: number): number {
    return (local * (this.nodes + 1) + remote) * 2 + (kind === this.neighbour ? 0 : 1);
  }
}
