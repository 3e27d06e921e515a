/**
 * What a rack's applications get done, from the run's start to the window's end, in bins of equal length: tells
 * afterwards whether the warm-up was long enough. Counts only, no events: a run with or without it is the same.
 *
 * Left out: the drain.
 */
export const BINS = 150;

export class Timeline {
  readonly endPs: number;
  private readonly binsPerPs: number;
  /** Payload delivered, without that of probe streams and of these alone. */
  readonly payloadBytes = new Float64Array(BINS);
  readonly probeBytes = new Float64Array(BINS);
  /** Exchanges that ended, and the sum of their latencies in whole ns. */
  readonly exchanges = new Float64Array(BINS);
  readonly latencyNs = new Float64Array(BINS);

  /** @param endPs end of the measured window */
  constructor(endPs: number) {
    this.endPs = endPs;
    this.binsPerPs = BINS / endPs;
  }

  delivered(at: number, bytes: number, probe: boolean): void {
    if (at >= this.endPs) return;
    const bins = probe ? this.probeBytes : this.payloadBytes;
    bins[this.binOf(at)]! += bytes;
  }

  exchangeDone(at: number, latencyPs: number): void {
    if (at >= this.endPs) return;
    const bin = this.binOf(at);
    this.exchanges[bin]! += 1;
    this.latencyNs[bin]! += Math.round(latencyPs / 1000);
  }

  /** In runs of hours, rounding may reach past the last bin. */
  private binOf(at: number): number {
    return Math.min(BINS - 1, Math.floor(at * this.binsPerPs));
  }
}
