/**
 * TCP through a token bucket as plain JSON: what is asked and what is answered.
 * The set-up is that of section 10 of the kernel measurements (docs/SOURCES.md, K10).
 */

export interface BottleneckSpec {
  /** Tells a bottleneck from a task; also its id within a run. */
  readonly bottleneck: string;
  readonly congestion: 'cubic' | 'reno';
  readonly rateMbps: number;
  /** One way, µs; 0: no delay line. */
  readonly delayUs: number;
  /** Byte limit of the queue before the bucket, frames of up to 1,514 B. */
  readonly limitBytes: number;
  readonly burstBytes: number;
  readonly flows: number;
  readonly seconds: number;
  /** Sockets are paced by TCP itself; left out: they are, as in the shipped measurements. */
  readonly paced?: boolean;
}

export interface BottleneckRecord {
  readonly bottleneck: string;
  /** Events of the bed. */
  readonly events: number;
  readonly goodputMbps: number;
  /** Packets that the bucket's queue refused. */
  readonly drops: number;
  /** Median of smoothed round-trip times, ms. */
  readonly rttMs: number;
  readonly cwndBytes: number;
}
