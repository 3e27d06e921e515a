/**
 * Bonds: members by hash against values worked out by hand from bond_main.c, a flow's rate against its member's, the
 * spread of many flows against balls into bins, and that nothing is lost between members.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import { backendNamed } from '../../backends/catalog.ts';
import type { ClusterSpec, NetperfTraffic, TaskSpec } from '../../engine/core/taskSpec.ts';
import { outerTuple, type Tuple } from '../../engine/fabric/address.ts';
import { bondHash, GATEWAY } from '../../engine/fabric/bond.ts';
import type { Partition } from '../../engine/host/partition.ts';
import { runTask } from '../../engine/task.ts';
import { taskProblems } from '../../engine/validate.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

// 10.0.0.1:40000 > 10.0.0.2:8472 over UDP, and the same two nodes over IPIP; inside, two pods.
const udp: Tuple = { src: 0x0a000001, dst: 0x0a000002, sport: 40_000, dport: 8472, proto: 17 };
const ipip: Tuple = { src: 0x0a000001, dst: 0x0a000002, sport: 0, dport: 0, proto: 4 };
const pods: Tuple = { src: 0x64400001, dst: 0x64400101, sport: 32_769, dport: 5201, proto: 6 };

test('hashes by policy, worked out by hand', () => {
  // MAC bytes 1 and 2, protocol 0x0800.
  equal(bondHash('layer2', udp, pods, 0, 1), 0x0803);
  equal(bondHash('layer2', udp, pods, 0, GATEWAY), 0x08ff);
  // 0x0803 ^ addresses 0x03000000; ^ >> 16; ^ >> 8.
  equal(bondHash('layer2+3', udp, pods, 0, 1), 0x03030b08);
  // Ports 0x9c40 and 0x2118 as the host reads them: 0x1821409c; the same steps, then the lowest bit goes.
  equal(bondHash('layer3+4', udp, pods, 0, 1), 0x0d9d3d73);
  equal(bondHash('encap3+4', udp, pods, 0, 1), 0x0d9d3d73, 'nobody looks inside UDP');
  // No ports: 0x03000000 folds to 0x03030303.
  equal(bondHash('layer3+4', ipip, pods, 0, 1), 0x01818181);
  // Inside: ports 0x8001 and 0x1451 are 0x51140180; addresses differ in 0x00010000 as the host reads them.
  equal(bondHash('encap3+4', ipip, pods, 0, 1), (0x51150180 ^ 0x00005115 ^ 0x00511550) >>> 1);
});

interface Links {
  /** Packets by member: NIC of node 0, ToR's ports to node 1. */
  readonly up: number[];
  readonly down: number[];
}

/** Nodes 0 and 1 in one rack. Ports: NICs 0 1, ToR 2 3, 8 of uplinks and spines, then 4 a further member. */
function packetsOf(spec: TaskSpec): Links & { readonly record: ReturnType<typeof runTask> } {
  let p: Partition | null = null;
  const record = runTask(spec, {
    done: (cluster) => {
      p = cluster.partitions[0]!;
    },
  });
  const { bondLinks } = spec.cluster;
  const at = (port: number): number[] =>
    Array.from({ length: bondLinks }, (_, m) => p!.ports.packets(m === 0 ? port : 12 + (m - 1) * 4 + port));
  return { up: at(0), down: at(3), record };
}

const bonded = (
  backend: string,
  cluster: Partial<ClusterSpec>,
  more: Partial<Omit<NetperfTraffic, 'kind'>>,
  kind: NetperfTraffic['kind'] = 'UDP_STREAM',
): TaskSpec =>
  tinyTask({
    ...{ backend, warmupPs: 0, windowPs: 4e9, drainPs: 1e9 },
    cluster,
    traffic: netperfTraffic(kind, more),
  });

/** 64 streams of 1,000 datagrams a second, 3 in 4 ms each: 192 packets. */
const paced = { streams: 64, paceMessagesPerS: 1000, messageBytes: 200 };

