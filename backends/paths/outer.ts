/**
 * What an encapsulated packet meets as a packet of the host itself: output of the outer packet on one side,
 * local delivery on the other. Source: docs/SOURCES.md, section "Stages".
 */
import type { Step } from '../../engine/host/backend.ts';
import { HOOKS, TRACKED } from './netfilter.ts';

/** Outer packet: netfilter OUTPUT and POSTROUTING, then ip_local_out. */
export const OUTER_OUT: readonly Step[] = [...TRACKED, 'IP_OUT'];

/** Outer packet: netfilter PREROUTING and INPUT, then ip_local_deliver. */
export const OUTER_IN: readonly Step[] = [...TRACKED, 'IP_RCV_LOCAL'];

/** The same for packets that a NOTRACK rule or an eBPF mark keeps out of conntrack. */
export const UNTRACKED_OUT: readonly Step[] = [...HOOKS, 'IP_OUT'];
export const UNTRACKED_IN: readonly Step[] = [...HOOKS, 'IP_RCV_LOCAL'];

/** Tunnel device without a queue: find the peer, push the headers, send the outer packet. */
export const TUNNEL_OUT: readonly Step[] = ['TUN_DEV_XMIT', 'ENCAP', ...OUTER_OUT];

/**
 * A tunnel device whose transmit checksum is switched off loses scatter-gather and segmentation with it
 * (netdev_fix_features): super-packets are split before it, each packet copied whole with its checksum.
 */
const SPLIT_WITHOUT_CSUM: readonly Step[] = [
  { stage: 'GSO_SW', if: 'no:tunnelTxCsum' },
  { stage: 'COPY_CSUM_K2K', if: 'no:tunnelTxCsum' },
];

/** A VXLAN device whose outer packets a raw-table rule keeps out of conntrack (Calico's). */
export const VXLAN_UNTRACKED_OUT: readonly Step[] = [
  ...SPLIT_WITHOUT_CSUM,
  'TUN_DEV_XMIT',
  'ENCAP',
  ...UNTRACKED_OUT,
];

/** Socket of a UDP tunnel: encap_rcv, pull the headers, second softirq pass of the tunnel device. */
export const UDP_DECAP: readonly Step[] = ['UDP_RCV_TUN', 'DECAP', 'GRO_CELL_POLL'];

export const UDP_TUNNEL_IN: readonly Step[] = [...OUTER_IN, ...UDP_DECAP];

export const VXLAN_UNTRACKED_IN: readonly Step[] = [...UNTRACKED_IN, ...UDP_DECAP];

/** IPIP: protocol handler instead of a socket. */
export const IPIP_IN: readonly Step[] = [...OUTER_IN, 'DECAP', 'GRO_CELL_POLL'];
