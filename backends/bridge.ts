/**
 * Bridge of one host (docker0, cni0) with NAT, no pod network between hosts: outward the pod's address is
 * masqueraded, inward a published port leads to the pod; what the fabric sees has the hosts' addresses.
 * Left out: docker-proxy in user space; RSS and ECMP hash the pods' addresses instead of the hosts' (both
 * with the ports: the entropy is the same).
 */
import { defineBackend } from '../engine/host/backend.ts';
import { EGRESS_NAT, INGRESS_NAT, LOCAL_BRIDGE } from './paths/pod.ts';

export const bridge = defineBackend({
  name: 'bridge',
  title: 'bridge with NAT: masquerade and published ports',
  group: 'baseline',
  source: 'Linux 6.12 net/bridge, net/netfilter/nf_nat_core.c, nf_nat_proto.c',
  paths: {
    bridge: LOCAL_BRIDGE,
    nat: { headers: [], steps: [...EGRESS_NAT, 'WIRE', ...INGRESS_NAT] },
  },
  choose: { sameNode: 'bridge', sameSubnet: 'nat', crossSubnet: 'nat' },
  control: { protocol: 'none', entriesPerPeer: 'none: 1 NAT rule a published port' },
  needs: [],
  scaling: 'nothing grows with the cluster; conntrack holds one entry a connection, ports of a host collide',
});
