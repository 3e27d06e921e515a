/**
 * Small tasks whose runs are compared to the bit, and what of a run is compared: its digest and the bytes of its
 * record. Used by the tests beside it, by the golden digests, and by the check on other Node versions.
 *
 * `mixed` holds what a run can depend on: four racks, flows, requests, probe streams, and datagrams that twelve
 * senders send in step to one receiver, so that messages of three partitions reach a fourth at one picosecond
 * and only their order by source can decide. Left out of the comparison: memoryBytes, which the design exempts.
 */
import { DEFAULT_BACKENDS } from '../../backends/catalog.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask, type TaskHooks } from '../../engine/task.ts';
import { canonicalJson, canonicalSha256 } from '../../reports/canonical.ts';
import { flows, netperf, rpc } from '../../scenarios/lib/traffic.ts';
import { fbHadoop } from '../../workloads/fbHadoop.ts';
import { netperfTraffic, type TinyOptions, tinyTask } from '../lib/tinyTask.ts';

/** 16 nodes in 4 racks: 0.5 ms of warm-up, 1.5 ms of window, some 10,000 events. */
export function mixedTask(backend: string, more: TinyOptions = {}): TaskSpec {
  return tinyTask({
    backend,
    task: `mixed/${backend}`,
    cluster: { nodes: 16, nodesPerRack: 4, uplinks: 2 },
    traffic: {
      flows: { ...flows('fb-hadoop', 0.05), sizes: fbHadoop },
      rpc: rpc(2000, { requestBytes: 1024, responseBytes: 1024, connections: 4 }),
      probePairs: 2,
      netperf: netperf('UDP_STREAM', {
        matrix: 'incast',
        fanIn: 12,
        messageBytes: 1000,
        paceMessagesPerS: 10_000,
      }),
    },
    warmupPs: 0.5e9,
    windowPs: 1.5e9,
    drainPs: 10e9,
    ...more,
  });
}

/** What the `mixed` tasks do not reach: connections, drops in switches, single packets, the veth machine. */
const others = (): TaskSpec[] => [
  tinyTask({ task: 'crr', windowPs: 1e9, traffic: netperfTraffic('TCP_CRR', { streams: 2 }) }),
  tinyTask({
    task: 'incast',
    backend: 'flannel-vxlan',
    cluster: { nodes: 9, nodesPerRack: 3, uplinks: 2, bufferBytes: 50 * 1538, ecnBytes: 30_000 },
    windowPs: 2e9,
    traffic: netperfTraffic('TCP_STREAM', { matrix: 'incast', fanIn: 8 }),
  }),
  mixedTask('flannel-host-gw', { task: 'packets', granularity: 'packet' }),
  tinyTask({
    task: 'veth',
    backend: 'flannel-udp',
    machine: 'veth-vm',
    traffic: netperfTraffic('TCP_STREAM', { pinned: true }),
  }),
];

/** Every small task, in a fixed order. */
export function smallTasks(): TaskSpec[] {
  const all = [...DEFAULT_BACKENDS.map((backend) => mixedTask(backend)), ...others()];
  return all.map((spec, index) => ({ ...spec, index }));
}

/** The bytes of a record that must repeat. */
export function recordBytes(record: TaskRecord): string {
  return canonicalJson(comparable(record));
}

function comparable(record: TaskRecord): Omit<TaskRecord, 'memoryBytes'> {
  const { memoryBytes: _, ...rest } = record;
  return rest;
}

export interface Fingerprint {
  readonly digest: string;
  /** SHA-256 of the record's bytes. */
  readonly record: string;
}

export function fingerprint(spec: TaskSpec, hooks: TaskHooks = {}): Fingerprint {
  return fingerprintOf(runTask(spec, hooks));
}

export function fingerprintOf(record: TaskRecord): Fingerprint {
  return { digest: record.digest, record: canonicalSha256(comparable(record)) };
}
