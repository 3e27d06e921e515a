/**
 * Flooding VXLANs, counted: copies at each NIC and bytes on the wire against n − 1 and 116, receivers, growth with the
 * square of the nodes; and that shipped backends, whose entries are static, send nothing.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { ClusterSpec, TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';
import { taskProblems } from '../../engine/validate.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

const flooding = (cluster: Partial<ClusterSpec>, backend = 'flannel-vxlan'): TaskSpec =>
  tinyTask({
    ...{ backend, warmupPs: 0, windowPs: 100e9, drainPs: 1e9 },
    cluster: { nodes: 6, broadcastsPerS: 400, vxlanFlood: 'head-end', ...cluster },
    // Something small beside it, so that the drain is waited for: one exchange at a time between nodes 0 and 1.
    traffic: netperfTraffic('UDP_STREAM', { paceMessagesPerS: 11, messageBytes: 200 }),
  });

interface Counts {
  /** Packets and bytes that NICs sent; packets that ToR ports sent to each host; those over uplinks. */
  readonly sent: number[];
  readonly bytes: number;
  readonly received: number[];
  readonly up: number;
  readonly record: TaskRecord;
}

function countsOf(spec: TaskSpec): Counts {
  const counts = { sent: [] as number[], bytes: 0, received: [] as number[], up: 0 };
  const record = runTask(spec, {
    done: ({ partitions, setup }) => {
      for (const { ports, nodeCount } of partitions) {
        for (let l = 0; l < nodeCount; l++) {
          counts.sent.push(ports.packets(l));
          counts.bytes += ports.wireBytes(l);
          counts.received.push(ports.packets(nodeCount + l));
        }
        for (let u = 0; u < setup.uplinks; u++) counts.up += ports.packets(2 * nodeCount + u);
      }
    },
  });
  return { ...counts, record };
}

const sum = (list: readonly number[]): number => list.reduce((total, n) => total + n, 0);
/** The datagram at 91 ms: 200 bytes, headers 28 + 50, framing 38. */
const DATAGRAM_BYTES = 316;

/** Broadcasts of each node, from the copies that a group needs: one each. */
function broadcastsOf(cluster: Partial<ClusterSpec> = {}): number[] {
  const { sent } = countsOf(flooding({ ...cluster, vxlanFlood: 'multicast' }));
  return sent.map((n, node) => (node === 0 ? n - 1 : n));
}

test('head-end replication: n − 1 copies of 116 bytes at the sender, one at each other node', () => {
  const broadcasts = broadcastsOf();
  // 400/s for 0.1 s: 40 a node, 240 in all, standard deviation 15.5.
  ok(Math.abs(sum(broadcasts) - 240) < 4 * 15.5, `${broadcasts}`);
  const { sent, bytes, received, record } = countsOf(flooding({}));
  deepEqual(
    sent,
    broadcasts.map((n, node) => 5 * n + (node === 0 ? 1 : 0)),
  );
  // ARP 28, outer headers 50, framing 38.
  equal(bytes, sum(broadcasts) * 5 * 116 + DATAGRAM_BYTES);
  deepEqual(
    received,
    broadcasts.map((n, node) => sum(broadcasts) - n + (node === 1 ? 1 : 0)),
  );
  deepEqual(record.drops, {});
});

test('a multicast group: one copy from the sender, one over an uplink, one to each host', () => {
  const racks = { nodesPerRack: 2 };
  const broadcasts = broadcastsOf(racks);
  const { bytes, received, up } = countsOf(flooding({ ...racks, vxlanFlood: 'multicast' }));
  equal(bytes, sum(broadcasts) * 116 + DATAGRAM_BYTES);
  equal(up, sum(broadcasts));
  deepEqual(
    received,
    broadcasts.map((n, node) => sum(broadcasts) - n + (node === 1 ? 1 : 0)),
  );
  // Head-end: each of 4 nodes elsewhere has its copy over the uplinks.
  equal(countsOf(flooding(racks)).up, 4 * sum(broadcasts));
});

test('static entries, and backends without a VXLAN, send none', () => {
  for (const { name } of BACKENDS) {
    const { sent } = countsOf(flooding({ vxlanFlood: 'none' }, name));
    deepEqual(sent, [1, 0, 0, 0, 0, 0], name);
  }
  for (const backend of ['host', 'flannel-host-gw', 'calico-ipip', 'calico-wireguard', 'cilium-geneve'])
    deepEqual(countsOf(flooding({}, backend)).sent, [1, 0, 0, 0, 0, 0], backend);
  deepEqual(
    runTask(flooding({ vxlanFlood: 'none' })).digest,
    runTask(flooding({ broadcastsPerS: 0 })).digest,
  );
});

test('CPU grows with the square of the nodes; a group saves the sender its copies', () => {
  const cpuPs = (cluster: Partial<ClusterSpec>): number => {
    const cpu = runTask(flooding(cluster)).cpu.filter(({ stage }) => stage === 'ENCAP' || stage === 'DECAP');
    return sum(cpu.map(({ ps }) => Number(ps)));
  };
  // n nodes × n − 1 copies: 12 × 11 over 6 × 5 is 4.4; 240 and 480 broadcasts by chance within 4 × 8 %.
  const ratio = cpuPs({ nodes: 12 }) / cpuPs({ nodes: 6 });
  ok(ratio > 4.4 * 0.68 && ratio < 4.4 * 1.32, `${ratio}`);
  ok(cpuPs({ vxlanFlood: 'multicast' }) < 0.7 * cpuPs({}));
});

test('cold neighbours and bonds beside a flood; racks in any order', () => {
  for (const vxlanFlood of ['head-end', 'multicast'] as const) {
    const cluster = { ...{ vxlanFlood, nodesPerRack: 2, bondLinks: 2 }, bondHash: 'layer3+4' } as const;
    const spec = flooding({ ...cluster, coldNeighbours: true });
    const plain = runTask(spec);
    equal(plain.counters.packetsDelivered, 1);
    equal(runTask(spec, { shuffle: (list) => void list.reverse() }).digest, plain.digest);
  }
});

test('a negative rate and a veth machine are refused', () => {
  const problems = (broadcastsPerS: number, machine: string) =>
    taskProblems(tinyTask({ cluster: { broadcastsPerS }, machine })).map((problem) => problem.split(':')[0]);
  deepEqual(problems(-1, 'xeon-25g'), ['cluster.broadcastsPerS']);
  deepEqual(problems(1, 'veth-vm'), ['cluster.broadcastsPerS']);
});

test('a record says that its cluster floods, and only then', () => {
  equal(runTask(flooding({})).flooded, true);
  for (const still of [{ broadcastsPerS: 0 }, { vxlanFlood: 'none' as const }])
    equal(runTask(flooding(still)).flooded, undefined);
  equal(runTask(flooding({}, 'calico-bgp')).flooded, undefined);
});
