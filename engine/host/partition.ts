/**
 * One partition: a rack's nodes, their queues and cores, the ToR and the spine ports toward it, its own event
 * lists. Everything that leaves it crosses a link of at least the lookahead, through `mail`.
 *
 * Jobs are priced when they begin and let go of their results when they end: a job's effects on shared state
 * (TCP variables) happen up to one job (at most some 20 µs) early, its packets and wake-ups do not.
 */
import { Digest } from '../core/digest.ts';
import { STRIDE } from '../core/table.ts';
import { Wheel } from '../core/wheel.ts';
import { Arrivals } from '../fabric/arrivals.ts';
import type { Batches } from '../fabric/batch.ts';
import type { Bond } from '../fabric/bond.ts';
import type { FabricMtu } from '../fabric/fabricMtu.ts';
import type { RandomLoss } from '../fabric/loss.ts';
import type { Mail } from '../fabric/mail.ts';
import { portCount } from '../fabric/portPlan.ts';
import { Ports } from '../fabric/ports.ts';
import type { Lane } from './compile.ts';
import type { Counts } from './counts.ts';
import type { FragmentPlan } from './fragmentPlan.ts';
import type { GroTable } from './gro.ts';
import type { Hosts } from './hosts.ts';
import type { Items, Peers } from './items.ts';
import { toNic } from './nicRing.ts';
import type { OpenJob } from './openJob.ts';
import type { Opens } from './opens.ts';
import { countsOf, type Pools } from './pools.ts';
import { Qdiscs } from './qdisc.ts';
import { BYTE, COLUMN_COUNT, FIRST, PACKET, SKB } from './rows.ts';
import type { Setup } from './setup.ts';
import type { Sockets } from './sockets.ts';
import type { Cores, Napis, Threads } from './tables.ts';
import type { Upper, WireOnly } from './upper.ts';

export class Partition {
  readonly index: number;
  readonly setup: Setup;
  readonly firstNode: number;
  readonly nodeCount: number;
  /** Events of the hosts. */
  readonly wheel: Wheel;
  /** Batches on links to the ToR's ports to its hosts, and to their NICs. */
  readonly links: Arrivals;
  /** Batches for other racks on their way to the ToR; from them on their way to the spine ports toward this rack. */
  readonly up: Arrivals;
  readonly down: Arrivals;
  mail!: Mail;
  readonly batches: Batches;
  readonly ports: Ports;
  readonly cores: Cores;
  readonly threads: Threads;
  readonly napis: Napis;
  readonly items: Items;
  readonly peers: Peers;
  /** Peer by local node × cluster size + remote node. */
  readonly peerOf = new Map<number, number>();
  readonly sockets: Sockets;
  readonly gro: GroTable;
  readonly hosts: Hosts;
  readonly counts: Counts;
  readonly job: OpenJob;
  /** Datagram that waits for more of its fragments, a batch, by its socket. */
  readonly reassembly = new Map<number, number>();
  /** How datagrams are fragmented (engine/transport/fragments.ts), by path, size and MTU. */
  readonly fragmentPlans = new Map<number, FragmentPlan>();
  readonly qdiscs: Qdiscs;
  /** 1: the node carries a probe stream. */
  readonly probeNodes: Uint8Array;
  /** Ids of this rack's first rows: host among the thread's, core, NIC queue, socket. */
  readonly firstHost: number;
  readonly firstCore: number;
  readonly firstNapi: number;
  firstSocket = 0;
  /** Rows of this rack. */
  readonly coreCount: number;
  socketCount = 0;
  /** First of the cores' own NAPI instances: backlog, sockets. */
  readonly backlogNapi: number;
  readonly socketNapi: number;
  upper!: Upper;
  wire: WireOnly | null = null;
  loss: RandomLoss | null = null;
  fabricMtu: FabricMtu | null = null;
  bond: Bond | null = null;
  opens: Opens | null = null;

