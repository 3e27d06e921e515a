/**
 * The whole catalogue on netperf's classics: one table, grouped by how packets travel.
 *
 * Left out: the cluster around the pair; for that, `tsx run large-cluster --backends all`.
 */
import { twoNodes } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'all-backends',
  title: 'every backend of the catalogue, one pair of pods',
  question: 'What does each backend deliver between two nodes, next to all others?',
  cluster: twoNodes(),
  machine: 'xeon-25g',
  backends: ['all'],
  traffic: { netperf: netperf('TCP_STREAM') },
  points: [
    { kind: 'TCP_STREAM', message: 65_536 },
    { kind: 'TCP_RR', message: 1 },
    // The largest datagram that every backend's pods can send at a link MTU of 1500.
    { kind: 'UDP_STREAM', message: 1392 },
  ],
  warmupMs: 20,
  windowMs: 60,
  // Ten thousand exchanges in three seeds, so that p99 has its hundred samples.
  windowMsByKind: { TCP_RR: 600 },
  drainMs: 1,
});
