/**
 * Flannel VXLAN with DirectRouting: a peer that is reached without a gateway gets a plain route as in
 * host-gw, the others the tunnel of flannel.1. The pods' MTU stays the tunnel's everywhere.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { vxlanHeaders } from './paths/headers.ts';
import { TUNNEL_OUT, UDP_TUNNEL_IN } from './paths/outer.ts';
import { EGRESS_BRIDGE, INGRESS_BRIDGE, LOCAL_BRIDGE } from './paths/pod.ts';

export const flannelVxlanDirectrouting = defineBackend({
  name: 'flannel-vxlan-directrouting',
  title: 'Flannel VXLAN DirectRouting: plain routes in a subnet, tunnel across',
  group: 'tunnel',
  source: 'flannel-io/flannel@cdf76059 pkg/backend/vxlan/vxlan_network.go; Linux 6.12 drivers/net/vxlan',
  paths: {
    bridge: LOCAL_BRIDGE,
    routed: { headers: [], steps: [...EGRESS_BRIDGE, 'WIRE', ...INGRESS_BRIDGE] },
    tunnel: {
      headers: vxlanHeaders(8472, true),
      steps: [...EGRESS_BRIDGE, ...TUNNEL_OUT, 'WIRE', ...UDP_TUNNEL_IN, ...INGRESS_BRIDGE],
      tunnel: 'udp',
    },
  },
  choose: { sameNode: 'bridge', sameSubnet: 'routed', crossSubnet: 'tunnel' },
  control: {
    protocol: 'flannel leases (etcd or Kubernetes)',
    entriesPerPeer: '1 route; across subnets also 1 neighbour and 1 FDB entry',
  },
  needs: ['foreignAddresses'],
  scaling: 'one to three netlink writes a peer and join; price of a packet does not grow with peers',
});
