/**
 * Tables of one partition's hosts, as structs of arrays: cores, threads, NAPI instances, completions.
 * A table grows by doubling before the run and (threads, peers, items) rarely during it.
 */

/** Grows a typed array to `size`, keeping its values. */
export function grown<T extends Float64Array | Int32Array | Uint8Array>(a: T, size: number): T {
  const b = new (a.constructor as new (n: number) => T)(size);
  b.set(a as never);
  return b;
}

export const IDLE = 0;
export const WAKING = 1;
export const SOFT = 2;
export const PROC = 3;
/** Between two jobs: nobody may start one. */
export const DISPATCH = 4;

export class Cores {
  readonly count: number;
  readonly state: Uint8Array;
  /** An event of an older generation is stale. */
  readonly gen: Int32Array;
  readonly jobStart: Float64Array;
  readonly jobEnd: Float64Array;
  readonly idleSince: Float64Array;
  /** NAPI instances to poll, in order. */
  readonly softHead: Int32Array;
  readonly softTail: Int32Array;
  /** Continuous softirq work began, ps; −1: none. */
  readonly softSince: Float64Array;
  /** ksoftirqd: softirq work competes as a process until the list is empty. */
  readonly ksoftirqd: Uint8Array;
  /** End of the present turn while ksoftirqd competes. */
  readonly turnEnd: Float64Array;
  readonly turnProcess: Uint8Array;
  /** What the running softirq (0) and process (1) job will let go at its end. */
  readonly outHead: Int32Array;
  readonly outTail: Int32Array;
  readonly noteHead: Int32Array;
  readonly noteTail: Int32Array;
  /** Shares of crypto that the running process job finishes (Items). */
  readonly doneItem: Int32Array;
  readonly thread: Int32Array;
  readonly preemptedPs: Float64Array;
  readonly runHead: Int32Array;
  /** NAPI instance whose poll is the running softirq job. */
  readonly polling: Int32Array;
  readonly busySoftPs: Float64Array;
  readonly busyProcPs: Float64Array;

  constructor(count: number) {
    const f = () => new Float64Array(count);
    const i = (n = count) => new Int32Array(n).fill(-1);
    this.count = count;
    this.state = new Uint8Array(count);
    this.gen = new Int32Array(count);
    this.jobStart = f();
    this.jobEnd = f();
    this.idleSince = f();
    this.softHead = i();
    this.softTail = i();
    this.softSince = f().fill(-1);
    this.ksoftirqd = new Uint8Array(count);
    this.turnEnd = f();
    this.turnProcess = new Uint8Array(count);
    this.outHead = i(count * 2);
    this.outTail = i(count * 2);
    this.noteHead = i(count * 2);
    this.noteTail = i(count * 2);
    this.doneItem = i();
    this.thread = i();
    this.preemptedPs = f().fill(-1);
    this.runHead = i();
    this.polling = i();
    this.busySoftPs = f();
    this.busyProcPs = f();
  }
}

export const T_APP = 0;
export const T_DAEMON = 1;
export const T_KWORKER = 2;
export const SLEEPING = 0;
export const RUNNABLE = 1;
export const RUNNING = 2;

export class Threads {
  count = 0;
  core = new Int32Array(64);
  kind = new Uint8Array(64);
  state = new Uint8Array(64);
  /** A wake-up is on its way: it is not paid twice. */
  waking = new Uint8Array(64);
  vruntime = new Float64Array(64);
  sliceStart = new Float64Array(64);
  next = new Int32Array(64);
  /** Not sleeping since, ps, and the sum of such times. */
  activeSince = new Float64Array(64);
  activePs = new Float64Array(64);
  /** Work: sockets (application); batches of the TUN ring and of the UDP socket (daemon); items, peers (kworker). */
  aHead = new Int32Array(64);
  aTail = new Int32Array(64);
  aCount = new Float64Array(64);
  bHead = new Int32Array(64);
  bTail = new Int32Array(64);
  bCount = new Float64Array(64);

  add(core: number, kind: number): number {
    const t = this.count++;
    if (t >= this.core.length) this.grow(this.core.length * 2);
    this.core[t] = core;
    this.kind[t] = kind;
    this.next[t] = -1;
    this.aHead[t] = -1;
    this.aTail[t] = -1;
    this.bHead[t] = -1;
    this.bTail[t] = -1;
    return t;
  }

