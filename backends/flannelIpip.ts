/**
 * Flannel IPIP: device flannel.ipip, protocol 4, 20 bytes, the bridge cni0 on both sides. The outer packet
 * has no ports: a NIC that does not look inside puts a node pair's traffic on one queue.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { IPV4_IPIP } from './paths/headers.ts';
import { IPIP_IN, TUNNEL_OUT } from './paths/outer.ts';
import { EGRESS_BRIDGE, INGRESS_BRIDGE, LOCAL_BRIDGE } from './paths/pod.ts';

export const flannelIpip = defineBackend({
  name: 'flannel-ipip',
  title: 'Flannel IPIP: kernel tunnel without ports',
  group: 'tunnel',
  source: 'flannel-io/flannel@cdf76059 pkg/backend/ipip; Linux 6.12 net/ipv4/ipip.c, ip_tunnel.c',
  paths: {
    bridge: LOCAL_BRIDGE,
    tunnel: {
      headers: [IPV4_IPIP],
      steps: [...EGRESS_BRIDGE, ...TUNNEL_OUT, 'WIRE', ...IPIP_IN, ...INGRESS_BRIDGE],
      tunnel: 'ipip',
    },
  },
  choose: { sameNode: 'bridge', sameSubnet: 'tunnel', crossSubnet: 'tunnel' },
  control: {
    protocol: 'flannel leases (etcd or Kubernetes)',
    entriesPerPeer: '1 route',
  },
  needs: ['protocol4Allowed', 'ipv4'],
  scaling: 'one route a peer and node; the routes are checked every 10 s',
});
