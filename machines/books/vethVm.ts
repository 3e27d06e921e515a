/**
 * Cost book of one measured virtual machine (AMD EPYC Zen 5, two cores, Linux 6.18, no NIC).
 *
 * Measured prices rest on a frozen subset of its rows alone (calibration/fittingSubset.ts; equations and shares:
 * docs/SOURCES.md, "How the book of this machine was fitted"). Sums are measured, their split over stages follows
 * sampled shares: a datagram over host network 2,862 ns, veth crossing 370, bridge pass 483, forwarding 445, VXLAN
 * 2,860. `first + each` is the price alone, `each` in a burst: 0.866 of it for every stage of a path. Bulk TCP pays
 * most for payload pages that another core has freed (PAGES), little for the copy. Stages that no row of the subset
 * runs (NIC, GRO, eBPF, WireGuard, the daemon, TUN, rules, NAT, services) are assumed, with what bounds them.
 * Left out: shared caches, the other guests of the host. Keys in `source`: docs/SOURCES.md, section "Prices" (K… =
 * sections of the measurements).
 */
import type { Price } from '../../engine/host/machine.ts';
import type { StageId } from '../../engine/host/stages.ts';
import { assumed, measured } from './price.ts';

export const VETH_VM_PRICES: Readonly<Record<StageId, Price>> = {
  U_SYSCALL: measured('K3', { eachNs: 125 }),
  APP_CALL: measured('K3', { eachNs: 0 }),
  COPY_U2K: measured('K4 K5', { eachNs: 0.025 }),
  ZC_PIN: assumed('E-zerocopy', [0.4, 3], { eachNs: 0.01 }),
  ZC_NOTIFY: assumed('E-zerocopy', [0.4, 3], { eachNs: 250 }),
  COPY_K2U: measured('K5 K6', { eachNs: 0.0146 }),
  COPY_CSUM_K2K: assumed('C093', [0.5, 2], { eachNs: 0.07, packetNs: 100 }),
  CSUM_SW: assumed('C092', [0.5, 2], { eachNs: 0.03 }),
  SKB_ALLOC: measured('K4 share', { firstNs: 90, eachNs: 60 }),
  SKB_FREE: measured('K4 share', { firstNs: 50, eachNs: 405 }),
  TCP_TX: assumed('K5 share', [0.6, 1.6], { firstNs: 1_000, eachNs: 80 }),
  TCP_RX: assumed('K5 share', [0.6, 1.6], { firstNs: 480, eachNs: 52 }),
  TCP_ACK_RX: assumed('K5', [0.5, 2], { firstNs: 500, eachNs: 300 }),
  ACK_TX: assumed('K5', [0.5, 2], { firstNs: 300, eachNs: 200 }),
  TCP_CONNECT: assumed('E-connect', [0.4, 2.5], { eachNs: 12_000 }),
  UDP_OUT: measured('K4 share', { eachNs: 950 }),
  IP_ROUTE_IN: measured('K4', { eachNs: 336 }),
  UDP_RCV_SOCK: measured('K4 share', { eachNs: 229 }),
  UDP_RCV_TUN: measured('K4 K5 share', { firstNs: 50, eachNs: 320 }),
  IP_OUT: measured('K4 K5 share', { firstNs: 54, eachNs: 346 }),
  IP_FRAG: assumed('E-frag', [0.4, 2], { eachNs: 250 }),
  IP_DEFRAG: assumed('E-frag', [0.4, 2], { eachNs: 300 }),
  IP_FWD: measured('K4 K5', { firstNs: 60, eachNs: 385 }),
  IP_RCV_LOCAL: measured('K4 K5 share', { firstNs: 40, eachNs: 260 }),
  NF_HOOK: assumed('C079', [0.4, 2], { eachNs: 50 }),
  PAGE_HEAD: measured('K3', { eachNs: 450 }),
  NF_RULE: assumed('E-rules', [0.5, 2], { eachNs: 1.6 }),
  NF_RULE_NFT: assumed('E-rules', [0.5, 2], { eachNs: 3.5 }),
  NF_RULE_XT: assumed('E-rules', [0.5, 2], { eachNs: 12 }),
  NF_SET: assumed('E-rules', [0.5, 2], { eachNs: 100 }),
  CT: assumed('C080 as bound', [0.4, 1.65], { eachNs: 150 }),
  CT_NEW: assumed('K7', [0.4, 2], { eachNs: 900 }),
  NAT: assumed('E-nat', [0.4, 4], { eachNs: 80 }),
  IPVS_NEW: assumed('E-ipvs', [0.3, 3], { eachNs: 500 }),
  IPVS_CONN: assumed('E-ipvs', [0.4, 2.5], { eachNs: 100 }),
  SOCK_LB: assumed('E-socklb', [0.4, 3], { eachNs: 250 }),
  VETH_XMIT: measured('K4 K5 share', { firstNs: 27, eachNs: 173 }),
  BACKLOG_POLL: measured('K4 K5 share', { firstNs: 23, eachNs: 147 }),
  BR_RX: measured('K4 K5', { firstNs: 65, eachNs: 418 }),
  BR_TX: measured('K4 K5', { firstNs: 65, eachNs: 418 }),
  BR_FWD: measured('K4 K5', { firstNs: 65, eachNs: 418 }),
  TUN_DEV_XMIT: measured('K4 K5 share', { firstNs: 67, eachNs: 433 }),
  ENCAP: measured('K4 K5 share', { firstNs: 59, eachNs: 381 }),
  DECAP: measured('K4 K5 share', { firstNs: 40, eachNs: 260 }),
  GRO_CELL_POLL: measured('K4 K5 share', { firstNs: 74, eachNs: 476 }),
  QDISC: assumed('C024', [0.5, 3], { eachNs: 60 }),
  GSO_SW: measured('K5 share', { eachNs: 78 }),
  GSO_TUNNEL: assumed('C074', [0.5, 2], { eachNs: 150 }),
  NIC_TX: assumed('C024 C060', [0.5, 2], { eachNs: 120, packetNs: 31 }),
  NIC_TX_DONE: assumed('C024', [0.5, 2], { eachNs: 47 }),
  // A veth raises no hard interrupt; its NAPI poll runs at the end of the sender's own system call.
  NIC_IRQ: measured('K1', { eachNs: 0 }),
  NAPI_POLL: assumed('C102', [0.4, 2.5], { eachNs: 250 }),
  NIC_RX_POLL: assumed('C015', [0.5, 2], { eachNs: 264 }),
  GRO: assumed('C033 C035 less C015', [0.5, 2], { eachNs: 90 }),
  GRO_TUNNEL: assumed('C033 C035 less C015', [0.5, 2], { eachNs: 150 }),
  GRO_MISS: assumed('C087', [0.5, 3], { eachNs: 36 }),
  TUN_XMIT: assumed('C128 less U_SYSCALL, SKB_FREE', [0.4, 2], { eachNs: 370 }),
  TUN_RX_INLINE: assumed('C125 C127 less stack', [0.5, 3], { eachNs: 300 }),
  DAEMON_PROXY: assumed('E-proxy', [0.3, 5], { eachNs: 60 }),
  DAEMON_DRY: measured('K3', { eachNs: 201 }),
  DAEMON_IDLE: measured('K3', { eachNs: 265 }),
  CRYPT_ENQ: assumed('E-crypt', [0.5, 3], { firstNs: 100, eachNs: 150 }),
  CRYPT: assumed('C120 C121', [0.6, 1.5], { eachNs: 0.8 }),
  KEYS: assumed('E-keys', [0.5, 2], { eachNs: 90_000 }),
  TC_BPF: assumed('K4 (IPIP by tc-BPF as bound)', [0.2, 2], { firstNs: 60, eachNs: 200 }),
  BPF_REDIRECT: assumed('C110 as bound', [0.3, 2], { eachNs: 60 }),
  BPF_REDIRECT_NEIGH: assumed('C110 as bound', [0.3, 2], { eachNs: 110 }),
  BPF_REDIRECT_PEER: assumed('C110 as bound', [0.3, 2], { eachNs: 50 }),
  WAKE: measured('K3', { eachNs: 500 }),
  IPI: assumed('K6 share', [0.3, 1.7], { eachNs: 6_400 }),
  HALT_KICK: assumed('K3 share', [0.3, 1.7], { eachNs: 6_400 }),
  CTXSW: measured('K3', { eachNs: 2_450 }),
  BLOCK: assumed('K6 share', [0.3, 1.7], { eachNs: 11_700 }),
  PAGES: assumed('K5 share', [0.6, 1.6], { eachNs: 0.323 }),
};
