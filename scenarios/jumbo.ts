/**
 * Jumbo frames with and without offloads: they spare what is paid per packet, so they help who handles
 * packets. Super-packets hide the MTU from most of a host that can build them.
 *
 * Left out: MTUs between (`mtu-sweep`); a path that does not carry the frames (`wrong-mtu`).
 */
import { twoNodes } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'jumbo',
  title: 'one TCP stream at MTU 1,500 and 9,000, with and without offloads',
  question: 'Who gains from jumbo frames, and when are offloads enough?',
  cluster: twoNodes(),
  machine: 'xeon-25g',
  traffic: { netperf: netperf('TCP_STREAM') },
  sweep: { offloads: ['all', 'none'], mtu: [1500, 9000] },
  warmupMs: 20,
  windowMs: 60,
});
