/**
 * Policy rules from none to 50,000, by who holds them: lists are walked rule by rule, a set is one lookup.
 * Every skb of an exchange walks them, on both hosts and both ways.
 *
 * Left out: rules that match early; programming the rules (control plane).
 */
import { twoNodes } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'policy-scale',
  title: 'request and response through 0 to 50,000 rules',
  question: 'What does a policy rule cost, by how rules are kept?',
  cluster: twoNodes(),
  machine: 'xeon-25g',
  backends: ['host', 'flannel-vxlan', 'calico-bgp', 'cilium-native'],
  traffic: { netperf: netperf('TCP_RR') },
  points: ['iptables-legacy', 'iptables-nft', 'nft', 'set'].map((ruleKind) => ({ kind: 'TCP_RR', ruleKind })),
  sweep: { rules: [0, 100, 1000, 10_000, 50_000] },
  warmupMs: 20,
  windowMs: 400,
  drainMs: 10,
});
