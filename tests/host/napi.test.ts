/**
 * NIC receive: interrupts by time and by frames, waking cores, the budget of a poll, and GRO, which merges what
 * stands in one poll and nothing else. Batches are put before the NIC; what reaches the socket is written down.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Machine } from '../../engine/host/machine.ts';
import { Bench, F_UDP } from '../lib/bench.ts';
import { type MachineChange, pricedMachine, type TestPrice } from '../lib/tinyTask.ts';

const US = 1e6;
const AWAKE = { pollNs: 1e9 };

/** Two hosts with one RX queue; a packet costs 10 ns at the receiver and nothing else costs anything. */
const bench = (
  change: MachineChange = {},
  prices: Record<string, TestPrice> = { NIC_RX_POLL: 10 },
): Bench => {
  const base: MachineChange = {
    waking: AWAKE,
    ...change,
    nic: { rxQueues: 1, moderationUs: 16, moderationFrames: 32, ...change.nic },
  };
  const machine: Machine = pricedMachine('xeon-25g', prices, base);
  return new Bench({ machine });
};

const shape = (b: Bench): [flow: number, packets: number, skbs: number][] =>
  b.deliveries.map((d) => [d.flow, d.packets, d.units]);

// ---- GRO

test('two flows interleaved in one poll give two skbs', () => {
  const b = bench();
  for (const [flow, index] of [
    [1, 0],
    [2, 0],
    [1, 1],
    [2, 1],
    [1, 2],
    [2, 2],
  ] as const)
    b.arrive({ flow, index });
  b.run();
  assert.deepEqual(shape(b), [
    [1, 3, 1],
    [2, 3, 1],
  ]);
});

test('eight flows fit a bucket; a ninth flushes the oldest', () => {
  // Flows 0, 8, 16, … share bucket 0; flow 0 goes on after the others have come.
  const run = (flows: number): Bench => {
    const b = bench();
    for (let i = 0; i < flows; i++) b.arrive({ flow: 8 * i, index: 0 });
    b.arrive({ flow: 0, index: 1 });
    b.run();
    return b;
  };
  const eight = run(8);
  assert.equal(eight.deliveries.length, 8);
  assert.deepEqual(shape(eight)[0], [0, 2, 1]);
  const nine = run(9);
  assert.equal(nine.deliveries.length, 10);
  assert.deepEqual(
    shape(nine).filter(([flow]) => flow === 0),
    [
      [0, 1, 1],
      [0, 1, 1],
    ],
  );
  assert.equal(nine.deliveries[0]!.flow, 0);
});

test('nine flows in nine slots of several buckets all merge', () => {
  const b = bench();
  for (const index of [0, 1]) for (let flow = 0; flow < 9; flow++) b.arrive({ flow, index });
  b.run();
  assert.equal(b.deliveries.length, 9);
  for (const d of b.deliveries) assert.deepEqual([d.packets, d.units], [2, 1]);
});

test('one packet a poll merges nothing; the same packets close together are one skb', () => {
  const apart = bench();
  for (let i = 0; i < 6; i++) apart.arrive({ index: i, at: 40 * US * (i + 1) });
  apart.run();
  assert.deepEqual(shape(apart), Array(6).fill([0, 1, 1]));
  const close = bench();
  for (let i = 0; i < 6; i++) close.arrive({ index: i, at: 40 * US + i * 1000 });
  close.run();
  assert.deepEqual(shape(close), [[0, 6, 1]]);
});

test('a hole in the sequence ends an skb', () => {
  const b = bench();
  for (const index of [0, 1, 3, 4]) b.arrive({ index });
  b.run();
  assert.deepEqual(
    b.deliveries.map((d) => [d.seq, d.bytes]),
    [
      [0, 2896],
      [4344, 2896],
    ],
  );
});

test('a short packet ends an skb', () => {
  const b = bench();
  b.arrive({ index: 0 });
  b.arrive({ index: 10, packetBytes: 144.8 });
  b.arrive({ index: 1.1 });
  b.run();
  assert.deepEqual(shape(b), [
    [0, 2, 1],
    [0, 1, 1],
  ]);
});

test('64 KB are an skb: 50 packets of 1,448 B are one of 45 and one of 5', () => {
  const b = bench();
  for (let i = 0; i < 50; i++) b.arrive({ index: i });
  b.run();
  assert.deepEqual(shape(b), [
    [0, 45, 1],
    [0, 5, 1],
  ]);
});

test('a batch of 50 packets is not one skb either', () => {
  const b = bench();
  b.arrive({ packets: 50 });
  b.run();
  assert.deepEqual(shape(b), [
    [0, 45, 1],
    [0, 5, 1],
  ]);
});

test('datagrams stay what they are', () => {
  const b = bench();
  b.arrive({ packets: 4, flags: F_UDP, packetBytes: 100 });
  b.run();
  assert.deepEqual(shape(b), [[0, 4, 4]]);
});

