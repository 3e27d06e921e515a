/**
 * One partition: a rack's nodes, their queues and cores, the ToR and the spine ports toward it, its own event
 * lists. Everything that leaves it crosses a link of at least the lookahead, through `mail`.
 *
 * Jobs are priced when they begin and let go of their results when they end: a job's effects on shared state
 * (TCP variables) happen up to one job (at most some 20 µs) early, its packets and wake-ups do not.
 */
import { Digest } from '../core/digest.ts';
import { KIND_NAMES } from '../core/kinds.ts';
import { QUEUE_NAMES } from '../core/queues.ts';
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
import type { FragmentPlan } from './fragmentPlan.ts';
import { GroTable } from './gro.ts';
import { type Items, Peers } from './items.ts';
import type { Opens } from './opens.ts';
import type { Pools } from './pools.ts';
import { Qdiscs } from './qdisc.ts';
import { BYTE, COLUMN_COUNT, FIRST, PACKET, SKB } from './rows.ts';
import type { Setup } from './setup.ts';
import { Sockets } from './sockets.ts';
import { Cores, N_NIC, N_SOCKETS, N_VETH, Napis, T_APP, T_DAEMON, Threads } from './tables.ts';
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
  readonly peers = new Peers();
  /** Peer by local node × cluster size + remote node. */
  readonly peerOf = new Map<number, number>();
  readonly sockets = new Sockets();
  readonly gro = new GroTable();
  /** Datagram that waits for more of its fragments, a batch, by its socket. */
  readonly reassembly = new Map<number, number>();
  /** How datagrams are fragmented (engine/transport/fragments.ts), by path, size and MTU. */
  readonly fragmentPlans = new Map<number, FragmentPlan>();
  readonly qdiscs: Qdiscs;
  /** 1: the node carries a probe stream. */
  readonly probeNodes: Uint8Array;
  /** Daemon thread of each node; −1: none. */
  readonly daemons: Int32Array;
  /** kworker of each core; −1: not made yet. */
  readonly kworkers: Int32Array;
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
  readonly counters: Float64Array;
  /** Prices of the rows, laid out as the counters. */
  private readonly prices: Float64Array;
  readonly kindCounts = new Float64Array(KIND_NAMES.length);
  events = 0;
  /** Data packets and skbs that reached sockets, data packets that left them; whole run. */
  deliveredPackets = 0;
  deliveredUnits = 0;
  sentPackets = 0;
  /** All packets, and payload, that sockets gave to the stack and took from it; whole run. */
  bornPackets = 0;
  bornBytes = 0;
  diedPackets = 0;
  diedBytes = 0;
  lostPackets = 0;
  lostBytes = 0;
  /** By queue (queues.ts), packets, whole run. */
  readonly dropped = new Float64Array(QUEUE_NAMES.length);
  readonly offered = new Float64Array(QUEUE_NAMES.length);

  // The job that is being priced.
  jobNs = 0;
  jobId = 0;
  jobCore = 0;
  /** 1: in softirq context. */
  jobSoft = 0;
  private readonly rowStamp: Int32Array;
  /** Batches that reach a socket of this partition inside the running job. */
  inlineHead = -1;
  inlineTail = -1;
  private draining = false;

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
    const cores = setup.sharedCores ? setup.cores : nodeCount * setup.cores;
    this.cores = new Cores(cores);
    this.threads = new Threads(cores + nodeCount);
    this.napis = new Napis(cores * 2 + nodeCount * setup.rxQueues);
    this.ports = new Ports(portCount(nodeCount, setup.uplinks, setup.cluster.bondLinks));
    // By NIC port: the first are the nodes' own.
    this.qdiscs = new Qdiscs(setup.cluster.bondLinks > 1 ? this.ports.count : nodeCount);
    const rows = setup.compiled.rows.list.length;
    this.counters = new Float64Array(rows * COLUMN_COUNT);
    this.prices = setup.compiled.rows.prices;
    this.rowStamp = new Int32Array(rows);
    this.probeNodes = new Uint8Array(nodeCount);
    this.daemons = new Int32Array(nodeCount).fill(-1);
    this.kworkers = new Int32Array(cores).fill(-1);
    // NIC queue q of local node l: instance l · rxQueues + q, on core q.
    for (let l = 0; l < nodeCount; l++) {
      for (let q = 0; q < setup.rxQueues; q++)
        this.napis.add(N_NIC, this.coreBase(l) + (q % setup.cores) * STRIDE, l);
    }
    const { end } = this.cores;
    this.backlogNapi = this.napis.end;
    for (let c = 0; c < end; c += STRIDE) this.napis.add(N_VETH, c, c);
    this.socketNapi = this.napis.end;
    for (let c = 0; c < end; c += STRIDE) this.napis.add(N_SOCKETS, c, c);
    // A core's application thread has the core's id.
    for (let c = 0; c < end; c += STRIDE) this.threads.add(c, T_APP);
    if (setup.hasServer) {
      for (let l = 0; l < nodeCount; l++) {
        // One core set: each host's daemon on its own core; else the last core, which applications leave alone.
        const own = setup.sharedCores ? l % setup.cores : setup.cores - 1;
        const core = this.coreBase(l) + own * STRIDE;
        this.daemons[l] = this.threads.add(core, T_DAEMON);
      }
    }
  }

  /** First core of a local node. */
  coreBase(local: number): number {
    return this.setup.sharedCores ? 0 : local * this.setup.cores * STRIDE;
  }

  /** Thread of the daemon that batch `b` meets at the end of `lane`. */
  daemonOf(batches: Batches, b: number, lane: Lane): number {
    return this.daemons[(lane.endsAtReceiver ? batches.dstNode[b]! : batches.srcNode[b]!) - this.firstNode]!;
  }

  push(at: number, cls: number, kind: number, actor: number, payload: number): void {
    this.wheel.push(at, cls, kind, actor, payload);
  }

  /** Batch `b` is on a link of this rack: `kind` happens to it at its t0. */
  link(kind: number, b: number): void {
    this.batches.kind[b] = kind;
    this.links.push(b);
  }

  beginJob(core: number, soft: number): void {
    this.jobNs = 0;
    this.jobId++;
    this.jobCore = core;
    this.jobSoft = soft;
    this.cores.workStart[core + 1 - soft] = this.wheel.now;
  }

  /** A new system call inside the open job: its first units are cold again. */
  coldCall(): void {
    this.jobId++;
  }

  /** Prices a batch of `units` skbs, `packets` packets, `bytes` of payload on a row of the open job. */
  charge(row: number, units: number, packets: number, bytes: number): void {
    const r = row + this.jobSoft;
    const o = r * COLUMN_COUNT;
    const { prices, counters } = this;
    let ns = prices[o + SKB]! * units + prices[o + PACKET]! * packets + prices[o + BYTE]! * bytes;
    if (this.rowStamp[r] !== this.jobId) {
      this.rowStamp[r] = this.jobId;
      ns += prices[o + FIRST]!;
      counters[o + FIRST]!++;
    }
    counters[o + SKB]! += units;
    counters[o + PACKET]! += packets;
    counters[o + BYTE]! += bytes;
    this.jobNs += ns;
  }

  /** Prices `count` of one column that is not per skb, packet or byte. */
  chargeColumn(row: number, column: number, count: number): void {
    const o = (row + this.jobSoft) * COLUMN_COUNT + column;
    this.counters[o]! += count;
    this.jobNs += this.prices[o]! * count;
  }

  /** Price of one of a column of row `r`, ns. */
  priceOf(r: number, column: number): number {
    return this.prices[r * COLUMN_COUNT + column]!;
  }

  /** Counts packets that a queue dropped; the payload of a cut batch is counted by `truncate`. */
  drop(queue: number, packets: number): void {
    this.lostPackets += packets;
    this.dropped[queue]! += packets;
  }

  /** Drops the whole of batch `b`. */
  lose(b: number, queue: number): void {
    this.drop(queue, this.batches.packets[b]!);
    this.lostBytes += this.batches.bytes[b]!;
    this.batches.free(b);
  }

  /** A socket takes batch `b`. */
  consume(b: number): void {
    this.diedPackets += this.batches.packets[b]!;
    this.diedBytes += this.batches.bytes[b]!;
    this.batches.free(b);
  }

  /** A batch that reaches a socket inside this job: handled before the job's price is closed. */
  inline(b: number): void {
    this.batches.next[b] = -1;
    if (this.inlineHead < 0) this.inlineHead = b;
    else this.batches.next[this.inlineTail] = b;
    this.inlineTail = b;
  }

  drainInline(): void {
    // What a delivery sends in its turn is found by the loop that is delivering.
    if (this.draining) return;
    this.draining = true;
    while (this.inlineHead >= 0) {
      const b = this.inlineHead;
      this.inlineHead = this.batches.next[b]!;
      this.upper.deliver(this, b);
    }
    this.draining = false;
  }

  /** Lets batch `b` go when the open job ends. */
  output(b: number): void {
    const k = this.jobCore + 1 - this.jobSoft;
    const { cores, batches } = this;
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

  /** Tables of this rack alone, without the thread's pools. */
  memoryBytes(): number {
    const tables = [this.cores, this.threads, this.napis, this.peers, this.sockets];
    const held = tables.reduce((sum, table) => sum + table.memoryBytes(), 0);
    return held + this.counters.byteLength;
  }
}
