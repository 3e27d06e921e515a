/**
 * What a simulation costs as clusters grow: events and memory against nodes and load. Both are the run's own counts,
 * the same on every machine; seconds are `npm run bench -- scaling`.
 *
 * Left out: probe streams (their number is fixed, so that they would weigh less in a larger cluster); a window
 * that is long beside the longest flows (a small cluster may count as overloaded in this one).
 */
import { leafSpine } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { flows, rpc } from './lib/traffic.ts';

export default defineScenario({
  id: 'scaling',
  title: 'the large cluster’s traffic on ever more nodes',
  question: 'Do events and memory of a run grow in step with nodes and load?',
  cluster: leafSpine({ nodes: 500 }),
  machine: 'xeon-25g',
  backends: ['flannel-vxlan'],
  traffic: {
    flows: flows('fb-hadoop', 0.02),
    rpc: rpc(2000, { requestBytes: 1024, responseBytes: 1024, connections: 8 }),
  },
  sweep: { load: [0.01, 0.02, 0.04], nodes: [500, 1000, 2000, 5000, 10_000, 20_000] },
  warmupMs: 5,
  windowMs: 10,
  drainMs: 450,
  replications: 1,
});
