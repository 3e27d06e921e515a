/**
 * Connections to a service among 10 to 20,000, by who translates its address: each opens, asks one byte, closes.
 * iptables walks the list of services for every new flow on both hosts; the others look the service up.
 *
 * Left out: programming the proxies (control plane); endpoints on the client's own node.
 */
import { twoNodes } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'service-scale',
  title: 'connections through 10 to 20,000 services',
  question: 'What does a service cost a new connection, by kind of proxy?',
  cluster: twoNodes(),
  machine: 'xeon-25g',
  backends: ['host', 'flannel-vxlan', 'calico-bgp', 'cilium-legacy'],
  traffic: { netperf: netperf('TCP_CRR') },
  policy: { rules: 0, ruleKind: 'iptables-nft', endpoints: 10, viaService: true },
  points: ['iptables', 'ipvs', 'nft', 'ebpf'].map((proxy) => ({ kind: 'TCP_CRR', proxy })),
  sweep: { services: [10, 100, 1000, 10_000, 20_000] },
  warmupMs: 20,
  windowMs: 400,
  drainMs: 10,
});
