/**
 * GRO: packets of one flow that stand in one poll become one skb. Eight buckets of at most eight flows; a ninth
 * flow in a bucket flushes the oldest; 64 KB, a gap in the sequence or the end of the poll flush too.
 *
 * Left out: flushes by PSH and by other flags, held packets across polls (gro_flush_timeout).
 * Source: net/core/gro.c (GRO_HASH_BUCKETS 8, MAX_GRO_SKBS 8), Linux 6.12.
 */
import { ROW_SHIFT } from '../core/table.ts';
import { leaveLane } from './napi.ts';
import type { Partition } from './partition.ts';

const BUCKETS = 8;
const FLOWS = 8;
const GRO_MAX_BYTES = 65_535;

/** The table of the poll that runs; empty between polls. */
export class GroTable {
  readonly held = new Int32Array(BUCKETS * FLOWS);
  readonly count = new Int32Array(BUCKETS);
  /** Buckets in use, in the order of their first packet. */
  readonly used = new Int32Array(BUCKETS);
  usedCount = 0;
}

/** Takes batch `b` (its packets are contiguous) into the table. */
export function groReceive(p: Partition, b: number): void {
  const { batches, gro } = p;
  // The inner flow decides: its destination socket stands for the five-tuple.
  const sock = batches.sock[b]!;
  const bucket = (sock >> ROW_SHIFT) & (BUCKETS - 1);
  const base = bucket * FLOWS;
  const count = gro.count[bucket]!;
  for (let i = 0; i < count; i++) {
    const h = gro.held[base + i]!;
    if (batches.sock[h] !== sock || batches.path[h] !== batches.path[b]) continue;
    const joins =
      batches.seq[h]! + batches.bytes[h]! === batches.seq[b]! &&
      batches.flags[h] === batches.flags[b] &&
      // A short packet ends its skb.
      batches.bytes[h] === batches.packets[h]! * batches.mssBytes(h);
    if (joins && join(p, h, b)) return;
    remove(p, bucket, i);
    flushOne(p, h);
    hold(p, bucket, b);
    return;
  }
  if (count === FLOWS) {
    const oldest = gro.held[base]!;
    remove(p, bucket, 0);
    flushOne(p, oldest);
  }
  hold(p, bucket, b);
}

/** Adds to skb `h` what of batch `b` it has room for; false: `b`, or a rest of it, stays. */
function join(p: Partition, h: number, b: number): boolean {
  const { batches } = p;
  const roomBytes = GRO_MAX_BYTES - batches.bytes[h]!;
  let part = b;
  if (batches.bytes[b]! > roomBytes) {
    const packets = Math.floor(roomBytes / batches.mssBytes(b));
    if (packets === 0) return false;
    part = batches.splitFront(b, packets);
  }
  batches.bytes[h]! += batches.bytes[part]!;
  batches.packets[h]! += batches.packets[part]!;
  batches.wire[h]! += batches.wire[part]!;
  batches.ackSeq[h] = batches.ackSeq[part]!;
  batches.window[h] = batches.window[part]!;
  batches.tsEcr[h] = batches.tsEcr[part]!;
  batches.free(part);
  return part === b;
}

/** Begins a new skb with batch `b`; what is more than one skb goes up at once. */
function hold(p: Partition, bucket: number, b: number): void {
  const { batches, gro } = p;
  const most = Math.max(1, Math.floor(GRO_MAX_BYTES / batches.mssBytes(b)));
  while (batches.bytes[b]! > GRO_MAX_BYTES && batches.packets[b]! > most) {
    flushOne(p, batches.splitFront(b, most));
  }
  const count = gro.count[bucket]!;
  if (count === 0) {
    let listed = false;
    for (let i = 0; i < gro.usedCount; i++) listed ||= gro.used[i] === bucket;
    if (!listed) gro.used[gro.usedCount++] = bucket;
  }
  gro.held[bucket * FLOWS + count] = b;
  gro.count[bucket] = count + 1;
}

function remove(p: Partition, bucket: number, index: number): void {
  const { gro } = p;
  const base = bucket * FLOWS;
  const count = gro.count[bucket]!;
  for (let i = index; i < count - 1; i++) gro.held[base + i] = gro.held[base + i + 1]!;
  gro.count[bucket] = count - 1;
}

/** One merged skb goes up the stack. */
function flushOne(p: Partition, b: number): void {
  const { batches } = p;
  const lane = p.setup.compiled.paths[batches.path[b]!]!.lanes[batches.lane[b]!]!;
  batches.units[b] = 1;
  p.charge(lane.rowPlain, 1, 0, 0);
  leaveLane(p, b, lane);
}

/** The poll is complete. */
export function groFlush(p: Partition): void {
  const { gro } = p;
  for (let i = 0; i < gro.usedCount; i++) {
    const bucket = gro.used[i]!;
    const count = gro.count[bucket]!;
    for (let k = 0; k < count; k++) flushOne(p, gro.held[bucket * FLOWS + k]!);
    gro.count[bucket] = 0;
  }
  gro.usedCount = 0;
}