  private grow(size: number): void {
    this.core = grown(this.core, size);
    this.kind = grown(this.kind, size);
    this.state = grown(this.state, size);
    this.waking = grown(this.waking, size);
    this.vruntime = grown(this.vruntime, size);
    this.sliceStart = grown(this.sliceStart, size);
    this.next = grown(this.next, size);
    this.activeSince = grown(this.activeSince, size);
    this.activePs = grown(this.activePs, size);
    this.aHead = grown(this.aHead, size);
    this.aTail = grown(this.aTail, size);
    this.aCount = grown(this.aCount, size);
    this.bHead = grown(this.bHead, size);
    this.bTail = grown(this.bTail, size);
    this.bCount = grown(this.bCount, size);
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

export class Napis {
  count = 0;
  kind = new Uint8Array(64);
  core = new Int32Array(64);
  state = new Uint8Array(64);
  next = new Int32Array(64);
  head = new Int32Array(64);
  tail = new Int32Array(64);
  /** Packets in the ring. */
  packets = new Float64Array(64);
  /** The poll that comes began with an interrupt. */
  byIrq = new Uint8Array(64);
  irqAt = new Float64Array(64);
  irqGen = new Int32Array(64);
  /** Transmit completions (Items). */
  doneHead = new Int32Array(64);
  doneTail = new Int32Array(64);
  /** Node, peer or core it belongs to. */
  owner = new Int32Array(64);

  add(kind: number, core: number, owner: number): number {
    const q = this.count++;
    if (q >= this.kind.length) this.grow(this.kind.length * 2);
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

  private grow(size: number): void {
    this.kind = grown(this.kind, size);
    this.core = grown(this.core, size);
    this.state = grown(this.state, size);
    this.next = grown(this.next, size);
    this.head = grown(this.head, size);
    this.tail = grown(this.tail, size);
    this.packets = grown(this.packets, size);
    this.byIrq = grown(this.byIrq, size);
    this.irqAt = grown(this.irqAt, size);
    this.irqGen = grown(this.irqGen, size);
    this.doneHead = grown(this.doneHead, size);
    this.doneTail = grown(this.doneTail, size);
    this.owner = grown(this.owner, size);
  }
}

/** Small records on lists: transmit completions, shares of crypto work. */
export class Items {
  /** Socket of a completion, or batch of a share. */
  ref = new Int32Array(256);
  bytes = new Float64Array(256);
  at = new Float64Array(256);
  units = new Int32Array(256);
  packets = new Int32Array(256);
  next = new Int32Array(256);
  private freeHead = -1;
  private used = 0;

  alloc(): number {
    const i = this.freeHead;
    if (i >= 0) {
      this.freeHead = this.next[i]!;
      this.next[i] = -1;
      return i;
    }
    if (this.used === this.ref.length) this.grow(this.used * 2);
    this.next[this.used] = -1;
    return this.used++;
  }

  free(i: number): void {
    this.next[i] = this.freeHead;
    this.freeHead = i;
  }

  private grow(size: number): void {
    this.ref = grown(this.ref, size);
    this.bytes = grown(this.bytes, size);
    this.at = grown(this.at, size);
    this.units = grown(this.units, size);
    this.packets = grown(this.packets, size);
    this.next = grown(this.next, size);
  }
}

/** Tunnel peers with an order of their own: serial transmit on one worker, serial receive in one NAPI. */
export class Peers {
  count = 0;
  thread = new Int32Array(16);
  napi = new Int32Array(16);
  txHead = new Int32Array(16);
  txTail = new Int32Array(16);
  txPackets = new Float64Array(16);
  /** The transmit worker has this peer on its list. */
  txListed = new Uint8Array(16);
  rxHead = new Int32Array(16);
  rxTail = new Int32Array(16);
  rxPackets = new Float64Array(16);
  next = new Int32Array(16);
  /** Where the next packet is dealt to. */
  turn = new Int32Array(16);

  add(): number {
    const k = this.count++;
    if (k >= this.thread.length) this.grow(k * 2);
    this.txHead[k] = -1;
    this.txTail[k] = -1;
    this.rxHead[k] = -1;
    this.rxTail[k] = -1;
    this.next[k] = -1;
    return k;
  }

  private grow(size: number): void {
    this.thread = grown(this.thread, size);
    this.napi = grown(this.napi, size);
    this.txHead = grown(this.txHead, size);
    this.txTail = grown(this.txTail, size);
    this.txPackets = grown(this.txPackets, size);
    this.txListed = grown(this.txListed, size);
    this.rxHead = grown(this.rxHead, size);
    this.rxTail = grown(this.rxTail, size);
    this.rxPackets = grown(this.rxPackets, size);
    this.next = grown(this.next, size);
    this.turn = grown(this.turn, size);
  }
}
