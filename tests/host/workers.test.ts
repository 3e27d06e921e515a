/**
 * Threads in the data path: flanneld's one thread for both directions, and WireGuard's workers, which spread the
 * crypto over cores and keep each peer's order. Prices are counted as calls where that is what is asked.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { C_TRAFFIC, K_TRAFFIC } from '../../engine/core/kinds.ts';
import { dealOut } from '../../engine/host/crypt.ts';
import { emit } from '../../engine/host/emit.ts';
import { Bench, F_UDP, type Put } from '../lib/bench.ts';
import { pricedMachine, type TestPrice } from '../lib/tinyTask.ts';

const US = 1e6;
/** Cores that slept for a while take 1 µs to wake: all that comes in one instant is there when they run. */
const WAKING = { pollNs: 0, sleepNs: 1000, haltAfterNs: 1e12 };

/** Puts batches into the queue at the end of their lane, all at 10 µs. */
function putAll(b: Bench, puts: readonly Put[]): void {
  b.upper.traffic = () => {
    for (const put of puts) {
      const id = b.batch(put);
      const lane = b.p.setup.compiled.paths[b.p.batches.path[id]!]!.lanes[put.lane!]!;
      b.p.beginJob(0, 0);
      if (lane.exit === 'wgCrypt') dealOut(b.p, id, lane);
      emit(b.p, id, 0);
    }
  };
  b.p.push(10 * US, C_TRAFFIC, K_TRAFFIC, 0, 0);
  b.run();
}

// ---- flanneld

/** Calls of node 0's flanneld for so many packets out (TUN) and in (UDP), each call 1,000 ns and nothing else. */
function daemonCalls(out: number, into: number): number {
  const prices = { U_SYSCALL: 1000, DAEMON_DRY: 1000 };
  const machine = pricedMachine('xeon-25g', prices, { waking: WAKING });
  const b = new Bench({ backend: 'flannel-udp', machine });
  const puts: Put[] = [];
  if (out > 0) puts.push({ packets: out, lane: 0, from: 0, to: 1 });
  if (into > 0) puts.push({ packets: into, lane: 2, from: 1, to: 0, flow: 1 });
  putAll(b, puts);
  assert.equal(
    b.deliveries.reduce((sum, d) => sum + d.packets, 0),
    out + into,
  );
  const { soft, process } = b.busyNs(0, 15);
  assert.equal(soft, 0);
  return process / 1000;
}

test('flanneld makes three calls a packet one way: read, write, and a look at the empty queue', () => {
  assert.equal(daemonCalls(10, 0), 30);
  assert.equal(daemonCalls(0, 10), 30);
});

test('flanneld makes two calls a packet while both directions are busy', () => {
  assert.equal(daemonCalls(10, 10), 40);
  // Four rounds with both, six with one: 14 × 2 + 6.
  assert.equal(daemonCalls(10, 4), 34);
});

test('flanneld sleeps in poll() once both queues are empty, and pays its wake-up once a sleep', () => {
  const prices = { U_SYSCALL: 10, DAEMON_IDLE: 5000, CTXSW: 700, NAPI_POLL: 10 };
  const b = new Bench({
    backend: 'flannel-udp',
    machine: pricedMachine('xeon-25g', prices, { waking: WAKING }),
  });
  b.upper.traffic = () => emit(b.p, b.batch({ packets: 5, lane: 0 }), 0);
  b.p.push(10 * US, C_TRAFFIC, K_TRAFFIC, 0, 0);
  b.p.push(100 * US, C_TRAFFIC, K_TRAFFIC, 0, 0);
  b.run();
  // Twice: 5 packets × 2 calls × 10, one poll() and one switch to the thread.
  assert.equal(b.busyNs(0, 15).process, 2 * (100 + 5000 + 700));
});

test("flanneld's one thread is serial: two directions take the sum of their times", () => {
  const prices = { DAEMON_PROXY: 1000 };
  const end = (puts: readonly Put[]): number => {
    const b = new Bench({
      backend: 'flannel-udp',
      machine: pricedMachine('xeon-25g', prices, { waking: WAKING }),
    });
    putAll(b, puts);
    return b.busyNs(0, 15).process;
  };
  const out: Put = { packets: 30, lane: 0, from: 0, to: 1 };
  const into: Put = { packets: 30, lane: 2, from: 1, to: 0, flow: 1 };
  assert.equal(end([out]), 30_000);
  assert.equal(end([out, into]), 60_000);
});

