/**
 * Calico's eBPF data plane without encapsulation: the program at the pod's veth looks up policy, state and
 * route and redirects to the host's device; on the way in the packet is redirected into the pod. Neither
 * netfilter nor ip_forward. Assumed: redirection as by default of the source's commit, stages as read for
 * Cilium's programs.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { EGRESS_BPF, INGRESS_BPF, LOCAL_CALI_BPF } from './paths/bpf.ts';

export const calicoEbpf = defineBackend({
  name: 'calico-ebpf',
  title: 'Calico eBPF: tc programs instead of netfilter, no encapsulation',
  group: 'routed',
  source: 'projectcalico/calico@87c15906 felix/bpf, felix/bpf-gpl; Linux 6.12 net/core/filter.c',
  paths: {
    peer: LOCAL_CALI_BPF,
    routed: { headers: [], steps: [...EGRESS_BPF, 'BPF_REDIRECT', 'WIRE', ...INGRESS_BPF] },
  },
  choose: { sameNode: 'peer', sameSubnet: 'routed', crossSubnet: 'routed' },
  control: { protocol: 'Felix, BIRD (BGP mesh or route reflectors)', entriesPerPeer: '1 route a /26 block' },
  needs: ['fabricKnowsPods', 'foreignAddresses'],
  scaling: 'one route a block and node; BGP sessions grow with the square of the nodes in a full mesh',
});
