/**
 * Packets that their path does not carry: dropped where the sender hears of it, dropped where it does not, swallowed
 * by a switch; and those that just fit. Sizes by hand: MTU less outer headers less 52 bytes of IP, TCP, timestamps.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { ClusterSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';
import { taskProblems } from '../../engine/validate.ts';
import { netperfTraffic, type TinyOptions, tinyTask } from '../lib/tinyTask.ts';

const FILTERED = { pmtud: false } as const;
const SECOND = { warmupPs: 0, windowPs: 1e12, eventsMax: 20_000_000 };

const dropped = (r: TaskRecord, queue: string): number => r.drops[queue] ?? 0;
const gbps = (r: TaskRecord): number => (r.counters.payloadBytes * 8000) / r.windowPs;

/** Largest payload of a segment that the tunnel of a backend carries over links of 1,500. */
const CARRIED = [
  ['flannel-udp', 1420],
  ['flannel-vxlan', 1398],
  ['calico-ipip', 1428],
  ['calico-wireguard', 1388],
  ['flannel-wireguard', 1368],
  ['cilium-geneve', 1398],
] as const;

for (const [backend, largest] of CARRIED) {
  const stream = (cluster: Partial<ClusterSpec>, window: object = {}): TaskRecord =>
    runTask(tinyTask({ backend, podMtuBytes: 1500, cluster, ...window }));

  test(`${backend}: with ICMP the first ten packets are lost, then the MSS is right`, () => {
    const told = stream({}, { windowPs: 20e9 });
    equal(dropped(told, 'mtu exceeded'), 10);
    ok(told.counters.retransmittedPackets >= 10);
    const clamped = stream({ mssClamp: true }, { windowPs: 20e9 });
    equal(dropped(clamped, 'mtu exceeded'), 0);
    ok(Math.abs(gbps(told) / gbps(clamped) - 1) < 0.15, `${gbps(told)} against ${gbps(clamped)} Gbit/s`);
  });

  test(`${backend}: without ICMP a stream stalls, unless the MSS is clamped`, () => {
    const stalled = stream(FILTERED, SECOND);
    equal(stalled.counters.payloadBytes, 0);
    // Ten at once; the probe after 200 ms, time-outs 200 and 600 ms later; the next one would come after 1.6 s.
    deepEqual(stalled.drops, { 'mtu exceeded': 13 });
    equal(stalled.counters.retransmittedPackets, 2);
    equal(stalled.binding.text, 'drops: mtu exceeded, 100 % of packets');
    const clamped = stream({ ...FILTERED, mssClamp: true });
    equal(dropped(clamped, 'mtu exceeded'), 0);
    ok(gbps(clamped) > 1);
  });

  test(`${backend}: without ICMP a request of ${largest} bytes is answered, one of ${largest + 1} never`, () => {
    const asked = (messageBytes: number, responseBytes: number): TaskRecord => {
      const traffic = netperfTraffic('TCP_RR', { messageBytes, responseBytes });
      return runTask(tinyTask({ backend, podMtuBytes: 1500, cluster: FILTERED, traffic }));
    };
    const passes = asked(largest, largest);
    deepEqual(passes.drops, {});
    ok(passes.counters.rpcsFinished > 10);
    for (const [request, response] of [
      [largest + 1, 1],
      [1, largest + 1],
    ] as const) {
      const hangs = asked(request, response);
      deepEqual(hangs.drops, { 'mtu exceeded': 1 });
      equal(hangs.counters.rpcsFinished, 0);
    }
  });
}

test('a path without headers carries what the links do: nothing is too large', () => {
  for (const backend of ['host', 'calico-bgp', 'flannel-vxlan-directrouting', 'calico-ipip-crosssubnet']) {
    const record = runTask(tinyTask({ backend, podMtuBytes: 1500, cluster: FILTERED }));
    equal(dropped(record, 'mtu exceeded'), 0, backend);
    ok(gbps(record) > 5, backend);
  }
});

test('a choice by subnet: a forced MTU passes inside a subnet and stalls across', () => {
  const across = { ...FILTERED, nodesPerRack: 1, subnets: 'rack' } as const;
  for (const backend of ['flannel-vxlan-directrouting', 'calico-ipip-crosssubnet']) {
    const record = runTask(tinyTask({ backend, podMtuBytes: 1500, cluster: across, ...SECOND }));
    deepEqual(record.drops, { 'mtu exceeded': 13 }, backend);
  }
});

test('pods of one node talk at any MTU', () => {
  const traffic = netperfTraffic('TCP_STREAM', { sameNode: true });
  const record = runTask(
    tinyTask({ backend: 'flannel-vxlan', podMtuBytes: 9000, cluster: FILTERED, traffic }),
  );
  deepEqual(record.drops, {});
  ok(gbps(record) > 5);
});

