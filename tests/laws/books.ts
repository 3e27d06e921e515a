/**
 * The books of a cluster, counted here from its partitions: what sockets gave to the stack was taken by a socket,
 * lost for a named reason, or is under way; and once nothing new comes, nothing stays under way.
 */
import assert from 'node:assert/strict';
import type { Cluster } from '../../engine/build.ts';
import { STRIDE } from '../../engine/core/table.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { runWindows } from '../../engine/windows.ts';

const QUIET = { sample: () => undefined };

/** Packets and payload in live batches. */
function underWay(cluster: Cluster): { packets: number; bytes: number } {
  let packets = 0;
  let bytes = 0;
  const { batches } = cluster.pools;
  for (let b = 0; b < batches.end; b += STRIDE) {
    packets += batches.packets[b]!;
    bytes += batches.bytes[b]!;
  }
  return { packets, bytes };
}

function booksOf(cluster: Cluster) {
  const sum = { born: 0, died: 0, lost: 0, named: 0, bornBytes: 0, diedBytes: 0, lostBytes: 0 };
  for (const counts of cluster.pools.counts) {
    sum.born += counts.bornPackets;
    sum.died += counts.diedPackets;
    sum.lost += counts.lostPackets;
    sum.bornBytes += counts.bornBytes;
    sum.diedBytes += counts.diedBytes;
    sum.lostBytes += counts.lostBytes;
    for (const n of counts.dropped) sum.named += n;
  }
  sum.lostBytes += cluster.pools.batches.cutBytes;
  return sum;
}

/** The books where a run ends. `cell` names it. */
export function balances(cluster: Cluster, spec: TaskSpec, cell: string): void {
  const at = booksOf(cluster);
  const flying = underWay(cluster);
  // One connection has one packet under way; behind tens of thousands of rules or services it hardly gets anywhere.
  // Where no ICMP message comes, a stream may stop after its first window of ten.
  const streams = spec.cluster.pmtud ? 21 : 10;
  const least = /^TCP_C?RR$/.test(spec.traffic.netperf?.kind ?? '') ? 1 : streams;
  assert.ok(at.born >= least, `${cell}: hardly anything was sent`);
  assert.equal(at.born, at.died + at.lost + flying.packets, `${cell}: packets`);
  assert.equal(at.bornBytes, at.diedBytes + at.lostBytes + flying.bytes, `${cell}: payload`);
  assert.equal(at.lost, at.named, `${cell}: a drop without a reason`);
}

/** Runs on for two simulated seconds without new work: retransmissions and timers come to their end. */
export function runsDry(cluster: Cluster, cell: string): void {
  const { partitions, setup, lookaheadPs } = cluster;
  runWindows({
    partitions,
    setup,
    lookaheadPs: lookaheadPs === Infinity ? 1e9 : lookaheadPs,
    observer: QUIET,
    endPs: 2e12,
    eventsMax: 20_000_000,
  });
  const end = booksOf(cluster);
  assert.deepEqual(underWay(cluster), { packets: 0, bytes: 0 }, `${cell}: stuck for ever`);
  assert.equal(end.born, end.died + end.lost, `${cell}: packets, dry`);
  assert.equal(end.bornBytes, end.diedBytes + end.lostBytes, `${cell}: payload, dry`);
  assert.equal(cluster.pools.batches.live, 0, `${cell}: an empty batch leaked`);
}
