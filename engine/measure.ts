/**
 * Measurement of a running cluster: at the window's edges every accumulator is copied, inside it twenty-one
 * samples tell whether the unfinished work grows. Nothing here changes what the simulation does.
 */
import type { Cluster } from './build.ts';
import { C_SAMPLE, K_SAMPLE } from './core/kinds.ts';
import { STRIDE } from './core/table.ts';
import type { Observer } from './dispatch.ts';
import type { Partition } from './host/partition.ts';
import { PROC, SLEEPING, SOFT } from './host/tables.ts';

export const SAMPLES = 20;

/** Accumulators of one partition at one instant, by row number; all ps, bytes or counts. */
export interface Snapshot {
  readonly counters: Float64Array;
  readonly softPs: Float64Array;
  readonly procPs: Float64Array;
  readonly threadPs: Float64Array;
  readonly portPs: Float64Array;
  readonly portBytes: Float64Array;
  readonly deliveredPackets: number;
  readonly deliveredUnits: number;
  readonly sentPackets: number;
}

export class Measure implements Observer {
  private readonly cluster: Cluster;
  readonly begin: (Snapshot | null)[];
  readonly end: (Snapshot | null)[];
  /** Unfinished open-loop payload at each sample, summed over partitions, bytes. */
  readonly unfinishedBytes = new Float64Array(SAMPLES + 1);
  /** Busiest port backlog at each sample, bytes: by class NIC, ToR port, uplink, downlink. */
  readonly backlogBytes: Float64Array[] = [0, 1, 2, 3].map(() => new Float64Array(SAMPLES + 1));
  readonly busyCores = new Float64Array(SAMPLES + 1);

  constructor(cluster: Cluster) {
    this.cluster = cluster;
    this.begin = cluster.partitions.map(() => null);
    this.end = cluster.partitions.map(() => null);
    const { warmupPs, windowPs } = cluster.spec;
    for (const p of cluster.partitions) {
      for (let i = 0; i <= SAMPLES; i++) {
        p.push(warmupPs + Math.round((windowPs * i) / SAMPLES), C_SAMPLE, K_SAMPLE, 0, i);
      }
    }
  }

  sample(p: Partition, index: number): void {
    const ledger = this.cluster.ledgers[p.index]!;
    this.unfinishedBytes[index]! += ledger.offeredBytes - ledger.servedBytes;
    this.backlogs(p, index);
    if (index === 0) this.begin[p.index] = snapshot(p);
    else if (index === SAMPLES) this.end[p.index] = snapshot(p);
  }

  private backlogs(p: Partition, index: number): void {
    const now = p.wheel.now;
    const { nodeCount, ports, cores } = p;
    for (let i = 0; i < ports.count; i++) {
      const cls = i < nodeCount ? 0 : i < 2 * nodeCount ? 1 : i < 2 * nodeCount + p.setup.uplinks ? 2 : 3;
      const bytes = ports.backlogPs(i, now) / ports.psPerByte(i);
      if (bytes > this.backlogBytes[cls]![index]!) this.backlogBytes[cls]![index] = Math.round(bytes);
    }
    for (let c = 0; c < cores.end; c += STRIDE) {
      if (cores.state[c] === SOFT || cores.state[c] === PROC) this.busyCores[index]!++;
    }
  }
}

function snapshot(p: Partition): Snapshot {
  const { cores, threads, ports } = p;
  const now = p.wheel.now;
  const softPs = new Float64Array(cores.rows);
  const procPs = new Float64Array(cores.rows);
  for (let k = 0; k < cores.rows; k++) {
    const c = k * STRIDE;
    softPs[k] = cores.busySoftPs[c]!;
    procPs[k] = cores.busyProcPs[c]!;
    if (cores.state[c] === SOFT) softPs[k]! += now - cores.jobStart[c]!;
    else if (cores.state[c] === PROC) procPs[k]! += now - cores.jobStart[c]!;
  }
  const threadPs = new Float64Array(threads.rows);
  for (let k = 0; k < threads.rows; k++) {
    const t = k * STRIDE;
    threadPs[k] = threads.activePs[t]!;
    if (threads.state[t] !== SLEEPING) threadPs[k]! += now - threads.activeSince[t]!;
  }
  // Work that a port has taken but not yet done belongs to the time in which it is done.
  const portPs = new Float64Array(ports.count);
  const portBytes = new Float64Array(ports.count);
  for (let i = 0; i < ports.count; i++) {
    portPs[i] = ports.workPs(i) - Math.max(0, ports.busyUntil(i) - now);
    portBytes[i] = ports.wireBytes(i);
  }
  return {
    counters: p.counters.slice(),
    softPs,
    procPs,
    threadPs,
    portPs,
    portBytes,
    deliveredPackets: p.deliveredPackets,
    deliveredUnits: p.deliveredUnits,
    sentPackets: p.sentPackets,
  };
}
