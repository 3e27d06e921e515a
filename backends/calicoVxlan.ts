/**
 * Calico VXLAN "Always": device vxlan.calico, VNI 4096, port 4789. A raw-table rule keeps the outer packets
 * out of conntrack. On kernels up to 5.7 (fact no:tunnelTxCsum) Felix switches the device's transmit
 * checksum off, and with it segmentation: super-packets are split before encapsulation.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { vxlanHeaders } from './paths/headers.ts';
import { VXLAN_UNTRACKED_IN, VXLAN_UNTRACKED_OUT } from './paths/outer.ts';
import { EGRESS_CALI, INGRESS_CALI, LOCAL_CALI } from './paths/pod.ts';

export const calicoVxlan = defineBackend({
  name: 'calico-vxlan',
  title: 'Calico VXLAN: kernel tunnel, VNI 4096, port 4789',
  group: 'tunnel',
  source: 'projectcalico/calico@87c15906 felix/dataplane/linux, felix/rules; Linux 6.12 drivers/net/vxlan',
  paths: {
    veth: LOCAL_CALI,
    tunnel: {
      headers: vxlanHeaders(4789, true),
      steps: [...EGRESS_CALI, ...VXLAN_UNTRACKED_OUT, 'WIRE', ...VXLAN_UNTRACKED_IN, ...INGRESS_CALI],
      tunnel: 'udp',
    },
  },
  choose: { sameNode: 'veth', sameSubnet: 'tunnel', crossSubnet: 'tunnel' },
  control: { protocol: 'Felix', entriesPerPeer: '1 neighbour, 1 FDB entry, 1 route a /26 block' },
  needs: [],
  scaling: 'two entries a peer and one route a block; Felix writes them in batches, no BGP',
});
