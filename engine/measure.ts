/**
 * Measurement of a running cluster, rack by rack: at the window's edges every accumulator is copied, inside it
 * twenty-one samples tell whether the unfinished work grows. Nothing here changes what the simulation does.
 */

import { C_SAMPLE, K_SAMPLE } from './core/kinds.ts';
import { ROW_SHIFT, STRIDE } from './core/table.ts';
import type { TaskSpec } from './core/taskSpec.ts';
import type { Observer } from './dispatch.ts';
import { portClass } from './fabric/portPlan.ts';
import type { Counts } from './host/counts.ts';
import type { Partition } from './host/partition.ts';
import { PROC, SLEEPING, SOFT } from './host/tables.ts';
import { type Cluster, placeOf } from './traffic/cluster.ts';

export const SAMPLES = 20;

/** Accumulators of one rack at one instant, ps and bytes. */
export interface Snapshot {
  /** By core, from the rack's first one on. */
  readonly softPs: Float64Array;
  readonly procPs: Float64Array;
  /** Time not asleep: application threads by core, daemons by node, kworkers by core. */
  readonly threadPs: Float64Array;
  readonly portPs: Float64Array;
  readonly portBytes: Float64Array;
}

/** What is counted (host/counts.ts) at one instant. */
export interface Counted {
  readonly counters: Float64Array;
  readonly deliveredPackets: number;
  readonly deliveredUnits: number;
  readonly sentPackets: number;
}

const counted = (c: Counts): Counted => ({
  counters: c.counters.slice(),
  deliveredPackets: c.deliveredPackets,
  deliveredUnits: c.deliveredUnits,
  sentPackets: c.sentPackets,
});

/** One rack at the window's edges and its twentieths. */
export class Samples {
  /** Unfinished open-loop payload, bytes; its replies may be counted in another rack, so that it can be negative. */
  readonly unfinishedBytes: Float64Array = new Float64Array(SAMPLES + 1);
  /** Busiest port backlog, bytes: by class NIC, ToR port, uplink, downlink. */
  readonly backlogBytes: readonly Float64Array[] = [0, 1, 2, 3].map(() => new Float64Array(SAMPLES + 1));
  /** Work since the sample before (the first: since the start) of all cores and of the busiest one, whole ps. */
  readonly workPs = new Float64Array(SAMPLES + 1);
  readonly busiestPs = new Float64Array(SAMPLES + 1);
}

/** Instants at which every rack is looked at, ps, ascending. */
export const sampleTimes = ({ warmupPs, windowPs }: TaskSpec): number[] =>
  Array.from({ length: SAMPLES + 1 }, (_, i) => warmupPs + Math.round((windowPs * i) / SAMPLES));

export class Measure implements Observer {
  private readonly cluster: Cluster;
  /** By place of the rack. */
  readonly begin: (Snapshot | null)[];
  readonly end: (Snapshot | null)[];
  readonly samples: readonly Samples[];
  /** Counts at the window's edges: of all racks here, or of each. */
  countedBegin: readonly Counted[] = [];
  countedEnd: readonly Counted[] = [];
  private readonly times: readonly number[];
  /** Work of each core up to the last sample, ps. */
  private readonly workedPs: Float64Array[];

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.workedPs = cluster.partitions.map((p) => new Float64Array(p.coreCount));
    this.begin = cluster.partitions.map(() => null);
    this.end = cluster.partitions.map(() => null);
    this.samples = cluster.partitions.map(() => new Samples());
    const times = sampleTimes(cluster.spec);
    this.times = times;
    for (const p of cluster.partitions) {
      for (const [i, at] of times.entries()) p.push(at, C_SAMPLE, K_SAMPLE, 0, i);
    }
  }

  sample(p: Partition, index: number): void {
    const place = placeOf(this.cluster, p.index);
    const ledger = this.cluster.ledgers[place]!;
    const samples = this.samples[place]!;
    samples.unfinishedBytes[index] = ledger.offeredBytes - ledger.servedBytes;
    backlogs(p, samples.backlogBytes, index);
    this.work(p, this.workedPs[place]!, samples, index);
    if (index === 0) this.begin[place] = snapshot(p);
    else if (index === SAMPLES) this.end[place] = snapshot(p);
  }

  edge(nowPs: number): void {
    const { counts } = this.cluster.pools;
    if (nowPs === this.times[0]) this.countedBegin = counts.map(counted);
    else if (nowPs === this.times[SAMPLES]) this.countedEnd = counts.map(counted);
  }

  private work(p: Partition, worked: Float64Array, samples: Samples, index: number): void {
    for (let k = 0; k < p.coreCount; k++) {
      const untilPs = softPsOf(p, k) + procPsOf(p, k);
      const sincePs = untilPs - worked[k]!;
      worked[k] = untilPs;
      samples.workPs[index]! += sincePs;
      if (sincePs > samples.busiestPs[index]!) samples.busiestPs[index] = sincePs;
    }
  }
}

