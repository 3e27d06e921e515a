/**
 * Cilium Geneve with eBPF host routing: as cilium-vxlan on device cilium_geneve, port 6081, no options.
 * Assumed: the device costs what the VXLAN device costs; outer packets are kept out of conntrack.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { LOCAL_CILIUM, TUNNEL_BPF } from './paths/bpf.ts';
import { GENEVE_HEADERS } from './paths/headers.ts';

export const ciliumGeneve = defineBackend({
  name: 'cilium-geneve',
  title: 'Cilium Geneve, eBPF host routing: port 6081',
  group: 'tunnel',
  source: 'cilium bpf/bpf_lxc.c, bpf_overlay.c, overloadable_skb.h; Linux 6.12 drivers/net/geneve.c',
  paths: {
    peer: LOCAL_CILIUM,
    tunnel: { headers: GENEVE_HEADERS, steps: TUNNEL_BPF, tunnel: 'udp' },
  },
  choose: { sameNode: 'peer', sameSubnet: 'tunnel', crossSubnet: 'tunnel' },
  control: { protocol: 'Kubernetes (CiliumNode) or kvstore', entriesPerPeer: '1 tunnel map entry' },
  needs: [],
  scaling: 'one tunnel map entry a peer; one map entry a pod of the cluster on every node',
});
