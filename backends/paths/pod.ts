/**
 * Between a pod and its host's routing: over a bridge (cni0, docker0) or over a routed veth (cali…, lxc…).
 * All of it runs on the core of the caller; veth's backlog is drained before that core goes on.
 * Left out: veth with XDP or NAPI of its own, netkit. Source: docs/SOURCES.md, section "Stages".
 */
import type { Path, Step } from '../../engine/host/backend.ts';
import { BRIDGED, TRACKED, TRANSLATED } from './netfilter.ts';

/** One crossing of a veth pair. */
export const VETH: readonly Step[] = ['VETH_XMIT', 'BACKLOG_POLL'];

/** Pod → bridge → netfilter and route of the host. */
export const EGRESS_BRIDGE: readonly Step[] = [...VETH, 'BR_RX', ...TRACKED, 'IP_FWD'];

/** Route of the host → bridge → pod. */
export const INGRESS_BRIDGE: readonly Step[] = [...TRACKED, 'IP_FWD', 'BR_TX', ...VETH];

/** The same with addresses translated: masqueraded outward, published port inward, answers back. */
export const EGRESS_NAT: readonly Step[] = [...VETH, 'BR_RX', ...TRANSLATED, 'IP_FWD'];
export const INGRESS_NAT: readonly Step[] = [...TRANSLATED, 'IP_FWD', 'BR_TX', ...VETH];

/** Pod → routed veth → netfilter and route of the host. */
export const EGRESS_CALI: readonly Step[] = [...VETH, ...TRACKED, 'IP_FWD'];

/** Route of the host → routed veth → pod. */
export const INGRESS_CALI: readonly Step[] = [...TRACKED, 'IP_FWD', ...VETH];

/** Two pods of one host behind one bridge: switched, the first packet asks for the neighbour's MAC. */
export const LOCAL_BRIDGE: Path = {
  headers: [],
  steps: [...VETH, 'BR_FWD', ...BRIDGED, ...VETH],
  opens: ['arp'],
};

/** Two pods of one host behind routed veths: one pass through the host's route and netfilter. */
export const LOCAL_CALI: Path = {
  headers: [],
  steps: [...EGRESS_CALI, ...VETH],
};
