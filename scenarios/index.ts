/**
 * The shipped scenarios by name. Each file is also a scenario of its own: `tsx run scenarios/pod-to-pod.ts`.
 */
import largeCluster from './large-cluster.ts';
import type { Scenario } from './lib/define.ts';
import mtuSweep from './mtu-sweep.ts';
import podToPod from './pod-to-pod.ts';
import sameNode from './same-node.ts';

export const SCENARIOS: readonly Scenario[] = [largeCluster, podToPod, sameNode, mtuSweep];
