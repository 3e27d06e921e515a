/**
 * What each mode does to a packet, counted from the declarations and compared with the cross-mode matrix read
 * from the Linux 6.12 sources: copies, checksums, conntrack, forced segmentation, softirq passes, wake-ups,
 * system calls. The counter is this test's own and knows nothing of compilation.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendNamed } from '../../backends/catalog.ts';
import type { Backend, Place } from '../../engine/host/backend.ts';

interface Side {
  copies: number;
  kernelCopies: number;
  checksums: number;
  conntrackSkb: number;
  conntrackSegment: number;
  wakeups: number;
  extraCalls: number;
}

const side = (transport: Partial<Side>): Side => ({
  copies: 1,
  kernelCopies: 0,
  checksums: 0,
  conntrackSkb: 0,
  conntrackSegment: 0,
  wakeups: 0,
  extraCalls: 0,
  ...transport,
});

/** Counts one stage on one side. `whole`: the skb has not been split. */
function count(s: Side, stage: string, whole: boolean): void {
  if (stage === 'COPY_U2K' || stage === 'COPY_K2U') s.copies += 1;
  if (stage === 'COPY_CSUM_K2K') s.kernelCopies += 1;
  if (stage === 'CSUM_SW') s.checksums += 1;
  if (stage === 'CT' && whole) s.conntrackSkb += 1;
  if (stage === 'CT' && !whole) s.conntrackSegment += 1;
  if (stage === 'WAKE') s.wakeups += 1;
  if (stage === 'U_SYSCALL') s.extraCalls += 1;
}

const ABSENT: readonly string[] = ['brNetfilter', 'no:tunnelTxCsum'];

/** A host with conntrack and netfilter, no bridge netfilter, and a NIC that offloads tunnels. */
function walk(backend: Backend, place: Place) {
  const path = backend.paths[backend.choose[place] as string]!;
  const sender = side({});
  const receiver = side({ wakeups: 1 });
  const passes: string[] = [];
  let current = sender;
  let whole = true;
  let forced = false;
  for (const step of path.steps) {
    if (step === 'WIRE') {
      current = receiver;
      if (path.nicGro !== false) whole = true;
    } else if (typeof step === 'object' && 'queue' in step) {
      for (const stage of step.first) count(current, stage, whole);
      const served = Object.values(backend.servers ?? {}).some((s) => s.drains.includes(step.queue));
      if (served) current.extraCalls += 1;
    } else {
      const stage = typeof step === 'string' ? step : step.stage;
      if (typeof step === 'object' && 'if' in step && ABSENT.includes(step.if)) continue;
      count(current, stage, whole);
      if (stage === 'GSO_SW') {
        whole = false;
        forced = true;
      }
      if (stage === 'GRO') whole = true;
      const softirqPass = ['GRO_CELL_POLL', 'CRYPT_ENQ', 'BACKLOG_POLL'].includes(stage);
      if (softirqPass && current === receiver) passes.push(stage);
    }
  }
  const pair = (f: (s: Side) => number): string => `${f(sender)}+${f(receiver)}`;
  return [
    pair((s) => s.copies),
    sender.kernelCopies + receiver.kernelCopies,
    pair((s) => s.checksums),
    forced,
    pair((s) => s.conntrackSkb),
    pair((s) => s.conntrackSegment),
    passes.join(' '),
    pair((s) => s.wakeups),
    pair((s) => s.extraCalls),
  ];
}

