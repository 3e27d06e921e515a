/** NIC families: what their drivers say, and what follows for paths and queues. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendNamed } from '../../backends/catalog.ts';
import { KERNEL_METRICS } from '../../calibration/kernel/metrics.ts';
import { outerTuple, rssHash } from '../../engine/fabric/address.ts';
import { compile } from '../../engine/host/compile.ts';
import { runTask } from '../../engine/task.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

/** [machine, Gbit/s, queues, ring, µs, frames, facts of the NIC that hold] */
const NICS = [
  ['xeon-e5-10g', 10, 10, 512, 24, 48, 'tso udpTunnelTso ipipTso'],
  ['xeon-25g', 25, 8, 1024, 16, 32, 'tso udpTunnelTso ipipTso rxInnerCsum rssUdpPorts'],
  ['xeon-40g', 40, 16, 512, 17, 56, 'tso udpTunnelTso ipipTso rxInnerCsum rssUdpPorts'],
  ['epyc-100g', 100, 32, 1024, 8, 128, 'tso udpTunnelTso ipipTso rxInnerCsum rssUdpPorts rxInnerHash'],
  ['cloud-virtio', 10, 4, 256, 0, 1, 'tso'],
  ['cloud-sriov', 12.5, 8, 1024, 0, 1, 'tso rssUdpPorts'],
] as const;

test('rates, queues, rings, moderation, offloads', () => {
  for (const [name, gbps, queues, ring, us, frames, holding] of NICS) {
    const { nic, facts, cores } = machineNamed(name);
    assert.deepEqual(
      [nic.rateGbps, nic.rxQueues, nic.rxRingPackets, nic.moderationUs, nic.moderationFrames],
      [gbps, queues, ring, us, frames],
      name,
    );
    assert.ok(nic.rxQueues <= cores, name);
    const all = ['tso', 'udpTunnelTso', 'ipipTso', 'rxInnerCsum', 'rssUdpPorts', 'rxInnerHash'] as const;
    assert.equal(all.filter((fact) => facts[fact]).join(' '), holding, name);
    assert.deepEqual([facts.arfs, facts.rps, facts.rxWhole], [false, false, false], name);
  }
});

/** Stages of the path inside a subnet. */
function stages(machine: string, backend: string): readonly string[] {
  const compiled = compile(backendNamed(backend), machineNamed(machine), { rules: 0 });
  return compiled.paths[compiled.choose.sameSubnet]!.lanes.flatMap((lane) => lane.stages);
}

test('82599 verifies no inner checksum: paid where the outer one is absent, and in IPIP', () => {
  assert.ok(stages('xeon-e5-10g', 'cilium-vxlan').includes('CSUM_SW'));
  assert.ok(stages('xeon-e5-10g', 'calico-ipip').includes('CSUM_SW'));
  assert.ok(!stages('xeon-e5-10g', 'flannel-vxlan').includes('CSUM_SW'));
  assert.ok(!stages('xeon-40g', 'cilium-vxlan').includes('CSUM_SW'));
});

test('segments inside a tunnel: in software on ena, by partial offload on ixgbe', () => {
  for (const backend of ['flannel-vxlan', 'calico-ipip']) {
    assert.ok(stages('cloud-sriov', backend).includes('GSO_SW'), backend);
    assert.ok(!stages('xeon-e5-10g', backend).includes('GSO_SW'), backend);
  }
  assert.ok(!stages('cloud-sriov', 'host').includes('GSO_SW'));
});

/** Different RSS hashes over 16 flows of one node pair. */
function hashes(machine: string, backend: string): number {
  const declared = backendNamed(backend);
  const path = declared.paths[declared.choose.sameSubnet as string]!;
  const seen = new Set<number>();
  for (let flow = 0; flow < 16; flow++) {
    const inner = { src: 0x64400001, dst: 0x64400101, sport: 40_000 + flow, dport: 5001, proto: 6 };
    seen.add(rssHash(machineNamed(machine), inner, outerTuple(path, inner, 0, 1)));
  }
  return seen.size;
}

test('which flows of one node pair a NIC can tell apart', () => {
  assert.equal(hashes('epyc-100g', 'host'), 16);
  assert.equal(hashes('epyc-100g', 'flannel-vxlan'), 16);
  assert.equal(hashes('epyc-100g', 'calico-ipip'), 16, 'hashes the inner header of protocol 4');
  assert.equal(hashes('xeon-40g', 'calico-ipip'), 1);
  assert.equal(hashes('epyc-100g', 'calico-wireguard'), 1, 'nobody looks inside a cipher');
  assert.equal(hashes('epyc-100g', 'flannel-udp'), 1, 'nor inside an unknown UDP port');
  assert.equal(hashes('xeon-e5-10g', 'flannel-vxlan'), 1, 'addresses alone, for UDP');
  assert.equal(hashes('xeon-e5-10g', 'host'), 16);
});

// Payload of a line at MTU 1500: rate × 1,448 / 1,538.
for (const [name, gbps, payloadGbps] of [
  ['xeon-e5-10g', 10, 9.414],
  ['cloud-sriov', 12.5, 11.768],
  ['xeon-40g', 40, 37.659],
] as const) {
  test(`${name}: four streams of a host fill its ${gbps} GbE`, () => {
    const spec = tinyTask({
      machine: name,
      cluster: { linkGbps: gbps },
      traffic: netperfTraffic('TCP_STREAM', { streams: 4 }),
      warmupPs: 30e9,
      windowPs: 20e9,
    });
    const carried = KERNEL_METRICS.gbps!(spec, runTask(spec));
    assert.ok(carried > 0.97 * payloadGbps && carried < 1.01 * payloadGbps, `${carried} Gbit/s`);
  });
}
