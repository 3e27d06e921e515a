/**
 * Follows one data skb of a task: every job and every link that its bytes pass, with the rows that each job
 * priced. The recorder wraps methods of the built cluster's objects, so an untraced run carries nothing of it.
 *
 * Bytes identify the skb: a batch of the same connection whose sequence range overlaps is the skb, however often
 * it was split, merged or sent again. Left out: the ACKs that it causes, except as rows of the jobs shown.
 */
import type { Cluster } from './build.ts';
import { K_JOB_END } from './core/kinds.ts';
import { QUEUE_NAMES } from './core/queues.ts';
import type { TaskSpec } from './core/taskSpec.ts';
import { type Batches, EPOCH_SHIFT, F_DATA, F_RETRANSMIT, F_UDP } from './fabric/batch.ts';
import { portName } from './fabric/portPlan.ts';
import type { Partition } from './host/partition.ts';
import { T_DAEMON, T_KWORKER } from './host/tables.ts';
import { runTask } from './task.ts';
import { TraceClock } from './traceClock.ts';
import { type Job, JobLog, type Range, recordPrices } from './traceJobs.ts';
import { type LinkPass, stepsOf, type TraceStep } from './traceSteps.ts';
import type { TcpTable } from './transport/tcpTable.ts';

export type { TraceRow, TraceStep } from './traceSteps.ts';

/** The skb has been read. */
class Followed extends Error {}

/** Connection end and bytes of the followed skb. */
interface Target extends Range {
  readonly sock: number;
  readonly dstNode: number;
  readonly epoch: number;
  readonly packets: number;
}

interface Written extends Range {
  readonly job: Job;
}

/**
 * Steps of the n-th data skb that the task's sockets send (retransmissions are not counted), in order of their
 * start. Empty if so many are never sent.
 * @param skb  1 …
 * @throws TaskError for a task that cannot run
 */
export function traceSkb(spec: TaskSpec, skb: number): readonly TraceStep[] {
  const recorder = new Recorder(skb);
  try {
    runTask(spec, { built: (cluster) => recorder.attach(cluster) });
  } catch (error) {
    if (!(error instanceof Followed)) throw error;
  }
  return recorder.steps();
}

class Recorder {
  private readonly skb: number;
  private seen = 0;
  private target: Target | null = null;
  private cluster!: Cluster;
  private readonly clock = new TraceClock();
  private readonly log = new JobLog();
  private readonly links: LinkPass[] = [];
  /** By TCP endpoint: what its application wrote, and in which job. */
  private readonly written = new Map<number, Written[]>();
  /** By socket: bytes read (or lost, of datagrams) so far in the socket's present connection. */
  private readonly read = new Map<number, { epoch: number; bytes: number }>();
  private lastJob: Job | null = null;

  constructor(skb: number) {
    this.skb = skb;
  }

  attach(cluster: Cluster): void {
    this.cluster = cluster;
    for (const p of cluster.partitions) {
      recordPrices(p, this.log);
      this.clock.watch(p);
      this.watchJobs(p);
      this.watchBatches(p);
      this.watchPorts(p);
      this.watchReads(p);
    }
    this.watchCuts(cluster.pools.batches);
    this.watchWrites(cluster.tcp);
  }

  steps(): readonly TraceStep[] {
    return this.target === null ? [] : stepsOf(this.cluster, this.log.touched, this.links);
  }

  private watchJobs(p: Partition): void {
    const { beginJob, push } = p;
    p.beginJob = (core, soft) => {
      if (this.lastJob !== null && p.wheel.now > this.lastJob.endPs) throw new Followed();
      beginJob.call(p, core, soft);
      const thread = p.cores.thread[core]!;
      const kind = soft === 1 ? -1 : p.threads.kind[thread]!;
      const context =
        soft === 1 ? 'softirq' : kind === T_DAEMON ? 'daemon' : kind === T_KWORKER ? 'kworker' : 'process';
      this.log.open(p, core, context);
    };
    p.push = (at, cls, kind, actor, payload) => {
      if (kind === K_JOB_END) {
        this.crypto(p, actor);
        this.log.begin(p, actor, at);
      }
      push.call(p, at, cls, kind, actor, payload);
    };
  }

