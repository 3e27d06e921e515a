/**
 * Tables of the hosts of one thread (hosts.ts): cores, threads, NAPI instances.
 * Ids are multiples of STRIDE (core/table.ts); −1 ends a list.
 */
import { Table } from '../core/table.ts';

export const IDLE = 0;
export const WAKING = 1;
export const SOFT = 2;
export const PROC = 3;
/** Between two jobs: nobody may start one. */
export const DISPATCH = 4;

/** Fields of two places (out…, note…) hold the softirq job's at `id` and the process job's at `id + 1`. */
export class Cores extends Table {
  jobStart!: Float64Array;
  jobEnd!: Float64Array;
  idleSince!: Float64Array;
  /** Continuous softirq work began, ps; −1: none. */
  softSince!: Float64Array;
  /** End of the present turn while ksoftirqd competes. */
  turnEnd!: Float64Array;
  /** What is left of a preempted process job, ps; −1: none. */
  preemptedPs!: Float64Array;
  busySoftPs!: Float64Array;
  busyProcPs!: Float64Array;
  /** A job-end event of an older generation is stale. */
  gen!: Float64Array;
  /** When the jobs began, whatever preempted them since; two places. */
  workStart!: Float64Array;
  /** Payload pages that this core freed and has not taken again (pages.ts), bytes. */
  warmBytes!: Float64Array;
  /** A thread woken while the core was on its way to sleep does not run before this, ps. */
  readyAt!: Float64Array;
  /** Wake-ups that its priced jobs turned out to have made, paid by the next, by kind; three places. */
  debt!: Float64Array;
  state!: Int32Array;
  /** NAPI instances to poll, in order. */
  softHead!: Int32Array;
  softTail!: Int32Array;
  /** 0: softirq work comes first; it competes, and 1: has its turn, 2: processes have theirs. */
  ksoftirqd!: Int32Array;
  /** Batches that the running jobs let go at their ends. */
  outHead!: Int32Array;
  outTail!: Int32Array;
  /** Sockets that they notify. */
  noteHead!: Int32Array;
  noteTail!: Int32Array;
  /** Thread that runs or was preempted. */
  thread!: Int32Array;
  runHead!: Int32Array;
  /** Shares of crypto that the process job finishes (Items). */
  doneItem!: Int32Array;
  /** NAPI instance whose poll is the softirq job. */
  polling!: Int32Array;

  constructor(count: number) {
    super(count, count);
    this.bindAll();
    for (let c = 0; c < count; c++) this.add();
  }

  protected override bind(f: Float64Array, i: Int32Array): void {
    this.jobStart = f.subarray(0);
    this.jobEnd = f.subarray(1);
    this.idleSince = f.subarray(2);
    this.softSince = f.subarray(3);
    this.turnEnd = f.subarray(4);
    this.preemptedPs = f.subarray(5);
    this.busySoftPs = f.subarray(6);
    this.busyProcPs = f.subarray(7);
    this.gen = f.subarray(8);
    this.workStart = f.subarray(9); // and 10
    this.warmBytes = f.subarray(11);
    this.readyAt = f.subarray(12);
    this.debt = f.subarray(13); // to 15
    this.state = i.subarray(0);
    this.softHead = i.subarray(1);
    this.softTail = i.subarray(2);
    this.ksoftirqd = i.subarray(3);
    this.outHead = i.subarray(4);
    this.outTail = i.subarray(6);
    this.noteHead = i.subarray(8);
    this.noteTail = i.subarray(10);
    this.thread = i.subarray(12);
    this.runHead = i.subarray(13);
    this.doneItem = i.subarray(14);
    this.polling = i.subarray(15);
  }

  private add(): void {
    const c = this.addRow();
    this.softSince[c] = -1;
    this.preemptedPs[c] = -1;
    for (const list of [
      this.softHead,
      this.softTail,
      this.thread,
      this.runHead,
      this.doneItem,
      this.polling,
    ]) {
      list[c] = -1;
    }
    for (const list of [this.outHead, this.outTail, this.noteHead, this.noteTail]) list.fill(-1, c, c + 2);
  }
}

