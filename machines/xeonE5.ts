/**
 * Bare metal of 2016: ten cores of a Xeon E5 v4 (Broadwell) at 2.4 GHz, 10 GbE by ixgbe (82599, X520). Prices
 * are the Xeon's by the clock; a system call also changes page tables, which later cores need not.
 * The NIC sends tunnel segments by partial offload, verifies no inner checksum, and hashes UDP by addresses.
 * Left out: a second socket, SMT, deep idle states, X550 (which does verify inside VXLAN), aRFS by Flow Director.
 */
import type { Machine, Price } from '../engine/host/machine.ts';
import { scaledPrices } from './books/scaled.ts';
import { XEON_PRICES } from './books/xeon.ts';

/** 3.4 GHz of the reference / 2.4 GHz. */
const prices = scaledPrices(XEON_PRICES, { key: 'E-broadwell', times: 3.4 / 2.4, range: [0.75, 1.35] });

/** Page tables changed at entry and at exit of a system call, ns: some 180 cycles each. */
const PAGE_TABLES_NS = 150;

const withPageTables = (price: Price): Price => ({
  ...price,
  eachNs: (price.eachNs ?? 0) + PAGE_TABLES_NS,
  source: `${price.source} + E-kpti`,
});

export const xeonE5: Machine = {
  name: 'xeon-e5-10g',
  title: 'bare-metal Xeon E5 v4, 10 cores at 2.4 GHz, 10 GbE (ixgbe)',
  pickIf: 'your nodes are physical servers of about 2012 to 2017, or `ethtool -i` says ixgbe',
  cores: 10,
  wire: 'nic',
  nic: {
    rateGbps: 10,
    rxQueues: 10,
    rxRingPackets: 512,
    qdiscSkbs: 1000,
    moderationUs: 24,
    moderationFrames: 48,
    rxTruesizeBytes: 2304,
  },
  facts: {
    gso: true,
    gro: true,
    tso: true,
    udpTunnelTso: true,
    ipipTso: true,
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
    sleepNs: 2_000,
    haltAfterNs: 20_000,
    haltNs: 10_000,
    source: 'W-idle: exit latencies of C1 and C1E, bdw_cstates in Linux drivers/idle/intel_idle.c',
    confidence: 'assumed',
  },
  // Broadwell: 256 KiB.
  cache: { l2Bytes: 262_144, l3NsPerByte: 0.06 },
  gsoMaxBytes: 65_215,
  tcpRmemMaxBytes: 6_291_456,
  tcpWmemMaxBytes: 4_194_304,
  udpRcvbufBytes: 212_992,
  prices: {
    ...prices,
    U_SYSCALL: withPageTables(prices.U_SYSCALL),
    DAEMON_DRY: withPageTables(prices.DAEMON_DRY),
    DAEMON_IDLE: withPageTables(prices.DAEMON_IDLE),
  },
};
