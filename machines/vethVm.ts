/**
 * The two-core virtual machine that was measured: both "hosts" are namespaces of one kernel, the wire is a
 * veth pair with all offloads, no receive packet steering. All softirq work of both hosts runs on the
 * sender's core. No netfilter and no conntrack were loaded.
 */
import type { Machine } from '../engine/host/machine.ts';
import { VETH_VM_PRICES } from './books/vethVm.ts';

export const vethVm: Machine = {
  name: 'veth-vm',
  title: 'two-core VM, two namespaces joined by a veth pair (measured)',
  pickIf: 'you want to compare the model with a kernel that you can measure without a network',
  cores: 2,
  wire: 'veth',
  nic: {
    rateGbps: 100,
    rxQueues: 1,
    rxRingPackets: 256,
    qdiscSkbs: 1000,
    moderationUs: 0,
    moderationFrames: 1,
    rxTruesizeBytes: 2304,
  },
  facts: {
    gso: true,
    gro: true,
    tso: true,
    udpTunnelTso: true,
    ipipTso: true,
    rxInnerCsum: true,
    tunnelTxCsum: true,
    conntrack: false,
    netfilter: false,
    brNetfilter: false,
    rps: false,
    rxInnerHash: false,
    arfs: false,
    rssUdpPorts: true,
    rxWhole: false,
  },
  waking: {
    pollNs: 0,
    sleepNs: 2_800,
    haltAfterNs: 50_000,
    haltNs: 6_400,
    source: 'K3 K6: wake-up across cores 12–23 µs halted, about 12.5 µs with CPU work when kept awake',
    confidence: 'measured',
  },
  // Zen 5: 1 MiB, 32 B a cycle from the third level at best, a third of it in a walk.
  cache: { l2Bytes: 1_048_576, l3NsPerByte: 0.027 },
  gsoMaxBytes: 65_215,
  tcpRmemMaxBytes: 6_291_456,
  tcpWmemMaxBytes: 4_194_304,
  udpRcvbufBytes: 212_992,
  prices: VETH_VM_PRICES,
};
