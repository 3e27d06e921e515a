/**
 * Flannel VXLAN: VTEP flannel.1, VNI 1, UDP port 8472, outer checksum on (the kernel's default, which
 * flannel leaves alone). Segments stay whole up to the NIC; super-packets come back in the NIC's GRO.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { vxlanHeaders } from './paths/headers.ts';
import { TUNNEL_OUT, UDP_TUNNEL_IN } from './paths/outer.ts';
import { EGRESS_BRIDGE, INGRESS_BRIDGE, LOCAL_BRIDGE } from './paths/pod.ts';

export const flannelVxlan = defineBackend({
  name: 'flannel-vxlan',
  title: 'Flannel VXLAN: kernel tunnel, VNI 1, port 8472',
  group: 'tunnel',
  source: 'flannel-io/flannel@cdf76059 pkg/backend/vxlan; Linux 6.12 drivers/net/vxlan',
  paths: {
    bridge: LOCAL_BRIDGE,
    tunnel: {
      headers: vxlanHeaders(8472, true),
      steps: [...EGRESS_BRIDGE, ...TUNNEL_OUT, 'WIRE', ...UDP_TUNNEL_IN, ...INGRESS_BRIDGE],
      tunnel: 'udp',
    },
  },
  choose: { sameNode: 'bridge', sameSubnet: 'tunnel', crossSubnet: 'tunnel' },
  control: {
    protocol: 'flannel leases (etcd or Kubernetes)',
    entriesPerPeer: '1 neighbour, 1 FDB entry, 1 route',
  },
  needs: [],
  scaling: 'three netlink writes a peer and join on every node; price of a packet does not grow with peers',
});