const CELL = 'GRO_CELL_POLL BACKLOG_POLL';
const MATRIX: Readonly<Record<string, readonly (string | number | boolean)[]>> = {
  host: ['1+1', 0, '0+0', false, '0+0', '0+0', '', '0+1', '0+0'],
  'flannel-udp': ['3+3', 0, '1+1', true, '1+0', '1+2', 'BACKLOG_POLL', '1+2', '3+3'],
  'flannel-vxlan': ['1+1', 0, '0+0', false, '2+2', '0+0', CELL, '0+1', '0+0'],
  'flannel-host-gw': ['1+1', 0, '0+0', false, '1+1', '0+0', 'BACKLOG_POLL', '0+1', '0+0'],
  'calico-ipip': ['1+1', 0, '0+0', false, '2+2', '0+0', CELL, '0+1', '0+0'],
  'calico-bgp': ['1+1', 0, '0+0', false, '1+1', '0+0', 'BACKLOG_POLL', '0+1', '0+0'],
  'cilium-native': ['1+1', 0, '0+0', false, '0+0', '0+0', '', '0+1', '0+0'],
  'calico-wireguard': ['1+1', 1, '0+0', true, '1+1', '1+1', 'CRYPT_ENQ BACKLOG_POLL', '1+2', '0+0'],
  bridge: ['1+1', 0, '0+0', false, '1+1', '0+0', 'BACKLOG_POLL', '0+1', '0+0'],
  'calico-vxlan': ['1+1', 0, '0+0', false, '1+1', '0+0', CELL, '0+1', '0+0'],
  'calico-ebpf': ['1+1', 0, '0+0', false, '0+0', '0+0', '', '0+1', '0+0'],
  'calico-ebpf-ipip': ['1+1', 0, '0+0', false, '0+0', '0+0', CELL, '0+1', '0+0'],
  'calico-ebpf-wireguard': ['1+1', 1, '0+0', true, '0+0', '0+0', 'CRYPT_ENQ BACKLOG_POLL', '1+2', '0+0'],
  'cilium-legacy': ['1+1', 0, '0+0', false, '1+1', '0+0', 'BACKLOG_POLL', '0+1', '0+0'],
  'cilium-vxlan-legacy': ['1+1', 0, '0+0', false, '2+2', '0+0', CELL, '0+1', '0+0'],
  'flannel-ipip': ['1+1', 0, '0+0', false, '2+2', '0+0', CELL, '0+1', '0+0'],
  'flannel-wireguard': ['1+1', 1, '0+0', true, '1+1', '1+1', 'CRYPT_ENQ BACKLOG_POLL', '1+2', '0+0'],
  'cilium-vxlan': ['1+1', 0, '0+0', false, '0+0', '0+0', 'GRO_CELL_POLL', '0+1', '0+0'],
  'cilium-geneve': ['1+1', 0, '0+0', false, '0+0', '0+0', 'GRO_CELL_POLL', '0+1', '0+0'],
  'cilium-wireguard': ['1+1', 1, '0+0', true, '0+0', '1+1', 'CRYPT_ENQ', '1+2', '0+0'],
};

for (const [name, expected] of Object.entries(MATRIX)) {
  test(`${name}: copies, checksums, conntrack, segmentation, passes, wake-ups, calls`, () => {
    assert.deepEqual(walk(backendNamed(name), 'sameSubnet'), expected);
  });
}

test('two pods of one host: nothing is split or tracked on the bridge, once on routed veths', () => {
  const local = ['1+1', 0, '0+0', false];
  assert.deepEqual(walk(backendNamed('flannel-vxlan'), 'sameNode').slice(0, 6), [...local, '0+0', '0+0']);
  assert.deepEqual(walk(backendNamed('calico-bgp'), 'sameNode').slice(0, 6), [...local, '1+0', '0+0']);
  assert.deepEqual(walk(backendNamed('cilium-native'), 'sameNode').slice(0, 6), [...local, '0+0', '0+0']);
});

test('where the sender loses its socket', () => {
  const forwards = (name: string): boolean => {
    const backend = backendNamed(name);
    return backend.paths[backend.choose.sameSubnet as string]!.steps.indexOf('IP_FWD') >= 0;
  };
  assert.equal(forwards('cilium-native'), false);
  assert.equal(forwards('host'), false);
  assert.equal(forwards('calico-bgp'), true);
  for (const name of ['bridge', 'calico-vxlan', 'cilium-legacy', 'cilium-vxlan-legacy'])
    assert.equal(forwards(name), true, name);
  for (const name of ['calico-ebpf', 'calico-ebpf-ipip', 'calico-ebpf-wireguard', 'cilium-wireguard'])
    assert.equal(forwards(name), false, name);
});

