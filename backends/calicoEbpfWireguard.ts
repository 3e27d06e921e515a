/**
 * Calico's eBPF data plane with WireGuard (wireguard.cali, port 51820): programs instead of netfilter and
 * ip_forward around the same device and queues. Assumed: outer packets meet the hooks but, marked by the
 * programs, not conntrack; the device has no Ethernet header, so the way in leads over the pod's veth.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { EGRESS_BPF, INGRESS_BPF_L3, LOCAL_CALI_BPF } from './paths/bpf.ts';
import { wireguardHeaders } from './paths/headers.ts';
import { UNTRACKED_IN, UNTRACKED_OUT } from './paths/outer.ts';
import { WIREGUARD_IN, WIREGUARD_OUT } from './paths/wireguard.ts';

export const calicoEbpfWireguard = defineBackend({
  name: 'calico-ebpf-wireguard',
  title: 'Calico eBPF with WireGuard: tc programs, port 51820',
  group: 'encrypted',
  source: 'projectcalico/calico@87c15906 felix/bpf, felix/wireguard; Linux 6.12 drivers/net/wireguard',
  paths: {
    peer: LOCAL_CALI_BPF,
    tunnel: {
      headers: wireguardHeaders(51820),
      steps: [
        ...EGRESS_BPF,
        'BPF_REDIRECT',
        ...WIREGUARD_OUT,
        ...UNTRACKED_OUT,
        'TC_BPF',
        'WIRE',
        'TC_BPF',
        ...UNTRACKED_IN,
        ...WIREGUARD_IN,
        ...INGRESS_BPF_L3,
      ],
      opens: ['handshake'],
      nicGro: false,
      padBytes: 16,
    },
  },
  choose: { sameNode: 'peer', sameSubnet: 'tunnel', crossSubnet: 'tunnel' },
  control: { protocol: 'Felix, keys in the Kubernetes nodes', entriesPerPeer: '1 WireGuard peer' },
  needs: [],
  scaling: 'one peer a node; encryption spreads over cores, sending and ordering are serial for each peer',
});
