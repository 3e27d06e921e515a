/**
 * Calico without encapsulation: routes to /26 blocks learnt over BGP. Inside a subnet the peer is the next
 * hop; across subnets the fabric must have the same routes.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { EGRESS_CALI, INGRESS_CALI, LOCAL_CALI } from './paths/pod.ts';

export const calicoBgp = defineBackend({
  name: 'calico-bgp',
  title: 'Calico BGP: plain routes, no bridge',
  group: 'routed',
  source: 'projectcalico/calico@87c15906 felix/dataplane/linux, confd templates for BIRD; Linux 6.12',
  paths: {
    veth: LOCAL_CALI,
    routed: { headers: [], steps: [...EGRESS_CALI, 'WIRE', ...INGRESS_CALI] },
  },
  choose: { sameNode: 'veth', sameSubnet: 'routed', crossSubnet: 'routed' },
  control: { protocol: 'BGP (BIRD), mesh or route reflectors', entriesPerPeer: '1 route a /26 block' },
  needs: ['fabricKnowsPods', 'foreignAddresses'],
  scaling: 'one route a block and node; BGP sessions grow with the square of the nodes in a full mesh',
});
