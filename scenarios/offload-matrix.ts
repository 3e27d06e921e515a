/**
 * One TCP stream while offloads go, one group after the other: first those for tunnels, then all of the NIC,
 * then the kernel's own GSO and GRO.
 *
 * Left out: single offloads (`--set machine.facts.tso=false`), LRO; small exchanges, which have nothing to gain.
 */
import { twoNodes } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'offload-matrix',
  title: 'one TCP stream under four sets of offloads',
  question: 'Which backend needs which offload, and what does it lose without?',
  cluster: twoNodes(),
  machine: 'xeon-25g',
  traffic: { netperf: netperf('TCP_STREAM') },
  sweep: { offloads: ['all', 'no-tunnel', 'software', 'none'] },
  warmupMs: 20,
  windowMs: 60,
});