  /** Shares of encryption that the job about to begin on `core` will finish. */
  private crypto(p: Partition, core: number): void {
    for (let i = p.cores.doneItem[core]!; i >= 0; i = p.items.next[i]!) {
      const b = p.items.ref[i]!;
      if (!this.isTarget(p, b)) continue;
      // Which of the batch's bytes a share holds is not modelled: the step shows how many of the followed ones, as
      // packets of two skbs may have become one batch.
      const range = this.part(p, b);
      const followed = (range.hi - range.lo) / p.batches.bytes[b]!;
      const packets = Math.ceil(p.items.packets[i]! * followed);
      this.log.touch(p, this.lane(p, b), range, -packets, Math.round(p.items.bytes[i]! * followed));
    }
  }

  private watchBatches(p: Partition): void {
    const { output, inline, lose } = p;
    const leaves = (b: number): void => {
      this.choose(p, b);
      if (this.isTarget(p, b)) this.log.touch(p, this.lane(p, b), this.part(p, b), this.unitsOf(p, b));
    };
    p.output = (b) => {
      leaves(b);
      output.call(p, b);
    };
    p.inline = (b) => {
      leaves(b);
      inline.call(p, b);
    };
    p.lose = (b, queue) => {
      this.lost(p, b, QUEUE_NAMES[queue]!, p.batches.seq[b]!);
      lose.call(p, b, queue);
    };
  }

  private watchCuts(batches: Batches): void {
    const { truncate } = batches;
    batches.truncate = (b, count) => {
      const { bytes } = batches;
      const before = bytes[b]!;
      truncate.call(batches, b, count);
      const kept = bytes[b]!;
      bytes[b] = before;
      this.lost(this.clock.running, b, 'cut at a full queue', batches.seq[b]! + kept);
      bytes[b] = kept;
    };
  }

  private lost(p: Partition, b: number, reason: string, from: number): void {
    const { batches } = p;
    const end = batches.seq[b]! + batches.bytes[b]!;
    if ((batches.flags[b]! & F_UDP) !== 0) {
      const q = this.cluster.partitions[Math.floor(batches.dstNode[b]! / p.setup.nodesPerRack)]!;
      this.advance(q, q.firstSocket + batches.sock[b]!, end - from);
    }
    if (!this.isTarget(p, b) || end <= this.target!.lo || from >= this.target!.hi) return;
    const range = { lo: Math.max(from, this.target!.lo), hi: Math.min(end, this.target!.hi) };
    this.links.push({
      name: `dropped: ${reason}`,
      p,
      range,
      startPs: this.clock.nowPs,
      lengthPs: 0,
      t0: this.clock.nowPs,
      spacing: 0,
    });
  }

  private watchPorts(p: Partition): void {
    const { ports } = p;
    const { send } = ports;
    ports.send = (port, batches, b, limit) => {
      const sent = send.call(ports, port, batches, b, limit);
      if (sent && this.isTarget(p, b)) {
        const tau = (batches.wire[b]! * ports.psPerByte(port)) / batches.packets[b]!;
        const t0 = batches.t0[b]!;
        const startPs = Math.round(t0 - ports.delayPs(port) - tau);
        const lengthPs = ports.lastDeparture - startPs;
        const range = this.part(p, b);
        this.links.push({
          name: portName(p, port),
          p,
          range,
          startPs,
          lengthPs,
          t0,
          spacing: batches.spacing[b]!,
        });
      }
      return sent;
    };
  }

  private watchWrites(tcp: TcpTable): void {
    const { write, open } = tcp;
    tcp.open = (mssBytes) => {
      const ep = open.call(tcp, mssBytes);
      this.written.set(ep, []);
      return ep;
    };
    tcp.write = (ep, bytes) => {
      write.call(tcp, ep, bytes);
      const list = this.written.get(ep) ?? [];
      this.written.set(ep, list);
      const lo = list.at(-1)?.hi ?? 0;
      list.push({ lo, hi: lo + bytes, job: this.log.current(this.clock.running) });
      // Bytes of an skb not yet chosen lie within a send buffer of the newest.
      if (this.target === null && list.length > 4096) list.splice(0, 2048);
    };
  }

