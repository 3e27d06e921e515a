/**
 * Ports: an output queue and the link behind it. One event a hop: when a batch is put on a port, its departure
 * and its arrival at the other end are both known.
 *
 * The queue is work-conserving in closed form. `busyUntil` counts the work of every batch as if its packets
 * were there at once; `unarrived` is what of that work has not arrived yet (it shrinks at the batches' arrival
 * rates), so a slow batch does not occupy a fast port. With one packet a batch this is an exact FIFO.
 *
 * A limit is a number of ps of work; what does not fit is cut from the batch's end (switches take a batch that
 * might not fit packet by packet: engine/fabric/forward.ts).
 * Left out: priorities, PFC, shared buffers. Source of store and forward: IEEE 802.1D.
 */
import { type Batches, F_CE } from './batch.ts';

// One row of eight doubles a port: a cache line that every hop touches.
const BUSY = 0;
const UNARRIVED = 1;
const WORK = 2;
const WIRE = 3;
const PEAK = 4;
const PACKETS = 5;
const UNARRIVED_RATE = 6;
const UNARRIVED_AT = 7;

// Ports that are alike share a row of what does not change.
const RATE = 0;
const DELAY = 1;
const LIMIT = 2;
const ECN = 3;

export class Ports {
  readonly count: number;
  private readonly f: Float64Array;
  /** Row of `alike` of each port. */
  private readonly like: Uint8Array;
  private alike = new Float64Array(0);
  /** Packets that found no room. */
  private readonly lost: Float64Array;
  /** Departure of the last packet of the batch just sent, ps. */
  lastDeparture = 0;
  /** Packets that the last `send` dropped. */
  lastDropped = 0;

  constructor(count: number) {
    this.count = count;
    this.f = new Float64Array(count * 8);
    this.like = new Uint8Array(count);
    this.lost = new Float64Array(count);
  }

  /**
   * @param limitBytes what may wait, with what is left of the packet in service
   * @param ecnBytes queue that marks CE, 0: never
   */
  set(port: number, gbps: number, delayNs: number, limitBytes: number, ecnBytes: number): void {
    const row = [8000 / gbps, Math.round(delayNs * 1000), limitBytes, ecnBytes];
    let at = 0;
    while (at < this.alike.length && !row.every((value, k) => this.alike[at + k] === value)) at += 4;
    if (at === this.alike.length) this.alike = Float64Array.from([...this.alike, ...row]);
    this.like[port] = at >> 2;
  }

  private kept(port: number, field: number): number {
    return this.alike[(this.like[port]! << 2) + field]!;
  }

  psPerByte(port: number): number {
    return this.kept(port, RATE);
  }

  delayPs(port: number): number {
    return this.kept(port, DELAY);
  }

  limitBytes(port: number): number {
    return this.kept(port, LIMIT);
  }

  /** When the work taken so far will be done, ps. */
  busyUntil(port: number): number {
    return this.f[(port << 3) + BUSY]!;
  }

  /** Service time of all packets taken, ps, whole run. */
  workPs(port: number): number {
    return this.f[(port << 3) + WORK]!;
  }

  wireBytes(port: number): number {
    return this.f[(port << 3) + WIRE]!;
  }

  packets(port: number): number {
    return this.f[(port << 3) + PACKETS]!;
  }

  dropped(port: number): number {
    return this.lost[port]!;
  }

  /** Largest backlog seen, bytes. */
  peakBytes(port: number): number {
    return this.f[(port << 3) + PEAK]! / this.kept(port, RATE);
  }

  /** Work that has arrived and waits or is in service, ps. */
  backlogPs(port: number, now: number): number {
    const work = this.busyUntil(port) - now - this.unarrivedNow(port << 3, now);
    return work > 0 ? work : 0;
  }

  /** Work taken at `now` but not yet arrived, ps, of the row at `o`. */
  private unarrivedNow(o: number, now: number): number {
    const { f } = this;
    const u = f[o + UNARRIVED]!;
    if (u <= 0) return 0;
    const left = u - f[o + UNARRIVED_RATE]! * (now - f[o + UNARRIVED_AT]!);
    if (left > 0) return left;
    f[o + UNARRIVED] = 0;
    return 0;
  }

