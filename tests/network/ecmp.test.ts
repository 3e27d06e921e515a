/**
 * ECMP over one hashing tier: uplinks are used as balls fall into bins, with switches' own seeds and with one seed for
 * all. Polarisation shows as racks that agree, and leaves no uplink unused beyond chance. Bounds are from theory.
 */
import { deepEqual, notDeepEqual, ok } from 'node:assert/strict';
import test from 'node:test';
import { buildCluster } from '../../engine/build.ts';
import { mix32 } from '../../engine/core/toeplitz.ts';
import { ecmpHash, nodeAddress } from '../../engine/fabric/address.ts';
import { runTask } from '../../engine/task.ts';
import { NO_FLOWS } from '../../engine/traffic/flows.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

const RACKS = 8;
const UPLINKS = 4;
/** Flows from every node to every other node, one datagram of 200 bytes each. */
const STREAMS = 2;

/** Packets by rack and uplink: every node to every other node, racks of two. */
function uplinkPackets(ecmpPolarised: boolean, backend: string): number[][] {
  let packets: number[][] = [];
  runTask(
    tinyTask({
      ...{ backend, warmupPs: 0, windowPs: 2.6e9, drainPs: 1e9 },
      cluster: { nodes: RACKS * 2, nodesPerRack: 2, uplinks: UPLINKS, ecmpPolarised },
      traffic: netperfTraffic('UDP_STREAM', {
        ...{ matrix: 'all-to-all', streams: STREAMS, paceMessagesPerS: 400, messageBytes: 200 },
      }),
    }),
    {
      done: ({ partitions }) => {
        packets = partitions.map((p) => [0, 1, 2, 3].map((u) => p.ports.packets(4 + u)));
      },
    },
  );
  return packets;
}

// A node sends to 14 nodes in other racks: a rack's uplinks carry 2 × 14 × STREAMS flows.
const FLOWS = 2 * 14 * STREAMS;

for (const polarised of [false, true]) {
  test(`ports in the header: uplinks fill as bins do, ${polarised ? 'one seed' : 'own seeds'}`, () => {
    const all = uplinkPackets(polarised, 'calico-bgp');
    // 56 flows over 4: mean 14, standard deviation sqrt(56 × 1/4 × 3/4) = 3.24. Each rack for itself.
    for (const uplinks of all) {
      deepEqual([uplinks.length, uplinks.reduce((sum, n) => sum + n, 0)], [UPLINKS, FLOWS]);
      for (const n of uplinks) ok(Math.abs(n - 14) < 4 * 3.24, `${uplinks}`);
    }
    // 32 bins together: chi² with 24 degrees of freedom is below 51.2 in 999 of 1,000 cases.
    const chi2 = all.flat().reduce((sum, n) => sum + (n - 14) ** 2 / 14, 0);
    ok(chi2 < 51.2, `chi² ${chi2.toFixed(1)}`);
  });

  test(`node pairs only (IPIP): uplinks empty as by chance, ${polarised ? 'one seed' : 'own seeds'}`, () => {
    let empty = 0;
    let chi2 = 0;
    for (let seed = 1; seed <= 300; seed++) {
      for (const pairs of pairsByUplink(seed, polarised)) {
        if (pairs.includes(0)) empty++;
        chi2 += pairs.reduce((sum, n) => sum + (n - 7) ** 2 / 7, 0);
      }
    }
    // 28 pairs in 4 bins: one is empty in 4 × 0.75^28 = 0.127 % of 2,400 racks, 3.05 of them (Poisson).
    ok(empty <= 10, `${empty} racks`);
    // Mean 3 (degrees of freedom) with a standard deviation of sqrt(6 / 2400) = 0.05.
    ok(Math.abs(chi2 / 2400 - 3) < 4 * 0.05, `${chi2 / 2400}`);
  });
}

/** Node pairs by rack and uplink, as the ToRs place them. */
function pairsByUplink(seed: number, ecmpPolarised: boolean): number[][] {
  const cluster = { nodes: RACKS * 2, nodesPerRack: 2, uplinks: UPLINKS, ecmpPolarised };
  const { ecmpSeed } = buildCluster(tinyTask({ seed, cluster, traffic: {} }), NO_FLOWS).setup;
  return [...ecmpSeed].map((own, rack) => {
    const pairs = new Array<number>(UPLINKS).fill(0);
    for (const from of [2 * rack, 2 * rack + 1]) {
      for (let to = 0; to < RACKS * 2; to++) {
        if (to >> 1 !== rack) pairs[(mix32(pairHash(from, to), own) >>> 0) % UPLINKS]!++;
      }
    }
    return pairs;
  });
}

const pairHash = (from: number, to: number): number =>
  ecmpHash({ src: nodeAddress(from), dst: nodeAddress(to), sport: 0, dport: 0, proto: 4 });

test('one seed for all makes racks agree about a header, own seeds do not', () => {
  const seeds = (ecmpPolarised: boolean): number =>
    new Set(
      buildCluster(tinyTask({ cluster: { nodes: 8, nodesPerRack: 1, ecmpPolarised }, traffic: {} }), NO_FLOWS)
        .setup.ecmpSeed,
    ).size;
  deepEqual([seeds(true), seeds(false)], [1, 8]);
});

test('the hashes follow the seed of the run, or one of their own: the same traffic on other links', () => {
  const seedsOf = (cluster: { ecmpSeed?: number }): number[] => {
    const nodes = { nodes: 8, nodesPerRack: 1, ...cluster };
    return [...buildCluster(tinyTask({ seed: 5, cluster: nodes, traffic: {} }), NO_FLOWS).setup.ecmpSeed];
  };
  deepEqual(seedsOf({ ecmpSeed: 5 }), seedsOf({}));
  notDeepEqual(seedsOf({ ecmpSeed: 6 }), seedsOf({}));
});
