/**
 * Encryption beside the same backend without it: one stream, many streams between the same two nodes, and as
 * many streams from different nodes. Crypto workers spread over cores; what binds a pair of nodes is the one
 * worker that puts its packets back in order.
 *
 * Left out: the handshake, IPsec, NICs that encrypt.
 */
import { leafSpine } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'wireguard',
  title: 'encrypted backends beside their plain forms',
  question: 'What does encryption cost, and do more streams or more nodes help?',
  cluster: leafSpine({ nodes: 5 }),
  machine: 'xeon-25g',
  backends: [
    'host',
    'flannel-host-gw',
    'flannel-wireguard',
    'calico-bgp',
    'calico-wireguard',
    'calico-ebpf',
    'calico-ebpf-wireguard',
    'cilium-native',
    'cilium-wireguard',
  ],
  traffic: { netperf: netperf('TCP_STREAM', { matrix: 'incast', fanIn: 1 }) },
  points: [
    { kind: 'TCP_STREAM', message: 65_536, fanIn: 1, streams: 1 },
    { kind: 'TCP_STREAM', message: 65_536, fanIn: 1, streams: 4 },
    { kind: 'TCP_STREAM', message: 65_536, fanIn: 4, streams: 1 },
    { kind: 'TCP_RR', message: 1, fanIn: 1, streams: 1 },
  ],
  warmupMs: 20,
  windowMs: 60,
  // Ten thousand exchanges in three seeds, so that p99 has its hundred samples.
  windowMsByKind: { TCP_RR: 600 },
  drainMs: 1,
});
