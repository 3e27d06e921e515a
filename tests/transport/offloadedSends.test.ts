/**
 * UDP_SEGMENT and MSG_ZEROCOPY: how often each stage runs, counted by prices of 1 ns, with the counts by hand. Where an
 * skb of datagrams falls apart, and which paths leave a program's pages where they are.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { NetperfTraffic } from '../../engine/core/taskSpec.ts';
import type { StageId } from '../../engine/host/stages.ts';
import { runTask } from '../../engine/task.ts';
import { taskProblems } from '../../engine/validate.ts';
import {
  type MachineChange,
  netperfTraffic,
  pricedMachine,
  type TinyOptions,
  tinyTask,
} from '../lib/tinyTask.ts';

/** Executions of a stage that costs 1 ns each, on all cores. */
const times = (r: TaskRecord, stage: StageId): number =>
  Math.round(r.cpu.filter((c) => c.stage === stage).reduce((sum, c) => sum + Number(c.ps), 0) / 1000);

const COUNTED = {
  ...{ UDP_OUT: 1, COPY_U2K: 1, GSO_SW: 1, NIC_TX: 1, NIC_RX_POLL: 1 },
  ...{ IP_RCV_LOCAL: 1, UDP_RCV_SOCK: 1, SKB_ALLOC: 1 },
} as const;

interface Burst extends TinyOptions {
  readonly base?: string;
  readonly change?: MachineChange;
  readonly more?: Partial<NetperfTraffic>;
}

/** Nine bursts, one a millisecond. */
function bursts(
  messageBytes: number,
  burst: number,
  { base, change, more, ...options }: Burst = {},
): TaskRecord {
  const shape = { messageBytes, burst, paceMessagesPerS: 1000 * burst, udpGso: true, ...more };
  const traffic = netperfTraffic('UDP_STREAM', shape);
  const machine = pricedMachine(base ?? 'xeon-25g', COUNTED, change);
  return runTask(tinyTask({ machine, traffic, warmupPs: 0, windowPs: 10e9, drainPs: 1e9, ...options }));
}

test('UDP_SEGMENT: 130 datagrams are three calls and three skbs down to the NIC, single packets behind it', () => {
  // 65,507 / 1,472 is 44.5: 44 + 44 + 42; small ones go by 64: 64 + 64 + 2.
  for (const bytes of [1472, 100]) {
    const r = bursts(bytes, 130);
    equal(times(r, 'UDP_OUT'), 9 * 3, `${bytes}`);
    equal(times(r, 'NIC_TX'), 9 * 3);
    equal(times(r, 'COPY_U2K'), 9 * 130 * bytes);
    equal(times(r, 'GSO_SW'), 0);
    equal(times(r, 'NIC_RX_POLL'), 9 * 130);
    equal(times(r, 'UDP_RCV_SOCK'), 9 * 130);
    equal(r.counters.packets, 9 * 130);
    // Small ones come faster than the reader wakes: 212,992 bytes hold 93 of truesize 2,304.
    deepEqual(r.drops, bytes === 100 ? { 'UDP socket (SOCKET_RCVBUFF)': 9 * (130 - 93) } : {});
  }
  const single = bursts(1472, 130, { more: { udpGso: false } });
  equal(times(single, 'UDP_OUT'), 9 * 130);
  equal(times(single, 'NIC_TX'), 9 * 130);
});

test('UDP_SEGMENT: the first device that cannot, splits; flannel-udp before its TUN', () => {
  const noTso = bursts(1472, 44, { change: { facts: { tso: false } } });
  equal(times(noTso, 'UDP_OUT'), 9);
  equal(times(noTso, 'GSO_SW'), 9 * 44);
  equal(times(noTso, 'NIC_TX'), 9 * 44);
  const change = { facts: { udpTunnelTso: false } };
  const tunnel = bursts(1400, 40, { backend: 'flannel-vxlan', change });
  equal(times(tunnel, 'UDP_OUT'), 9);
  equal(times(tunnel, 'GSO_SW'), 9 * 40);
  const daemon = bursts(1400, 40, { backend: 'flannel-udp' });
  equal(times(daemon, 'GSO_SW'), 9 * 40);
  equal(daemon.counters.payloadBytes, 9 * 40 * 1400);
});

test('UDP_SEGMENT: what stays whole to its socket is segmented there', () => {
  // Two namespaces, then two pods of one node.
  for (const sameNode of [false, true]) {
    const r = bursts(1400, 40, { base: 'veth-vm', backend: 'calico-bgp', more: { sameNode } });
    equal(times(r, 'IP_RCV_LOCAL'), 9);
    equal(times(r, 'GSO_SW'), 9 * 40);
    equal(times(r, 'UDP_RCV_SOCK'), 9 * 40);
    equal(r.counters.payloadBytes, 9 * 40 * 1400);
  }
  const loop = bursts(1400, 40, { more: { sameNode: true } });
  equal(times(loop, 'GSO_SW'), 9 * 40);
  // Between guests of one host too: one buffer, not forty.
  const guests = bursts(1400, 40, { change: { facts: { rxWhole: true } } });
  equal(times(guests, 'NIC_RX_POLL'), 9);
  equal(times(guests, 'GSO_SW'), 9 * 40);
});

