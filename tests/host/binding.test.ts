/**
 * What binds flips as it must when one thing changes: the NIC when its rate falls, a softirq core when prices rise
 * or queues become one, a queue limit when buffers become small.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Binding } from '../../engine/core/record.ts';
import { runTask } from '../../engine/task.ts';
import { binding } from '../../engine/utilisation.ts';
import {
  changedMachine,
  netperfTraffic,
  scaledMachine,
  type TinyOptions,
  tinyTask,
} from '../lib/tinyTask.ts';

const binds = (options: TinyOptions): Binding =>
  runTask(tinyTask({ warmupPs: 10e9, windowPs: 20e9, ...options })).binding;

test('flannel-vxlan, four streams: NIC; at a tenth of its rate still NIC; with prices × 4 the softirq core', () => {
  const traffic = netperfTraffic('TCP_STREAM', { streams: 4 });
  const base = { backend: 'flannel-vxlan', traffic };
  assert.equal(binds(base).resource, 'NIC');
  assert.equal(binds({ ...base, cluster: { linkGbps: 2.5 } }).resource, 'NIC');
  assert.equal(binds({ ...base, machine: scaledMachine('xeon-25g', 4) }).resource, 'softirq core');
});

test('flannel-vxlan, one stream: softirq core; NIC rate ÷ 10: NIC; prices × 4: softirq core again', () => {
  const base = { backend: 'flannel-vxlan' };
  assert.equal(binds(base).resource, 'softirq core');
  assert.match(binds({ ...base, cluster: { linkGbps: 2.5 } }).text, /^NIC at (9[0-9]|100) %$/);
  assert.match(
    binds({ ...base, machine: scaledMachine('xeon-25g', 4) }).text,
    /^softirq core at (9[0-9]|100) %$/,
  );
});

test('calico-ipip into one node: the link to it; with one RX queue instead of eight the softirq core', () => {
  const to = (rxQueues: number): Binding =>
    binds({
      backend: 'calico-ipip',
      cluster: { nodes: 8 },
      machine: changedMachine('xeon-25g', { nic: { rxQueues } }),
      traffic: netperfTraffic('TCP_STREAM', { matrix: 'incast', fanIn: 7, streams: 2 }),
    });
  assert.equal(to(8).resource, 'downlink');
  assert.equal(to(1).resource, 'softirq core');
});

test('switch buffers of 1 MB: the link; of 20 packets: a queue limit', () => {
  // Cores so fast that none can bind, even where one stream keeps the port to itself and the others wait for time-outs.
  const machine = scaledMachine('xeon-25g', 0.25);
  for (const [backend, fanIn] of [
    ['host', 8],
    ['host', 31],
    ['flannel-vxlan', 8],
    ['flannel-vxlan', 31],
  ] as const) {
    const into = (bufferBytes: number): Binding =>
      binds({
        backend,
        machine,
        cluster: { nodes: 32, bufferBytes },
        traffic: netperfTraffic('TCP_STREAM', { matrix: 'incast', fanIn }),
      });
    assert.equal(into(1_000_000).resource, 'downlink');
    const small = into(20 * 1538);
    assert.deepEqual(
      [small.kind, small.resource],
      ['queue', 'ToR port'],
      `${backend} ${fanIn}: ${small.text}`,
    );
  }
});

test('a flood through flanneld is bound by its thread, not by the core that sends', () => {
  const traffic = netperfTraffic('UDP_STREAM', { messageBytes: 64 });
  const flood = binds({ backend: 'flannel-udp', traffic });
  assert.equal(flood.resource, 'daemon thread');
  assert.equal(binds({ backend: 'host', traffic }).resource, 'application core');
});

// ---- the rule itself

const NOT_HELD = { congestion: 0, receive: 0 };

test('rule: the highest class at or above 0.9 binds', () => {
  const found = binding({ 'application core': 0.5, 'softirq core': 0.91, NIC: 0.95 }, [], NOT_HELD, false);
  assert.deepEqual(found, { text: 'NIC at 95 %', kind: 'resource', resource: 'NIC', utilisation: 0.95 });
  assert.equal(binding({ NIC: 0.9 }, [], NOT_HELD, false).kind, 'resource');
  assert.equal(binding({ NIC: 0.899 }, [], NOT_HELD, false).kind, 'none');
});

test('rule: below 0.9 a queue that drops more than one in a thousand, then a window held half of the time', () => {
  const losses = (share: number) => [{ reason: 'uplink', share }];
  assert.equal(
    binding({ NIC: 0.5 }, losses(0.002), NOT_HELD, false).text,
    'queue limit: uplink drops 0.20 %',
  );
  assert.equal(
    binding({ NIC: 0.5 }, losses(0.001), NOT_HELD, false).text,
    'nothing binds; nearest: NIC at 50 %',
  );
  const held = { congestion: 0.3, receive: 0.6 };
  const text = 'TCP receive window holds senders 60 % of the time';
  assert.equal(binding({ NIC: 0.5 }, [], held, false).text, text);
  assert.equal(binding({ NIC: 0.5 }, losses(0.01), held, false).kind, 'queue');
  assert.equal(binding({ NIC: 0.95 }, losses(0.5), held, false).kind, 'resource');
  assert.equal(binding({ NIC: 0.5 }, [], { congestion: 0.5, receive: 0 }, false).kind, 'none');
});

test('rule: losses that are no queue are called what they are', () => {
  const text = (reason: string, share: number): string =>
    binding({ NIC: 0.5 }, [{ reason, share }], NOT_HELD, false).text;
  assert.equal(text('mtu exceeded', 1), 'drops: mtu exceeded, 100 % of packets');
  assert.equal(text('fabric mtu (silent)', 0.5), 'drops: fabric mtu (silent), 50 % of packets');
  assert.equal(text('random loss', 0.0013), 'random loss: 0.13 %');
  assert.equal(text('conntrack table', 0.005), 'drops: conntrack table full, new flows are refused');
  assert.equal(text('TUN ring (FULL_RING)', 0.4), 'queue limit: TUN ring (FULL_RING) drops 40.00 %');
});

test('rule: the application core yields in a tie, and in a flood whose datagrams die below', () => {
  const tie = { 'application core': 1, 'softirq core': 0.998 };
  assert.equal(binding(tie, [], NOT_HELD, false).resource, 'softirq core');
  const ahead = { 'application core': 1, 'softirq core': 0.95 };
  assert.equal(binding(ahead, [], NOT_HELD, false).resource, 'application core');
  const ring = [{ reason: 'TUN ring (FULL_RING)', share: 0.4 }];
  assert.equal(binding(ahead, ring, NOT_HELD, true).resource, 'softirq core');
  assert.equal(binding({ 'application core': 1 }, ring, NOT_HELD, true).kind, 'queue');
  const socket = [{ reason: 'UDP socket (SOCKET_RCVBUFF)', share: 0.4 }];
  assert.equal(binding({ 'application core': 1 }, socket, NOT_HELD, true).resource, 'application core');
});