function backlogs(p: Partition, backlogBytes: readonly Float64Array[], index: number): void {
  const now = p.wheel.now;
  const { ports } = p;
  for (let i = 0; i < ports.count; i++) {
    const cls = portClass(p, i);
    const bytes = ports.backlogPs(i, now) / ports.psPerByte(i);
    if (bytes > backlogBytes[cls]![index]!) backlogBytes[cls]![index] = Math.round(bytes);
  }
}

/** Work of core k up to now, ps: with the part of the open job that is done. */
function softPsOf(p: Partition, k: number): number {
  const { busySoftPs, state, jobStart } = p.cores;
  const c = p.firstCore + k * STRIDE;
  return busySoftPs[c]! + (state[c] === SOFT ? p.wheel.now - jobStart[c]! : 0);
}

function procPsOf(p: Partition, k: number): number {
  const { busyProcPs, state, jobStart } = p.cores;
  const c = p.firstCore + k * STRIDE;
  return busyProcPs[c]! + (state[c] === PROC ? p.wheel.now - jobStart[c]! : 0);
}

function snapshot(p: Partition): Snapshot {
  const { coreCount, nodeCount, hosts, ports } = p;
  const now = p.wheel.now;
  const softPs = new Float64Array(coreCount);
  const procPs = new Float64Array(coreCount);
  for (let k = 0; k < coreCount; k++) {
    softPs[k] = softPsOf(p, k);
    procPs[k] = procPsOf(p, k);
  }
  const threadPs = new Float64Array(2 * coreCount + nodeCount);
  for (let k = 0; k < coreCount; k++) {
    const c = p.firstCore + k * STRIDE;
    // A core's application thread has the core's id.
    threadPs[k] = activePs(p, c);
    threadPs[coreCount + nodeCount + k] = activePs(p, hosts.kworkers[c >> ROW_SHIFT]!);
  }
  for (let l = 0; l < nodeCount; l++) threadPs[coreCount + l] = activePs(p, p.daemon(l));
  // Work that a port has taken but not yet done belongs to the time in which it is done.
  const portPs = new Float64Array(ports.count);
  const portBytes = new Float64Array(ports.count);
  for (let i = 0; i < ports.count; i++) {
    portPs[i] = ports.workPs(i) - Math.max(0, ports.busyUntil(i) - now);
    portBytes[i] = ports.wireBytes(i);
  }
  return {
    softPs,
    procPs,
    threadPs,
    portPs,
    portBytes,
  };
}

/** Time up to now in which thread `t` was not asleep, ps; t < 0: there is none. */
function activePs(p: Partition, t: number): number {
  if (t < 0) return 0;
  const { threads } = p;
  return threads.activePs[t]! + (threads.state[t] === SLEEPING ? 0 : p.wheel.now - threads.activeSince[t]!);
}