test('UDP_SEGMENT over a path that carries less: a call is lost whole, then datagrams go one by one', () => {
  const options = { backend: 'flannel-vxlan', podMtuBytes: 1500 } as const;
  const filtered = bursts(1472, 40, { ...options, cluster: { pmtud: false } });
  deepEqual(filtered.drops, { 'mtu exceeded': 9 * 40 });
  const told = bursts(1472, 40, options);
  deepEqual(told.drops, { 'mtu exceeded': 40 });
  equal(told.counters.packetsDelivered, 8 * 40 * 2);
});

test('UDP_SEGMENT takes no datagram that would be fragmented', () => {
  const problems = (messageBytes: number): string[] =>
    taskProblems(
      tinyTask({
        backend: 'flannel-vxlan',
        traffic: netperfTraffic('UDP_STREAM', { udpGso: true, messageBytes }),
      }),
    );
  deepEqual(problems(1422), []);
  deepEqual(problems(1423), [
    'traffic.netperf.udpGso: a segment of 1423 B exceeds the pod MTU of 1450 less 28: lower messageBytes',
  ]);
});

// ---- MSG_ZEROCOPY

const WRITES = { U_SYSCALL: 500, COPY_U2K: 1, ZC_PIN: 1, ZC_NOTIFY: 1 } as const;

function stream(options: Burst): TaskRecord {
  const { base, more, ...rest } = options;
  const traffic = netperfTraffic('TCP_STREAM', { zerocopy: true, messageBytes: 65_536, ...more });
  const machine = pricedMachine(base ?? 'xeon-25g', WRITES);
  return runTask(tinyTask({ machine, traffic, warmupPs: 0, windowPs: 10e9, drainPs: 1e9, ...rest }));
}

/** Copied, pinned, notified: bytes, bytes, calls. */
const paid = (r: TaskRecord): readonly number[] =>
  (['COPY_U2K', 'ZC_PIN', 'ZC_NOTIFY'] as const).map((stage) => times(r, stage));

test('MSG_ZEROCOPY: pages are pinned, calls notified of; nothing is copied where the skb keeps its socket', () => {
  for (const backend of ['host', 'cilium-native', 'cilium-vxlan']) {
    const [copied, pinned, notified] = paid(stream({ backend }));
    equal(copied, 0, backend);
    ok(pinned! > 1e6);
    // Every call of 64 KB but for one that the end cuts short.
    ok(Math.abs(notified! - pinned! / 65_536) <= 1, `${notified} of ${pinned! / 65_536}`);
  }
  const [copied, pinned, notified] = paid(stream({ more: { zerocopy: false } }));
  ok(copied! > 1e6);
  deepEqual([pinned, notified], [0, 0]);
});

test('MSG_ZEROCOPY: a host that forwards, encrypts or delivers the skb copies its pages after all', () => {
  const cases: Burst[] = [
    { backend: 'calico-bgp' },
    { backend: 'flannel-vxlan' },
    { backend: 'flannel-udp' },
    { backend: 'calico-ebpf-wireguard' },
    { backend: 'host', more: { sameNode: true } },
    { backend: 'cilium-native', more: { sameNode: true } },
    { backend: 'host', base: 'veth-vm' },
  ];
  for (const options of cases) {
    const r = stream(options);
    const [copied, pinned] = paid(r);
    const other = options.backend === 'flannel-udp' ? Math.floor(copied! / pinned!) : 1;
    ok(pinned! > 1e5, options.backend as string);
    ok(copied! >= pinned! && other >= 1, `${String(options.backend)}: ${copied} of ${pinned}`);
  }
});

test('MSG_ZEROCOPY: small writes lose, large ones win', () => {
  // By the prices of xeon-25g: 350 ns a call and 0.025 a byte against 0.062 a byte; they meet at 9.5 KB.
  const cpuNs = (messageBytes: number, zerocopy: boolean): number => {
    const traffic = netperfTraffic('TCP_STREAM', { messageBytes, zerocopy });
    const r = runTask(tinyTask({ traffic, warmupPs: 5e9, windowPs: 10e9 }));
    const ns = r.cpu
      .filter(({ stage }) => ['U_SYSCALL', 'COPY_U2K', 'ZC_PIN', 'ZC_NOTIFY'].includes(stage))
      .reduce((sum, { ps }) => sum + Number(ps) / 1000, 0);
    return ns / r.counters.payloadBytes;
  };
  ok(cpuNs(4096, true) > 1.05 * cpuNs(4096, false));
  ok(cpuNs(65_536, true) < 0.75 * cpuNs(65_536, false));
});
