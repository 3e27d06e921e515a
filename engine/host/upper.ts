/** What hosts ask of the layers above them: types only, so that nothing below imports what is above. */
import type { Partition } from './partition.ts';

/** What lies above the hosts: transport and applications. Set once, before the run. */
export interface Upper {
  /** Batch `b` has reached its pod's socket inside the running job. Takes the batch. */
  deliver(p: Partition, b: number): void;
  /** A core's softirq looks after socket `s` (timer, TSQ tasklet). */
  softSocket(p: Partition, s: number): void;
  /** `bytes` of socket `s` have left the NIC (or were dropped before it). */
  completed(p: Partition, s: number, bytes: number, core: number): void;
  /** Runs application work of thread `t` into the open job; false: nothing to do. */
  application(p: Partition, t: number): boolean;
  /** Next arrival of traffic source `source`. */
  traffic(p: Partition, source: number): void;
  /** The deadline of socket `s` may have come. */
  timer(p: Partition, s: number): void;
}

/** Fabric-only traffic: hosts without a stack. */
export interface WireOnly {
  source(p: Partition, local: number): void;
  /** Batch `b` is on its last link and arrives at its t0. */
  sink(p: Partition, b: number): void;
}
