/**
 * Flannel host-gw: a route to the peer's pod subnet whose next hop is the peer itself, so both must share a
 * layer-2 segment. No encapsulation; the bridge cni0 on both sides.
 */
import { defineBackend } from '../engine/host/backend.ts';
import { EGRESS_BRIDGE, INGRESS_BRIDGE, LOCAL_BRIDGE } from './paths/pod.ts';

export const flannelHostGw = defineBackend({
  name: 'flannel-host-gw',
  title: 'Flannel host-gw: plain routes between nodes of one L2 segment',
  group: 'routed',
  source: 'flannel-io/flannel@cdf76059 pkg/backend/hostgw, pkg/backend/route_network.go; Linux 6.12',
  paths: {
    bridge: LOCAL_BRIDGE,
    routed: { headers: [], steps: [...EGRESS_BRIDGE, 'WIRE', ...INGRESS_BRIDGE] },
  },
  choose: {
    sameNode: 'bridge',
    sameSubnet: 'routed',
    crossSubnet: { unreachable: 'host-gw routes name the peer as next hop: nodes must share an L2 segment' },
  },
  control: { protocol: 'flannel leases (etcd or Kubernetes)', entriesPerPeer: '1 route' },
  needs: ['sameL2', 'foreignAddresses'],
  scaling: 'one route a peer and node; each join dumps the route table three times on every node',
});
