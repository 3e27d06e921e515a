/**
 * Tables of all hosts of one thread: cores, threads, NAPI instances, tunnel peers. In order of the hosts, so that a
 * host's rows are found by arithmetic; which rows a rack has depends on the racks beside it and shows in no result.
 */
import { STRIDE } from '../core/table.ts';
import { Peers } from './items.ts';
import type { Setup } from './setup.ts';
import { Cores, N_NIC, N_SOCKETS, N_VETH, Napis, T_APP, T_DAEMON, Threads } from './tables.ts';

export class Hosts {
  readonly cores: Cores;
  readonly threads: Threads;
  readonly napis: Napis;
  readonly peers = new Peers();
  /** First of the cores' own NAPI instances: backlog, sockets. */
  readonly backlogNapi: number;
  readonly socketNapi: number;
  /** Daemon thread by host; −1: none. */
  readonly daemons: Int32Array;
  /** kworker by row of the core; −1: not made yet. */
  readonly kworkers: Int32Array;
  private readonly setup: Setup;

  /** @param count of hosts */
  constructor(setup: Setup, count: number) {
    const { rxQueues, sharedCores } = setup;
    this.setup = setup;
    const cores = sharedCores ? setup.cores : count * setup.cores;
    this.cores = new Cores(cores);
    this.threads = new Threads(cores + (setup.hasServer ? count : 0));
    this.napis = new Napis(cores * 2 + count * rxQueues);
    this.daemons = new Int32Array(count).fill(-1);
    this.kworkers = new Int32Array(cores).fill(-1);
    // NIC queue q of host h: instance h · rxQueues + q, on core q.
    for (let h = 0; h < count; h++) {
      for (let q = 0; q < rxQueues; q++)
        this.napis.add(N_NIC, this.firstCore(h) + (q % setup.cores) * STRIDE, -1);
    }
    const { end } = this.cores;
    this.backlogNapi = this.napis.end;
    for (let c = 0; c < end; c += STRIDE) this.napis.add(N_VETH, c, -1);
    this.socketNapi = this.napis.end;
    for (let c = 0; c < end; c += STRIDE) this.napis.add(N_SOCKETS, c, -1);
    // A core's application thread has the core's id.
    for (let c = 0; c < end; c += STRIDE) this.threads.add(c, T_APP);
    if (!setup.hasServer) return;
    for (let h = 0; h < count; h++) {
      // One core set: each host's daemon on its own core; else the last core, which applications leave alone.
      const own = sharedCores ? h % setup.cores : setup.cores - 1;
      this.daemons[h] = this.threads.add(this.firstCore(h) + own * STRIDE, T_DAEMON);
    }
  }

  firstCore(host: number): number {
    return this.setup.sharedCores ? 0 : host * this.setup.cores * STRIDE;
  }

  memoryBytes(): number {
    return [this.cores, this.threads, this.napis, this.peers].reduce((sum, t) => sum + t.memoryBytes(), 0);
  }
}
