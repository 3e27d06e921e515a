/**
 * Host network (`--net=host`): the baseline of every comparison. Pods share the host's namespace, addresses
 * and ports. Same-node traffic takes the loopback device: no veth, one backlog pass.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { HOOKS } from './paths/netfilter.ts';

export const host = defineBackend({
  name: 'host',
  title: 'host network, no pod network at all',
  group: 'baseline',
  source: 'Linux 6.12 net/ipv4, net/core/dev.c, drivers/net/loopback.c',
  paths: {
    loopback: { headers: [], steps: [...HOOKS, 'BACKLOG_POLL', ...HOOKS], loopback: true },
    plain: { headers: [], steps: [...HOOKS, 'WIRE', ...HOOKS] },
  },
  choose: { sameNode: 'loopback', sameSubnet: 'plain', crossSubnet: 'plain' },
  control: { protocol: 'none', entriesPerPeer: 'none: the neighbour table of the host' },
  needs: [],
  scaling: 'nothing grows with the cluster; ports of pods on one node must not collide',
});
