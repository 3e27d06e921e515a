/**
 * IPv6 pods on IPv6 nodes: golden MTU, MSS, overhead and wire bytes of every backend (Felix: 70 bytes for VXLAN, 80
 * for WireGuard; RFC 8200), Microsoft's RSS vectors, and goodput of a slow link by header arithmetic.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import test from 'node:test';
import { BACKENDS, backendNamed } from '../../backends/catalog.ts';
import { toeplitzV6 } from '../../engine/core/toeplitz.ts';
import { rssHash, type Tuple } from '../../engine/fabric/address.ts';
import { inFamily } from '../../engine/host/family.ts';
import { feasibility } from '../../engine/host/feasible.ts';
import { deriveMtu, wireBytes } from '../../engine/host/mtu.ts';
import { runTask } from '../../engine/task.ts';
import { taskProblems } from '../../engine/validate.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { twoNodes } from '../../scenarios/lib/cluster.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

const V6 = { ipFamily: 'ipv6' } as const;

/** [backend, overhead, MTU and MSS at 1500, MSS at 9000, wire bytes of a pure ACK on the path between nodes] */
const GOLDEN = [
  ['host', 0, 1500, 1428, 8928, 110],
  ['bridge', 0, 1500, 1428, 8928, 110],
  ['flannel-host-gw', 0, 1500, 1428, 8928, 110],
  ['calico-bgp', 0, 1500, 1428, 8928, 110],
  ['calico-ebpf', 0, 1500, 1428, 8928, 110],
  ['cilium-native', 0, 1500, 1428, 8928, 110],
  ['cilium-legacy', 0, 1500, 1428, 8928, 110],
  ['flannel-vxlan', 70, 1430, 1358, 8858, 180],
  ['flannel-vxlan-directrouting', 70, 1430, 1358, 8858, 110],
  ['calico-vxlan', 70, 1430, 1358, 8858, 180],
  ['calico-vxlan-crosssubnet', 70, 1430, 1358, 8858, 110],
  ['cilium-vxlan', 70, 1430, 1358, 8858, 180],
  ['cilium-vxlan-legacy', 70, 1430, 1358, 8858, 180],
  ['cilium-geneve', 70, 1430, 1358, 8858, 180],
  ['calico-wireguard', 80, 1420, 1348, 8848, 198],
  ['calico-ebpf-wireguard', 80, 1420, 1348, 8848, 198],
  ['flannel-wireguard', 80, 1420, 1348, 8848, 198],
  ['cilium-wireguard', 80, 1420, 1348, 8848, 198],
] as const;

const WITHOUT = ['calico-ebpf-ipip', 'calico-ipip', 'calico-ipip-crosssubnet', 'flannel-ipip', 'flannel-udp'];

test('every backend is in the table or works with IPv4 alone', () => {
  deepEqual([...GOLDEN.map(([name]) => name), ...WITHOUT].sort(), BACKENDS.map(({ name }) => name).sort());
  const cluster = twoNodes({ ...V6, fabricKnowsPods: true });
  const refused = BACKENDS.filter((backend) => feasibility(backend, cluster, { rules: 0 }) !== null);
  deepEqual(refused.map(({ name }) => name).sort(), WITHOUT);
  for (const backend of refused) match(feasibility(backend, cluster, { rules: 0 })!, /IPv4 alone/);
});

for (const [name, overheadBytes, mtu1500, mss1500, mss9000, ackWire] of GOLDEN) {
  test(`${name} over IPv6: MTU, MSS, overhead, wire bytes`, () => {
    const declared = backendNamed(name);
    const expected = { podMtuBytes: mtu1500, tcpMssBytes: mss1500, overheadBytes };
    deepEqual(deriveMtu(declared, 1500, 'ipv6'), expected);
    equal(deriveMtu(declared, 9000, 'ipv6').tcpMssBytes, mss9000);
    const backend = inFamily(declared, 'ipv6');
    const path = backend.paths[String(backend.choose.sameSubnet)]!;
    equal(wireBytes(path, 72, mtu1500), ackWire);
  });
}

