/**
 * The shipped scenarios by name. Each file is also a scenario of its own: `tsx run scenarios/pod-to-pod.ts`.
 */
import allBackends from './all-backends.ts';
import bonding from './bonding.ts';
import ciSmoke from './ci-smoke.ts';
import crossSubnet from './cross-subnet.ts';
import incast from './incast.ts';
import jumbo from './jumbo.ts';
import largeCluster from './large-cluster.ts';
import type { Scenario } from './lib/define.ts';
import loadSweep from './load-sweep.ts';
import mtuSweep from './mtu-sweep.ts';
import offloadMatrix from './offload-matrix.ts';
import podToPod from './pod-to-pod.ts';
import policyScale from './policy-scale.ts';
import rssEntropy from './rss-entropy.ts';
import sameNode from './same-node.ts';
import scaling from './scaling.ts';
import serviceScale from './service-scale.ts';
import websearch from './websearch.ts';
import wireguard from './wireguard.ts';
import wrongMtu from './wrong-mtu.ts';

export const SCENARIOS: readonly Scenario[] = [
  largeCluster,
  podToPod,
  sameNode,
  mtuSweep,
  allBackends,
  offloadMatrix,
  jumbo,
  wrongMtu,
  rssEntropy,
  bonding,
  crossSubnet,
  wireguard,
  incast,
  loadSweep,
  policyScale,
  serviceScale,
  websearch,
  scaling,
  ciSmoke,
];
