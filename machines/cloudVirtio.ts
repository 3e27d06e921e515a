/**
 * Cloud VM: 8 vCPUs, virtio-net without any tunnel offload, 10 GbE of allowance. Prices are the
 * guest's; notifications and interrupts of the NIC leave the guest and have their own.
 * Left out: the host's own share (vhost threads), noisy neighbours, live migration.
 */
import type { Machine } from '../engine/host/machine.ts';
import { GUEST_PRICES } from './books/guest.ts';
import { assumed } from './books/price.ts';

export { GUEST_FACTOR } from './books/guest.ts';

export const cloudVirtio: Machine = {
  name: 'cloud-virtio',
  title: 'cloud VM, 8 vCPUs, 10 GbE virtio without tunnel offload',
  pickIf: 'your nodes are virtual machines and `ethtool -i` says virtio_net (or vmxnet3, xen-netfront)',
  cores: 8,
  wire: 'nic',
  nic: {
    rateGbps: 10,
    rxQueues: 4,
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
    rssUdpPorts: false,
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
  prices: {
    ...GUEST_PRICES,
    NIC_TX: assumed('E-virtio', [0.4, 1.5], { firstNs: 2_000, eachNs: 500 }),
    NIC_RX_POLL: assumed('E-virtio', [0.5, 1.5], { firstNs: 100, eachNs: 850, byteNs: 0.066 }),
    NIC_IRQ: assumed('E-virtio', [0.4, 2.5], { eachNs: 1_800 }),
  },
};
