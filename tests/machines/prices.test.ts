/**
 * The cost books against the measurements that they stand on. Literals are measured values; stage lists are
 * this test's own, and no engine function adds them up.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Price } from '../../engine/host/machine.ts';
import { STAGES, type StageDef, type StageId } from '../../engine/host/stages.ts';
import { machineNamed } from '../../machines/catalog.ts';

type Counts = Readonly<Record<string, number>>;

const within = (actual: number, expected: number, share: number, what: string): void => {
  const error = actual / expected - 1;
  const text = `${what}: ${actual.toFixed(4)} against ${expected}, ${(100 * error).toFixed(1)} %`;
  assert.ok(Math.abs(error) <= share, text);
};

const sum = (price: (stage: StageId) => number, stages: string): number =>
  stages.split(' ').reduce((ns, stage) => ns + price(stage as StageId), 0);

// The veth machine: one UDP datagram of 64 bytes walks a path on one core and dies at a full socket.

const vethPrices = machineNamed('veth-vm').prices;
const alone = (stage: StageId): number => {
  const { firstNs = 0, eachNs = 0, packetNs = 0, byteNs = 0 } = vethPrices[stage];
  const bytes = 64;
  return (
    firstNs + packetNs + byteNs * bytes + eachNs * ((STAGES[stage] as StageDef).per === 'byte' ? bytes : 1)
  );
};
const burst = (stage: StageId): number => (vethPrices[stage].eachNs ?? 0) + (vethPrices[stage].packetNs ?? 0);

const SEND = 'U_SYSCALL COPY_U2K SKB_ALLOC UDP_OUT IP_OUT';
const RECEIVE = 'IP_RCV_LOCAL UDP_RCV_SOCK';
const VETH = 'VETH_XMIT BACKLOG_POLL';
const EXTRA_VXLAN = 'TUN_DEV_XMIT ENCAP IP_OUT IP_RCV_LOCAL UDP_RCV_TUN DECAP GRO_CELL_POLL';
const HOSTGW = `${VETH} BR_RX IP_FWD ${VETH} IP_FWD BR_TX ${VETH}`;

/** [path, ns measured with 64 bytes at MTU 1500, stages between IP output and IP input] */
const ALONE = [
  ['hostnet', 2860, VETH],
  ['bridge', 3713, `${VETH} BR_FWD ${VETH}`],
  ['routed', 4489, `${VETH} IP_FWD ${VETH} IP_FWD ${VETH}`],
  ['hostgw', 5544, HOSTGW],
  ['vxlan', 8316, `${HOSTGW} ${EXTRA_VXLAN}`],
] as const;

for (const [path, measuredNs, stages] of ALONE) {
  test(`veth-vm: a lonely datagram on ${path} costs ${measuredNs} ns within 3 %`, () => {
    within(sum(alone, `${SEND} ${stages} ${RECEIVE}`), measuredNs, 0.03, path);
  });
}

test('veth-vm: increments alone and in bursts', () => {
  within(sum(alone, VETH), 370, 0.01, 'veth alone');
  within(sum(alone, 'BR_FWD'), 483, 0.01, 'bridge alone');
  within(sum(alone, 'IP_FWD'), 445, 0.01, 'forwarding alone');
  within(sum(alone, EXTRA_VXLAN), 2860, 0.01, 'VXLAN alone');
  within(sum(burst, EXTRA_VXLAN), 1300, 0.01, 'VXLAN in a burst');
  within(sum(burst, `${VETH} BR_FWD`), 0.82 * 853, 0.01, 'veth and bridge in a burst');
  within(sum(burst, 'IP_FWD'), 445, 0.01, 'forwarding in a burst');
});

test('veth-vm: bulk TCP without offloads, sender core, 1,448 bytes in bursts of 30', () => {
  const packet = (stage: StageId): number => {
    const { firstNs = 0, eachNs = 0, packetNs = 0, byteNs = 0 } = vethPrices[stage];
    const perByte = (STAGES[stage] as StageDef).per === 'byte';
    return firstNs / 30 + packetNs + byteNs * 1448 + eachNs * (perByte ? 1448 : 1);
  };
  const tcp = 'COPY_U2K SKB_ALLOC TCP_TX IP_OUT IP_RCV_LOCAL TCP_RX';
  within(sum(packet, `${tcp} ${VETH}`), 1295, 0.1, 'hostnet');
  within(sum(packet, `${tcp} ${VETH} BR_FWD ${VETH}`), 2004, 0.1, 'bridge');
  within(sum(packet, `${tcp} ${HOSTGW}`), 3621, 0.1, 'hostgw');
  within(sum(packet, `${tcp} ${HOSTGW} ${EXTRA_VXLAN}`), 4922, 0.1, 'vxlan');
});

// The Xeon: one flow, MSS 1,448, steady state, no netfilter; ns of all cores of a host for each payload byte.

const xeon = machineNamed('xeon-25g').prices;
const MSS = 1448;

