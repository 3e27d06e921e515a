/**
 * Calico IPIP "CrossSubnet": plain routes to nodes of the own subnet, tunl0 to the others. The pods' MTU is
 * the tunnel's everywhere.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { IPV4_IPIP } from './paths/headers.ts';
import { IPIP_IN, TUNNEL_OUT } from './paths/outer.ts';
import { EGRESS_CALI, INGRESS_CALI, LOCAL_CALI } from './paths/pod.ts';

export const calicoIpipCrosssubnet = defineBackend({
  name: 'calico-ipip-crosssubnet',
  title: 'Calico IPIP CrossSubnet: plain routes in a subnet, tunnel across',
  group: 'tunnel',
  source: 'projectcalico/calico@87c15906 felix/dataplane/linux; Linux 6.12 net/ipv4/ipip.c, ip_tunnel.c',
  paths: {
    veth: LOCAL_CALI,
    routed: { headers: [], steps: [...EGRESS_CALI, 'WIRE', ...INGRESS_CALI] },
    tunnel: {
      headers: [IPV4_IPIP],
      steps: [...EGRESS_CALI, ...TUNNEL_OUT, 'WIRE', ...IPIP_IN, ...INGRESS_CALI],
      tunnel: 'ipip',
    },
  },
  choose: { sameNode: 'veth', sameSubnet: 'routed', crossSubnet: 'tunnel' },
  control: { protocol: 'Felix, BIRD (BGP mesh or route reflectors)', entriesPerPeer: '1 route a /26 block' },
  needs: ['protocol4Allowed', 'ipv4', 'foreignAddresses'],
  scaling: 'one route a block and node; BGP sessions grow with the square of the nodes in a full mesh',
});
