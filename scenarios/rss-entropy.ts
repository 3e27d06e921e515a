/**
 * Many flows between one pair of nodes: a NIC sees only outer headers, and spreads over its queues what they
 * tell apart. IPIP names two nodes and nothing else, WireGuard and Flannel UDP one pair of ports; VXLAN and
 * Geneve hash the inner flow into the source port.
 *
 * Left out: NICs that look inside IPIP (`--set machine.facts.rxInnerHash=true`), RPS (`machine.facts.rps`).
 */
import { twoNodes } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'rss-entropy',
  title: 'many streams between one pair of nodes',
  question: 'How many RX queues and cores does each encapsulation let one pair of nodes use?',
  cluster: twoNodes(),
  machine: 'xeon-25g',
  backends: [
    'host',
    'flannel-udp',
    'flannel-vxlan',
    'cilium-geneve',
    'flannel-ipip',
    'calico-ipip',
    'calico-bgp',
    'calico-wireguard',
  ],
  // Small datagrams, paced: what binds is the packets' way through the receiving host.
  traffic: { netperf: netperf('UDP_STREAM', { messageBytes: 512, paceMessagesPerS: 50_000 }) },
  sweep: { streams: [1, 4, 16] },
  warmupMs: 10,
  windowMs: 20,
  drainMs: 1,
});
