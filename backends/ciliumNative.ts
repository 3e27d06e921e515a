/**
 * Cilium with native routing and eBPF host routing over veth: the tc program of the pod's device looks up
 * policy, state and route and redirects to the NIC; on the way in it redirects straight into the pod. No
 * netfilter, no ip_forward, so the skb keeps its socket and TCP small queues still see the NIC.
 * Assumed: two program runs (sender's egress, receiver's ingress policy) on the same-node path.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { EGRESS_BPF, INGRESS_BPF, LOCAL_CILIUM } from './paths/bpf.ts';

export const ciliumNative = defineBackend({
  name: 'cilium-native',
  title: 'Cilium native routing: eBPF instead of netfilter and forwarding',
  group: 'routed',
  source: 'cilium bpf/bpf_lxc.c, bpf_host.c, documentation; Linux 6.12 net/core/filter.c',
  paths: {
    peer: LOCAL_CILIUM,
    routed: {
      headers: [],
      steps: [...EGRESS_BPF, 'BPF_REDIRECT_NEIGH', 'TC_BPF', 'WIRE', ...INGRESS_BPF],
    },
  },
  choose: { sameNode: 'peer', sameSubnet: 'routed', crossSubnet: 'routed' },
  control: { protocol: 'Kubernetes (CiliumNode) or kvstore', entriesPerPeer: '1 route, ipcache entries' },
  needs: ['fabricKnowsPods', 'foreignAddresses'],
  scaling: 'one route a peer where nodes share a segment; one map entry a pod of the cluster on every node',
});
