/**
 * Streams between one pair of nodes whose links are bonds of two members: which of Linux's transmit policies lets
 * which encapsulation use both. The switch hashes the outer header in its own way for what comes back.
 *
 * Left out: more members (`--set cluster.bondLinks=4`), many node pairs, which layer2 spreads as well.
 */
import { twoNodes } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'bonding',
  title: 'streams between one pair of nodes over bonds of two links',
  question: 'Which hash policy and which encapsulation let one pair of nodes use both members of a bond?',
  cluster: twoNodes({ bondLinks: 2 }),
  machine: 'xeon-25g',
  backends: ['host', 'flannel-vxlan', 'calico-bgp', 'calico-ipip', 'calico-wireguard'],
  traffic: { netperf: netperf('TCP_STREAM') },
  sweep: { bondHash: ['layer2', 'layer3+4', 'encap3+4'], streams: [1, 8] },
  warmupMs: 20,
  windowMs: 60,
});
