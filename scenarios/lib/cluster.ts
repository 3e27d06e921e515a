/**
 * Builders of clusters: a leaf-spine fabric with the defaults that the scenarios share.
 *
 * Left out: more than two tiers, unequal racks (the last one may be short).
 */
import type { ClusterSpec } from '../../engine/core/taskSpec.ts';

/**
 * Racks of 40 at 25 GbE, 4 × 100 GbE uplinks a rack, MTU 1,500, one L2 domain.
 *
 * Delays, one way: 1,000 ns between rack and spine with the spine's switching; 500 ns between host and ToR
 * with the ToR's. Assumed: a cut-through or store-and-forward ToR takes 300…450 ns by its data sheets and 3
 * m of cable another 15 ns; MAC and PHY with FEC of both ends make up the rest. Buffers of 1 MB a port:
 * assumed, the share that one port of a 32 MB shared-memory switch gets with all 32 ports busy. ECN off, as
 * most fabrics ship.
 */
export function leafSpine(cluster: Partial<ClusterSpec> & Pick<ClusterSpec, 'nodes'>): ClusterSpec {
  return {
    nodesPerRack: 40,
    uplinks: 4,
    linkGbps: 25,
    uplinkGbps: 100,
    hostDelayNs: 500,
    fabricDelayNs: 1000,
    bufferBytes: 1_000_000,
    ecnBytes: 0,
    mtuBytes: 1500,
    fabricMtuBytes: null,
    pmtud: true,
    mssClamp: false,
    subnets: 'one',
    fabricKnowsPods: false,
    protocol4Allowed: true,
    sourceDestCheck: false,
    ecmpPolarised: false,
    coldNeighbours: false,
    broadcastsPerS: 0,
    vxlanFlood: 'none',
    bondLinks: 1,
    bondHash: 'layer2',
    lossRate: 0,
    ipFamily: 'ipv4',
    ...cluster,
  };
}

/** Two nodes under one ToR. */
export function twoNodes(cluster: Partial<ClusterSpec> = {}): ClusterSpec {
  return leafSpine({ nodes: 2, ...cluster });
}
