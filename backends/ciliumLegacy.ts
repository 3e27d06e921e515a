/**
 * Cilium with native routing and legacy host routing, the default of many installs: tc programs at the
 * pod's veth and at the host's device, between them conntrack, netfilter and ip_forward of the host.
 * Assumed: the pod's ingress policy is one program at the host's end of its veth (endpoint routes).
 */
import { defineBackend } from '../engine/host/backend.ts';
import { EGRESS_LEGACY, INGRESS_LEGACY, LOCAL_LEGACY } from './paths/bpf.ts';

export const ciliumLegacy = defineBackend({
  name: 'cilium-legacy',
  title: 'Cilium native routing, legacy host routing: eBPF and the host stack',
  group: 'routed',
  source: 'cilium bpf/bpf_lxc.c, bpf_host.c, documentation (tuning: eBPF host routing); Linux 6.12',
  paths: {
    local: LOCAL_LEGACY,
    routed: { headers: [], steps: [...EGRESS_LEGACY, 'TC_BPF', 'WIRE', ...INGRESS_LEGACY] },
  },
  choose: { sameNode: 'local', sameSubnet: 'routed', crossSubnet: 'routed' },
  control: { protocol: 'Kubernetes (CiliumNode) or kvstore', entriesPerPeer: '1 route, ipcache entries' },
  needs: ['fabricKnowsPods', 'foreignAddresses'],
  scaling: 'one route a peer where nodes share a segment; one map entry a pod of the cluster on every node',
});