export const T_APP = 0;
export const T_DAEMON = 1;
export const T_KWORKER = 2;
export const SLEEPING = 0;
export const RUNNABLE = 1;
export const RUNNING = 2;

/** Work lists: a: sockets (application), TUN ring (daemon), items (kworker); b: UDP socket, peers (kworker). */
export class Threads extends Table {
  vruntime!: Float64Array;
  sliceStart!: Float64Array;
  /** Not sleeping since, ps, and the sum of such times. */
  activeSince!: Float64Array;
  activePs!: Float64Array;
  aCount!: Float64Array;
  bCount!: Float64Array;
  core!: Int32Array;
  kind!: Int32Array;
  state!: Int32Array;
  /** A wake-up is on its way: it is not paid twice. */
  waking!: Int32Array;
  next!: Int32Array;
  aHead!: Int32Array;
  aTail!: Int32Array;
  bHead!: Int32Array;
  bTail!: Int32Array;

  constructor(rows: number) {
    super(rows);
    this.bindAll();
  }

  protected override bind(f: Float64Array, i: Int32Array): void {
    this.vruntime = f.subarray(0);
    this.sliceStart = f.subarray(1);
    this.activeSince = f.subarray(2);
    this.activePs = f.subarray(3);
    this.aCount = f.subarray(4);
    this.bCount = f.subarray(5);
    this.core = i.subarray(0);
    this.kind = i.subarray(1);
    this.state = i.subarray(2);
    this.waking = i.subarray(3);
    this.next = i.subarray(4);
    this.aHead = i.subarray(5);
    this.aTail = i.subarray(6);
    this.bHead = i.subarray(7);
    this.bTail = i.subarray(8);
  }

  add(core: number, kind: number): number {
    const t = this.addRow();
    this.core[t] = core;
    this.kind[t] = kind;
    this.next[t] = -1;
    this.aHead[t] = -1;
    this.aTail[t] = -1;
    this.bHead[t] = -1;
    this.bTail[t] = -1;
    return t;
  }
}

export const N_NIC = 0;
export const N_VETH = 1;
export const N_PEER = 2;
/** A core's own list of sockets: TCP timers and TSQ tasklets. */
export const N_SOCKETS = 3;

export const NAPI_IDLE = 0;
export const NAPI_ARMED = 1;
export const NAPI_LISTED = 2;

/** NAPI instances: a ring of batches (or a list of sockets), and transmit completions. */
export class Napis extends Table {
  /** Packets in the ring. */
  packets!: Float64Array;
  irqAt!: Float64Array;
  irqGen!: Float64Array;
  kind!: Int32Array;
  core!: Int32Array;
  state!: Int32Array;
  next!: Int32Array;
  head!: Int32Array;
  tail!: Int32Array;
  /** The poll that comes began with an interrupt. */
  byIrq!: Int32Array;
  /** Transmit completions (Items). */
  doneHead!: Int32Array;
  doneTail!: Int32Array;
  /** Tunnel peer that it belongs to. */
  owner!: Int32Array;
  /** Batches on their way that enter the ring when they arrive (nicRing.ts). */
  late!: Int32Array;

  constructor(rows: number) {
    super(rows);
    this.bindAll();
  }

  protected override bind(f: Float64Array, i: Int32Array): void {
    this.packets = f.subarray(0);
    this.irqAt = f.subarray(1);
    this.irqGen = f.subarray(2);
    this.kind = i.subarray(0);
    this.core = i.subarray(1);
    this.state = i.subarray(2);
    this.next = i.subarray(3);
    this.head = i.subarray(4);
    this.tail = i.subarray(5);
    this.byIrq = i.subarray(6);
    this.doneHead = i.subarray(7);
    this.doneTail = i.subarray(8);
    this.owner = i.subarray(9);
    this.late = i.subarray(10);
  }

  add(kind: number, core: number, owner: number): number {
    const q = this.addRow();
    this.kind[q] = kind;
    this.core[q] = core;
    this.owner[q] = owner;
    this.next[q] = -1;
    this.head[q] = -1;
    this.tail[q] = -1;
    this.doneHead[q] = -1;
    this.doneTail[q] = -1;
    this.irqAt[q] = Infinity;
    return q;
  }
}
