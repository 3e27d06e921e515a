/**
 * Cilium VXLAN with legacy host routing: device cilium_vxlan in external mode (one device, the peer comes
 * with each packet, no FDB), port 8472, outer checksum off. Inner and outer packets meet the host's
 * netfilter. Assumed: the inner packet takes the host's route and conntrack on both sides, as the
 * documentation says of all packets without eBPF host routing; a program of the pod that redirects to the
 * tunnel itself would save that.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { EGRESS_LEGACY, INGRESS_LEGACY, LOCAL_LEGACY } from './paths/bpf.ts';
import { vxlanHeaders } from './paths/headers.ts';
import { OUTER_IN, OUTER_OUT, UDP_DECAP } from './paths/outer.ts';

export const ciliumVxlanLegacy = defineBackend({
  name: 'cilium-vxlan-legacy',
  title: 'Cilium VXLAN, legacy host routing: port 8472, eBPF and the host stack',
  group: 'tunnel',
  source: 'cilium bpf/bpf_lxc.c, bpf_overlay.c, documentation (tuning); Linux 6.12 drivers/net/vxlan',
  paths: {
    local: LOCAL_LEGACY,
    tunnel: {
      headers: vxlanHeaders(8472, false),
      steps: [
        ...EGRESS_LEGACY,
        'ENCAP',
        ...OUTER_OUT,
        'WIRE',
        'TC_BPF',
        ...OUTER_IN,
        ...UDP_DECAP,
        ...INGRESS_LEGACY,
      ],
      tunnel: 'udp',
    },
  },
  choose: { sameNode: 'local', sameSubnet: 'tunnel', crossSubnet: 'tunnel' },
  control: { protocol: 'Kubernetes (CiliumNode) or kvstore', entriesPerPeer: '1 tunnel map entry' },
  needs: [],
  scaling: 'one tunnel map entry a peer; one map entry a pod of the cluster on every node',
});