  // Statistics: whole numbers.
  readonly digest = new Digest();
  readonly upDigest = new Digest();
  readonly downDigest = new Digest();
  events = 0;
  /** Prices of the rows, laid out as the counters. */
  private readonly prices: Float64Array;

  /** @param pools of this thread's partitions */
  constructor(index: number, setup: Setup, pools: Pools, firstNode: number, nodeCount: number) {
    const { batches } = pools;
    this.index = index;
    this.setup = setup;
    this.firstNode = firstNode;
    this.nodeCount = nodeCount;
    this.batches = batches;
    this.items = pools.items;
    this.wheel = new Wheel(pools.events);
    this.links = new Arrivals(batches);
    this.up = new Arrivals(batches);
    this.down = new Arrivals(batches);
    const { hosts } = pools;
    this.hosts = hosts;
    this.cores = hosts.cores;
    this.threads = hosts.threads;
    this.napis = hosts.napis;
    this.peers = hosts.peers;
    this.backlogNapi = hosts.backlogNapi;
    this.socketNapi = hosts.socketNapi;
    this.sockets = pools.sockets;
    this.gro = pools.gro;
    this.counts = countsOf(pools, setup, firstNode);
    this.job = pools.job;
    this.firstHost = firstNode - pools.firstNode;
    this.firstCore = hosts.firstCore(this.firstHost);
    this.firstNapi = this.firstHost * setup.rxQueues * STRIDE;
    this.coreCount = setup.sharedCores ? setup.cores : nodeCount * setup.cores;
    this.ports = new Ports(portCount(nodeCount, setup.uplinks, setup.cluster.bondLinks));
    // By NIC port: the first are the nodes' own.
    this.qdiscs = new Qdiscs(setup.cluster.bondLinks > 1 ? this.ports.count : nodeCount);
    this.prices = setup.compiled.rows.prices;
    this.probeNodes = new Uint8Array(nodeCount);
  }

  /** First core of a local node. */
  coreBase(local: number): number {
    return this.setup.sharedCores ? 0 : this.firstCore + local * this.setup.cores * STRIDE;
  }

  /** NAPI instance of a local node's receive queue. */
  rxNapi(local: number, queue: number): number {
    return this.firstNapi + (local * this.setup.rxQueues + queue) * STRIDE;
  }

  /** Daemon thread of a local node; −1: none. */
  daemon(local: number): number {
    return this.hosts.daemons[this.firstHost + local]!;
  }

  /** Thread of the daemon that batch `b` meets at the end of `lane`. */
  daemonOf(batches: Batches, b: number, lane: Lane): number {
    return this.daemon((lane.endsAtReceiver ? batches.dstNode[b]! : batches.srcNode[b]!) - this.firstNode);
  }

  /** The socket that batch `b` is for; −1: none. Batches name it by its number in its rack. */
  socketOf(b: number): number {
    const sock = this.batches.sock[b]!;
    return sock < 0 ? -1 : this.firstSocket + sock;
  }

  /** This rack gets `count` sockets; their numbers in it, as peers know them, begin at 0. */
  addSockets(count: number): void {
    this.firstSocket = this.sockets.addRows(count);
    this.socketCount = count;
  }

  /** First id behind this rack's sockets. */
  get endSocket(): number {
    return this.firstSocket + this.socketCount * STRIDE;
  }

  push(at: number, cls: number, kind: number, actor: number, payload: number): void {
    this.wheel.push(at, cls, kind, actor, payload);
  }

  /** Batch `b` is on a link of this rack: `kind` happens to it at its t0. */
  link(kind: number, b: number): void {
    this.batches.kind[b] = kind;
    this.links.push(b);
  }

  /** Batch `b` is on node `local`'s link, the last of its way, and arrives at its t0. */
  toNic(local: number, b: number): void {
    if (this.wire === null) toNic(this, local, b);
    else this.wire.sink(this, b);
  }

