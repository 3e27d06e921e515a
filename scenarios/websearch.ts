/**
 * 200 nodes under web-search flows: few of them, but half of the bytes in flows of ten megabytes.
 *
 * Left out: a higher load (`--load 0.1`); queries that wait for their slowest answer; tails, for which flows
 * are too few (`--replications 20` shows them).
 * Flow sizes: workloads/websearch.txt.
 */
import { leafSpine } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { flows } from './lib/traffic.ts';

export default defineScenario({
  id: 'websearch',
  title: 'racks of 40 nodes: web-search flows',
  question: 'How long do small and large flows take in each backend beside each other?',
  cluster: leafSpine({ nodes: 200 }),
  machine: 'xeon-25g',
  traffic: { flows: flows('websearch', 0.03) },
  warmupMs: 50,
  windowMs: 300,
  drainMs: 450,
});
