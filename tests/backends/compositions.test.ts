/**
 * Backends that are composed: NAT, NOTRACK, tunnel devices without checksums, eBPF data planes with and without
 * the host's stack. Stage orders are literals; what a machine's facts make of them is read from compiled lanes.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendNamed } from '../../backends/catalog.ts';
import { C_TRAFFIC, K_TRAFFIC } from '../../engine/core/kinds.ts';
import { outerTuple, rssHash } from '../../engine/fabric/address.ts';
import { compile } from '../../engine/host/compile.ts';
import { dealOut } from '../../engine/host/crypt.ts';
import { emit } from '../../engine/host/emit.ts';
import { runTask } from '../../engine/task.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { Bench } from '../lib/bench.ts';
import { changedMachine, type MachineChange, tinyTask } from '../lib/tinyTask.ts';

type Place = 'sameNode' | 'sameSubnet';

/** Stages by lane, from pod to pod, of a backend on a machine; lanes are parted by " ‖ ". */
function lanes(name: string, place: Place = 'sameSubnet', machine = 'xeon-25g', change: MachineChange = {}) {
  const backend = backendNamed(name);
  const compiled = compile(backend, changedMachine(machine, change), { rules: 0 });
  return compiled.paths[compiled.choose[place]]!.lanes.map((lane) => lane.stages.join(' ')).join(' ‖ ');
}

const NIC_OUT = 'QDISC NIC_TX ‖ NIC_RX_POLL SKB_ALLOC GRO';
const NIC_TUNNEL = 'QDISC NIC_TX ‖ NIC_RX_POLL SKB_ALLOC GRO_TUNNEL GRO';
const VETH = 'VETH_XMIT BACKLOG_POLL';

test('bridge: both hosts rewrite what conntrack knows; within a host nothing is translated', () => {
  assert.equal(
    lanes('bridge'),
    `${VETH} BR_RX CT NF_HOOK NAT IP_FWD ${NIC_OUT} CT NF_HOOK NAT IP_FWD BR_TX ${VETH}`,
  );
  const untracked = lanes('bridge', 'sameSubnet', 'xeon-25g', { facts: { conntrack: false } });
  assert.doesNotMatch(untracked, /NAT|\bCT\b/);
  assert.equal(lanes('bridge', 'sameNode'), `${VETH} BR_FWD ${VETH}`);
});

test('calico-vxlan: outer packets meet the hooks and no conntrack', () => {
  assert.equal(
    lanes('calico-vxlan'),
    `${VETH} CT NF_HOOK IP_FWD TUN_DEV_XMIT ENCAP NF_HOOK IP_OUT ${NIC_TUNNEL} NF_HOOK IP_RCV_LOCAL ` +
      `UDP_RCV_TUN DECAP GRO_CELL_POLL CT NF_HOOK IP_FWD ${VETH}`,
  );
});

test('calico-vxlan with its device checksum off: split and summed once, before encapsulation', () => {
  const early = 'IP_FWD GSO_SW COPY_CSUM_K2K TUN_DEV_XMIT ENCAP NF_HOOK IP_OUT QDISC NIC_TX ‖';
  for (const udpTunnelTso of [true, false]) {
    const off = lanes('calico-vxlan', 'sameSubnet', 'xeon-25g', {
      facts: { tunnelTxCsum: false, udpTunnelTso },
    });
    assert.ok(off.includes(early), off);
    const others = lanes('flannel-vxlan', 'sameSubnet', 'xeon-25g', {
      facts: { tunnelTxCsum: false, udpTunnelTso },
    });
    assert.doesNotMatch(others, /GSO_SW .*ENCAP/);
  }
  const on = lanes('calico-vxlan', 'sameSubnet', 'cloud-virtio');
  assert.match(on, /IP_FWD TUN_DEV_XMIT ENCAP NF_HOOK IP_OUT QDISC GSO_SW GSO_TUNNEL NIC_TX ‖/);
});

test('calico-vxlan with its device checksum off sends less where the sender is the bottleneck', () => {
  const gbps = (tunnelTxCsum: boolean): number => {
    const machine = changedMachine('xeon-25g', { facts: { tunnelTxCsum } });
    const record = runTask(tinyTask({ backend: 'calico-vxlan', machine, windowPs: 10e9 }));
    return record.counters.payloadBytes! / 1.25e6;
  };
  const [on, off] = [gbps(true), gbps(false)];
  assert.ok(off < on * 0.75, `${off} of ${on} Gb/s`);
});

test('calico-ebpf: two redirects and no netfilter', () => {
  assert.equal(lanes('calico-ebpf'), `${VETH} TC_BPF BPF_REDIRECT ${NIC_OUT} TC_BPF BPF_REDIRECT_PEER`);
  assert.equal(lanes('calico-ebpf', 'sameNode'), `${VETH} TC_BPF BPF_REDIRECT_PEER`);
});

test('calico-ebpf over IPIP and WireGuard: outer packets untracked, in through the veth', () => {
  assert.equal(
    lanes('calico-ebpf-ipip'),
    `${VETH} TC_BPF BPF_REDIRECT TUN_DEV_XMIT ENCAP NF_HOOK IP_OUT ${NIC_TUNNEL} TC_BPF NF_HOOK ` +
      `IP_RCV_LOCAL DECAP GRO_CELL_POLL TC_BPF BPF_REDIRECT ${VETH}`,
  );
  const wireguard = lanes('calico-ebpf-wireguard');
  assert.match(wireguard, /^VETH_XMIT BACKLOG_POLL TC_BPF BPF_REDIRECT TUN_DEV_XMIT GSO_SW COPY_CSUM_K2K/);
  assert.match(wireguard, /‖ ENCAP NF_HOOK IP_OUT TC_BPF QDISC NIC_TX ‖/);
  assert.match(wireguard, /GRO_MISS TC_BPF NF_HOOK IP_RCV_LOCAL UDP_RCV_TUN CRYPT_ENQ ‖ CRYPT ‖ DECAP GRO/);
  assert.doesNotMatch(wireguard, /\bCT\b|IP_FWD/);
});

