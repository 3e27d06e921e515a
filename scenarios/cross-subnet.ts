/**
 * A cluster with a subnet a rack, a pair of nodes inside one subnet and one across: DirectRouting and
 * CrossSubnet encapsulate only where they must, tunnels always, and plain routes need a fabric that knows the
 * pods (`--set cluster.fabricKnowsPods=true`) or do not work at all.
 *
 * Left out: routers between subnets that are slower than switches.
 */
import { leafSpine } from './lib/cluster.ts';
import { defineScenario } from './lib/define.ts';
import { netperf } from './lib/traffic.ts';

export default defineScenario({
  id: 'cross-subnet',
  title: 'one pair of pods, inside a subnet and across',
  question: 'Which backends work across subnets, and what does crossing cost them?',
  cluster: leafSpine({ nodes: 4, nodesPerRack: 2, subnets: 'rack' }),
  machine: 'xeon-25g',
  backends: [
    'host',
    'flannel-host-gw',
    'calico-bgp',
    'flannel-vxlan',
    'flannel-vxlan-directrouting',
    'calico-ipip',
    'calico-ipip-crosssubnet',
    'calico-vxlan',
    'calico-vxlan-crosssubnet',
  ],
  traffic: { netperf: netperf('TCP_STREAM') },
  points: [
    { kind: 'TCP_STREAM', message: 65_536 },
    { kind: 'TCP_RR', message: 1 },
  ],
  sweep: { place: ['same-subnet', 'cross-subnet'] },
  warmupMs: 20,
  windowMs: 60,
  // Ten thousand exchanges in three seeds, so that p99 has its hundred samples.
  windowMsByKind: { TCP_RR: 600 },
  drainMs: 1,
});
