/**
 * Cilium with WireGuard (cilium_wg0, port 51871), native routing, eBPF host routing: the program at the
 * host's device hands pod packets to the tunnel; 80 bytes are reserved, 60 used (IPv4). Assumed: outer
 * packets are tracked, and the decrypted packet is redirected into the pod by one program.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { EGRESS_BPF, INGRESS_BPF, LOCAL_CILIUM } from './paths/bpf.ts';
import { wireguardHeaders } from './paths/headers.ts';
import { OUTER_IN, OUTER_OUT } from './paths/outer.ts';
import { WIREGUARD_IN, WIREGUARD_OUT } from './paths/wireguard.ts';

export const ciliumWireguard = defineBackend({
  name: 'cilium-wireguard',
  title: 'Cilium with WireGuard: encrypted tunnel, port 51871',
  group: 'encrypted',
  source:
    'cilium bpf/bpf_host.c, pkg/wireguard, pkg/mtu (WireguardOverhead); Linux 6.12 drivers/net/wireguard',
  paths: {
    peer: LOCAL_CILIUM,
    tunnel: {
      headers: wireguardHeaders(51871),
      steps: [
        ...EGRESS_BPF,
        'BPF_REDIRECT_NEIGH',
        'TC_BPF',
        'BPF_REDIRECT',
        ...WIREGUARD_OUT,
        ...OUTER_OUT,
        'TC_BPF',
        'WIRE',
        'TC_BPF',
        ...OUTER_IN,
        ...WIREGUARD_IN,
        ...INGRESS_BPF,
      ],
      opens: ['handshake'],
      nicGro: false,
      padBytes: 16,
    },
  },
  choose: { sameNode: 'peer', sameSubnet: 'tunnel', crossSubnet: 'tunnel' },
  mtuReserveBytes: 80,
  control: { protocol: 'Kubernetes (CiliumNode), keys in it', entriesPerPeer: '1 WireGuard peer, 1 route' },
  needs: [],
  scaling: 'one peer a node; encryption spreads over cores, sending and ordering are serial for each peer',
});
