/**
 * Between a pod and the wire where tc programs do the work. Calico's and Cilium's own routing redirects
 * past netfilter and ip_forward, so the skb keeps its socket; Cilium's legacy host routing runs its
 * programs and hands the packet to the host's stack.
 *
 * Assumed: every program at the price of TC_BPF; one of Calico's that finds the mark of an earlier one
 * returns at once and is left out. Left out: netkit, XDP, kube-proxy replacement at the socket.
 * Source: docs/SOURCES.md, section "Stages".
 */
import type { Path, Step } from '../../engine/host/backend.ts';
import { TRACKED } from './netfilter.ts';
import { UDP_DECAP, UNTRACKED_IN, UNTRACKED_OUT } from './outer.ts';
import { VETH } from './pod.ts';

/** Pod → program at the host's end of its veth. */
export const EGRESS_BPF: readonly Step[] = [...VETH, 'TC_BPF'];

/** Program at a device with Ethernet headers → straight into the pod. */
export const INGRESS_BPF: readonly Step[] = ['TC_BPF', 'BPF_REDIRECT_PEER'];

/** Program at a device without Ethernet headers (tunl0, wireguard.cali) → host's end of the pod's veth. */
export const INGRESS_BPF_L3: readonly Step[] = ['TC_BPF', 'BPF_REDIRECT', ...VETH];

/** Cilium's VXLAN or Geneve device in external mode: the program says which peer, nothing is looked up. */
export const TUNNEL_BPF: readonly Step[] = [
  ...EGRESS_BPF,
  'BPF_REDIRECT',
  'ENCAP',
  ...UNTRACKED_OUT,
  'WIRE',
  'TC_BPF',
  ...UNTRACKED_IN,
  ...UDP_DECAP,
  ...INGRESS_BPF,
];

/** Pod → its program → netfilter and route of the host. */
export const EGRESS_LEGACY: readonly Step[] = [...EGRESS_BPF, ...TRACKED, 'IP_FWD'];

/** Program of the device → netfilter and route of the host → the pod's program. */
export const INGRESS_LEGACY: readonly Step[] = ['TC_BPF', ...TRACKED, 'IP_FWD', 'TC_BPF', ...VETH];

/** Two pods of one host, Calico: one program, then into the other pod. */
export const LOCAL_CALI_BPF: Path = { headers: [], steps: [...EGRESS_BPF, 'BPF_REDIRECT_PEER'] };

/** Two pods of one host, Cilium: egress of the one and ingress policy of the other. */
export const LOCAL_CILIUM: Path = {
  headers: [],
  steps: [...EGRESS_BPF, 'TC_BPF', 'BPF_REDIRECT_PEER'],
};

/** The same under legacy host routing: the host's stack and the backlog of the second veth. */
export const LOCAL_LEGACY: Path = {
  headers: [],
  steps: [...EGRESS_LEGACY, 'TC_BPF', ...VETH],
};
