/**
 * Bounded queues: one with room for k of n packets delivers k, counts n − k under its name, and exactly those are
 * missing at the receiver. And where packets are placed: the RX queue follows from the outer header's bytes.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { K_TOR_UP } from '../../engine/core/kinds.ts';
import { STRIDE } from '../../engine/core/table.ts';
import { Batches } from '../../engine/fabric/batch.ts';
import { Ports } from '../../engine/fabric/ports.ts';
import type { Fact } from '../../engine/host/backend.ts';
import { emit } from '../../engine/host/emit.ts';
import { runTask } from '../../engine/task.ts';
import { Bench } from '../lib/bench.ts';
import { changedMachine, netperfTraffic, pricedMachine, tinyTask } from '../lib/tinyTask.ts';

const US = 1e6;
const PRICES = { NIC_RX_POLL: 10, U_SYSCALL: 10, NAPI_POLL: 10 };

const count = (b: Bench): number => b.deliveries.reduce((sum, d) => sum + d.packets, 0);

test('a port with room for 5 of 8 packets sends 5', () => {
  const ports = new Ports(1);
  ports.set(0, 8, 0, 5 * 1500, 0);
  const batches = new Batches(4, [1400]);
  const b = batches.alloc();
  batches.packets[b] = 8;
  batches.units[b] = 8;
  batches.bytes[b] = 8 * 1400;
  batches.wire[b] = 8 * 1500;
  batches.spacing[b] = 0;
  batches.t0[b] = 0;
  assert.ok(ports.send(0, batches, b, 5 * 1500));
  assert.deepEqual(
    [ports.lastDropped, batches.packets[b], batches.bytes[b], batches.wire[b]],
    [3, 5, 7000, 7500],
  );
  // The first leaves after its own 1.5 µs, the last after five times that; then nothing has room for 1.5 µs.
  assert.deepEqual([batches.t0[b], ports.lastDeparture], [1.5 * US, 7.5 * US]);
  const late = batches.alloc();
  for (const [at, fits] of [
    [1.4 * US, false],
    [1.5 * US, true],
  ] as const) {
    batches.packets[late] = 1;
    batches.wire[late] = 1500;
    batches.bytes[late] = 1400;
    batches.t0[late] = at;
    assert.equal(ports.send(0, batches, late, 5 * 1500), fits);
  }
  assert.equal(ports.dropped(0), 4);
});

test('packets that arrive as fast as the port serves them never fill it', () => {
  const ports = new Ports(1);
  ports.set(0, 8, 0, 1500, 0);
  const batches = new Batches(4, [1400]);
  const b = batches.alloc();
  batches.packets[b] = 40;
  batches.bytes[b] = 40 * 1400;
  batches.wire[b] = 40 * 1500;
  batches.spacing[b] = 1.5 * US;
  batches.t0[b] = 0;
  assert.ok(ports.send(0, batches, b, 1500));
  assert.equal(ports.lastDropped, 0);
  assert.equal(batches.packets[b], 40);
});

test('a ToR port with room for 4 of 10 packets: 4 reach the socket', () => {
  // A full packet is 1,538 B on the wire.
  const b = new Bench({ machine: pricedMachine('xeon-25g', PRICES), cluster: { bufferBytes: 4 * 1538 } });
  b.p.link(K_TOR_UP, b.batch({ packets: 10 }));
  b.run();
  assert.equal(count(b), 4);
  assert.deepEqual(b.drops(), { 'ToR port': 6 });
});

test('an RX ring with room for 16 of 40 packets: 16 reach the socket', () => {
  const b = new Bench({ machine: pricedMachine('xeon-25g', PRICES, { nic: { rxRingPackets: 16 } }) });
  b.arrive({ packets: 40 });
  b.run();
  assert.equal(count(b), 16);
  assert.equal(b.deliveries[0]!.bytes, 16 * 1448);
  assert.deepEqual(b.drops(), { 'rx ring (rx_missed)': 24 });
});

test('an RX ring that is half full takes the other half', () => {
  const b = new Bench({ machine: pricedMachine('xeon-25g', PRICES, { nic: { rxRingPackets: 16 } }) });
  b.arrive({ packets: 10, flow: 1 });
  b.arrive({ packets: 10, flow: 2 });
  b.arrive({ packets: 10, flow: 3 });
  b.run();
  assert.deepEqual(
    b.deliveries.map((d) => [d.flow, d.packets]),
    [
      [1, 10],
      [2, 6],
    ],
  );
  assert.deepEqual(b.drops(), { 'rx ring (rx_missed)': 14 });
});

test('a TUN ring with room for 500 of 600 packets: 500 reach the socket', () => {
  const machine = pricedMachine('xeon-25g', PRICES, { udpRcvbufBytes: 1e9 });
  const b = new Bench({ backend: 'flannel-udp', machine });
  emit(b.p, b.batch({ packets: 600, lane: 0 }), 0);
  b.run();
  assert.equal(count(b), 500);
  assert.deepEqual(b.drops(), { 'TUN ring (FULL_RING)': 100 });
});

test('a daemon socket holds 93 datagrams of 2,304 B truesize in 212,992 B', () => {
  // 92 fill 211,968 B; one more is let in, as the kernel checks before it adds.
  const b = new Bench({ backend: 'flannel-udp', machine: pricedMachine('xeon-25g', PRICES) });
  emit(b.p, b.batch({ packets: 120, lane: 2, from: 1, to: 0 }), 0);
  b.run();
  assert.equal(count(b), 93);
  assert.deepEqual(b.drops(), { 'daemon socket (SOCKET_RCVBUFF)': 27 });
});

test('a socket that nobody reads holds 93 of 120 datagrams', () => {
  const r = runTask(
    tinyTask({
      machine: changedMachine('xeon-25g', { nic: { rxRingPackets: 4096 } }),
      traffic: netperfTraffic('UDP_STREAM', { sink: true, paceMessagesPerS: 60_000, burst: 120 }),
      warmupPs: 0,
      windowPs: 3e9,
    }),
  );
  // One burst every 2 ms: one in 3 ms.
  assert.equal(r.counters.packets, 120);
  assert.equal(r.counters.packetsDelivered, 93);
  assert.deepEqual(r.drops, { 'UDP socket (SOCKET_RCVBUFF)': 27 });
});

// ---- placement

/** RX queues that 48 flows of one node pair meet; nobody answers, so nothing else runs in softirq. */
function queuesUsed(backend: string, facts: Partial<Record<Fact, boolean>> = {}): number {
  let used = 0;
  const spec = tinyTask({
    backend,
    machine: changedMachine('xeon-25g', { facts }),
    traffic: netperfTraffic('UDP_STREAM', { sink: true, streams: 48, paceMessagesPerS: 5000 }),
  });
  runTask(spec, {
    done: ({ partitions: [p] }) => {
      const base = 16 * STRIDE;
      for (let c = base; c < base + 16 * STRIDE; c += STRIDE) if (p!.cores.busySoftPs[c]! > 0) used++;
    },
  });
  return used;
}