  beginJob(core: number, soft: number): void {
    const { job } = this;
    job.ns = 0;
    job.id++;
    job.core = core;
    job.soft = soft;
    this.cores.workStart[core + 1 - soft] = this.wheel.now;
  }

  /** A new system call inside the open job: its first units are cold again. */
  coldCall(): void {
    this.job.id++;
  }

  /** Prices a batch of `units` skbs, `packets` packets, `bytes` of payload on a row of the open job. */
  charge(row: number, units: number, packets: number, bytes: number): void {
    const { job, prices } = this;
    const { counters } = this.counts;
    const r = row + job.soft;
    const o = r * COLUMN_COUNT;
    let ns = prices[o + SKB]! * units + prices[o + PACKET]! * packets + prices[o + BYTE]! * bytes;
    if (job.rowStamp[r] !== job.id) {
      job.rowStamp[r] = job.id;
      ns += prices[o + FIRST]!;
      counters[o + FIRST]!++;
    }
    counters[o + SKB]! += units;
    counters[o + PACKET]! += packets;
    counters[o + BYTE]! += bytes;
    job.ns += ns;
  }

  /** Prices `count` of one column that is not per skb, packet or byte. */
  chargeColumn(row: number, column: number, count: number): void {
    const { job } = this;
    const o = (row + job.soft) * COLUMN_COUNT + column;
    this.counts.counters[o]! += count;
    job.ns += this.prices[o]! * count;
  }

  /** Price of one of a column of row `r`, ns. */
  priceOf(r: number, column: number): number {
    return this.prices[r * COLUMN_COUNT + column]!;
  }

  /** Counts packets that a queue dropped; the payload of a cut batch is counted by `truncate`. */
  drop(queue: number, packets: number): void {
    this.counts.lostPackets += packets;
    this.counts.dropped[queue]! += packets;
  }

  /** Drops the whole of batch `b`. */
  lose(b: number, queue: number): void {
    this.drop(queue, this.batches.packets[b]!);
    this.counts.lostBytes += this.batches.bytes[b]!;
    this.batches.free(b);
  }

  /** A socket takes batch `b`. */
  consume(b: number): void {
    this.counts.diedPackets += this.batches.packets[b]!;
    this.counts.diedBytes += this.batches.bytes[b]!;
    this.batches.free(b);
  }

  /** A batch that reaches a socket inside this job: handled before the job's price is closed. */
  inline(b: number): void {
    const { batches, job } = this;
    batches.next[b] = -1;
    if (job.inlineHead < 0) job.inlineHead = b;
    else batches.next[job.inlineTail] = b;
    job.inlineTail = b;
  }

  drainInline(): void {
    const { batches, job } = this;
    // What a delivery sends in its turn is found by the loop that is delivering.
    if (job.draining) return;
    job.draining = true;
    while (job.inlineHead >= 0) {
      const b = job.inlineHead;
      job.inlineHead = batches.next[b]!;
      this.upper.deliver(this, b);
    }
    job.draining = false;
  }

  /** Lets batch `b` go when the open job ends. */
  output(b: number): void {
    const { cores, batches, job } = this;
    const k = job.core + 1 - job.soft;
    batches.next[b] = -1;
    if (cores.outHead[k]! < 0) cores.outHead[k] = b;
    else {
      const tail = cores.outTail[k]!;
      if (!this.setup.packetGranularity && batches.joins(tail, b, this.setup.jobUnits)) {
        batches.packets[tail]! += batches.packets[b]!;
        batches.units[tail]! += batches.units[b]!;
        batches.bytes[tail]! += batches.bytes[b]!;
        batches.wire[tail]! += batches.wire[b]!;
        batches.free(b);
        return;
      }
      batches.next[tail] = b;
    }
    cores.outTail[k] = b;
  }

  /** Digest of all events: of the hosts', of those on the way up, of those on the way down. */
  digestHex(): string {
    return Digest.combine([this.digest.hex(), this.upDigest.hex(), this.downDigest.hex()]);
  }
}
