/**
 * One TCP stream over links of four MTUs: what larger frames save in each backend.
 *
 * Left out: a pod MTU that differs from the derived one (`--set podMtuBytes=…`).
 */
import { twoNodes } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'mtu-sweep',
  title: 'one TCP stream, link MTU 1,500 to 9,000',
  question: 'How much does a larger MTU help each backend?',
  cluster: twoNodes(),
  machine: 'xeon-25g',
  traffic: { netperf: netperf('TCP_STREAM') },
  sweep: { mtu: [1500, 3000, 4500, 9000] },
  warmupMs: 20,
  windowMs: 60,
});