test('without GRO nothing merges', () => {
  const b = bench({ facts: { gro: false } });
  for (let i = 0; i < 4; i++) b.arrive({ index: i });
  b.run();
  assert.equal(
    b.deliveries.reduce((sum, d) => sum + d.units, 0),
    4,
  );
});

// ---- interrupts

test('moderation by time: the interrupt comes 16 µs after the first packet', () => {
  const b = bench();
  b.arrive({ at: 100 * US });
  b.arrive({ at: 110 * US, index: 1 });
  b.run();
  assert.deepEqual(
    b.deliveries.map((d) => [d.at, d.packets]),
    [[116 * US, 2]],
  );
});

test('moderation by frames: the interrupt comes with the 32nd', () => {
  // 100 ns apart: the 32nd is there 3.1 µs after the first; 31 of them wait for the time.
  const many = bench();
  many.arrive({ at: 100 * US, packets: 40, spacing: 100_000 });
  many.run();
  assert.deepEqual([many.deliveries[0]!.at, many.deliveries[0]!.packets], [103.1 * US, 32]);
  const few = bench();
  few.arrive({ at: 100 * US, packets: 31, spacing: 100_000 });
  few.run();
  assert.deepEqual(
    few.deliveries.map((d) => [d.at, d.packets]),
    [[116 * US, 31]],
  );
  const split = bench();
  split.arrive({ at: 100 * US, packets: 20, spacing: 100_000 });
  split.arrive({ at: 105 * US, packets: 20, spacing: 100_000, index: 20 });
  split.run();
  assert.equal(split.deliveries[0]!.at, 106.1 * US);
});

test('a sleeping core takes its exit latency, a halted one the longer', () => {
  const waking = { pollNs: 2000, sleepNs: 3000, haltAfterNs: 50_000, haltNs: 12_000 };
  const begins = (at: number): number => {
    const b = bench({ waking, nic: { moderationUs: 0 } });
    b.arrive({ at });
    b.run();
    return b.deliveries[0]!.at;
  };
  assert.equal(begins(1 * US), 1 * US);
  assert.equal(begins(30 * US), 33 * US);
  assert.equal(begins(200 * US), 212 * US);
});

test('a poll takes 64 packets; the next follows without an interrupt', () => {
  // One interrupt of 1,000, four polls of 100 and 200 packets of 10: 3,400 ns.
  const b = bench({}, { NIC_IRQ: 1000, NAPI_POLL: 100, NIC_RX_POLL: 10 });
  b.arrive({ at: 100 * US, packets: 200, flags: F_UDP, packetBytes: 100 });
  b.run();
  assert.deepEqual(
    b.deliveries.map((d) => d.packets),
    [64, 64, 64, 8],
  );
  assert.deepEqual(b.busyNs(1, 0), { soft: 3400, process: 0 });
});

test('dear packets do not cut a merge: a poll of 64 at 1,000 ns each gives skbs of 45 and 19', () => {
  const b = bench({}, { NIC_RX_POLL: 1000 });
  b.arrive({ at: 100 * US, packets: 100 });
  b.run();
  const found = b.deliveries.map((d) => [d.packets, d.units]);
  const expected = [
    [45, 1],
    [19, 1],
    [36, 1],
  ];
  assert.deepEqual(found, expected);
  // The same packets as batches of one.
  const single = bench({}, { NIC_RX_POLL: 1000 });
  for (let i = 0; i < 100; i++) single.arrive({ at: 100 * US, index: i });
  single.run();
  const alone = single.deliveries.map((d) => [d.packets, d.units]);
  assert.deepEqual(alone, expected);
});

test('without a merge a poll ends after 20 µs', () => {
  const b = bench({}, { NIC_RX_POLL: 1000 });
  b.arrive({ at: 100 * US, packets: 50, flags: F_UDP, packetBytes: 100 });
  b.run();
  assert.deepEqual(
    b.deliveries.map((d) => [d.at, d.packets]),
    [
      [100 * US, 20],
      [120 * US, 20],
      [140 * US, 10],
    ],
  );
});

test('a poll within its budget ends the softirq: what came meanwhile waits for its interrupt', () => {
  const b = bench({}, { NIC_RX_POLL: 5000 });
  b.arrive({ at: 100 * US });
  b.arrive({ at: 118 * US, index: 1 });
  b.run();
  // Poll from 116 to 121 µs; the packet of 118 µs is due at 134 µs.
  assert.deepEqual(
    b.deliveries.map((d) => d.at),
    [116 * US, 134 * US],
  );
});

test('queues are polled on their own cores, by the low bits of the hash', () => {
  const b = bench({ nic: { rxQueues: 8 } });
  for (const rss of [0, 3, 11, 127]) b.arrive({ rss, flow: rss, flags: F_UDP });
  b.run();
  assert.deepEqual(
    b.deliveries.map((d) => [d.flow, d.core - 16]).sort((x, y) => x[0]! - y[0]!),
    [
      [0, 0],
      [3, 3],
      [11, 3],
      [127, 7],
    ],
  );
});
