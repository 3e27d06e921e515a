/**
 * Metric of a published row → the netperf test that repeats it, and how its figure is read from the record.
 *
 * qperf's `tcp_lat` and NPtcp print half of a round trip, netperf's `_rr_` metrics the whole.
 * Left out: tails and connection rates under load (they depend on conditions that no source states).
 */

import { Histogram } from '../../engine/core/histogram.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { NetperfKind } from '../../engine/core/taskSpec.ts';
import type { Conditions } from './conditions.ts';
import { cpuClassOf } from './cpu.ts';

/** What the host row of a kind of test may fix. */
export type Family = 'bulk' | 'udp' | 'latency';

export interface Test {
  readonly kind: NetperfKind;
  readonly scales: Family;
  /** The record's figure in base units: Gbit/s, packets/s, µs; CPU depends on more (`cpu.ts`). */
  readonly read: (record: TaskRecord) => number | null;
}

const S_PER_PS = 1e-12;

const goodputGbps = (r: TaskRecord): number => (r.counters.payloadBytes * 8e-9) / (r.windowPs * S_PER_PS);

/** Datagrams handed to the socket: those that arrived and those that were lost anywhere. */
function sendsPerS(r: TaskRecord): number {
  const lost = Object.values(r.drops).reduce((sum, packets) => sum + packets, 0);
  return (r.counters.packetsDelivered + lost) / (r.simulatedPs * S_PER_PS);
}

/** Median of the exchanges × `share`, µs. */
const latencyUs =
  (share: number) =>
  (r: TaskRecord): number | null =>
    r.rpcLatency.count === 0 ? null : Histogram.fromData(r.rpcLatency).quantile(0.5) * 1e-6 * share;

/** The test, or why there is none. */
export function testOf({ family, metric }: Pick<Conditions, 'family' | 'metric'>): Test | string {
  if (family === 'tcp1' || family === 'tcpN')
    return { kind: 'TCP_STREAM', scales: 'bulk', read: goodputGbps };
  if (family === 'udp') return { kind: 'UDP_STREAM', scales: 'udp', read: goodputGbps };
  if (family === 'pps') return { kind: 'UDP_STREAM', scales: 'udp', read: sendsPerS };
  if (family === 'cpu' && cpuClassOf(metric) !== null) {
    const udp = metric.endsWith('_udp');
    return { kind: udp ? 'UDP_STREAM' : 'TCP_STREAM', scales: udp ? 'udp' : 'bulk', read: () => null };
  }
  if (family === 'latency') {
    const kind = metric.startsWith('udp') ? 'UDP_RR' : 'TCP_RR';
    return { kind, scales: 'latency', read: latencyUs(metric.includes('_rr_') ? 1 : 0.5) };
  }
  return `no test repeats '${metric}' of family '${family}'`;
}

/** Bytes of one send or request; iperf3's datagram is the control connection's segment. */
export function requestIn(c: Conditions, kind: NetperfKind, mtuBytes: number): number {
  if (kind === 'TCP_STREAM') return c.writeBytes;
  return kind === 'UDP_STREAM' ? mtuBytes - 52 : c.requestBytes;
}