  /**
   * Whether the work taken so far, arrived or not, with a batch of `wireBytes` and one like it that may come while
   * this one arrives, would pass the limit if all were here.
   */
  mayOverflow(port: number, wireBytes: number, now: number): boolean {
    const { f } = this;
    const o = port << 3;
    const waitingPs = f[o + BUSY]! > now ? f[o + BUSY]! - now : 0;
    return waitingPs > (this.kept(port, LIMIT) - 2 * wireBytes) * this.kept(port, RATE);
  }

  /**
   * Puts batch `b`, whose first packet is here now, on the port; sets its t0 and spacing at the other end.
   * @param limitBytes queue limit for this batch
   * @returns false if no packet found room
   */
  send(port: number, batches: Batches, b: number, now: number, limitBytes: number): boolean {
    const { f, alike } = this;
    const o = port << 3;
    const k = this.like[port]! << 2;
    if (batches.packets[b] !== 1 || f[o + UNARRIVED] !== 0 || alike[k + ECN] !== 0)
      return this.sendMany(port, batches, b, now, limitBytes);
    // One packet behind packets that are all here: an exact FIFO.
    const rate = alike[k + RATE]!;
    const wire = batches.wire[b]!;
    const work = Math.round(wire * rate);
    const busy = f[o + BUSY]!;
    const done = (busy > now ? busy : now) + work;
    const queued = done - now;
    this.lastDropped = 0;
    if (queued > limitBytes * rate) {
      this.lastDropped = 1;
      this.lost[port]!++;
      return false;
    }
    if (queued > f[o + PEAK]!) f[o + PEAK] = queued;
    f[o + BUSY] = done;
    f[o + WORK]! += work;
    f[o + WIRE]! += wire;
    f[o + PACKETS]!++;
    this.lastDeparture = done;
    batches.t0[b] = done + alike[k + DELAY]!;
    batches.spacing[b] = 0;
    return true;
  }

  private sendMany(port: number, batches: Batches, b: number, now: number, limitBytes: number): boolean {
    const { f, alike } = this;
    const o = port << 3;
    const k = this.like[port]! << 2;
    let n = batches.packets[b]!;
    const rate = alike[k + RATE]!;
    const perPacket = (batches.wire[b]! * rate) / n;
    const spacing = batches.spacing[b]!;
    const u = this.unarrivedNow(o, now);
    const start = f[o + BUSY]! > now ? f[o + BUSY]! : now;
    const spread = (n - 1) * spacing;
    const later = u - f[o + UNARRIVED_RATE]! * spread;
    const uEnd = later > 0 ? later : 0;
    const over = start + n * perPacket - now - spread - uEnd - limitBytes * rate;
    this.lastDropped = 0;
    if (over > 0) {
      const cut = Math.ceil(over / perPacket - 1e-9);
      this.lastDropped = cut < n ? cut : n;
      this.lost[port]! += this.lastDropped;
      if (cut >= n) return false;
      batches.truncate(b, n - cut);
      n -= cut;
    }
    const wire = batches.wire[b]!;
    const total = Math.round(wire * rate);
    const tau = total / n;
    const backlog = start - now - u;
    const waiting = backlog > 0 ? backlog : 0;
    const ecn = alike[k + ECN]!;
    if (ecn > 0 && waiting > ecn * rate) batches.flags[b]! |= F_CE;
    if (waiting + tau > f[o + PEAK]!) f[o + PEAK] = waiting + tau;
    const first = Math.round(now + waiting + tau);
    const busy = start + total;
    f[o + BUSY] = busy;
    let out = 0;
    if (n > 1) {
      const arrived = now + (n - 1) * spacing + tau;
      const served = busy - uEnd;
      const last = arrived > served ? arrived : served;
      out = last > first ? Math.floor((last - first) / (n - 1)) : 0;
      if (spacing > 0) {
        f[o + UNARRIVED] = u + (n - 1) * tau;
        f[o + UNARRIVED_RATE] = (u > 0 ? f[o + UNARRIVED_RATE]! : 0) + tau / spacing;
        f[o + UNARRIVED_AT] = now;
      }
    }
    f[o + WORK]! += total;
    f[o + WIRE]! += wire;
    f[o + PACKETS]! += n;
    this.lastDeparture = first + out * (n - 1);
    batches.t0[b] = first + alike[k + DELAY]!;
    batches.spacing[b] = out;
    return true;
  }
}