/** Cost of stages run `counts` times, each on a unit of n packets, first units left out (steady state). */
function steady(counts: Counts, packets: number): number {
  let total = 0;
  for (const [stage, count] of Object.entries(counts)) {
    const price: Price = xeon[stage as StageId];
    const per = (STAGES[stage as StageId] as StageDef).per;
    const own = per === 'byte' ? packets * MSS : per === 'packet' ? packets : 1;
    const unit = (price.eachNs ?? 0) * own;
    total += count * (unit + (price.packetNs ?? 0) * packets + (price.byteNs ?? 0) * packets * MSS);
  }
  return total;
}

const ackOut: Counts = { ACK_TX: 1, SKB_ALLOC: 1, IP_OUT: 1, QDISC: 1, NIC_TX: 1, NIC_TX_DONE: 1 };
const ackIn: Counts = {
  NIC_RX_POLL: 1,
  SKB_ALLOC: 1,
  GRO_MISS: 1,
  IP_RCV_LOCAL: 1,
  TCP_ACK_RX: 1,
  SKB_FREE: 1,
};
const sendOne: Counts = {
  COPY_U2K: 1,
  SKB_ALLOC: 1,
  TCP_TX: 1,
  IP_OUT: 1,
  QDISC: 1,
  NIC_TX: 1,
  NIC_TX_DONE: 1,
};
const sleepAndWake: Counts = { WAKE: 1, CTXSW: 1, U_SYSCALL: 1 };
const interrupt: Counts = { NIC_IRQ: 1, NAPI_POLL: 1 };

test('xeon-25g: TSO and GRO, skbs of 45 packets: one ACK, one poll and one sleep for each', () => {
  const skbBytes = 45 * MSS;
  const send = steady(sendOne, 45) + steady(ackIn, 1) + steady(sleepAndWake, 1) + steady(interrupt, 1);
  within(send / skbBytes, 0.2408, 0.12, 'sender');
  const perPacket = 45 * steady({ SKB_ALLOC: 1, NIC_RX_POLL: 1, GRO: 1 }, 1);
  const perSkb = steady({ IP_RCV_LOCAL: 1, TCP_RX: 1, COPY_K2U: 1, SKB_FREE: 1 }, 45);
  const receive = perPacket + perSkb + steady(ackOut, 1) + steady(sleepAndWake, 1) + steady(interrupt, 1);
  within(receive / skbBytes, 0.527, 0.12, 'receiver');
});

test('xeon-25g: TSO, GRO and frames of 9,000 bytes, skbs of 7 packets', () => {
  const jumbo = 8948;
  const skbBytes = 7 * jumbo;
  const perByte = (stages: string): number =>
    skbBytes *
    sum((stage) => {
      const { eachNs = 0, byteNs = 0 } = xeon[stage];
      return (STAGES[stage] as StageDef).per === 'byte' ? eachNs : byteNs;
    }, stages);
  const each = (stage: StageId): number => (xeon[stage].eachNs ?? 0) + 7 * (xeon[stage].packetNs ?? 0);
  const wakes = steady(sleepAndWake, 1) + steady(interrupt, 1);
  const send = sum(each, 'SKB_ALLOC TCP_TX IP_OUT QDISC NIC_TX NIC_TX_DONE') + perByte('COPY_U2K TCP_TX');
  within((send + steady(ackIn, 1) + wakes) / skbBytes, 0.1658, 0.12, 'sender');
  const packets = 7 * sum((stage) => xeon[stage].eachNs ?? 0, 'SKB_ALLOC NIC_RX_POLL GRO');
  const receive =
    packets + sum(each, 'IP_RCV_LOCAL TCP_RX SKB_FREE') + perByte('NIC_RX_POLL COPY_K2U SKB_FREE');
  within((receive + steady(ackOut, 1) + wakes) / skbBytes, 0.2814, 0.12, 'receiver');
});

test('xeon-25g: no offloads: an ACK for two packets, polls and sleeps shared by 32', () => {
  const shared = (steady(sleepAndWake, 1) + steady(interrupt, 1)) / 32;
  within(steady(sendOne, 1) + 0.5 * steady(ackIn, 1) + shared, 1305, 0.12, 'sender');
  const one: Counts = { NIC_RX_POLL: 1, SKB_ALLOC: 1, IP_RCV_LOCAL: 1, TCP_RX: 1, COPY_K2U: 1, SKB_FREE: 1 };
  within(steady(one, 1) + 0.5 * steady(ackOut, 1) + shared, 2389, 0.12, 'receiver');
});

test('xeon-25g: other published sums', () => {
  const sendto: Counts = { U_SYSCALL: 1, ...sendOne, TCP_TX: 0, UDP_OUT: 1 };
  within(steady(sendto, 1), 1602, 0.12, 'sendto of a datagram, down to the wire');
  within(steady({ U_SYSCALL: 1, SKB_FREE: 1 }, 1), 432, 0.25, 'recv of a small datagram');
  within(
    steady({ IP_FWD: 1, QDISC: 1, NIC_TX: 1, NIC_TX_DONE: 1 }, 1),
    376.9,
    0.12,
    'forwarding to the wire',
  );
  within(steady({ TUN_XMIT: 1, U_SYSCALL: 1, SKB_FREE: 1 }, 1), 720, 0.07, 'TUN ring and read');
  const woken = steady({ WAKE: 1, CTXSW: 1 }, 1);
  assert.ok(woken >= 1100 && woken <= 2400, `wake-up and switch ${woken}`);
});
