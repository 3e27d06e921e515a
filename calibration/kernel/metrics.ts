/** What the kernel measurements report, computed from a task's record. */

import { Histogram } from '../../engine/core/histogram.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';

/** Datagrams that the sink's socket holds before it drops: its buffer / truesize of one. */
function held(spec: TaskSpec): number {
  return Math.floor(spec.machine.udpRcvbufBytes / spec.machine.nic.rxTruesizeBytes) + 1;
}

const lost = (record: TaskRecord): number => Object.values(record.drops).reduce((sum, n) => sum + n, 0);

const busyNs = (record: TaskRecord): number => record.coreBusyPs.reduce((sum, ps) => sum + ps, 0) / 1000;

/** Metric of the data → its value; units by the name, as in the data. Absent: not predicted. */
export const KERNEL_METRICS: Readonly<Record<string, (spec: TaskSpec, record: TaskRecord) => number>> = {
  ns_per_pkt: (spec, record) => spec.windowPs / 1000 / (lost(record) + held(spec)),
  gbps: (_, record) => (record.counters.payloadBytes * 8000) / record.windowPs,
  busy_ns_per_byte: (_, record) => busyNs(record) / record.counters.payloadBytes,
  p50_us: (_, record) => Histogram.fromData(record.rpcLatency).quantile(0.5) / 1e6,
  busy_us_per_tx: (_, record) => busyNs(record) / 1000 / record.counters.rpcsFinished,
  own0: (_, record) => record.coreBusyPs[0]! / 1e12,
};
