/**
 * Pods that were told the MTU of the links, as after a change of the backend or inside another overlay: who hears that
 * its packets are too large, who does not, and what clamping the MSS saves. Beside them the MTU that is right.
 *
 * Left out: switches that carry less than the nodes believe (`--set cluster.fabricMtuBytes=1450`): neither ICMP nor
 * the clamp helps there; datagrams, which go in fragments (`--set kind=UDP_STREAM --set message=4000`).
 */
import { twoNodes } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'wrong-mtu',
  title: 'one TCP stream with a pod MTU above the tunnel’s, with and without ICMP',
  question: 'Who stalls when the pods’ MTU is wrong, and what helps?',
  cluster: twoNodes(),
  machine: 'xeon-25g',
  traffic: { netperf: netperf('TCP_STREAM') },
  points: [
    { podMtuBytes: 'null', icmp: 'passed', mss: 'as-is' },
    { podMtuBytes: 1500, icmp: 'passed', mss: 'as-is' },
    { podMtuBytes: 1500, icmp: 'filtered', mss: 'as-is' },
    { podMtuBytes: 1500, icmp: 'filtered', mss: 'clamped' },
  ],
  warmupMs: 20,
  windowMs: 60,
});