/** The stage order between the pod's IP output and the pod's IP input, as read from the sources. */
const steps = (name: string, place: Place = 'sameSubnet'): string => {
  const backend = backendNamed(name);
  return backend.paths[backend.choose[place] as string]!.steps.map((s) =>
    typeof s === 'string' ? s : 'stage' in s ? s.stage : `‖${s.queue}`,
  ).join(' ');
};

test('stage order of the kernel tunnels', () => {
  assert.equal(
    steps('flannel-vxlan'),
    'VETH_XMIT BACKLOG_POLL BR_RX CT NF_HOOK IP_FWD TUN_DEV_XMIT ENCAP CT NF_HOOK IP_OUT WIRE CT ' +
      'NF_HOOK IP_RCV_LOCAL UDP_RCV_TUN DECAP GRO_CELL_POLL CT NF_HOOK IP_FWD BR_TX VETH_XMIT BACKLOG_POLL',
  );
  assert.equal(
    steps('calico-ipip'),
    'VETH_XMIT BACKLOG_POLL CT NF_HOOK IP_FWD TUN_DEV_XMIT ENCAP CT NF_HOOK IP_OUT WIRE ' +
      'CT NF_HOOK IP_RCV_LOCAL DECAP GRO_CELL_POLL CT NF_HOOK IP_FWD VETH_XMIT BACKLOG_POLL',
  );
});

test('stage order of the user-space tunnel and of WireGuard', () => {
  assert.equal(
    steps('flannel-udp'),
    'VETH_XMIT BACKLOG_POLL BR_RX CT NF_HOOK IP_FWD QDISC GSO_SW CSUM_SW TUN_XMIT ‖tunRing U_SYSCALL ' +
      'COPY_K2U SKB_FREE DAEMON_PROXY U_SYSCALL SKB_ALLOC COPY_U2K UDP_OUT CT NF_HOOK IP_OUT WIRE CT NF_HOOK ' +
      'IP_RCV_LOCAL IP_ROUTE_IN UDP_RCV_SOCK ‖udpSocket U_SYSCALL COPY_K2U SKB_FREE DAEMON_PROXY U_SYSCALL SKB_ALLOC ' +
      'COPY_U2K TUN_RX_INLINE CT NF_HOOK IP_FWD BR_TX VETH_XMIT BACKLOG_POLL CSUM_SW',
  );
  assert.equal(
    steps('calico-wireguard'),
    'VETH_XMIT BACKLOG_POLL CT NF_HOOK IP_FWD TUN_DEV_XMIT GSO_SW COPY_CSUM_K2K CRYPT_ENQ ‖wgCrypt CRYPT ' +
      '‖wgPeer ENCAP CT NF_HOOK IP_OUT WIRE CT NF_HOOK IP_RCV_LOCAL UDP_RCV_TUN CRYPT_ENQ ‖wgCrypt CRYPT ' +
      '‖wgPeer DECAP GRO CT NF_HOOK IP_FWD VETH_XMIT BACKLOG_POLL',
  );
});

test('one choice by subnet: inside the plain path of a routed backend, across the tunnel', () => {
  const plain = ['1+1', 0, '0+0', false, '1+1', '0+0', 'BACKLOG_POLL', '0+1', '0+0'];
  for (const [name, inside, across] of [
    ['flannel-vxlan-directrouting', 'flannel-host-gw', 'flannel-vxlan'],
    ['calico-ipip-crosssubnet', 'calico-bgp', 'calico-ipip'],
    ['calico-vxlan-crosssubnet', 'calico-bgp', 'calico-vxlan'],
  ] as const) {
    assert.deepEqual(walk(backendNamed(name), 'sameSubnet'), plain, name);
    assert.deepEqual(walk(backendNamed(name), 'crossSubnet'), MATRIX[across], name);
    assert.equal(steps(name), steps(inside));
    assert.equal(steps(name, 'crossSubnet'), steps(across));
    assert.equal(steps(name, 'sameNode'), steps(across, 'sameNode'));
  }
});
