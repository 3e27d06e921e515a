/**
 * Modern bare metal: 32 cores of an EPYC (Zen 4) at 3.75 GHz, 100 GbE by mlx5 (ConnectX-5 and later). Prices are
 * the Xeon's by clock and work per cycle, except system call and cipher, which were measured on that family.
 * The NIC segments and checksums inside tunnels, and hashes the inner header of IPIP.
 * Left out: several L3 domains in one socket, the second socket, SMT, C2, BIG TCP.
 */
import type { Machine } from '../engine/host/machine.ts';
import { assumed } from './books/price.ts';
import { scaledPrices } from './books/scaled.ts';
import { XEON_PRICES } from './books/xeon.ts';

export const epyc100g: Machine = {
  name: 'epyc-100g',
  title: 'bare-metal EPYC (Zen 4), 32 cores, 100 GbE (mlx5) with tunnel offloads',
  pickIf: 'your nodes are physical servers of about 2022 and later with 100 GbE',
  cores: 32,
  wire: 'nic',
  nic: {
    rateGbps: 100,
    rxQueues: 32,
    rxRingPackets: 1024,
    qdiscSkbs: 1000,
    moderationUs: 8,
    moderationFrames: 128,
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
    rxInnerHash: true,
    arfs: false,
    rssUdpPorts: true,
    rxWhole: false,
  },
  waking: {
    pollNs: 2_000,
    sleepNs: 1_000,
    haltAfterNs: 20_000,
    haltNs: 1_000,
    source: 'W-epyc: C1 1 µs, C2 off',
    confidence: 'assumed',
  },
  cache: { l2Bytes: 1_048_576, l3NsPerByte: 0.027 },
  gsoMaxBytes: 65_215,
  tcpRmemMaxBytes: 6_291_456,
  tcpWmemMaxBytes: 4_194_304,
  udpRcvbufBytes: 212_992,
  prices: {
    ...scaledPrices(XEON_PRICES, { key: 'E-zen4', times: 0.75, range: [0.7, 1.4] }),
    // Zen 5 in a guest; a system call does not leave it.
    U_SYSCALL: assumed('K3', [0.8, 1.6], { eachNs: 125 }),
    // 0.793 ns/B at 5.3 GHz.
    CRYPT: assumed('C121 by the clock', [0.7, 1.3], { eachNs: 1.12 }),
  },
};
