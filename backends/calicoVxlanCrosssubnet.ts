/**
 * Calico VXLAN "CrossSubnet": plain routes to nodes of the own subnet, vxlan.calico (see calico-vxlan) to
 * the others. The pods' MTU is the tunnel's everywhere.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { vxlanHeaders } from './paths/headers.ts';
import { VXLAN_UNTRACKED_IN, VXLAN_UNTRACKED_OUT } from './paths/outer.ts';
import { EGRESS_CALI, INGRESS_CALI, LOCAL_CALI } from './paths/pod.ts';

export const calicoVxlanCrosssubnet = defineBackend({
  name: 'calico-vxlan-crosssubnet',
  title: 'Calico VXLAN CrossSubnet: plain routes in a subnet, tunnel across',
  group: 'tunnel',
  source: 'projectcalico/calico@87c15906 felix/dataplane/linux, felix/rules; Linux 6.12 drivers/net/vxlan',
  paths: {
    veth: LOCAL_CALI,
    routed: { headers: [], steps: [...EGRESS_CALI, 'WIRE', ...INGRESS_CALI] },
    tunnel: {
      headers: vxlanHeaders(4789, true),
      steps: [...EGRESS_CALI, ...VXLAN_UNTRACKED_OUT, 'WIRE', ...VXLAN_UNTRACKED_IN, ...INGRESS_CALI],
      tunnel: 'udp',
    },
  },
  choose: { sameNode: 'veth', sameSubnet: 'routed', crossSubnet: 'tunnel' },
  control: { protocol: 'Felix', entriesPerPeer: '1 route a /26 block; across also 1 neighbour, 1 FDB entry' },
  needs: ['foreignAddresses'],
  scaling: 'up to two entries a peer and one route a block; Felix writes them in batches, no BGP',
});
