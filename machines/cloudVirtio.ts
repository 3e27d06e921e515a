/**
 * Cloud VM: 8 vCPUs, virtio-net without any tunnel offload, 10 GbE of allowance. Prices are the Xeon's times
 * a stated factor for the guest (shared cores, nested paging); notifications, interrupts and wake-ups of
 * halted vCPUs leave the guest and have their own.
 * Left out: the host's own share (vhost threads), noisy neighbours, live migration.
 */
import type { Machine, Price } from '../engine/host/machine.ts';
import type { StageId } from '../engine/host/stages.ts';
import { assumed } from './books/price.ts';
import { XEON_PRICES } from './books/xeon.ts';

/** Guest against bare metal, all stages that stay inside the guest. */
export const GUEST_FACTOR = 1.25;
/** What the factor adds to a price's uncertainty. */
const GUEST_RANGE: readonly [number, number] = [0.8, 1.6];

const inGuest = (price: Price): Price => ({
  ...(price.firstNs === undefined ? {} : { firstNs: price.firstNs * GUEST_FACTOR }),
  ...(price.eachNs === undefined ? {} : { eachNs: price.eachNs * GUEST_FACTOR }),
  ...(price.packetNs === undefined ? {} : { packetNs: price.packetNs * GUEST_FACTOR }),
  ...(price.byteNs === undefined ? {} : { byteNs: price.byteNs * GUEST_FACTOR }),
  source: `E-guest × (${price.source})`,
  confidence: 'assumed',
  range: [(price.range?.[0] ?? 1) * GUEST_RANGE[0], (price.range?.[1] ?? 1) * GUEST_RANGE[1]],
});

const guestPrices = Object.fromEntries(
  Object.entries(XEON_PRICES).map(([stage, price]) => [stage, inGuest(price)]),
) as Record<StageId, Price>;

export const cloudVirtio: Machine = {
  name: 'cloud-virtio',
  title: 'cloud VM, 8 vCPUs, 10 GbE virtio without tunnel offload',
  pickIf: 'your nodes are virtual machines whose NIC is virtio_net (ethtool -i)',
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
    ...guestPrices,
    NIC_TX: assumed('E-virtio', [0.4, 1.5], { firstNs: 2_000, eachNs: 500 }),
    NIC_RX_POLL: assumed('E-virtio', [0.5, 1.5], { firstNs: 100, eachNs: 850, byteNs: 0.066 }),
    NIC_IRQ: assumed('E-virtio', [0.4, 2.5], { eachNs: 1_800 }),
    WAKE: assumed('K3 K8', [0.4, 2], { eachNs: 2_500 }),
    CTXSW: assumed('K3', [0.5, 1.5], { eachNs: 2_400 }),
  },
};
