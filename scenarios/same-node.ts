/**
 * Both pods on one node: the bridge, the local route or a redirect; no wire, no tunnel.
 *
 * Left out: pods that share a network namespace (they talk over loopback).
 */
import { leafSpine } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'same-node',
  title: 'two pods on one node',
  question: 'What does the local path of each backend deliver?',
  cluster: leafSpine({ nodes: 1 }),
  machine: 'xeon-25g',
  traffic: { netperf: netperf('TCP_STREAM', { sameNode: true }) },
  points: [
    { kind: 'TCP_STREAM', message: 65_536 },
    { kind: 'TCP_RR', message: 1 },
    // The largest datagram that every backend's pods can send at a link MTU of 1500.
    { kind: 'UDP_STREAM', message: 1392 },
  ],
  warmupMs: 20,
  windowMs: 60,
  // Ten thousand exchanges in three seeds, so that p99 has its hundred samples.
  windowMsByKind: { TCP_RR: 400 },
  drainMs: 1,
});
