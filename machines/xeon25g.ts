/**
 * Bare metal: 16 cores of a Xeon, 25 GbE NIC that segments and checksums inside tunnels. RSS hashes the outer
 * header with UDP ports and does not look inside IPIP.
 * Left out: a second socket, SMT, deep idle states (C6 off, as server profiles set it).
 */
import type { Machine } from '../engine/host/machine.ts';
import { XEON_PRICES } from './books/xeon.ts';

export const xeon25g: Machine = {
  name: 'xeon-25g',
  title: 'bare-metal Xeon, 16 cores, 25 GbE with tunnel offloads',
  pickIf: 'your nodes are physical servers with 25 GbE (mlx5, ice), or none of the others fits',
  cores: 16,
  wire: 'nic',
  nic: {
    rateGbps: 25,
    rxQueues: 8,
    rxRingPackets: 1024,
    qdiscSkbs: 1000,
    moderationUs: 16,
    moderationFrames: 32,
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
    source: 'W-xeon: exit latencies of C1 and C1E, Linux drivers/idle/intel_idle.c',
    confidence: 'assumed',
  },
  cache: { l2Bytes: 1_048_576, l3NsPerByte: 0.045 },
  gsoMaxBytes: 65_215,
  tcpRmemMaxBytes: 6_291_456,
  tcpWmemMaxBytes: 4_194_304,
  udpRcvbufBytes: 212_992,
  prices: XEON_PRICES,
};
