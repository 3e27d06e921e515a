/**
 * Calico's eBPF data plane over IPIP (tunl0, protocol 4, 20 bytes): the program at the pod's veth redirects
 * to the tunnel device. Assumed: outer packets meet the hooks but, marked by the programs, not conntrack;
 * tunl0 has no Ethernet header, so the way in leads over the pod's veth and its backlog.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { EGRESS_BPF, INGRESS_BPF_L3, LOCAL_CALI_BPF } from './paths/bpf.ts';
import { IPV4_IPIP } from './paths/headers.ts';
import { UNTRACKED_IN, UNTRACKED_OUT } from './paths/outer.ts';

export const calicoEbpfIpip = defineBackend({
  name: 'calico-ebpf-ipip',
  title: 'Calico eBPF over IPIP: tc programs, tunnel without ports',
  group: 'tunnel',
  source: 'projectcalico/calico@87c15906 felix/bpf, felix/bpf-gpl; Linux 6.12 net/ipv4/ipip.c',
  paths: {
    peer: LOCAL_CALI_BPF,
    tunnel: {
      headers: [IPV4_IPIP],
      steps: [
        ...EGRESS_BPF,
        'BPF_REDIRECT',
        'TUN_DEV_XMIT',
        'ENCAP',
        ...UNTRACKED_OUT,
        'WIRE',
        'TC_BPF',
        ...UNTRACKED_IN,
        'DECAP',
        'GRO_CELL_POLL',
        ...INGRESS_BPF_L3,
      ],
      tunnel: 'ipip',
    },
  },
  choose: { sameNode: 'peer', sameSubnet: 'tunnel', crossSubnet: 'tunnel' },
  control: { protocol: 'Felix, BIRD (BGP mesh or route reflectors)', entriesPerPeer: '1 route a /26 block' },
  needs: ['protocol4Allowed', 'ipv4'],
  scaling: 'one route a block and node; BGP sessions grow with the square of the nodes in a full mesh',
});
