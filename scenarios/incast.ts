/**
 * Many senders, one receiver: the ToR's port to it fills, drops, and TCP shares what is left.
 *
 * Left out: synchronised short responses (these are lasting streams); ECN (`--set cluster.ecnBytes=100000
 * --set congestion=dctcp`).
 */
import { leafSpine } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'incast',
  title: 'streams from many nodes into one',
  question: 'What does one node receive when many send to it, and what stops it: line, cores or drops?',
  cluster: leafSpine({ nodes: 33 }),
  machine: 'xeon-25g',
  traffic: { netperf: netperf('TCP_STREAM', { matrix: 'incast', fanIn: 32 }) },
  sweep: { fanIn: [2, 8, 32] },
  warmupMs: 50,
  windowMs: 100,
});
