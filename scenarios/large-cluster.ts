/**
 * 2,000 nodes under real traffic: short flows, RPCs and a few bulk streams, every default backend.
 *
 * Left out: long flows (a 20 ms window cannot finish them); handshakes (flows take warm connections).
 * Source: DESIGN section 5. Flow sizes: workloads/fb-hadoop.txt.
 */
import { leafSpine } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { flows, rpc } from './lib/traffic.ts';

export default defineScenario({
  id: 'large-cluster',
  title: 'racks of 40 nodes: Hadoop flows, RPCs and probe streams',
  question: 'What does each backend cost and deliver in a large cluster under mixed traffic?',
  cluster: leafSpine({
    nodes: 2000,
    nodesPerRack: 40,
    linkGbps: 25,
    uplinks: 4,
    uplinkGbps: 100,
    fabricDelayNs: 1000,
    mtuBytes: 1500,
    subnets: 'one',
  }),
  machine: 'xeon-25g',
  traffic: {
    flows: flows('fb-hadoop', 0.02),
    rpc: rpc(2000, { requestBytes: 1024, responseBytes: 1024, connections: 8 }),
    probePairs: 20,
  },
  warmupMs: 10,
  windowMs: 20,
  drainMs: 450,
});