// ---- WireGuard

const crypt = (prices: Record<string, TestPrice>): Bench =>
  new Bench({
    backend: 'calico-wireguard',
    machine: pricedMachine('xeon-25g', prices, { cores: 4, waking: WAKING }),
  });

/** Lists as WireGuard's device queues them: a long one, then short ones. */
const LISTS: readonly Put[] = [
  { flow: 1, packets: 40, units: 1, lane: 0 },
  { flow: 2, packets: 1, lane: 0 },
  { flow: 3, packets: 2, units: 1, lane: 0 },
  { flow: 4, packets: 1, lane: 0 },
  { flow: 5, packets: 3, units: 1, lane: 0 },
];

test('WireGuard: lists that finish their crypto early wait for the peer order', () => {
  const b = crypt({ CRYPT: 10 });
  putAll(b, LISTS);
  const order = [...new Set(b.deliveries.map((d) => d.flow))];
  assert.deepEqual(order, [1, 2, 3, 4, 5]);
  assert.equal(
    b.deliveries.reduce((sum, d) => sum + d.packets, 0),
    47,
  );
});

test('WireGuard: a list is encrypted whole on one core, lists spread over the cores', () => {
  // 1,388 B a packet (pod MTU 1,440 less 52) at 10 ns: cores take turns from peer 1's on.
  const b = crypt({ CRYPT: 10 });
  assert.equal(b.p.setup.mssBytes, 1388);
  const sender = [];
  putAll(b, LISTS);
  for (let c = 0; c < 4; c++) sender.push(b.busyNs(0, c).process);
  // Lists of 40, 1, 2, 1, 3 packets on cores 1, 2, 3, 0, 1.
  assert.deepEqual(sender, [13_880, 43 * 13_880, 13_880, 2 * 13_880]);
});

test('WireGuard: received packets are decrypted one by one over all cores', () => {
  const b = crypt({ CRYPT: 10 });
  putAll(b, [{ flow: 1, packets: 40, units: 1, lane: 0 }]);
  for (let c = 0; c < 4; c++) assert.equal(b.busyNs(1, c).process, 10 * 13_880);
});

test("WireGuard: a peer's transmit is serial, on one worker", () => {
  const b = crypt({ CRYPT: 0.01, NIC_TX: 1000 });
  putAll(b, LISTS);
  const busy = [0, 1, 2, 3].map((c) => b.busyNs(0, c).process);
  // 47 packets × 1,000 on the worker of peer 1; elsewhere only the crypto's hundredths.
  assert.ok(busy[1]! >= 47_000 && busy[1]! < 48_000, `${busy}`);
  for (const c of [0, 2, 3]) assert.ok(busy[c]! < 1000, `${busy}`);
});

test('WireGuard: two peers do not wait for each other', () => {
  const prices = { CRYPT: 10 };
  const machine = pricedMachine('xeon-25g', prices, { cores: 4, waking: WAKING });
  const b = new Bench({ backend: 'calico-wireguard', machine, cluster: { nodes: 3 } });
  // To peer 1 a list of 40 packets (555 µs of crypto), to peer 2 one packet (14 µs).
  putAll(b, [
    { flow: 1, packets: 40, units: 1, lane: 0, to: 1 },
    { flow: 2, packets: 1, lane: 0, to: 2 },
  ]);
  assert.equal(b.deliveries[0]!.flow, 2);
  assert.ok(b.deliveries[0]!.at < 100 * US, `${b.deliveries[0]!.at}`);
});

test('WireGuard: a receive ring with room for 24 of 100 packets takes 24', () => {
  const b = crypt({ CRYPT: 10 });
  const tunnel = b.p.setup.compiled.paths.find((path) => path.name === 'tunnel')!;
  const lane = tunnel.lanes.findIndex((l) => l.entry === 'nic');
  const put: Put = { packets: 1000, lane, flags: F_UDP, packetBytes: 1000 };
  putAll(b, [put, { ...put, packets: 100, flow: 1 }]);
  const taken = (flow: number) =>
    b.deliveries.filter((d) => d.flow === flow).reduce((n, d) => n + d.packets, 0);
  assert.deepEqual([taken(0), taken(1)], [1000, 24]);
  assert.deepEqual(b.drops(), { 'crypto ring (WG_QUEUE)': 76 });
});