test("IPIP's queue follows from the outer addresses: all flows of a node pair meet one", () => {
  assert.equal(queuesUsed('calico-ipip'), 1);
});

test('a NIC that parses the inner header spreads IPIP', () => {
  assert.equal(queuesUsed('calico-ipip', { rxInnerHash: true }), 8);
});

test('VXLAN spreads by its source port, where the NIC hashes UDP ports', () => {
  assert.equal(queuesUsed('flannel-vxlan'), 8);
  assert.equal(queuesUsed('flannel-vxlan', { rssUdpPorts: false }), 1);
});

test('plain paths spread by their own ports', () => {
  assert.equal(queuesUsed('host'), 8);
  assert.equal(queuesUsed('calico-bgp'), 8);
});

test('IPIP of several node pairs spreads', () => {
  let used = 0;
  const spec = tinyTask({
    backend: 'calico-ipip',
    cluster: { nodes: 24 },
    traffic: netperfTraffic('UDP_STREAM', {
      sink: true,
      matrix: 'incast',
      fanIn: 23,
      paceMessagesPerS: 5000,
    }),
  });
  runTask(spec, {
    done: ({ partitions: [p] }) => {
      for (let c = 0; c < 16 * STRIDE; c += STRIDE) if (p!.cores.busySoftPs[c]! > 0) used++;
    },
  });
  assert.ok(used >= 5, `${used}`);
});

test('in the veth machine all softirq work of both hosts lands on the sender core', () => {
  // Only what softirqs do costs anything, besides 1,000 ns a call.
  const prices = { U_SYSCALL: 1000, BACKLOG_POLL: 100, BR_RX: 100, IP_FWD: 300, DECAP: 200, BR_TX: 100 };
  const spec = tinyTask({
    backend: 'flannel-vxlan',
    machine: pricedMachine('veth-vm', prices),
    traffic: netperfTraffic('UDP_STREAM', { messageBytes: 64, paceMessagesPerS: 100_000 }),
    warmupPs: 0,
    windowPs: 10e9,
    drainPs: 0,
  });
  runTask(spec, {
    done: ({ partitions: [p] }) => {
      const busy = (core: number) =>
        p!.cores.busyProcPs[core * STRIDE]! + p!.cores.busySoftPs[core * STRIDE]!;
      const n = p!.counts.bornPackets;
      assert.ok(n > 900);
      // Sender: call 1,000; three veth crossings 300; bridge 200; two forwardings 600; decapsulation 200.
      assert.ok(Math.abs(busy(0) / n / 1000 - 2300) < 10, `${busy(0) / n}`);
      // Reader: its system call and nothing else.
      assert.ok(Math.abs(busy(1) / n / 1000 - 1000) < 10, `${busy(1) / n}`);
    },
  });
});
