/**
 * Rates that follow from arithmetic: the line's rate where nothing else binds, sums of prices where a core does,
 * and what happens when all prices grow alike. Prices and sums are literals of this file.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { Machine } from '../../engine/host/machine.ts';
import { runTask } from '../../engine/task.ts';
import { netperfTraffic, pricedMachine, scaledMachine, tinyTask } from '../lib/tinyTask.ts';

const near = (actual: number, expected: number, share: number, what: string): void => {
  const error = Math.abs(actual / expected - 1);
  assert.ok(error <= share, `${what}: ${actual} is not ${expected} (off by ${(error * 100).toFixed(2)} %)`);
};

const MS = 1e9;
const goodputGbps = (r: TaskRecord): number => (r.counters.payloadBytes * 8000) / r.windowPs;
const perMs = (count: number, r: TaskRecord): number => (count * MS) / r.windowPs;

// ---- the line

/** [MTU, backend, payload of a full packet, its bytes on the wire]; TCP timestamps, Ethernet with gap. */
const LINES = [
  [1500, 'host', 1448, 1538],
  [1500, 'flannel-vxlan', 1398, 1538],
  [1500, 'calico-ipip', 1428, 1538],
  [1500, 'calico-bgp', 1448, 1538],
  [9000, 'host', 8948, 9038],
  [9000, 'flannel-vxlan', 8898, 9038],
  [9000, 'calico-ipip', 8928, 9038],
  [9000, 'cilium-native', 8948, 9038],
] as const;

for (const [mtuBytes, backend, payload, wire] of LINES) {
  test(`line rate: ${backend} at MTU ${mtuBytes} carries 25 Gb/s × ${payload}/${wire}`, () => {
    const r = runTask(
      tinyTask({
        backend,
        cluster: { mtuBytes },
        machine: scaledMachine('xeon-25g', 1e-3),
        traffic: netperfTraffic('TCP_STREAM', { streams: 8 }),
        warmupPs: 10 * MS,
        windowPs: 20 * MS,
      }),
    );
    near(goodputGbps(r), (25 * payload) / wire, 0.01, 'goodput');
    assert.equal(r.binding.resource, 'NIC');
  });
}

test('line rate: the shares themselves', () => {
  const share = (mtuBytes: number, linkGbps: number): number => {
    const machine = scaledMachine('xeon-25g', 1e-3);
    const traffic = netperfTraffic('TCP_STREAM', { streams: 8 });
    const spec = tinyTask({ machine, traffic, cluster: { mtuBytes, linkGbps }, windowPs: 20 * MS });
    return goodputGbps(runTask({ ...spec, warmupPs: 10 * MS })) / linkGbps;
  };
  near(share(1500, 25), 0.9415, 0.01, 'MTU 1,500');
  near(share(9000, 25), 0.99, 0.01, 'MTU 9,000');
  near(share(1500, 10), 0.9415, 0.01, 'MTU 1,500 at 10 Gb/s');
});

// ---- a core

/** Datagrams into a socket that nobody reads, over the veth wire: one core does it all, one job a call. */
const flood = (backend: string, machine: Machine, messageBytes = 64): TaskRecord => {
  const traffic = netperfTraffic('UDP_STREAM', { sink: true, messageBytes });
  return runTask(tinyTask({ backend, machine, traffic, warmupPs: MS, windowPs: 20 * MS }));
};

