/**
 * What one rack has to say at the end of a run: plain data that crosses threads. A task's record is made of the
 * shares of all its racks (summary.ts), whoever has run them; every sum over racks is of whole numbers or goes by
 * the racks' order, so that it cannot depend on the number of threads.
 */

import type { HistogramData } from './core/record.ts';
import { STRIDE } from './core/table.ts';
import { portClass } from './fabric/portPlan.ts';
import type { Partition } from './host/partition.ts';
import { type Balance, balanceOf, checkWork } from './invariants.ts';
import type { Counted, Measure, Samples, Snapshot } from './measure.ts';
import { type RackUse, rackUse } from './rackUse.ts';
import { type Cluster, placeOf, sharedBytes } from './traffic/cluster.ts';
import type { Timeline } from './traffic/timeline.ts';

/** Time in which senders had data, and in which a window held them, ps: over a set of TCP sockets. */
export interface Held {
  busyPs: number;
  congestionPs: number;
  receivePs: number;
}

export interface Share {
  readonly digest: string;
  readonly events: number;
  /** Bytes on the host links in the window. */
  readonly wireBytes: number;
  /** 1: the local node carries a probe. */
  readonly probeNodes: Uint8Array;
  readonly use: RackUse;
  /** Busy time of each core in the window, ps. */
  readonly coreBusyPs: Float64Array;
  readonly samples: Samples;
  readonly ledger: LedgerShare;
  /** All TCP sockets, and those of each probe. */
  readonly held: Held;
  readonly probeHeld: readonly Held[];
  /** [probe, node] of each end that stands here. */
  readonly probeEnds: readonly (readonly [number, number])[];
}

/** What the racks of one thread have to say together. */
export interface Together {
  readonly balance: Balance;
  /** Events by kind. */
  readonly kindCounts: Float64Array;
  /** By queue, whole run, packets. */
  readonly dropped: Float64Array;
  readonly offered: Float64Array;
  /** What was counted in the window, of all racks or of each. */
  readonly counted: readonly Counted[];
  readonly retransmittedPackets: number;
  /** Pools, and TCP's table. */
  readonly memoryBytes: number;
}

export function togetherOf(cluster: Cluster, measure: Measure): Together {
  const { counts } = cluster.pools;
  return {
    balance: balanceOf(cluster.pools),
    kindCounts: sums(counts.map((c) => c.kindCounts)),
    dropped: sums(counts.map((c) => c.dropped)),
    offered: sums(counts.map((c) => c.offered)),
    counted: measure.countedEnd.map((end, k) => between(measure.countedBegin[k]!, end)),
    retransmittedPackets: cluster.tcp.retransmittedPackets,
    memoryBytes: sharedBytes(cluster),
  };
}

const between = (begin: Counted, end: Counted): Counted => ({
  counters: end.counters.map((value, k) => value - begin.counters[k]!),
  deliveredPackets: end.deliveredPackets - begin.deliveredPackets,
  deliveredUnits: end.deliveredUnits - begin.deliveredUnits,
  sentPackets: end.sentPackets - begin.sentPackets,
});

/** Place by place. @param all of one length */
export const sums = (all: readonly Float64Array[]): Float64Array =>
  Float64Array.from(all[0]!, (_, k) => all.reduce((sum, one) => sum + one[k]!, 0));

/** traffic/ledger.ts, as data. */
export interface LedgerShare {
  readonly payloadBytes: number;
  readonly payloadBytesPlain: number;
  readonly offeredWindowBytes: number;
  readonly flowsStarted: number;
  readonly flowsFinished: number;
  readonly exchangesStarted: number;
  readonly exchangesFinished: number;
  readonly probeBytes: Float64Array;
  readonly rpcLatency: HistogramData;
  readonly slowdownSmall: HistogramData;
  readonly slowdownLarge: HistogramData;
  readonly slowdownAll: HistogramData;
  readonly timeline: Timeline;
}

/** @throws InvariantError if a rack broke physics */
export function shareOf(cluster: Cluster, measure: Measure, p: Partition): Share {
  const place = placeOf(cluster, p.index);
  const a = measure.begin[place]!;
  const b = measure.end[place]!;
  const { softPs } = b;
  checkWork(p);
  return {
    digest: p.digestHex(),
    events: p.events,
    wireBytes: wireBytes(p, a, b),
    probeNodes: p.probeNodes,
    use: rackUse(cluster, p, a, b),
    coreBusyPs: softPs.map((ps, c) => ps + b.procPs[c]! - (a.softPs[c]! + a.procPs[c]!)),
    samples: measure.samples[place]!,
    ledger: ledgerShare(cluster, place),
    ...heldOf(cluster, p),
  };
}

function wireBytes(p: Partition, a: Snapshot, b: Snapshot): number {
  let wire = 0;
  for (let port = 0; port < p.ports.count; port++) {
    if (portClass(p, port) === 0) wire += b.portBytes[port]! - a.portBytes[port]!;
  }
  return wire;
}

function ledgerShare(cluster: Cluster, place: number): LedgerShare {
  const ledger = cluster.ledgers[place]!;
  return {
    payloadBytes: ledger.payloadBytes,
    payloadBytesPlain: ledger.payloadBytesPlain,
    offeredWindowBytes: ledger.offeredWindowBytes,
    flowsStarted: ledger.flowsStarted,
    flowsFinished: ledger.flowsFinished,
    exchangesStarted: ledger.exchangesStarted,
    exchangesFinished: ledger.exchangesFinished,
    probeBytes: ledger.probeBytes,
    rpcLatency: ledger.rpcLatency.toData(),
    slowdownSmall: ledger.slowdownSmall.toData(),
    slowdownLarge: ledger.slowdownLarge.toData(),
    slowdownAll: ledger.slowdownAll.toData(),
    timeline: ledger.timeline,
  };
}

const noneHeld = (): Held => ({ busyPs: 0, congestionPs: 0, receivePs: 0 });

function heldOf(cluster: Cluster, p: Partition): Pick<Share, 'held' | 'probeHeld' | 'probeEnds'> {
  const { tcp } = cluster;
  const { sockets } = p;
  const { now } = p.wheel;
  const held = noneHeld();
  const probeHeld = Array.from({ length: cluster.spec.traffic.probePairs ?? 0 }, noneHeld);
  const probeEnds: [number, number][] = [];
  for (let s = p.firstSocket; s < p.endSocket; s += STRIDE) {
    const probe = sockets.probe[s]!;
    if (probe >= 0) probeEnds.push([probe, p.firstNode + sockets.node[s]!]);
    const ep = sockets.tcp[s]!;
    if (ep < 0) continue;
    for (const one of probe < 0 ? [held] : [held, probeHeld[probe]!]) {
      one.busyPs += tcp.busyPs(ep, now);
      one.congestionPs += tcp.windowLimitedPs(ep, 1, now);
      one.receivePs += tcp.windowLimitedPs(ep, 2, now);
    }
  }
  return { held, probeHeld, probeEnds };
}
