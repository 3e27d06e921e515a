/**
 * Cloud VM whose NIC is a virtual function passed through to it: 8 vCPUs, 12.5 GbE by ena. Descriptors and
 * interrupts do not leave the guest; wake-ups of halted vCPUs do. The NIC segments plain TCP only.
 * A mlx5 function also segments in tunnels: `--set machine.facts.udpTunnelTso=true`, and so for ipipTso, rxInnerCsum.
 * Left out: the platform's own limits (rate of one flow, packets a second, bursts of credit), neighbours.
 */
import type { Machine } from '../engine/host/machine.ts';
import { GUEST_PRICES } from './books/guest.ts';

export const cloudSriov: Machine = {
  name: 'cloud-sriov',
  title: 'cloud VM, 8 vCPUs, 12.5 GbE passed through (ena), without tunnel offload',
  pickIf: 'your nodes are virtual machines and `ethtool -i` says ena (or gve; mlx5 with its offloads set)',
  cores: 8,
  wire: 'nic',
  nic: {
    rateGbps: 12.5,
    rxQueues: 8,
    rxRingPackets: 1024,
    qdiscSkbs: 1000,
    moderationUs: 0,
    moderationFrames: 1,
    // A page a packet.
    rxTruesizeBytes: 4352,
  },
  facts: {
    gso: true,
    gro: true,
    tso: true,
    udpTunnelTso: false,
    ipipTso: false,
    rxInnerCsum: false,
    tunnelTxCsum: true,
    conntrack: true,
    netfilter: true,
    brNetfilter: false,
    rps: false,
    rxInnerHash: false,
    arfs: false,
    rssUdpPorts: true,
    rxWhole: false,
  },
  waking: {
    pollNs: 2_000,
    sleepNs: 6_000,
    haltAfterNs: 50_000,
    haltNs: 17_000,
    source: 'K3: wake-up of a process on a halted core 12–23 µs (measured on one VM)',
    confidence: 'assumed',
  },
  cache: { l2Bytes: 1_048_576, l3NsPerByte: 0.06 },
  gsoMaxBytes: 65_215,
  tcpRmemMaxBytes: 6_291_456,
  tcpWmemMaxBytes: 4_194_304,
  udpRcvbufBytes: 212_992,
  prices: GUEST_PRICES,
};
