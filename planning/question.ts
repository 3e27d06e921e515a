/**
 * What a user tells about a cluster when asking which backend to take, and the two small clusters that stand for it:
 * the pair of nodes that is farthest apart, and a pair that shares a subnet.
 *
 * Left out: the number of nodes, jumbo frames, load: a scenario answers for those (`run large-cluster`).
 */
import type { ClusterSpec } from '../engine/core/taskSpec.ts';
import type { IpFamily } from '../engine/host/family.ts';
import type { Machine } from '../engine/host/machine.ts';
import { twoNodes } from '../scenarios/lib/cluster.ts';

/** Who has to enforce network policies: nobody, netfilter rules, eBPF programs. */
export const POLICIES = ['none', 'iptables', 'ebpf'] as const;
export type Policy = (typeof POLICIES)[number];

/** Linux major and minor. */
export type Kernel = readonly [major: number, minor: number];

export interface Question {
  readonly machine: Machine;
  /** one: a single L2 segment; rack: a subnet a rack, routed between. */
  readonly subnets: ClusterSpec['subnets'];
  readonly policy: Policy;
  /** Traffic between nodes must be encrypted. */
  readonly encrypt: boolean;
  /** The fabric takes routes to pods (BGP with the ToRs). */
  readonly bgpFabric: boolean;
  /** The platform forwards IP protocol 4. */
  readonly protocol4: boolean;
  /** The platform drops packets with addresses that are no node's own. */
  readonly sourceDestCheck: boolean;
  readonly kernel: Kernel;
  /** Addresses of pods and nodes. */
  readonly ipFamily: IpFamily;
}

/** The kernel whose data paths the declarations were read from. */
export const KERNEL_READ: Kernel = [6, 12];

export const kernelText = ([major, minor]: Kernel): string => `${major}.${minor}`;

export const olderThan = (one: Kernel, other: Kernel): boolean =>
  one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);

/** Two nodes as far apart as the question's subnets put them. */
export function farCluster(question: Question): ClusterSpec {
  const { subnets, bgpFabric, protocol4, sourceDestCheck, ipFamily } = question;
  return twoNodes({
    nodesPerRack: subnets === 'rack' ? 1 : 40,
    subnets,
    fabricKnowsPods: bgpFabric,
    protocol4Allowed: protocol4,
    sourceDestCheck,
    ipFamily,
  });
}

/** Two nodes of one subnet. */
export function nearCluster(question: Question): ClusterSpec {
  const { bgpFabric, protocol4, sourceDestCheck, ipFamily } = question;
  return twoNodes({ fabricKnowsPods: bgpFabric, protocol4Allowed: protocol4, sourceDestCheck, ipFamily });
}
