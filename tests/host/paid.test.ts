/**
 * What a host pays, and how often: rules by who holds them, pages by who freed them, routes and heads of datagrams,
 * segmentation at the first device, flanneld's jobs. Prices and sums are literals of this file.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendNamed } from '../../backends/catalog.ts';
import { C_TRAFFIC, K_TRAFFIC } from '../../engine/core/kinds.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { PolicySpec } from '../../engine/core/taskSpec.ts';
import { compile } from '../../engine/host/compile.ts';
import { emit } from '../../engine/host/emit.ts';
import { type RuleCost, ruleCost } from '../../engine/host/rules.ts';
import type { StageId } from '../../engine/host/stages.ts';
import { runTask } from '../../engine/task.ts';
import { Bench } from '../lib/bench.ts';
import {
  changedMachine,
  type MachineChange,
  netperfTraffic,
  pricedMachine,
  type TestPrice,
  type TinyOptions,
  tinyTask,
} from '../lib/tinyTask.ts';

const US = 1e6;
const MS = 1e9;

type Prices = Partial<Record<StageId, TestPrice>>;

const near = (actual: number, expected: number, share: number, what: string): void =>
  assert.ok(Math.abs(actual / expected - 1) <= share, `${what}: ${actual} is not ${expected}`);

/** Executions of a stage that costs 1 ns each, on all cores. */
const times = (r: TaskRecord, stage: StageId): number =>
  r.cpu.filter((c) => c.stage === stage).reduce((sum, c) => sum + Number(c.ps), 0) / 1000;

interface Flood extends TinyOptions {
  readonly prices: Prices;
  readonly change?: MachineChange;
  readonly bytes?: number;
  readonly sameNode?: boolean;
}

/** ns of a datagram into a socket that nobody reads, over the veth wire: one core does it all. */
function floodNs({ prices, change = {}, bytes = 64, sameNode = false, ...options }: Flood): number {
  const traffic = netperfTraffic('UDP_STREAM', { sink: true, messageBytes: bytes, sameNode });
  const machine = pricedMachine('veth-vm', prices, change);
  const r = runTask(tinyTask({ machine, traffic, windowPs: 20 * MS, ...options }));
  return r.windowPs / 1000 / r.counters.packets;
}

// ---- rules

const CACHE = { cache: { l2Bytes: 100_000, l3NsPerByte: 0.1 } };
const RULES: Prices = { U_SYSCALL: 1000, NF_RULE: 2, NF_RULE_NFT: 5, NF_RULE_XT: 30, NF_SET: 70 };

test('rules: cached, streaming from the third level, or one lookup', () => {
  const machine = pricedMachine('veth-vm', RULES, CACHE);
  const cost = (policy: PolicySpec): RuleCost | null => ruleCost(policy, machine);
  assert.equal(cost({ rules: 0 }), null);
  // 657 rules of 152 B fit 100,000 B, 658 do not: 15.2 ns a rule from there.
  assert.deepEqual(cost({ rules: 657 }), { stage: 'NF_RULE', times: 657, ns: null });
  assert.deepEqual(cost({ rules: 658 }), { stage: 'NF_RULE', times: 658, ns: 152 * 0.1 });
  assert.deepEqual(cost({ rules: 625, ruleKind: 'nft' }), { stage: 'NF_RULE_NFT', times: 625, ns: null });
  assert.deepEqual(cost({ rules: 626, ruleKind: 'nft' }), {
    stage: 'NF_RULE_NFT',
    times: 626,
    ns: 160 * 0.1,
  });
  // 200 B stream in 20 ns, less than the 30 of its instructions: they hide it.
  assert.deepEqual(cost({ rules: 9000, ruleKind: 'iptables-nft' }), {
    stage: 'NF_RULE_XT',
    times: 9000,
    ns: null,
  });
  assert.deepEqual(cost({ rules: 9000, ruleKind: 'set' }), { stage: 'NF_SET', times: 1, ns: null });
});

test('rules: a datagram pays each of them at both hosts', () => {
  const change = { ...CACHE, facts: { netfilter: true } };
  const ns = (rules: number, ruleKind: NonNullable<PolicySpec['ruleKind']>): number =>
    floodNs({ prices: RULES, change, backend: 'calico-bgp', policy: { rules, ruleKind } });
  near(ns(100, 'iptables-legacy'), 1000 + 2 * 200, 0.01, 'legacy');
  near(ns(100, 'nft'), 1000 + 2 * 500, 0.01, 'nft');
  near(ns(100, 'iptables-nft'), 1000 + 2 * 3000, 0.01, 'iptables-nft');
  near(ns(1000, 'iptables-legacy'), 1000 + 2 * 15_200, 0.02, 'legacy, streaming');
  near(ns(100, 'set'), 1000 + 2 * 70, 0.01, 'set');
  near(ns(5000, 'set'), 1000 + 2 * 70, 0.01, 'a large set');
});

/** A TCP stream over a routed backend, its core the bottleneck; counts of stages that cost 1 ns. */
function stream(facts: MachineChange['facts'], more: Prices = {}): TaskRecord {
  const prices = { U_SYSCALL: 500, COPY_U2K: 0.3, TCP_TX: 1, TCP_RX: 1, GSO_SW: 1, ...more };
  const machine = pricedMachine('veth-vm', prices, { facts: { netfilter: true, ...facts } });
  return runTask(
    tinyTask({ backend: 'calico-bgp', machine, policy: { rules: 1 }, warmupPs: 20 * MS, windowPs: 20 * MS }),
  );
}

const SPLIT = { gso: false, gro: false, tso: false };