test("Microsoft's verification suite for IPv6", () => {
  const words = (text: string): number[] => {
    const [head = '', tail] = text.split('::');
    const parts = (part: string): number[] =>
      part === '' ? [] : part.split(':').map((x) => Number(`0x${x}`));
    const left = parts(head);
    const right = tail === undefined ? [] : parts(tail);
    const all = [...left, ...new Array(8 - left.length - right.length).fill(0), ...right];
    return [0, 2, 4, 6].map((at) => (all[at]! << 16) | all[at + 1]!);
  };
  const vectors = [
    ['3ffe:2501:200:1fff::7', 2794, '3ffe:2501:200:3::1', 1766, 0x40207d3d, 0x2cc18cd5],
    ['3ffe:501:8::260:97ff:fe40:efab', 14230, 'ff02::1', 4739, 0xdde51bbf, 0x0f0c461c],
    ['3ffe:1900:4545:3:200:f8ff:fe21:67cf', 44251, 'fe80::200:f8ff:fe21:67cf', 38024, 0x02d1feef, 0x4b61e985],
  ] as const;
  for (const [src, sport, dst, dport, withPorts, addressesOnly] of vectors) {
    const both = [...words(src), ...words(dst)];
    equal(toeplitzV6(both), addressesOnly, src);
    equal(toeplitzV6([...both, (sport << 16) | dport]), withPorts, src);
  }
});

test("RSS hashes what stands in the packet: fd00::/96 and the node's number, ports by the NIC's choice", () => {
  const machine = machineNamed('xeon-25g');
  const udp: Tuple = { src: 0x0a000001, dst: 0x0a000002, sport: 40_000, dport: 8472, proto: 17 };
  const both = [0xfd000000, 0, 0, 0x0a000001, 0xfd000000, 0, 0, 0x0a000002];
  const hashed = (rssUdpPorts: boolean) =>
    rssHash({ ...machine, facts: { ...machine.facts, rssUdpPorts } }, udp, udp, 'ipv6') >>> 0;
  equal(hashed(true), toeplitzV6([...both, (40_000 << 16) | 8472]));
  equal(hashed(false), toeplitzV6(both));
});

/** Payload of full packets / wire bytes. */
for (const [name, share] of [
  ['host', 1428 / 1538],
  ['flannel-vxlan', 1358 / 1538],
  ['calico-wireguard', 1348 / 1538],
] as const) {
  test(`${name}: a link of 1 Gbit/s carries ${(share * 1000).toFixed(1)} Mbit/s over IPv6`, () => {
    const record = runTask(
      tinyTask({
        backend: name,
        cluster: { ...V6, linkGbps: 1, uplinkGbps: 1 },
        traffic: netperfTraffic('TCP_STREAM'),
        ...{ warmupPs: 50e9, windowPs: 100e9 },
      }),
    );
    const mbps = (record.counters.payloadBytes * 8) / 0.1 / 1e6;
    ok(Math.abs(mbps / (share * 1000) - 1) < 0.005, `${mbps}`);
  });
}

test('an MTU below 1280, a datagram too large and a backend without IPv6 are refused with the field', () => {
  const problems = (options: Parameters<typeof tinyTask>[0]) => taskProblems(tinyTask(options)).join('\n');
  // Outer headers take 70 bytes: the user set the links' MTU, or the pods'.
  equal(
    problems({ cluster: { ...V6, mtuBytes: 1300 }, backend: 'flannel-vxlan' }),
    'cluster.mtuBytes: 1300 leaves the pods of flannel-vxlan 1230, which is below 1280, ' +
      'the least for ipv6: set at least 1350',
  );
  match(problems({ cluster: V6, podMtuBytes: 1230 }), /^podMtuBytes: 1230 is below 1280/);
  match(problems({ cluster: V6, backend: 'calico-ipip' }), /^backend: .*IPv4 alone/);
  equal(problems({ cluster: { ...V6, mtuBytes: 1350 }, backend: 'flannel-vxlan' }), '');
});