test('legacy host routing: programs, and between them what calico-bgp pays', () => {
  assert.equal(
    lanes('cilium-legacy'),
    `${VETH} TC_BPF CT NF_HOOK IP_FWD TC_BPF ${NIC_OUT} TC_BPF CT NF_HOOK IP_FWD TC_BPF ${VETH}`,
  );
  const bpfLess = lanes('cilium-legacy').replace(/TC_BPF /g, '');
  assert.equal(bpfLess, lanes('calico-bgp'));
  assert.equal(
    lanes('cilium-vxlan-legacy'),
    `${VETH} TC_BPF CT NF_HOOK IP_FWD ENCAP CT NF_HOOK IP_OUT ${NIC_TUNNEL} TC_BPF CT NF_HOOK IP_RCV_LOCAL ` +
      `UDP_RCV_TUN DECAP GRO_CELL_POLL TC_BPF CT NF_HOOK IP_FWD TC_BPF ${VETH}`,
  );
  assert.equal(lanes('cilium-legacy', 'sameNode'), `${VETH} TC_BPF CT NF_HOOK IP_FWD TC_BPF ${VETH}`);
});

test('Cilium tunnels under eBPF host routing: neither conntrack nor ip_forward, no lookup of the peer', () => {
  const tunnel =
    `${VETH} TC_BPF BPF_REDIRECT ENCAP NF_HOOK IP_OUT ${NIC_TUNNEL} TC_BPF NF_HOOK IP_RCV_LOCAL ` +
    'UDP_RCV_TUN DECAP GRO_CELL_POLL TC_BPF BPF_REDIRECT_PEER';
  assert.equal(lanes('cilium-vxlan'), tunnel);
  assert.equal(lanes('cilium-geneve'), tunnel);
});

test('flannel over IPIP and WireGuard has its bridge at both ends', () => {
  for (const name of ['flannel-ipip', 'flannel-wireguard']) {
    assert.match(lanes(name), /^VETH_XMIT BACKLOG_POLL BR_RX CT NF_HOOK IP_FWD TUN_DEV_XMIT/);
    assert.match(lanes(name), /CT NF_HOOK IP_FWD BR_TX VETH_XMIT BACKLOG_POLL$/);
  }
});

test('without an outer checksum a NIC that does not look inside leaves the inner one to software', () => {
  assert.match(lanes('cilium-vxlan-legacy', 'sameSubnet', 'cloud-virtio'), /SKB_ALLOC CSUM_SW GRO_TUNNEL/);
  assert.doesNotMatch(lanes('calico-vxlan', 'sameSubnet', 'cloud-virtio'), /CSUM_SW/);
  assert.doesNotMatch(lanes('cilium-vxlan-legacy'), /CSUM_SW/);
});

test('cilium-wireguard: redirected to the tunnel, decrypted packets redirected into the pod', () => {
  const all = lanes('cilium-wireguard');
  assert.match(
    all,
    /^VETH_XMIT BACKLOG_POLL TC_BPF BPF_REDIRECT_NEIGH TC_BPF BPF_REDIRECT TUN_DEV_XMIT GSO_SW/,
  );
  assert.match(all, /‖ DECAP GRO TC_BPF BPF_REDIRECT_PEER$/);
  assert.doesNotMatch(all, /IP_FWD/);
});

test('flows of one node pair: spread by VXLAN and by NAT, on one queue by IPIP and WireGuard', () => {
  const queues = (name: string): number => {
    const backend = backendNamed(name);
    const path = backend.paths[backend.choose.sameSubnet as string]!;
    const hashes = [];
    for (let flow = 0; flow < 32; flow++) {
      const inner = { src: 0x64400001, dst: 0x64400101, sport: 32_768 + flow, dport: 5201, proto: 6 };
      hashes.push(rssHash(machineNamed('xeon-25g'), inner, outerTuple(path, inner, 0, 1)));
    }
    return new Set(hashes).size;
  };
  for (const name of ['bridge', 'calico-vxlan', 'calico-ebpf', 'cilium-legacy', 'cilium-vxlan-legacy'])
    assert.ok(queues(name) > 24, `${name}: ${queues(name)}`);
  for (const name of ['calico-ebpf-ipip', 'calico-ebpf-wireguard', 'cilium-wireguard'])
    assert.equal(queues(name), 1, name);
});

test('a crypto ring that overflows gives bytes back to sockets whose skbs nobody has orphaned', () => {
  const b = new Bench({ backend: 'calico-ebpf-wireguard' });
  let bytes = 0;
  b.upper.traffic = () => {
    b.upper.completed = (_p, sock, count) => {
      assert.equal(sock, 7);
      bytes += count;
    };
    // Six lists more than the ring's 1,024 entries hold.
    for (let i = 0; i < 1030; i++) {
      const id = b.batch({ packetBytes: 100, lane: 0 });
      b.p.batches.from[id] = 7;
      b.p.beginJob(0, 0);
      dealOut(b.p, id, b.p.setup.compiled.paths[b.p.batches.path[id]!]!.lanes[0]!);
      emit(b.p, id, 0);
    }
    b.upper.completed = () => {};
  };
  b.p.push(1e6, C_TRAFFIC, K_TRAFFIC, 0, 0);
  b.run();
  assert.equal(bytes, 600);
});