test('CPU-bound: the price of one datagram over the veth wire is the sum of its stages', () => {
  const prices = {
    U_SYSCALL: 500,
    VETH_XMIT: 100,
    IP_FWD: 400,
    TUN_DEV_XMIT: 600,
    ENCAP: 300,
    DECAP: 200,
    BR_RX: 50,
    BR_TX: 70,
  };
  const machine = pricedMachine('veth-vm', prices);
  // call + veth crossings × 100 + forwarding × 400 + bridge ports + tunnel.
  const sums = {
    host: 500 + 100,
    'cilium-native': 500 + 200,
    'calico-bgp': 500 + 300 + 800,
    'flannel-host-gw': 500 + 300 + 800 + 50 + 70,
    'calico-ipip': 500 + 300 + 800 + 600 + 300 + 200,
    'flannel-vxlan': 500 + 300 + 800 + 50 + 70 + 600 + 300 + 200,
  };
  for (const [backend, ns] of Object.entries(sums)) {
    const r = flood(backend, machine);
    near(perMs(r.counters.packets, r), 1e6 / ns, 0.02, backend);
    assert.equal(r.binding.resource, 'application core');
  }
});

test('CPU-bound: bytes, packets and the first of a call add up', () => {
  // 300 + 200 (cold in every call) + 250 a packet + 1,000 B × 1.25 = 2,000 ns.
  const machine = pricedMachine('veth-vm', {
    U_SYSCALL: 300,
    UDP_OUT: { firstNs: 200 },
    VETH_XMIT: { packetNs: 250 },
    COPY_U2K: 1.25,
  });
  const r = flood('host', machine, 1000);
  near(perMs(r.counters.packets, r), 500, 0.02, 'datagrams a ms');
});

test('CPU-bound: rules are paid at each netfilter pass', () => {
  // calico-bgp passes the host twice: forward on each side; 1,000 + 2 × 100 rules × 5 = 2,000 ns.
  const machine = pricedMachine('veth-vm', { U_SYSCALL: 1000, NF_RULE: 5 }, { facts: { netfilter: true } });
  const traffic = netperfTraffic('UDP_STREAM', { sink: true, messageBytes: 64 });
  const spec = tinyTask({ backend: 'calico-bgp', machine, traffic, policy: { rules: 100 } });
  const r = runTask(spec);
  near(perMs(r.counters.packets, r), 500, 0.02, 'datagrams a ms');
});

test('CPU-bound: a round trip is the sum of its two directions and two wake-ups', () => {
  // 500 write + 1,000 TCP_TX + 1,500 TCP_RX + 2,000 wake + 1,000 exit from sleep + 2,500 switch + 500 read.
  const waking = { pollNs: 0, sleepNs: 1000, haltAfterNs: 1e12 };
  const prices = { U_SYSCALL: 500, TCP_TX: 1000, TCP_RX: 1500, WAKE: 2000, CTXSW: 2500 };
  const traffic = netperfTraffic('TCP_RR');
  const veth = runTask(
    tinyTask({ machine: pricedMachine('veth-vm', prices, { waking }), traffic, windowPs: 40 * MS }),
  );
  near(perMs(veth.counters.rpcsFinished, veth), 1e6 / 18_000, 0.02, 'veth');
  // Between two NICs: 91 B at 25 Gb/s twice (58 ns), two links of 500 ns, and the softirq core's own exit, 1,000.
  const nic = { moderationUs: 0 };
  const xeon = pricedMachine('xeon-25g', prices, { waking, nic });
  const wire = runTask(tinyTask({ machine: xeon, traffic, windowPs: 40 * MS }));
  near(perMs(wire.counters.rpcsFinished, wire), 1e6 / 22_116, 0.02, 'NIC');
});

test('CPU-bound: a softirq core at 1,000 ns a packet takes 1,000 packets a ms', () => {
  const machine = pricedMachine('xeon-25g', { U_SYSCALL: 10, NIC_RX_POLL: 1000 });
  const r = runTask(tinyTask({ machine, warmupPs: 10 * MS, windowPs: 20 * MS }));
  near(goodputGbps(r), 11.584, 0.02, '1,448 B × 8 a µs');
  assert.equal(r.binding.resource, 'softirq core');
});

