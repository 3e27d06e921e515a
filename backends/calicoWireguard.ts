/**
 * Calico WireGuard (IPv4): device wireguard.cali, port 51820 on both sides. Super-packets are split and
 * copied before encryption (a list on one worker), sent by one worker a peer; received packets are decrypted
 * over all cores, put back in order by the peer's NAPI and merged there.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { wireguardHeaders } from './paths/headers.ts';
import { OUTER_IN, OUTER_OUT } from './paths/outer.ts';
import { EGRESS_CALI, INGRESS_CALI, LOCAL_CALI } from './paths/pod.ts';
import { WIREGUARD_IN, WIREGUARD_OUT } from './paths/wireguard.ts';

export const calicoWireguard = defineBackend({
  name: 'calico-wireguard',
  title: 'Calico WireGuard: encrypted tunnel, port 51820',
  group: 'encrypted',
  source: 'projectcalico/calico@87c15906 felix/wireguard; Linux 6.12 drivers/net/wireguard',
  paths: {
    veth: LOCAL_CALI,
    tunnel: {
      headers: wireguardHeaders(51820),
      steps: [
        ...EGRESS_CALI,
        ...WIREGUARD_OUT,
        ...OUTER_OUT,
        'WIRE',
        ...OUTER_IN,
        ...WIREGUARD_IN,
        ...INGRESS_CALI,
      ],
      opens: ['handshake'],
      nicGro: false,
      padBytes: 16,
    },
  },
  choose: { sameNode: 'veth', sameSubnet: 'tunnel', crossSubnet: 'tunnel' },
  control: { protocol: 'Felix, keys in the Kubernetes nodes', entriesPerPeer: '1 WireGuard peer' },
  needs: [],
  scaling: 'one peer a node; encryption spreads over cores, sending and ordering are serial for each peer',
});
