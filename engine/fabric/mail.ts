/**
 * What racks send each other: batches at the spine ports toward their destination's rack. Racks of one thread hand
 * over the batch itself; for another thread's rack it is copied away.
 *
 * A rack takes its mail when it runs; the order in which it lies here cannot matter (engine/fabric/arrivals.ts).
 */
import { assert } from '../core/assert.ts';
import { K_SPINE } from '../core/kinds.ts';
import type { Arrivals } from './arrivals.ts';
import type { Batches } from './batch.ts';

export class Mail {
  /** Arrival of the first letter for each rack here, ps; Infinity: none. */
  readonly nextPs: Float64Array;
  /** Earliest arrival of what went to other threads since `awayPs` was reset, ps. */
  awayPs = Infinity;
  /** Nothing may arrive earlier, ps: racks may have gone on so far. */
  floorPs = 0;
  private readonly batches: Batches;
  private readonly firstRack: number;
  private readonly heads: Int32Array;
  private readonly away: (rack: number, b: number) => void;

  /**
   * @param firstRack of the `racks` consecutive ones here
   * @param away      copies a batch for another thread's rack
   */
  constructor(batches: Batches, firstRack: number, racks: number, away: (rack: number, b: number) => void) {
    this.batches = batches;
    this.firstRack = firstRack;
    this.nextPs = new Float64Array(racks).fill(Infinity);
    this.heads = new Int32Array(racks).fill(-1);
    this.away = away;
  }

  /** Sends batch `b` over spine `uplink` to `rack`, where it arrives at its t0. */
  post(rack: number, uplink: number, b: number): void {
    const { batches } = this;
    assert(batches.t0[b]! >= this.floorPs, 'message inside the lookahead');
    batches.kind[b] = K_SPINE;
    batches.via[b] = uplink;
    const place = rack - this.firstRack;
    if (place >= 0 && place < this.heads.length) {
      this.keep(place, b);
      return;
    }
    if (batches.t0[b]! < this.awayPs) this.awayPs = batches.t0[b]!;
    this.away(rack, b);
    batches.free(b);
  }

  /** A letter for the rack at `place`. */
  keep(place: number, b: number): void {
    const at = this.batches.t0[b]!;
    this.batches.next[b] = this.heads[place]!;
    this.heads[place] = b;
    if (at < this.nextPs[place]!) this.nextPs[place] = at;
  }

  /** Hands the rack at `place` what has come for it. */
  collect(place: number, arrivals: Arrivals): void {
    let b = this.heads[place]!;
    if (b < 0) return;
    this.heads[place] = -1;
    this.nextPs[place] = Infinity;
    while (b >= 0) {
      const after = this.batches.next[b]!;
      arrivals.push(b);
      b = after;
    }
  }
}
