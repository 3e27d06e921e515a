/**
 * Flannel UDP: TUN device flannel0, one thread of flanneld that forwards both directions, UDP port 8285.
 * Segmentation and checksum happen in software before the TUN ring; every packet then costs three system
 * calls a host, and comes back alone: neither NIC nor TUN merges.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { DAEMON_IN, DAEMON_OUT, FROM_TUN_RING, FROM_UDP_SOCKET } from './paths/daemon.ts';
import { IPV4_UDP } from './paths/headers.ts';
import { OUTER_IN, OUTER_OUT } from './paths/outer.ts';
import { EGRESS_BRIDGE, INGRESS_BRIDGE, LOCAL_BRIDGE } from './paths/pod.ts';

export const flannelUdp = defineBackend({
  name: 'flannel-udp',
  title: 'Flannel UDP: packets through flanneld in user space, port 8285',
  group: 'daemon',
  source: 'flannel-io/flannel@cdf76059 pkg/backend/udp/proxy_amd64.c; Linux 6.12 drivers/net/tun.c',
  paths: {
    bridge: LOCAL_BRIDGE,
    proxy: {
      headers: [IPV4_UDP, { name: 'UDP', bytes: 8, sport: 8285, dport: 8285, csum: true }],
      steps: [
        ...EGRESS_BRIDGE,
        'QDISC',
        'GSO_SW',
        'CSUM_SW',
        'TUN_XMIT',
        FROM_TUN_RING,
        ...DAEMON_OUT,
        ...OUTER_OUT,
        'WIRE',
        ...OUTER_IN,
        'IP_ROUTE_IN',
        'UDP_RCV_SOCK',
        FROM_UDP_SOCKET,
        ...DAEMON_IN,
        ...INGRESS_BRIDGE,
        'CSUM_SW',
      ],
      nicGro: false,
    },
  },
  choose: { sameNode: 'bridge', sameSubnet: 'proxy', crossSubnet: 'proxy' },
  servers: { flanneld: { drains: ['tunRing', 'udpSocket'], dry: 'DAEMON_DRY', idle: 'DAEMON_IDLE' } },
  control: { protocol: 'flannel leases (etcd or Kubernetes)', entriesPerPeer: '1 route inside flanneld' },
  needs: ['ipv4'],
  scaling: 'one thread a node for all peers and both directions; routes are searched linearly',
});
