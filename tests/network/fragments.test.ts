/**
 * Datagrams above an MTU: how many fragments of which size, who makes them, and that a socket gets all of a datagram
 * or none. Counts by hand: a fragment carries the MTU less 20 bytes, cut to a multiple of eight, the last one the rest;
 * the datagram has 8 bytes of header.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { NetperfTraffic } from '../../engine/core/taskSpec.ts';
import { fragmentBytes } from '../../engine/host/mtu.ts';
import { runTask } from '../../engine/task.ts';
import { taskProblems } from '../../engine/validate.ts';
import {
  changedMachine,
  netperfTraffic,
  pricedMachine,
  type TinyOptions,
  tinyTask,
} from '../lib/tinyTask.ts';

/** 99 datagrams, one a millisecond. */
function sent(
  messageBytes: number,
  options: TinyOptions = {},
  more: Partial<NetperfTraffic> = {},
): TaskRecord {
  const traffic = netperfTraffic('UDP_STREAM', { messageBytes, paceMessagesPerS: 1000, ...more });
  return runTask(tinyTask({ traffic, warmupPs: 0, windowPs: 100e9, drainPs: 5e9, ...options }));
}

test('sizes of fragments', () => {
  const v4 = (payload: number, mtu: number): number[] => fragmentBytes(payload, mtu, 20);
  deepEqual(v4(4008, 1500), [1500, 1500, 1068]);
  deepEqual(v4(1480, 1500), [1500]);
  deepEqual(v4(1481, 1500), [1500, 21]);
  // 1,430 bytes are not a multiple of eight: full ones have 1,424, a last one may have all of it.
  deepEqual(v4(4008, 1450), [1444, 1444, 1180]);
  deepEqual(v4(1424 + 1430, 1450), [1444, 1450]);
  deepEqual(v4(1424 + 1431, 1450), [1444, 1444, 27]);
  equal(v4(65_515, 1500).length, 45);
});

/** Backend, MTU forced on the pods, payload, fragments of a datagram. */
const COUNTS = [
  ['host', null, 1472, 1],
  ['host', null, 1473, 2],
  ['host', null, 4000, 3],
  ['host', null, 65_507, 45],
  ['flannel-vxlan', null, 1422, 1],
  ['flannel-vxlan', null, 1423, 2],
  ['flannel-vxlan', null, 4000, 3],
  ['calico-ipip', null, 65_507, 45],
  ['calico-wireguard', null, 4000, 3],
  ['flannel-udp', null, 4000, 3],
  // The MTU is too small: more of them.
  ['host', 600, 4000, 7],
  // It is too large: 1,480 + 1,480 + 1,048 bytes; the tunnel carries 1,430, so the first two fall apart again.
  ['flannel-vxlan', 1500, 4000, 5],
  ['calico-ipip', 1500, 4000, 5],
  // 8,976 bytes are seven pieces of up to 1,480, and 32 are left.
  ['host', 9000, 9000, 8],
] as const;

for (const [backend, podMtuBytes, bytes, fragments] of COUNTS) {
  test(`${backend}, pod MTU ${podMtuBytes ?? 'derived'}: ${bytes} bytes are ${fragments} packets`, () => {
    for (const pmtud of [true, false]) {
      for (const granularity of ['batch', 'packet'] as const) {
        const record = sent(bytes, { backend, podMtuBytes, granularity, cluster: { pmtud } });
        deepEqual(record.drops, {});
        equal(record.counters.packets, 99 * fragments);
        equal(record.counters.packetsDelivered, 99 * fragments);
        equal(record.counters.payloadBytes, 99 * bytes);
      }
    }
  });
}

test('IPv6: 48 bytes of headers a fragment, and nobody but the sender fragments', () => {
  const v6 = { ipFamily: 'ipv6' } as const;
  deepEqual(fragmentBytes(4008, 1500, 48), [1496, 1496, 1160]);
  equal(sent(1452, { cluster: v6 }).counters.packets, 99);
  equal(sent(1453, { cluster: v6 }).counters.packets, 99 * 2);
  const whole = sent(4000, { cluster: v6 });
  deepEqual(whole.drops, {});
  equal(whole.counters.wireBytes, 99 * (1496 + 1496 + 1160 + 3 * 38));
  // VXLAN takes 70 bytes of 1,500: the two full fragments are too large for its device, the third waits in vain.
  const options = { backend: 'flannel-vxlan', podMtuBytes: 1500 } as const;
  const told = sent(4000, { ...options, cluster: v6 });
  deepEqual(told.drops, { 'mtu exceeded': 2, 'incomplete datagram': 1 });
  equal(told.counters.payloadBytes, 98 * 4000);
  const filtered = sent(4000, { ...options, cluster: { ...v6, pmtud: false } });
  deepEqual(filtered.drops, { 'mtu exceeded': 198, 'incomplete datagram': 98 });
});

test('bytes on the wire: each fragment has its own headers', () => {
  const { wireBytes } = sent(4000).counters;
  // 1,500 + 1,500 + 1,068 with 38 each.
  equal(wireBytes, 99 * (4068 + 3 * 38));
  equal(sent(4000, { backend: 'flannel-vxlan' }).counters.wireBytes, 99 * (1444 + 1444 + 1180 + 3 * 88));
});

