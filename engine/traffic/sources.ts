/**
 * Where work comes from: flows at prebuilt times, Poisson requests of a node, closed loops, streams and paced
 * datagrams that start once. Everything stops at the end of the window.
 *
 * Left out: on/off sources, diurnal load.
 */

import { C_TRAFFIC, K_TRAFFIC } from '../core/kinds.ts';
import { Stream } from '../core/streams.ts';
import { queueWork } from '../host/emit.ts';
import type { Partition } from '../host/partition.ts';
import type { Ledger } from './ledger.ts';

const FLOWS = 0;
const RPC = 1;
const START = 2;
const PACED = 3;
const STOP = 4;
const EXCHANGE = 5;
const BROADCAST = 6;

export class Sources {
  private readonly kind: number[] = [];
  private readonly ref: number[] = [];
  private readonly streams: (Stream | null)[] = [];
  /** Flows that begin in this partition, by time: flow index, sending socket. */
  private flowIndex: number[] = [];
  private flowSock: number[] = [];
  private flowAt = 0;
  /** Sockets of each RPC source. */
  private readonly sockets: number[][] = [];
  private readonly gapPs: number[] = [];
  private readonly amount: number[] = [];
  readonly stopPs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;

  constructor(stopPs: number, requestBytes: number, responseBytes: number) {
    this.stopPs = stopPs;
    this.requestBytes = requestBytes;
    this.responseBytes = responseBytes;
  }

  stopped(p: Partition): boolean {
    return p.wheel.now >= this.stopPs;
  }

  private add(kind: number, ref: number, gapPs: number, amount: number): number {
    this.kind.push(kind);
    this.ref.push(ref);
    this.gapPs.push(gapPs);
    this.amount.push(amount);
    this.sockets.push([]);
    this.streams.push(null);
    return this.kind.length - 1;
  }

  private at(p: Partition, when: number, source: number): void {
    p.push(when, C_TRAFFIC, K_TRAFFIC, source, 0);
  }

  /** Flows of this partition, ascending by start; `socks[i]` sends flow `flows[i]`. */
  addFlows(p: Partition, flows: number[], socks: number[], startPs: Float64Array): void {
    if (flows.length === 0) return;
    this.flowIndex = flows;
    this.flowSock = socks;
    this.at(p, startPs[flows[0]!]!, this.add(FLOWS, 0, 0, 0));
  }

  /** Poisson requests of one node over its client sockets. */
  addRpc(p: Partition, seed: number, node: number, perS: number, socks: number[]): void {
    const source = this.add(RPC, node, 1e12 / perS, 0);
    this.sockets[source] = socks;
    const stream = new Stream(seed, `rpc/node/${node}`);
    this.streams[source] = stream;
    const first = stream.exponentialPs(this.gapPs[source]!);
    if (first < this.stopPs) this.at(p, first, source);
  }

  /** Poisson broadcasts of one node, from socket `s`. */
  addBroadcasts(p: Partition, seed: number, node: number, perS: number, s: number): void {
    const source = this.add(BROADCAST, s, 1e12 / perS, 1);
    this.streams[source] = new Stream(seed, `broadcast/node/${node}`);
    this.nextBroadcast(p, source);
  }

  private nextBroadcast(p: Partition, source: number): void {
    const next = p.wheel.now + this.streams[source]!.exponentialPs(this.gapPs[source]!);
    if (next < this.stopPs) this.at(p, next, source);
  }

  /** Socket `s` begins at `when` with `bytes` to write (Infinity: a stream). */
  addStart(p: Partition, s: number, when: number, bytes: number): void {
    this.at(p, when, this.add(START, s, 0, bytes));
  }

  /** Closed-loop client `s` begins its first exchange at `when`. */
  addExchange(p: Partition, s: number, when: number): void {
    this.at(p, when, this.add(EXCHANGE, s, 0, 0));
  }

  /** Datagram socket `s` gets `bytes` to send every `gapPs`. */
  addPaced(p: Partition, s: number, gapPs: number, bytes: number): void {
    this.at(p, gapPs, this.add(PACED, s, gapPs, bytes));
  }

  /** Socket `s` writes nothing more from the end of the window on. */
  addStop(p: Partition, s: number): void {
    this.at(p, this.stopPs, this.add(STOP, s, 0, 0));
  }

  arrive(p: Partition, ledger: Ledger, source: number): void {
    const ref = this.ref[source]!;
    switch (this.kind[source]) {
      case FLOWS:
        this.flowArrives(p, ledger, source);
        return;
      case RPC:
        this.rpcArrives(p, ledger, source);
        return;
      case START:
        p.sockets.toWrite[ref] = this.amount[source]!;
        queueWork(p, ref);
        return;
      case EXCHANGE:
        p.sockets.toWrite[ref] = this.requestBytes;
        ledger.exchangeStarted(p, ref, p.wheel.now);
        queueWork(p, ref);
        return;
      case BROADCAST:
        p.sockets.toWrite[ref]! += 1;
        queueWork(p, ref);
        this.nextBroadcast(p, source);
        return;
      case PACED:
        if (p.wheel.now >= this.stopPs) return;
        p.sockets.toWrite[ref]! += this.amount[source]!;
        queueWork(p, ref);
        this.at(p, p.wheel.now + this.gapPs[source]!, source);
        return;
      default:
        p.sockets.toWrite[ref] = 0;
    }
  }

  private flowArrives(p: Partition, ledger: Ledger, source: number): void {
    const i = this.flowAt++;
    const flow = this.flowIndex[i]!;
    const s = this.flowSock[i]!;
    p.sockets.toWrite[s] = ledger.flows.bytes[flow]!;
    ledger.flowStarted(p, flow);
    queueWork(p, s);
    if (i + 1 < this.flowIndex.length) this.at(p, ledger.flows.startPs[this.flowIndex[i + 1]!]!, source);
  }

  private rpcArrives(p: Partition, ledger: Ledger, source: number): void {
    const stream = this.streams[source]!;
    const socks = this.sockets[source]!;
    const s = socks[stream.below(socks.length)]!;
    p.sockets.toWrite[s]! += this.requestBytes;
    ledger.offered(p, this.requestBytes + this.responseBytes);
    ledger.exchangeStarted(p, s, p.wheel.now);
    queueWork(p, s);
    const next = p.wheel.now + stream.exponentialPs(this.gapPs[source]!);
    if (next < this.stopPs) this.at(p, next, source);
  }
}
