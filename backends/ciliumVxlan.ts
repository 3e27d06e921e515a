/**
 * Cilium VXLAN with eBPF host routing: the pod's program redirects to cilium_vxlan (external mode: the peer
 * comes with each packet, no FDB), port 8472, outer checksum off; the tunnel's program redirects into the
 * pod. Assumed: outer packets are kept out of conntrack (option NOTRACK).
 */
import { defineBackend } from '../engine/host/backend.ts';
import { LOCAL_CILIUM, TUNNEL_BPF } from './paths/bpf.ts';
import { vxlanHeaders } from './paths/headers.ts';

export const ciliumVxlan = defineBackend({
  name: 'cilium-vxlan',
  title: 'Cilium VXLAN, eBPF host routing: port 8472',
  group: 'tunnel',
  source: 'cilium bpf/bpf_lxc.c, bpf_overlay.c, overloadable_skb.h; Linux 6.12 drivers/net/vxlan',
  paths: {
    peer: LOCAL_CILIUM,
    tunnel: { headers: vxlanHeaders(8472, false), steps: TUNNEL_BPF, tunnel: 'udp' },
  },
  choose: { sameNode: 'peer', sameSubnet: 'tunnel', crossSubnet: 'tunnel' },
  control: { protocol: 'Kubernetes (CiliumNode) or kvstore', entriesPerPeer: '1 tunnel map entry' },
  needs: [],
  scaling: 'one tunnel map entry a peer; one map entry a pod of the cluster on every node',
});