test('a datagram that fits its pod may not be fragmented: lost until an ICMP message tells the MTU', () => {
  const options = { backend: 'flannel-vxlan', podMtuBytes: 1500 } as const;
  const told = sent(1472, options);
  deepEqual(told.drops, { 'mtu exceeded': 1 });
  equal(told.counters.payloadBytes, 98 * 1472);
  // 1,480 bytes behind IP: 1,424 and 56.
  equal(told.counters.packetsDelivered, 98 * 2);
  const filtered = sent(1472, { ...options, cluster: { pmtud: false } });
  deepEqual(filtered.drops, { 'mtu exceeded': 99 });
  equal(filtered.counters.payloadBytes, 0);
  // 1,450 less 28.
  deepEqual(sent(1422, { ...options, cluster: { pmtud: false } }).drops, {});
});

test('the loopback device takes 64 KB whole, a bridge does not', () => {
  equal(sent(60_000, {}, { sameNode: true }).counters.packets, 99);
  // 60,008 bytes in pieces of 1,424, the last of up to 1,430.
  equal(sent(60_000, { backend: 'flannel-vxlan' }, { sameNode: true }).counters.packets, 99 * 43);
});

test('all or nothing: at a loss of 10 % three fragments arrive with 0.9³', () => {
  const record = sent(4000, { cluster: { lossRate: 0.1 }, windowPs: 20e12 });
  equal(record.queueOffered['random loss'], 19_999 * 3);
  const whole = record.counters.payloadBytes / 4000;
  ok(Number.isInteger(whole));
  // Mean 14,579, standard deviation 62.9.
  ok(Math.abs(whole - 19_999 * 0.729) < 4 * 62.9, `${whole}`);
  // What arrived of the others was dropped, but for what a last one may still wait for.
  const missing =
    19_999 * 3 - 3 * whole - record.drops['random loss']! - record.drops['incomplete datagram']!;
  ok(missing >= 0 && missing <= 2, `${missing}`);
});

test('switches of 1,400: two full fragments vanish, the third waits in vain', () => {
  for (const granularity of ['batch', 'packet'] as const) {
    const record = sent(4000, { granularity, cluster: { fabricMtuBytes: 1400 } });
    deepEqual(record.drops, { 'fabric mtu (silent)': 198, 'incomplete datagram': 98 });
    equal(record.counters.payloadBytes, 0);
  }
});

test('fragments show no ports: whether the NIC hashes them changes nothing', () => {
  const digests = (messageBytes: number): string[] =>
    [true, false].map((rssUdpPorts) => {
      const machine = changedMachine('xeon-25g', { facts: { rssUdpPorts } });
      return sent(messageBytes, { machine }, { streams: 16 }).digest;
    });
  const [ports, none] = digests(4000);
  equal(ports, none);
  const [whole, blind] = digests(1000);
  ok(whole !== blind);
});

test('prices: one call a datagram; fragmenting, receiving and reassembling a fragment', () => {
  const prices = {
    U_SYSCALL: 5000,
    IP_FRAG: 10,
    IP_DEFRAG: 100,
    IP_RCV_LOCAL: 20,
    IP_ROUTE_IN: 7,
    UDP_RCV_SOCK: 400,
  };
  const traffic = netperfTraffic('UDP_STREAM', { sink: true, messageBytes: 4000 });
  const machine = pricedMachine('veth-vm', prices);
  const record = runTask(tinyTask({ machine, traffic, windowPs: 20e9 }));
  const ns = record.windowPs / 1000 / (record.counters.packets / 3);
  // 5,000 + 3 × (10 + 100 + 20 + 7) + 400.
  ok(Math.abs(ns / 5811 - 1) < 0.01, `${ns}`);
});

test('a socket buffer counts the truesize of all fragments', () => {
  // 212,992 bytes hold 3 × 2,304 of 31 datagrams, and one more.
  const record = sent(4000, { machine: 'veth-vm' }, { sink: true });
  equal(record.counters.payloadBytes, 0);
  deepEqual(record.drops, { 'UDP socket (SOCKET_RCVBUFF)': (99 - 31) * 3 });
});

test('exchanges of 16 KB and of the largest datagram', () => {
  const asked = (messageBytes: number, responseBytes: number): TaskRecord => {
    const traffic = netperfTraffic('UDP_RR', { messageBytes, responseBytes });
    return runTask(tinyTask({ backend: 'calico-ipip', traffic, warmupPs: 0, windowPs: 20e9, drainPs: 5e9 }));
  };
  const both = asked(16_384, 65_507);
  deepEqual(both.drops, {});
  // 16,392 bytes in pieces of 1,456: 12; 65,515: 45.
  const { packetsDelivered, rpcsFinished } = both.counters;
  ok(
    Math.abs(packetsDelivered - rpcsFinished * (12 + 45)) <= 12 + 45,
    `${packetsDelivered} of ${rpcsFinished}`,
  );
  ok(rpcsFinished > 20);
});

test('larger than the largest datagram is refused', () => {
  const problems = (kind: 'UDP_STREAM' | 'UDP_RR', bytes: number, response = 1): string[] =>
    taskProblems(
      tinyTask({ traffic: netperfTraffic(kind, { messageBytes: bytes, responseBytes: response }) }),
    );
  deepEqual(problems('UDP_STREAM', 65_507), []);
  const refused = ['traffic.netperf.messageBytes: a datagram of 65508 B exceeds 65,507'];
  deepEqual(problems('UDP_STREAM', 65_508), refused);
  deepEqual(problems('UDP_RR', 100, 65_508), refused);
});
