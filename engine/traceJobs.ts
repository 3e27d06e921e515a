/**
 * The jobs of a traced run: what each priced, when it ran, which of the followed bytes it had in hand.
 *
 * A job's rows add up to its length. Left out: jobs that end up with nothing to do.
 */
import type { Partition } from './host/partition.ts';

/** Bytes of a connection's stream, from `lo` to before `hi`. */
export interface Range {
  readonly lo: number;
  readonly hi: number;
}

export interface Priced {
  readonly row: number;
  ns: number;
  units: number;
  packets: number;
  bytes: number;
}

export interface Touch extends Range {
  /** Lane that the bytes left, or `write`, `read`. */
  readonly label: string;
  /** Whole skbs, or single packets as a negative number; 0: bytes between a socket and its application. */
  readonly units: number;
  readonly bytes: number;
}

export interface Job {
  readonly p: Partition;
  /** Id in the partition's table of cores. */
  readonly core: number;
  readonly context: 'process' | 'softirq' | 'daemon' | 'kworker';
  readonly rows: Priced[];
  readonly touches: Touch[];
  /** −1 until it begins. */
  startPs: number;
  endPs: number;
  /** Of its time between start and end: another job had the core, ps. */
  preemptedPs: number;
}

export class JobLog {
  /** Jobs that had followed bytes, in the order in which that became known. */
  readonly touched: Job[] = [];
  private readonly open_ = new Map<Partition, Job>();
  /** Process job of each core that may still be preempted. */
  private readonly process = new Map<string, Job>();

  open(p: Partition, core: number, context: Job['context']): void {
    const job: Job = { p, core, context, rows: [], touches: [], startPs: -1, endPs: -1, preemptedPs: 0 };
    this.open_.set(p, job);
  }

  /** The job that `p` prices now, or priced last. */
  current(p: Partition): Job {
    return this.open_.get(p)!;
  }

  priced(p: Partition, entry: Priced): void {
    const job = this.open_.get(p);
    if (job === undefined || job.startPs >= 0) return;
    const last = job.rows.at(-1);
    if (last === undefined || last.row !== entry.row) job.rows.push(entry);
    else {
      last.ns += entry.ns;
      last.units += entry.units;
      last.packets += entry.packets;
      last.bytes += entry.bytes;
    }
  }

  /** A core was given work until `at`: the open job begins, or a preempted one goes on. */
  begin(p: Partition, core: number, at: number): void {
    const job = this.open_.get(p);
    const key = `${p.index}/${core}`;
    // A job that found nothing to do never begins: then it is an older one that goes on.
    if (job !== undefined && job.core === core && job.startPs < 0 && p.job.ns > 0) {
      job.startPs = p.wheel.now;
      job.endPs = at;
      if (job.context !== 'softirq') this.process.set(key, job);
      return;
    }
    const resumed = this.process.get(key);
    if (resumed === undefined) return;
    // What was left when it stopped is what it runs now: the rest of the delay is preemption.
    resumed.preemptedPs += at - resumed.endPs;
    resumed.endPs = at;
  }

  /** @param bytes  how many of the range, where it is not all */
  touch(p: Partition, label: string, range: Range, units: number, bytes = range.hi - range.lo): void {
    this.touchJob(this.current(p), label, range, units, bytes);
  }

  touchJob(job: Job, label: string, range: Range, units: number, bytes = range.hi - range.lo): void {
    if (job.touches.length === 0) this.touched.push(job);
    job.touches.push({ label, lo: range.lo, hi: range.hi, units, bytes });
  }
}

/** Notes what every charge of `p` adds to the open job. */
export function recordPrices(p: Partition, log: JobLog): void {
  const { charge, chargeColumn } = p;
  p.charge = (row, units, packets, bytes) => {
    const before = p.job.ns;
    charge.call(p, row, units, packets, bytes);
    log.priced(p, { row, ns: p.job.ns - before, units, packets, bytes });
  };
  p.chargeColumn = (row, column, count) => {
    const before = p.job.ns;
    chargeColumn.call(p, row, column, count);
    log.priced(p, { row, ns: p.job.ns - before, units: 0, packets: 0, bytes: 0 });
  };
}
