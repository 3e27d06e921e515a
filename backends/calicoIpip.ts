/**
 * Calico IPIP "Always": device tunl0, protocol 4, 20 bytes. The outer packet has no ports: a NIC that does
 * not look inside puts a node pair's traffic on one queue, and the fabric on one path.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { IPV4_IPIP } from './paths/headers.ts';
import { IPIP_IN, TUNNEL_OUT } from './paths/outer.ts';
import { EGRESS_CALI, INGRESS_CALI, LOCAL_CALI } from './paths/pod.ts';

export const calicoIpip = defineBackend({
  name: 'calico-ipip',
  title: 'Calico IPIP: kernel tunnel without ports',
  group: 'tunnel',
  source: 'projectcalico/calico@87c15906 felix/dataplane/linux; Linux 6.12 net/ipv4/ipip.c, ip_tunnel.c',
  paths: {
    veth: LOCAL_CALI,
    tunnel: {
      headers: [IPV4_IPIP],
      steps: [...EGRESS_CALI, ...TUNNEL_OUT, 'WIRE', ...IPIP_IN, ...INGRESS_CALI],
      tunnel: 'ipip',
    },
  },
  choose: { sameNode: 'veth', sameSubnet: 'tunnel', crossSubnet: 'tunnel' },
  control: { protocol: 'Felix, BIRD (BGP mesh or route reflectors)', entriesPerPeer: '1 route a /26 block' },
  needs: ['protocol4Allowed', 'ipv4'],
  scaling: 'one route a block and node; BGP sessions grow with the square of the nodes in a full mesh',
});