test('consecutive ports spread evenly by layer3+4, a node pair stays together by layer2', () => {
  const four = (bondHash: ClusterSpec['bondHash'], backend = 'host') =>
    packetsOf(bonded(backend, { bondLinks: 4, bondHash }, paced)).up;
  // Ports 32768 … 32831, the lowest bit dropped: each member 16 streams.
  deepEqual(four('layer3+4'), [48, 48, 48, 48]);
  // 0x0803 % 4 = 3; 0x01818181 % 4 = 1.
  deepEqual(four('layer2'), [0, 0, 0, 192]);
  deepEqual(four('layer3+4', 'calico-ipip'), [0, 192, 0, 0]);
  deepEqual(four('encap3+4', 'calico-ipip'), [48, 48, 48, 48]);
  equal(four('layer3+4', 'calico-wireguard').filter((n) => n > 0).length, 1, 'one pair of ports');
  equal(four('layer3+4', 'flannel-vxlan').filter((n) => n > 0).length, 4, 'source ports by flow');
});

test('nothing is lost or made between members: packets and bytes as on one link', () => {
  const one = packetsOf(bonded('flannel-vxlan', {}, paced));
  deepEqual(one.up, [192]);
  const { up, down, record } = packetsOf(
    bonded('flannel-vxlan', { bondLinks: 3, bondHash: 'layer3+4' }, paced),
  );
  for (const side of [up, down]) equal(side[0]! + side[1]! + side[2]!, 192);
  equal(record.counters.wireBytes, one.record.counters.wireBytes);
  equal(record.counters.payloadBytes, 192 * 200);
});

test('flows fall on members like balls into bins', () => {
  const { paths } = backendNamed('flannel-vxlan');
  const bins = new Array<number>(4).fill(0);
  for (let i = 0; i < 4096; i++) {
    const inner = { src: 0x64400000 + (i & 255), dst: 0x64400101, sport: 32_768 + i, dport: 5201, proto: 6 };
    bins[bondHash('layer3+4', outerTuple(paths.tunnel!, inner, 0, 1), inner, 0, 1) % 4]!++;
  }
  // Mean 1,024, standard deviation 27.7; chi² with 3 degrees of freedom is below 16.3 in 999 of 1,000 cases.
  const chi2 = bins.reduce((sum, n) => sum + (n - 1024) ** 2 / 1024, 0);
  ok(chi2 < 16.3, `${bins} chi² ${chi2.toFixed(1)}`);
  // The switch's own hash, of 64 streams that come back to it: 16 a member, standard deviation 3.46.
  const { down } = packetsOf(bonded('host', { bondLinks: 4, bondHash: 'layer3+4' }, paced));
  for (const packets of down) ok(Math.abs(packets / 3 - 16) < 4 * 3.46, `${down}`);
  ok(new Set(down).size > 1, `${down} is not the even spread of the host`);
});

const gbps = (spec: TaskSpec): number => (runTask(spec).counters.payloadBytes * 8) / (spec.windowPs / 1000);

test('a flow is no faster than one member; several are as fast as theirs together', () => {
  const stream = (streams: number, cluster: Partial<ClusterSpec>) =>
    gbps({
      ...bonded('host', cluster, { streams }, 'TCP_STREAM'),
      ...{ warmupPs: 10e9, windowPs: 20e9, drainPs: 0 },
    });
  // 12.5 Gbit/s × 1448 of 1538 bytes a packet.
  const memberGbps = 11.77;
  ok(stream(1, {}) > 1.5 * memberGbps);
  const two = { bondLinks: 2, bondHash: 'layer3+4' } as const;
  const alone = stream(1, two);
  ok(alone < memberGbps && alone > 0.9 * memberGbps, `${alone}`);
  const eightLayer2 = stream(8, { bondLinks: 2, bondHash: 'layer2' });
  ok(eightLayer2 < memberGbps && eightLayer2 > 0.9 * memberGbps, `${eightLayer2}`);
  const eight = stream(8, two);
  ok(eight > 1.5 * memberGbps && eight < 2 * memberGbps, `${eight}`);
});

test('batches and single packets take the same members', () => {
  const links = (granularity: TaskSpec['granularity']) => {
    const spec = bonded('calico-bgp', { bondLinks: 2, bondHash: 'layer3+4' }, { ...paced, burst: 4 });
    const { up, down } = packetsOf({ ...spec, granularity });
    return { up, down };
  };
  deepEqual(links('packet'), links('batch'));
});

test('nine members, and a veth machine with two, are refused', () => {
  const problems = (bondLinks: number, machine: string) =>
    taskProblems(tinyTask({ cluster: { bondLinks }, machine })).map((problem) => problem.split(':')[0]);
  deepEqual(problems(9, 'xeon-25g'), ['cluster.bondLinks']);
  deepEqual(problems(2, 'veth-vm'), ['cluster.bondLinks']);
  deepEqual(problems(8, 'xeon-25g'), []);
});
