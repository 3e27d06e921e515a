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

// The veth machine: one UDP datagram walks a path on one core and dies at a full socket. Medians over all repeats.

const vethPrices = machineNamed('veth-vm').prices;
const alone = (stage: StageId, bytes = 64): number => {
  const { firstNs = 0, eachNs = 0, packetNs = 0, byteNs = 0 } = vethPrices[stage];
  return (
    firstNs + packetNs + byteNs * bytes + eachNs * ((STAGES[stage] as StageDef).per === 'byte' ? bytes : 1)
  );
};

const SEND = 'U_SYSCALL COPY_U2K SKB_ALLOC UDP_OUT IP_OUT';
const RECEIVE = 'IP_RCV_LOCAL IP_ROUTE_IN UDP_RCV_SOCK';
const VETH = 'VETH_XMIT BACKLOG_POLL';
const EXTRA_VXLAN = 'TUN_DEV_XMIT ENCAP IP_OUT IP_RCV_LOCAL UDP_RCV_TUN DECAP GRO_CELL_POLL';
const HOSTGW = `${VETH} BR_RX IP_FWD ${VETH} IP_FWD BR_TX ${VETH}`;

/** [path, ns measured with 64 and with 1,400 bytes at MTU 1500, its stages] */
const ALONE = [
  // The loopback device has no driver of its own, and a packet keeps its route.
  ['loop', 2324, 2343, `${SEND} BACKLOG_POLL IP_RCV_LOCAL UDP_RCV_SOCK`],
  ['hostnet', 2862, 2903, `${SEND} ${VETH} ${RECEIVE}`],
  ['bridge', 3728, 3858, `${SEND} ${VETH} BR_FWD ${VETH} ${RECEIVE}`],
  ['routed', 4593, 4670, `${SEND} ${VETH} IP_FWD ${VETH} IP_FWD ${VETH} ${RECEIVE}`],
  ['hostgw', 5588, 5642, `${SEND} ${HOSTGW} ${RECEIVE}`],
  ['vxlan', 8316, 8399, `${SEND} ${HOSTGW} ${EXTRA_VXLAN} ${RECEIVE}`],
] as const;

for (const [path, smallNs, largeNs, stages] of ALONE) {
  test(`veth-vm: a lonely datagram on ${path} costs ${smallNs} ns, a full one ${largeNs}, within 3.5 %`, () => {
    within(
      sum((stage) => alone(stage), stages),
      smallNs,
      0.035,
      path,
    );
    within(
      sum((stage) => alone(stage, 1400), stages),
      largeNs,
      0.035,
      path,
    );
  });
}

test('veth-vm: increments alone', () => {
  const of = (stages: string): number => sum((stage) => alone(stage), stages);
  within(of(VETH), 370, 0.01, 'veth');
  within(of('BR_FWD'), 483, 0.01, 'bridge');
  within(of('IP_FWD'), 445, 0.01, 'forwarding');
  within(of(EXTRA_VXLAN), 2860, 0.01, 'VXLAN');
});

test('veth-vm: in a burst every stage of a path keeps one share of its lonely price, 0.866', () => {
  const path = new Set(`${VETH} BR_RX BR_TX BR_FWD IP_FWD ${EXTRA_VXLAN}`.split(' ') as StageId[]);
  for (const stage of path) within((vethPrices[stage].eachNs ?? 0) / alone(stage), 0.866, 0.01, stage);
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
