/**
 * Golden values: MTU, MSS, overhead and wire bytes follow from the declared headers. Literals: flannel's and
 * Felix's own constants (28, 50, 20, 60) and IEEE 802.3 framing.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS, backendNamed } from '../../backends/catalog.ts';
import type { Path } from '../../engine/host/backend.ts';
import { deriveMtu, headerBytes, wireBytes } from '../../engine/host/mtu.ts';
import podToPod from '../../scenarios/pod-to-pod.ts';
import sameNode from '../../scenarios/same-node.ts';

/** [backend, overhead, MTU and MSS at 1500, MSS at 9000, wire bytes of a pure ACK] */
const GOLDEN = [
  ['host', 0, 1500, 1448, 8948, 90],
  ['flannel-udp', 28, 1472, 1420, 8920, 118],
  ['flannel-vxlan', 50, 1450, 1398, 8898, 140],
  ['flannel-host-gw', 0, 1500, 1448, 8948, 90],
  ['calico-ipip', 20, 1480, 1428, 8928, 110],
  ['calico-bgp', 0, 1500, 1448, 8948, 90],
  ['cilium-native', 0, 1500, 1448, 8948, 90],
  ['calico-wireguard', 60, 1440, 1388, 8888, 162],
  ['bridge', 0, 1500, 1448, 8948, 90],
  ['calico-vxlan', 50, 1450, 1398, 8898, 140],
  ['calico-ebpf', 0, 1500, 1448, 8948, 90],
  ['calico-ebpf-ipip', 20, 1480, 1428, 8928, 110],
  ['calico-ebpf-wireguard', 60, 1440, 1388, 8888, 162],
  ['cilium-legacy', 0, 1500, 1448, 8948, 90],
  ['cilium-vxlan-legacy', 50, 1450, 1398, 8898, 140],
  ['cilium-vxlan', 50, 1450, 1398, 8898, 140],
  ['cilium-geneve', 50, 1450, 1398, 8898, 140],
  ['flannel-ipip', 20, 1480, 1428, 8928, 110],
] as const;

const wirePath = (name: string): Path => {
  const backend = backendNamed(name);
  const chosen = backend.choose.sameSubnet;
  assert.ok(typeof chosen === 'string');
  return backend.paths[chosen]!;
};

for (const [name, overhead, mtu1500, mss1500, mss9000, ackWire] of GOLDEN) {
  test(`${name}: MTU, MSS, overhead, wire bytes`, () => {
    const small = deriveMtu(backendNamed(name), 1500);
    const path = wirePath(name);
    assert.deepEqual(small, { podMtuBytes: mtu1500, tcpMssBytes: mss1500, overheadBytes: overhead });
    assert.equal(headerBytes(path), overhead);
    assert.equal(wireBytes(path, mtu1500, mtu1500), 1538);
    assert.equal(wireBytes(path, 52, mtu1500), ackWire);
    const jumbo = deriveMtu(backendNamed(name), 9000);
    assert.equal(jumbo.tcpMssBytes, mss9000);
    assert.equal(wireBytes(path, jumbo.podMtuBytes, jumbo.podMtuBytes), 9038);
  });
}

test('a stated reserve wins over the headers', () => {
  const backend = { ...backendNamed('calico-wireguard'), mtuReserveBytes: 80 };
  assert.deepEqual(deriveMtu(backend, 1500), { podMtuBytes: 1420, tcpMssBytes: 1368, overheadBytes: 60 });
  assert.equal(wireBytes(wirePath('calico-wireguard'), 1420, 1420), 1518);
});

const RESERVE_80 = ['flannel-wireguard', 'cilium-wireguard'];

for (const name of RESERVE_80) {
  test(`${name} reserves 80 bytes and uses 60`, () => {
    const derived = deriveMtu(backendNamed(name), 1500);
    assert.deepEqual(derived, { podMtuBytes: 1420, tcpMssBytes: 1368, overheadBytes: 60 });
    assert.equal(wireBytes(wirePath(name), 1420, 1420), 1518);
    assert.equal(wireBytes(wirePath(name), 52, 1420), 162);
    const jumbo = deriveMtu(backendNamed(name), 9000);
    assert.deepEqual(jumbo, { podMtuBytes: 8920, tcpMssBytes: 8868, overheadBytes: 60 });
    // 8,920 is no multiple of 16: padded to 8,928, but not beyond the device's own MTU.
    assert.equal(wireBytes(wirePath(name), 8920, 8920), 9018);
  });
}

/** [backend, overhead, MTU at 1500 and at 9000] */
const BY_SUBNET = [
  ['flannel-vxlan-directrouting', 50, 1450, 8950],
  ['calico-ipip-crosssubnet', 20, 1480, 8980],
  ['calico-vxlan-crosssubnet', 50, 1450, 8950],
] as const;

test('a choice by subnet keeps the MTU of its tunnel where nothing is put around', () => {
  for (const [name, overheadBytes, podMtuBytes, jumboMtuBytes] of BY_SUBNET) {
    const derived = deriveMtu(backendNamed(name), 1500);
    assert.deepEqual(derived, { podMtuBytes, tcpMssBytes: podMtuBytes - 52, overheadBytes });
    assert.equal(headerBytes(wirePath(name)), 0);
    assert.equal(wireBytes(wirePath(name), podMtuBytes, podMtuBytes), podMtuBytes + 38);
    assert.equal(headerBytes(backendNamed(name).paths.tunnel!), overheadBytes);
    assert.equal(wireBytes(backendNamed(name).paths.tunnel!, podMtuBytes, podMtuBytes), 1538);
    assert.equal(deriveMtu(backendNamed(name), 9000).podMtuBytes, jumboMtuBytes);
    assert.equal(deriveMtu(backendNamed(name), 9000).tcpMssBytes, jumboMtuBytes - 52);
  }
});

test('each backend of the catalogue stands in one of the tables above', () => {
  const listed = [...GOLDEN.map(([name]) => name), ...BY_SUBNET.map(([name]) => name), ...RESERVE_80];
  assert.deepEqual(listed.sort(), BACKENDS.map(({ name }) => name).sort());
});

test('the datagrams of the shipped scenarios fit every backend', () => {
  const datagrams = [podToPod, sameNode].flatMap(({ points }) =>
    (points ?? []).filter((point) => point.kind === 'UDP_STREAM').map((point) => Number(point.message)),
  );
  assert.equal(datagrams.length, 2);
  for (const backend of BACKENDS) {
    for (const bytes of datagrams)
      assert.ok(bytes + 28 <= deriveMtu(backend, 1500).podMtuBytes, backend.name);
  }
});

test('minimum frame, padding in the middle, and packets that do not fit', () => {
  assert.equal(wireBytes(wirePath('host'), 28, 1500), 84);
  assert.equal(wireBytes(wirePath('calico-wireguard'), 65, 1440), 80 + 60 + 38);
  assert.throws(() => wireBytes(wirePath('host'), 1501, 1500), /larger than the pod MTU/);
  assert.throws(() => deriveMtu(backendNamed('flannel-vxlan'), 100), /no TCP payload/);
  assert.throws(() => deriveMtu(backendNamed('host'), 1500.5), /whole number/);
});
