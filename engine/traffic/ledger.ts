/**
 * What a partition's applications achieved: payload, flow times, request latencies, in the measured window.
 * Flows and exchanges that start in the window count, whenever they end; those that do not end are censored
 * and count as at least their age.
 */
import { assert } from '../core/assert.ts';
import { Histogram } from '../core/histogram.ts';
import { STRIDE } from '../core/table.ts';
import type { Partition } from '../host/partition.ts';
import { Timeline } from './timeline.ts';

/** Flows of the whole task: prebuilt, read by all partitions; `done` is written by the receiver's. */
export interface FlowTable {
  readonly count: number;
  readonly startPs: Float64Array;
  readonly bytes: Float64Array;
  readonly src: Int32Array;
  readonly dst: Int32Array;
  /** Time of the same flow alone on an idle baseline cluster, ps. */
  readonly idealPs: Float64Array;
  readonly done: Uint8Array;
}

export const SMALL_BYTES = 10_000; // "small": at most 10 KB; "large": above 100 KB (docs/MODEL.md)
export const LARGE_BYTES = 100_000;

export class Ledger {
  readonly flows: FlowTable;
  readonly startPs: number;
  readonly endPs: number;
  readonly rpcLatency = new Histogram();
  readonly slowdownSmall = new Histogram();
  readonly slowdownLarge = new Histogram();
  readonly slowdownAll = new Histogram();
  payloadBytes = 0;
  payloadBytesPlain = 0;
  /** Whole run, open-loop work only. */
  offeredBytes = 0;
  servedBytes = 0;
  offeredWindowBytes = 0;
  flowsStarted = 0;
  flowsFinished = 0;
  exchangesStarted = 0;
  exchangesFinished = 0;
  /** Payload of each probe in the window; index by the socket's ref. */
  readonly probeBytes: Float64Array;
  readonly timeline: Timeline;

  constructor(flows: FlowTable, startPs: number, endPs: number, probes: number) {
    this.flows = flows;
    this.startPs = startPs;
    this.endPs = endPs;
    this.probeBytes = new Float64Array(probes);
    this.timeline = new Timeline(endPs);
  }

  private counts(at: number): boolean {
    return at >= this.startPs && at < this.endPs;
  }

  delivered(p: Partition, s: number, bytes: number): void {
    const probe = p.sockets.probe[s]!;
    if (probe < 0) this.servedBytes += bytes;
    this.timeline.delivered(p.wheel.now, bytes, probe >= 0);
    if (!this.counts(p.wheel.now)) return;
    this.payloadBytes += bytes;
    if (p.probeNodes[p.sockets.node[s]!] === 0) this.payloadBytesPlain += bytes;
    if (probe >= 0) this.probeBytes[probe]! += bytes;
  }

  offered(p: Partition, bytes: number): void {
    this.offeredBytes += bytes;
    if (this.counts(p.wheel.now)) this.offeredWindowBytes += bytes;
  }

  flowStarted(p: Partition, f: number): void {
    this.offered(p, this.flows.bytes[f]!);
    if (this.counts(p.wheel.now)) this.flowsStarted++;
  }

  /** @param at when its last byte was read, ps */
  flowDone(f: number, at: number): void {
    const { flows } = this;
    assert(flows.done[f] === 0, 'a flow ended twice');
    flows.done[f] = 1;
    const start = flows.startPs[f]!;
    if (!this.counts(start)) return;
    this.flowsFinished++;
    this.slowdown(f, at - start);
  }

  /** Records a flow that took (or has lasted) `ps`. */
  slowdown(f: number, ps: number): void {
    const value = Math.round((1000 * ps) / this.flows.idealPs[f]!);
    const bytes = this.flows.bytes[f]!;
    this.slowdownAll.record(value);
    if (bytes <= SMALL_BYTES) this.slowdownSmall.record(value);
    else if (bytes > LARGE_BYTES) this.slowdownLarge.record(value);
  }

  /** @param at when the request was handed to the socket, ps */
  exchangeStarted(p: Partition, s: number, at: number): void {
    const { items, sockets } = p;
    const item = items.alloc();
    items.at[item] = at;
    if (sockets.openHead[s]! < 0) sockets.openHead[s] = item;
    else items.next[sockets.openTail[s]!] = item;
    sockets.openTail[s] = item;
    if (this.counts(at)) this.exchangesStarted++;
  }

  /** @param at when the response was read, ps */
  exchangeDone(p: Partition, s: number, at: number): void {
    const { items, sockets } = p;
    const item = sockets.openHead[s]!;
    sockets.openHead[s] = items.next[item]!;
    const start = items.at[item]!;
    items.free(item);
    this.timeline.exchangeDone(at, at - start);
    if (!this.counts(start)) return;
    this.exchangesFinished++;
    this.rpcLatency.record(at - start);
  }

  /** The run is over: what is still open counts as at least its age. */
  censor(p: Partition): void {
    for (let s = p.firstSocket; s < p.endSocket; s += STRIDE) {
      for (let item = p.sockets.openHead[s]!; item >= 0; item = p.items.next[item]!) {
        const start = p.items.at[item]!;
        if (this.counts(start)) this.rpcLatency.record(Math.max(0, p.wheel.now - start));
      }
    }
  }
}