  private watchReads(p: Partition): void {
    const ledger = this.cluster.ledgers[p.index]!;
    const { delivered } = ledger;
    ledger.delivered = (q, s, bytes) => {
      delivered.call(ledger, q, s, bytes);
      const hi = this.advance(q, s, bytes);
      const { target } = this;
      if (target === null || q.firstSocket + target.sock !== s || !this.isDestination(q, target.dstNode))
        return;
      if (q.sockets.epoch[s] !== target.epoch || hi - bytes >= target.hi || hi <= target.lo) return;
      const range = { lo: Math.max(hi - bytes, target.lo), hi: Math.min(hi, target.hi) };
      this.log.touch(q, 'read', range, 0);
      if (hi >= target.hi) this.lastJob = this.log.current(q);
    };
  }

  private advance(p: Partition, s: number, bytes: number): number {
    const epoch = p.sockets.epoch[s]!;
    const known = this.read.get(s);
    const total = (known?.epoch === epoch ? known.bytes : 0) + bytes;
    this.read.set(s, { epoch, bytes: total });
    return total;
  }

  /** The first lane has let a data skb go: is it the one? */
  private choose(p: Partition, b: number): void {
    const { batches } = p;
    const flags = batches.flags[b]!;
    const isNew = (flags & (F_DATA | F_UDP)) !== 0 && (flags & F_RETRANSMIT) === 0 && batches.lane[b] === 0;
    if (this.target !== null || !isNew || ++this.seen !== this.skb) return;
    const lo = batches.seq[b]!;
    this.target = {
      lo,
      hi: lo + batches.bytes[b]!,
      sock: batches.sock[b]!,
      dstNode: batches.dstNode[b]!,
      epoch: flags >>> EPOCH_SHIFT,
      packets: batches.packets[b]!,
    };
    const q = this.cluster.partitions[Math.floor(this.target.dstNode / p.setup.nodesPerRack)]!;
    const from = p.firstSocket + q.sockets.peerSock[q.firstSocket + this.target.sock]!;
    for (const one of this.written.get(p.sockets.tcp[from]!) ?? []) {
      if (one.hi <= lo || one.lo >= this.target.hi) continue;
      const range = { lo: Math.max(one.lo, lo), hi: Math.min(one.hi, this.target.hi) };
      this.log.touchJob(one.job, 'write', range, 0);
    }
  }

  private isDestination(p: Partition, node: number): boolean {
    return node >= p.firstNode && node < p.firstNode + p.nodeCount;
  }

  private isTarget(p: Partition, b: number): boolean {
    const { target } = this;
    const { batches } = p;
    if (target === null || batches.sock[b] !== target.sock || batches.dstNode[b] !== target.dstNode)
      return false;
    const flags = batches.flags[b]!;
    if ((flags & (F_DATA | F_UDP)) === 0 || flags >>> EPOCH_SHIFT !== target.epoch) return false;
    return batches.seq[b]! < target.hi && batches.seq[b]! + batches.bytes[b]! > target.lo;
  }

  /** The followed bytes in batch `b`. */
  private part(p: Partition, b: number): Range {
    const lo = p.batches.seq[b]!;
    return { lo: Math.max(lo, this.target!.lo), hi: Math.min(lo + p.batches.bytes[b]!, this.target!.hi) };
  }

  /** What the followed bytes are in batch `b`: one whole skb (1), or so many single packets (−n). */
  private unitsOf(p: Partition, b: number): number {
    const { packets, units, bytes } = p.batches;
    if (units[b]! < packets[b]! || this.target!.packets === 1) return 1;
    const { lo, hi } = this.part(p, b);
    return -Math.max(1, Math.round((packets[b]! * (hi - lo)) / bytes[b]!));
  }

  private lane(p: Partition, b: number): string {
    return `${p.setup.compiled.paths[p.batches.path[b]!]!.name}#${p.batches.lane[b]!}`;
  }
}
