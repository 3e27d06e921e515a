/**
 * The smallest run on which a gate can stand: requests between eight nodes, then a bulk stream beside a few of them,
 * every default backend, and as many seeds as a verdict on two hundred figures needs.
 *
 * Left out: flows of empirical sizes (a large one late in a short window reads as overload), loads near a knee.
 */
import { leafSpine } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { rpc } from './lib/traffic.ts';

export default defineScenario({
  id: 'ci-smoke',
  title: 'eight nodes, requests and a bulk stream',
  question: 'Has anything changed since the baseline?',
  cluster: leafSpine({ nodes: 8, nodesPerRack: 4, uplinks: 2 }),
  machine: 'xeon-25g',
  traffic: {
    rpc: rpc(10_000, { requestBytes: 1024, responseBytes: 1024, connections: 8 }),
    probePairs: 0,
  },
  points: [
    // Ten thousand requests a seed, so that each seed has its own p99; a bulk stream would set it by its drops.
    { requests: 10_000, probes: 0 },
    { requests: 500, probes: 1 },
  ],
  warmupMs: 5,
  windowMs: 130,
  drainMs: 50,
  replications: 13,
});