test('rules: paid per skb where GSO holds, per packet where the first device splits', () => {
  const whole = stream({}, { NF_RULE: 1 });
  const split = stream(SPLIT, { NF_RULE: 1 });
  const passes = (r: TaskRecord): number => times(r, 'NF_RULE') / 2;
  // 45 packets an skb; ACKs pass as well, fewer than one for two packets.
  assert.ok(passes(whole) < 3 * times(whole, 'TCP_TX'), `${passes(whole)} passes`);
  assert.ok(passes(whole) * 10_000 < whole.counters.payloadBytes);
  const packets = split.counters.payloadBytes / 1448;
  assert.ok(
    passes(split) > 0.98 * packets && passes(split) < 1.6 * packets,
    `${passes(split)} of ${packets}`,
  );
});

test('without GSO TCP still makes super-packets; the first device splits them, and nothing is split again', () => {
  const r = stream(SPLIT);
  const packets = r.counters.payloadBytes / 1448;
  near(times(r, 'GSO_SW'), packets, 0.02, 'segmented');
  near(times(r, 'TCP_RX'), packets, 0.02, 'received');
  // 128 KB a call are two skbs of 45 packets and a short one; more where the send buffer's room ends a piece.
  assert.ok(times(r, 'TCP_TX') < packets / 15, `${times(r, 'TCP_TX')} skbs of ${packets} packets`);
  for (const name of ['host', 'flannel-vxlan', 'flannel-udp', 'calico-ipip']) {
    const machine = changedMachine('xeon-25g', { facts: SPLIT });
    const { paths, choose } = compile(backendNamed(name), machine, { rules: 0 });
    const stages = paths[choose.sameSubnet]!.lanes.flatMap((lane) => lane.stages);
    assert.equal(stages[0], 'GSO_SW', name);
    assert.deepEqual(
      stages.filter((stage) => stage.startsWith('GSO')),
      ['GSO_SW'],
      name,
    );
  }
});

// ---- pages

test('pages: a stream pays for each byte, an exchange takes back what it has freed', () => {
  const machine = pricedMachine('veth-vm', { U_SYSCALL: 500, PAGES: 1 });
  const sent = runTask(tinyTask({ machine, warmupPs: 20 * MS, windowPs: 20 * MS }));
  near(times(sent, 'PAGES'), sent.counters.payloadBytes, 0.02, 'stream');
  const traffic = netperfTraffic('TCP_RR', { messageBytes: 1000, responseBytes: 1000 });
  const exchanged = runTask(tinyTask({ machine, traffic, warmupPs: 20 * MS, windowPs: 20 * MS }));
  assert.ok(exchanged.counters.rpcsFinished > 1000);
  assert.equal(times(exchanged, 'PAGES'), 0);
  // A request larger than its answer: its client lacks the difference each time, its server nothing.
  const uneven = netperfTraffic('TCP_RR', { messageBytes: 1000, responseBytes: 400 });
  const r = runTask(tinyTask({ machine, traffic: uneven, warmupPs: 20 * MS, windowPs: 20 * MS }));
  near(times(r, 'PAGES') / r.counters.rpcsFinished, 600, 0.02, 'uneven');
});

// ---- datagrams

test('a datagram pays its input route between hosts, not over loopback', () => {
  const prices = { U_SYSCALL: 500, IP_ROUTE_IN: 1500 };
  near(floodNs({ prices }), 2000, 0.01, 'between hosts');
  near(floodNs({ prices, sameNode: true }), 500, 0.01, 'loopback');
  // Two pods of one host: their packets cross a bridge, not the loopback device.
  near(floodNs({ prices, sameNode: true, backend: 'flannel-host-gw' }), 2000, 0.01, 'bridge');
});

test('the head of a datagram above 7,750 B comes from the page allocator', () => {
  const prices = { U_SYSCALL: 500, PAGE_HEAD: 700 };
  const ns = (bytes: number): number => floodNs({ prices, bytes, cluster: { mtuBytes: 9000 } });
  near(ns(7750), 500, 0.01, 'in a slab');
  near(ns(7751), 1200, 0.01, 'in pages');
});

// ---- flanneld

/** When the jobs begin in which the second host's daemon hands ten packets to its pod, µs. */
function daemonLets(base: string, callNs: number): number[] {
  const waking = { pollNs: 0, sleepNs: 1000, haltAfterNs: 1e12 };
  const b = new Bench({
    backend: 'flannel-udp',
    machine: pricedMachine(base, { U_SYSCALL: callNs }, { waking }),
  });
  b.upper.traffic = () => emit(b.p, b.batch({ packets: 10, lane: 0 }), 0);
  b.p.push(10 * US, C_TRAFFIC, K_TRAFFIC, 0, 0);
  b.run();
  assert.equal(
    b.deliveries.reduce((sum, d) => sum + d.packets, 0),
    10,
  );
  return [...new Set(b.deliveries.map((d) => d.at))].map((at) => at / US);
}

test('on one core set flanneld lets each packet go once it costs 4 µs, and the other end works beside it', () => {
  // Exit 1 µs, two calls of 2 µs, exit of the other core 1 µs: the first is handed over from 16 µs on, then one each 4.
  assert.deepEqual(daemonLets('veth-vm', 2000), [16, 20, 24, 28, 32, 36, 40, 44, 48, 52]);
  // 400 ns a packet: ten are one job of 4 µs.
  assert.deepEqual(daemonLets('veth-vm', 200), [16]);
});

test('between NICs flanneld works in jobs of 20 µs: the interrupt gathers what it sends', () => {
  assert.equal(daemonLets('xeon-25g', 2000).length, 2);
});