test('CPU-bound: a daemon at three calls a packet', () => {
  // read 500, look 2,000, write 500, and 300 for the queue that is empty: 3,300 ns.
  const prices = { U_SYSCALL: 500, DAEMON_PROXY: 2000, DAEMON_DRY: 300, NIC_RX_POLL: 10 };
  const r = runTask(
    tinyTask({
      backend: 'flannel-udp',
      machine: pricedMachine('xeon-25g', prices),
      traffic: netperfTraffic('UDP_STREAM', { messageBytes: 1000 }),
      warmupPs: 5 * MS,
      windowPs: 20 * MS,
    }),
  );
  near(perMs(r.counters.packetsDelivered, r), 1e6 / 3300, 0.02, 'datagrams a ms');
  assert.equal(r.binding.resource, 'daemon thread');
});

// ---- metamorphic laws

test('all prices × k: a CPU-bound flood slows down by k', () => {
  for (const backend of ['host', 'flannel-vxlan', 'calico-ipip']) {
    const once = flood(backend, scaledMachine('veth-vm', 1)).counters.packets;
    for (const k of [0.5, 2, 5]) {
      const scaled = flood(backend, scaledMachine('veth-vm', k)).counters.packets;
      near(scaled * k, once, 0.01, `${backend} × ${k}`);
    }
  }
});

test('all prices × k: one CPU-bound TCP stream slows down by k', () => {
  // Cores that never sleep and interrupts without moderation: no other wait has a fixed length. What stays fixed is
  // when a long copy becomes a job of its own (10 µs) and how long a job may grow (20 µs): × 2 to × 8 lie on one side
  // of both, × 1 on the other, which costs it 5 %. The stream has recovered from its slow start by then.
  const change = { waking: { pollNs: 1e12 }, nic: { moderationUs: 0 } };
  for (const backend of ['flannel-vxlan', 'calico-ipip']) {
    const rate = (k: number): number =>
      goodputGbps(
        runTask(
          tinyTask({
            backend,
            machine: scaledMachine('xeon-25g', k, change),
            warmupPs: 200 * MS,
            windowPs: 50 * MS,
          }),
        ),
      );
    const twice = rate(2) * 2;
    for (const k of [4, 8]) near(rate(k) * k, twice, 0.01, `${backend} × ${k}`);
    near(rate(1), twice, 0.06, `${backend} × 1`);
  }
});

test('all prices × 2: open-loop datagrams cost exactly twice the CPU of each stage, and arrive alike', () => {
  const paced = (factor: number): TaskRecord =>
    runTask(
      tinyTask({
        backend: 'calico-ipip',
        machine: scaledMachine('xeon-25g', factor),
        traffic: netperfTraffic('UDP_STREAM', { paceMessagesPerS: 50_000, messageBytes: 1000 }),
        windowPs: 20 * MS,
      }),
    );
  const one = paced(1);
  const two = paced(2);
  assert.deepEqual(one.drops, {});
  assert.equal(one.counters.packets, 1000);
  assert.equal(two.counters.packets, 1000);
  assert.equal(two.counters.packetsDelivered, one.counters.packetsDelivered);
  // Stages paid by packet or byte; polls and wake-ups may fall together differently.
  for (const stage of ['U_SYSCALL', 'COPY_U2K', 'UDP_OUT', 'ENCAP', 'NIC_TX']) {
    const ps = (r: TaskRecord): number => Number(r.cpu.find((c) => c.stage === stage)!.ps);
    near(ps(two), 2 * ps(one), 1e-6, stage);
  }
});

test('a dearer stage never makes a flood faster, and one off the path changes nothing', () => {
  const rate = (price: number, crypt: number): number =>
    flood('flannel-vxlan', pricedMachine('veth-vm', { U_SYSCALL: 500, ENCAP: price, CRYPT: crypt })).counters
      .packets;
  const rates = [0, 50, 100, 400, 1600].map((price) => rate(price, 0));
  for (let i = 1; i < rates.length; i++) assert.ok(rates[i]! < rates[i - 1]!, `${rates}`);
  assert.equal(rate(100, 1000), rates[2]);
});
