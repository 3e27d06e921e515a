/**
 * Cost book of a bare-metal Xeon of 3–3.6 GHz with mitigations on, Linux 5.4 and later.
 *
 * The anchors are the sums of the SIGCOMM'21 host-stack breakdown (one flow, four configurations): sender and
 * receiver, with and without TSO/GRO. Stages that it cannot tell apart share its categories: `netdev` is
 * queue, driver and poll, `tcp/ip` the transport with its ACK, `skb` and `mm` allocation and pages, `lock`
 * and `etc` follow the transport. What is paid for a packet and what for a byte, its jumbo configuration tells
 * (C037 to C054). Excess of a job's first unit: ratio cold/warm of the measured veth machine, except forwarding.
 * Left out: NUMA, frequency, SMT. Keys in `source`: docs/SOURCES.md, section "Prices".
 */
import type { Price } from '../../engine/host/machine.ts';
import type { StageId } from '../../engine/host/stages.ts';
import { assumed, published } from './price.ts';

/**
 * Excess of a lonely unit of the host's forwarding path over one in a stream, as a share of the latter: published
 * request/response additions and pod streams above 20 Gb/s pay 1.6 to 2.2 times the streaming price.
 */
const COLD = 1.2;

export const XEON_PRICES: Readonly<Record<StageId, Price>> = {
  U_SYSCALL: published('C112', { eachNs: 230 }),
  APP_CALL: assumed('C112 (programs that only call)', [1, 1], { eachNs: 0 }),
  COPY_U2K: published('C002 C020', { eachNs: 0.062 }),
  ZC_PIN: assumed('E-zerocopy', [0.4, 3], { eachNs: 0.025 }),
  ZC_NOTIFY: assumed('E-zerocopy', [0.4, 3], { eachNs: 350 }),
  COPY_K2U: published('C011 C029 C047 C065', { eachNs: 0.112 }),
  COPY_CSUM_K2K: published('C002 C093 C094', { eachNs: 0.1, packetNs: 230 }),
  CSUM_SW: published('C092', { eachNs: 0.062 }),
  SKB_ALLOC: published('C097', { eachNs: 24 }),
  // 18 ns where it was allocated; the rest is the trip between cores; per byte: the pages.
  SKB_FREE: published('C017 C035 C053 C098', { eachNs: 90, byteNs: 0.02 }),
  // tcp/ip, lock, skb, mm and etc at MTU 1,500 and at 9,000: 85 ns a packet and 0.03 a byte.
  TCP_TX: published('C022 C023 C026 C027 C039 C045', {
    firstNs: 300,
    eachNs: 400,
    packetNs: 85,
    byteNs: 0.03,
  }),
  // 1,302 less its ACK and IP_RCV_LOCAL plus lock is 1,025; the rest is the total's share of no category.
  TCP_RX: published('C013 C018 C036', { firstNs: 300, eachNs: 1150, packetNs: 7 }),
  TCP_ACK_RX: assumed('C027 split', [0.5, 2], { firstNs: 100, eachNs: 250 }),
  ACK_TX: assumed('C018 split', [0.5, 2], { firstNs: 100, eachNs: 300 }),
  TCP_CONNECT: assumed('E-connect', [0.4, 2.5], { eachNs: 12_000 }),
  UDP_OUT: published('C076 less its other stages', { eachNs: 900 }),
  IP_ROUTE_IN: assumed('C086 C090 split', [0.4, 2], { eachNs: 50 }),
  UDP_RCV_SOCK: assumed('C086 C090', [0.6, 2.5], { firstNs: 60, eachNs: 150 }),
  UDP_RCV_TUN: assumed('K4 K5', [0.3, 1.25], { firstNs: 180, eachNs: 247 }),
  IP_OUT: assumed('C027 split, K4', [0.5, 2], { firstNs: 80, eachNs: 90 }),
  IP_FRAG: assumed('E-frag', [0.4, 2], { eachNs: 250 }),
  IP_DEFRAG: assumed('E-frag', [0.4, 2], { eachNs: 300 }),
  IP_FWD: published('C083 less C024; M-cold', { firstNs: 180 * COLD, eachNs: 180 }),
  IP_RCV_LOCAL: published('C079', { firstNs: 60, eachNs: 100 }),
  NF_HOOK: assumed('C079 as bound', [0.4, 2], { eachNs: 50 }),
  PAGE_HEAD: assumed('K3', [0.4, 1.5], { eachNs: 400 }),
  NF_RULE_NFT: assumed('E-rules', [0.5, 2], { eachNs: 4 }),
  NF_RULE_XT: assumed('E-rules', [0.5, 2], { eachNs: 14 }),
  NF_SET: assumed('E-rules', [0.5, 2], { eachNs: 120 }),
  NF_RULE: assumed('K7 C116', [0.5, 30], { eachNs: 1.8 }),
  CT: assumed('C080 as bound; M-cold', [0.4, 2.4], { firstNs: 150 * COLD, eachNs: 150 }),
  CT_NEW: assumed('K7', [0.5, 2], { eachNs: 900 }),
  NAT: assumed('E-nat M-cold', [0.25, 1], { firstNs: 320 * COLD, eachNs: 320 }),
  IPVS_NEW: assumed('E-ipvs', [0.3, 3], { eachNs: 600 }),
  IPVS_CONN: assumed('E-ipvs M-cold', [0.4, 2.5], { firstNs: 120 * COLD, eachNs: 120 }),
  SOCK_LB: assumed('E-socklb', [0.4, 3], { eachNs: 300 }),
  VETH_XMIT: assumed('K4 K5 M-cold', [0.5, 1.5], { firstNs: 164 * COLD, eachNs: 164 }),
  BACKLOG_POLL: assumed('K4 K5 M-cold', [0.5, 1.5], { firstNs: 139 * COLD, eachNs: 139 }),
  BR_RX: assumed('C109 M-cold', [0.5, 2], { firstNs: 150 * COLD, eachNs: 150 }),
  BR_TX: assumed('C109 M-cold', [0.5, 2], { firstNs: 150 * COLD, eachNs: 150 }),
  BR_FWD: assumed('C109 M-cold', [0.5, 2], { firstNs: 150 * COLD, eachNs: 150 }),
  TUN_DEV_XMIT: assumed('K4 K5', [0.3, 1.25], { firstNs: 260, eachNs: 312 }),
  ENCAP: assumed('K4 K5', [0.3, 1.25], { firstNs: 220, eachNs: 286 }),
  DECAP: assumed('K4 K5', [0.3, 1.25], { firstNs: 150, eachNs: 195 }),
  GRO_CELL_POLL: assumed('K4 K5', [0.3, 1.25], { firstNs: 280, eachNs: 351 }),
  QDISC: published('C024 split', { eachNs: 30 }),
  GSO_SW: published('C074 less driver', { eachNs: 305 }),
  GSO_TUNNEL: assumed('K5', [0.5, 2], { eachNs: 150 }),
  NIC_TX: published('C024 C060 fit', { firstNs: 50, eachNs: 120, packetNs: 31 }),
  NIC_TX_DONE: published('C024 fit', { eachNs: 47 }),
  NIC_IRQ: assumed('E-irq', [0.5, 2.5], { eachNs: 600 }),
  NAPI_POLL: assumed('E-irq C102', [0.4, 2.5], { eachNs: 250 }),
  // netdev and mm at MTU 1,500 and at 9,000, less GRO; per byte: the pages that are refilled.
  NIC_RX_POLL: published('C015 C032 C050 C051', { firstNs: 80, eachNs: 170, byteNs: 0.056 }),
  GRO: published('C033 C035 less C015', { eachNs: 90 }),
  GRO_TUNNEL: assumed('K5', [0.33, 1.33], { eachNs: 150 }),
  GRO_MISS: published('C087 C099', { eachNs: 36 }),
  TUN_XMIT: published('C128 less U_SYSCALL, SKB_FREE', { eachNs: 370 }),
  TUN_RX_INLINE: assumed('C125 C127 less stack', [0.5, 3], { eachNs: 300 }),
  DAEMON_PROXY: assumed('E-proxy', [0.3, 5], { eachNs: 60 }),
  DAEMON_DRY: assumed('C112 K3', [0.7, 1.6], { eachNs: 300 }),
  DAEMON_IDLE: assumed('C113 K3', [0.5, 3], { eachNs: 900 }),
  CRYPT_ENQ: assumed('E-crypt', [0.17, 1], { firstNs: 100, eachNs: 450 }),
  CRYPT: published('C120', { eachNs: 0.972 }),
  KEYS: assumed('E-keys', [0.5, 2], { eachNs: 90_000 }),
  TC_BPF: assumed('C085 as bound', [0.1, 3], { firstNs: 60, eachNs: 150 }),
  BPF_REDIRECT: assumed('C110 as bound', [0.3, 2], { eachNs: 60 }),
  BPF_REDIRECT_NEIGH: assumed('C110 as bound', [0.3, 2], { eachNs: 110 }),
  BPF_REDIRECT_PEER: assumed('C110 as bound', [0.3, 2], { eachNs: 50 }),
  WAKE: assumed('C113 C114 split', [0.37, 1.2], { eachNs: 1_200 }),
  // Inside WAKE and CTXSW, and inside TCP_TX and the copies.
  IPI: assumed('C113 C114 split', [0.5, 1.6], { eachNs: 0 }),
  HALT_KICK: assumed('C113 (bare metal: none)', [1, 1], { eachNs: 0 }),
  BLOCK: assumed('C113 C114 split', [0.5, 1.6], { eachNs: 0 }),
  PAGES: assumed('C022 C026', [1, 1], { eachNs: 0 }),
  CTXSW: assumed('C113 C114 split', [0.5, 1.6], { eachNs: 950 }),
};
