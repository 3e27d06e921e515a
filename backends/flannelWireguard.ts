/**
 * Flannel WireGuard (IPv4): device flannel-wg, port 51820 on both sides, the bridge cni0 around it. The MTU
 * gives up 80 bytes (the sum with IPv6 outside), 60 are used.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { wireguardHeaders } from './paths/headers.ts';
import { OUTER_IN, OUTER_OUT } from './paths/outer.ts';
import { EGRESS_BRIDGE, INGRESS_BRIDGE, LOCAL_BRIDGE } from './paths/pod.ts';
import { WIREGUARD_IN, WIREGUARD_OUT } from './paths/wireguard.ts';

export const flannelWireguard = defineBackend({
  name: 'flannel-wireguard',
  title: 'Flannel WireGuard: encrypted tunnel, port 51820',
  group: 'encrypted',
  source: 'flannel-io/flannel@cdf76059 pkg/backend/wireguard; Linux 6.12 drivers/net/wireguard',
  paths: {
    bridge: LOCAL_BRIDGE,
    tunnel: {
      headers: wireguardHeaders(51820),
      steps: [
        ...EGRESS_BRIDGE,
        ...WIREGUARD_OUT,
        ...OUTER_OUT,
        'WIRE',
        ...OUTER_IN,
        ...WIREGUARD_IN,
        ...INGRESS_BRIDGE,
      ],
      opens: ['handshake'],
      nicGro: false,
      padBytes: 16,
    },
  },
  choose: { sameNode: 'bridge', sameSubnet: 'tunnel', crossSubnet: 'tunnel' },
  mtuReserveBytes: 80,
  control: {
    protocol: 'flannel leases (etcd or Kubernetes)',
    entriesPerPeer: '1 WireGuard peer, 1 route',
  },
  needs: [],
  scaling: 'one peer a node; encryption spreads over cores, sending and ordering are serial for each peer',
});