test('an MTU that is too small costs packets, and loses none', () => {
  for (const [podMtuBytes, payload] of [
    [1000, 948],
    [600, 548],
  ] as const) {
    const traffic = netperfTraffic('TCP_RR', { messageBytes: 10 * payload });
    const record = runTask(tinyTask({ backend: 'flannel-vxlan', podMtuBytes, traffic }));
    deepEqual(record.drops, {});
    equal(record.mssBytes, payload);
    // Ten packets a request, one a response.
    const { packets, rpcsFinished } = record.counters;
    ok(Math.abs(packets - 11 * rpcsFinished) <= 11, `${packets} packets, ${rpcsFinished} exchanges`);
  }
});

test('the next connection of a pod knows what the first has learned', () => {
  const traffic = netperfTraffic('TCP_CRR', { messageBytes: 4000 });
  const record = runTask(tinyTask({ backend: 'flannel-vxlan', podMtuBytes: 1500, traffic, windowPs: 20e9 }));
  // 4,000 bytes are three segments of at most 1,448.
  deepEqual(record.drops, { 'mtu exceeded': 3 });
  ok(record.counters.rpcsFinished > 50);
});

// ---- switches that carry less than the nodes believe

test('switches of 1,450: a packet of 1,450 with its headers passes, one byte more vanishes', () => {
  const run = (podMtuBytes: number | null, options: TinyOptions = {}): TaskRecord =>
    runTask(
      tinyTask({ backend: 'flannel-vxlan', podMtuBytes, cluster: { fabricMtuBytes: 1450 }, ...options }),
    );
  const fits = run(1400);
  equal(dropped(fits, 'fabric mtu (silent)'), 0);
  ok(gbps(fits) > 5);
  const stalls = run(1401, SECOND);
  deepEqual(stalls.drops, { 'fabric mtu (silent)': 13 });
  equal(stalls.counters.payloadBytes, 0);
  equal(run(null, SECOND).counters.payloadBytes, 0);
});

test('jumbo hosts over switches of 1,500: requests of 1,448 bytes pass, PMTU discovery hears nothing', () => {
  const cluster = { mtuBytes: 9000, fabricMtuBytes: 1500, mssClamp: true };
  const asked = (messageBytes: number, granularity: 'batch' | 'packet' = 'batch'): TaskRecord => {
    const traffic = netperfTraffic('TCP_RR', { messageBytes });
    return runTask(tinyTask({ cluster, granularity, traffic, warmupPs: 0 }));
  };
  deepEqual(asked(1448).drops, {});
  ok(asked(1448).counters.rpcsFinished > 30);
  for (const granularity of ['batch', 'packet'] as const) {
    const hangs = asked(1449, granularity);
    deepEqual(hangs.drops, { 'fabric mtu (silent)': 1 });
    equal(hangs.counters.rpcsFinished, 0);
    // Two full segments vanish, a last one of 1,000 bytes arrives.
    const tail = asked(2 * 8948 + 1000, granularity);
    equal(tail.counters.packetsDelivered, 1);
    equal(tail.counters.payloadBytes, 0);
    ok(dropped(tail, 'fabric mtu (silent)') >= 2);
  }
});

test('the order in which racks run does not matter, and batches lose what packets lose', () => {
  const options = { backend: 'flannel-vxlan', cluster: { nodes: 4, nodesPerRack: 1, fabricMtuBytes: 1300 } };
  const traffic = netperfTraffic('UDP_STREAM', { pairs: 2, messageBytes: 1222, paceMessagesPerS: 50_000 });
  const spec = tinyTask({ ...options, traffic, drainPs: 1e9 });
  // 1,222 + 28 + 50 bytes just pass, one more does not.
  deepEqual(runTask(spec).drops, {});
  const large = { ...spec, traffic: { netperf: { ...traffic.netperf!, messageBytes: 1223 } } };
  const lost = runTask(large);
  equal(lost.counters.packetsDelivered, 0);
  equal(lost.drops['fabric mtu (silent)'], lost.queueOffered['fabric mtu (silent)']);
  const turned = runTask(large, { shuffle: (list) => void list.reverse() });
  equal(turned.digest, lost.digest);
  deepEqual(runTask({ ...large, granularity: 'packet' }).drops, lost.drops);
});

test('IPv6: 20 bytes less of payload in a packet, and 20 less in its tunnel', () => {
  const asked = (messageBytes: number): TaskRecord => {
    const cluster = { ...FILTERED, ipFamily: 'ipv6' } as const;
    const traffic = netperfTraffic('TCP_RR', { messageBytes });
    return runTask(tinyTask({ backend: 'flannel-vxlan', podMtuBytes: 1500, cluster, traffic }));
  };
  deepEqual(asked(1358).drops, {});
  deepEqual(asked(1359).drops, { 'mtu exceeded': 1 });
});

test('what cannot be is refused', () => {
  const problems = (cluster: Partial<ClusterSpec>, machine: string) =>
    taskProblems(tinyTask({ cluster, machine })).map((problem) => problem.split(':')[0]);
  deepEqual(problems({ fabricMtuBytes: 500 }, 'xeon-25g'), ['cluster.fabricMtuBytes']);
  deepEqual(problems({ fabricMtuBytes: 1400 }, 'veth-vm'), ['cluster.fabricMtuBytes']);
  deepEqual(problems({ fabricMtuBytes: 9000 }, 'xeon-25g'), []);
});
