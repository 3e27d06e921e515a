/**
 * One pod talks to one pod on another node: netperf's classics.
 *
 * Left out: the path through a service address; more message sizes (`--sweep message=64,1024,65536`).
 */
import { twoNodes } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'pod-to-pod',
  title: 'two nodes in one rack, one pair of pods',
  question: 'Which backend is fastest between two nodes, and what limits it?',
  cluster: twoNodes(),
  machine: 'xeon-25g',
  traffic: { netperf: netperf('TCP_STREAM') },
  points: [
    { kind: 'TCP_STREAM', message: 65_536, streams: 1 },
    { kind: 'TCP_STREAM', message: 65_536, streams: 4 },
    { kind: 'TCP_RR', message: 1, streams: 1 },
    // The largest datagram that every backend's pods can send at a link MTU of 1500.
    { kind: 'UDP_STREAM', message: 1392, streams: 1 },
  ],
  warmupMs: 20,
  windowMs: 60,
  // Ten thousand exchanges in three seeds, so that p99 has its hundred samples.
  windowMsByKind: { TCP_RR: 600 },
  drainMs: 1,
});
