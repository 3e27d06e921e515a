/**
 * Bare metal as in the CNI benchmark of 2024: 32 logical CPUs (16 cores), 40 GbE, Linux 5.15; its links have an
 * MTU of 9,000, which belongs to the cluster (`--mtu 9000`). It names neither CPU nor NIC: the prices are the
 * reference Xeon's with a wide range, the NIC is taken as XL710 (i40e).
 * Left out: a second socket, SMT, deep idle states.
 */
import type { Machine } from '../engine/host/machine.ts';
import { scaledPrices } from './books/scaled.ts';
import { XEON_PRICES } from './books/xeon.ts';

export const xeon40g: Machine = {
  name: 'xeon-40g',
  title: 'bare-metal Xeon, 16 cores, 40 GbE (i40e), as in the CNI benchmark of 2024',
  pickIf: 'your nodes are physical servers with 40 GbE, or you compare with that benchmark (--mtu 9000)',
  cores: 16,
  wire: 'nic',
  nic: {
    rateGbps: 40,
    rxQueues: 16,
    rxRingPackets: 512,
    qdiscSkbs: 1000,
    moderationUs: 17,
    moderationFrames: 56,
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
    sleepNs: 2_000,
    haltAfterNs: 20_000,
    haltNs: 10_000,
    source: 'W-idle: exit latencies of C1 and C1E, skx_cstates in Linux drivers/idle/intel_idle.c',
    confidence: 'assumed',
  },
  cache: { l2Bytes: 1_048_576, l3NsPerByte: 0.045 },
  gsoMaxBytes: 65_215,
  tcpRmemMaxBytes: 6_291_456,
  tcpWmemMaxBytes: 4_194_304,
  udpRcvbufBytes: 212_992,
  prices: scaledPrices(XEON_PRICES, { key: 'E-unnamed', times: 1, range: [0.7, 1.8] }),
};
