/**
 * Ports: an output queue and the link behind it. One event a hop: when a batch is put on a port, its departure
 * and its arrival at the other end are both known.
 *
 * The queue is work-conserving in closed form. `busyUntil` counts the work of every batch as if its packets
 * were there at once; `unarrived` is what of that work has not arrived yet (it shrinks at the batches' arrival
 * rates), so a slow batch does not occupy a fast port. With one packet a batch this is an exact FIFO.
 *
 * A limit is a number of ps of work; what does not fit is cut from the batch's end. Left out: priorities, PFC,
 * shared buffers. Source of store and forward: IEEE 802.1D.
 */
import type { Batches } from './batch.ts';
import { F_CE } from './batch.ts';

export class Ports {
  readonly psPerByte: Float64Array;
  /** Propagation and switching to the other end, ps. */
  readonly delayPs: Float64Array;
  /** Bytes that may wait, with the packet in service. */
  readonly limitBytes: Float64Array;
  /** Queue that marks CE, bytes; 0: never. */
  readonly ecnBytes: Float64Array;
  readonly busyUntil: Float64Array;
  readonly unarrived: Float64Array;
  readonly unarrivedRate: Float64Array;
  readonly unarrivedAt: Float64Array;
  /** Service time given, ps, whole run. */
  readonly workPs: Float64Array;
  readonly wireBytes: Float64Array;
  readonly packets: Float64Array;
  readonly dropped: Float64Array;
  /** Largest backlog seen, bytes. */
  readonly peakBytes: Float64Array;
  /** Departure of the last packet of the batch just sent, ps. */
  lastDeparture = 0;
  /** Packets that the last `send` dropped. */
  lastDropped = 0;

  constructor(count: number) {
    const f = () => new Float64Array(count);
    this.psPerByte = f();
    this.delayPs = f();
    this.limitBytes = f();
    this.ecnBytes = f();
    this.busyUntil = f();
    this.unarrived = f();
    this.unarrivedRate = f();
    this.unarrivedAt = f();
    this.workPs = f();
    this.wireBytes = f();
    this.packets = f();
    this.dropped = f();
    this.peakBytes = f();
  }

  /** @param limitBytes what may wait, with the packet in service */
  set(port: number, gbps: number, delayNs: number, limitBytes: number, ecnBytes: number): void {
    this.psPerByte[port] = 8000 / gbps;
    this.delayPs[port] = Math.round(delayNs * 1000);
    this.limitBytes[port] = limitBytes;
    this.ecnBytes[port] = ecnBytes;
  }

  /** Work that has arrived and waits or is in service, ps. */
  backlogPs(port: number, now: number): number {
    const work = this.busyUntil[port]! - now - this.unarrivedNow(port, now);
    return work > 0 ? work : 0;
  }

  private unarrivedNow(port: number, now: number): number {
    const u = this.unarrived[port]!;
    if (u <= 0) return 0;
    const left = u - this.unarrivedRate[port]! * (now - this.unarrivedAt[port]!);
    if (left > 0) return left;
    this.unarrived[port] = 0;
    return 0;
  }

  /**
   * Puts batch `b`, whose first packet is here now, on the port; sets its t0 and spacing at the other end.
   * @param limitBytes queue limit for this batch
   * @returns false if no packet found room
   */
  send(port: number, batches: Batches, b: number, now: number, limitBytes: number, mssBytes: number): boolean {
    let n = batches.packets[b]!;
    if (n === 1 && this.unarrived[port] === 0 && this.ecnBytes[port] === 0) {
      return this.sendOne(port, batches, b, now, limitBytes);
    }
    const rate = this.psPerByte[port]!;
    const perPacket = (batches.wire[b]! * rate) / n;
    const spacing = batches.spacing[b]!;
    const u = this.unarrivedNow(port, now);
    const start = this.busyUntil[port]! > now ? this.busyUntil[port]! : now;
    const spread = (n - 1) * spacing;
    const later = u - this.unarrivedRate[port]! * spread;
    const uEnd = later > 0 ? later : 0;
    const over = start + n * perPacket - now - spread - uEnd - limitBytes * rate;
    this.lastDropped = 0;
    if (over > 0) {
      const cut = Math.ceil(over / perPacket - 1e-9);
      this.lastDropped = cut < n ? cut : n;
      this.dropped[port]! += this.lastDropped;
      if (cut >= n) return false;
      batches.truncate(b, n - cut, mssBytes);
      n -= cut;
    }
    const wire = batches.wire[b]!;
    const total = Math.round(wire * rate);
    const tau = total / n;
    const backlog = start - now - u;
    const waiting = backlog > 0 ? backlog : 0;
    const ecn = this.ecnBytes[port]!;
    if (ecn > 0 && waiting > ecn * rate) batches.flags[b]! |= F_CE;
    if (waiting + tau > this.peakBytes[port]! * rate) this.peakBytes[port] = (waiting + tau) / rate;
    const first = Math.round(now + waiting + tau);
    const busy = start + total;
    this.busyUntil[port] = busy;
    let last = first;
    let out = 0;
    if (n > 1) {
      const arrived = now + (n - 1) * spacing + tau;
      const served = busy - uEnd;
      last = arrived > served ? arrived : served;
      out = last > first ? Math.floor((last - first) / (n - 1)) : 0;
      if (spacing > 0) {
        this.unarrived[port] = u + (n - 1) * tau;
        this.unarrivedRate[port] = (u > 0 ? this.unarrivedRate[port]! : 0) + tau / spacing;
        this.unarrivedAt[port] = now;
      }
    }
    this.workPs[port]! += total;
    this.wireBytes[port]! += wire;
    this.packets[port]! += n;
    this.lastDeparture = first + out * (n - 1);
    batches.t0[b] = first + this.delayPs[port]!;
    batches.spacing[b] = out;
    return true;
  }

  /** The same for one packet behind packets that are all here: an exact FIFO. */
  private sendOne(port: number, batches: Batches, b: number, now: number, limitBytes: number): boolean {
    const rate = this.psPerByte[port]!;
    const wire = batches.wire[b]!;
    const work = Math.round(wire * rate);
    const busy = this.busyUntil[port]!;
    const done = (busy > now ? busy : now) + work;
    const queued = done - now;
    this.lastDropped = 0;
    if (queued > limitBytes * rate) {
      this.lastDropped = 1;
      this.dropped[port]!++;
      return false;
    }
    if (queued > this.peakBytes[port]! * rate) this.peakBytes[port] = queued / rate;
    this.busyUntil[port] = done;
    this.workPs[port]! += work;
    this.wireBytes[port]! += wire;
    this.packets[port]!++;
    this.lastDeparture = done;
    batches.t0[b] = done + this.delayPs[port]!;
    batches.spacing[b] = 0;
    return true;
  }
}
