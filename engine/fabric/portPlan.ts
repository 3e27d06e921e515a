/**
 * Which port of a partition is whose: the NIC of each node, the ToR's port to each node, uplinks, the spines' ports
 * toward the rack; behind them, member by member of a bond, the further NICs and ToR ports of all nodes.
 */
import type { Partition } from '../host/partition.ts';

type Plan = Pick<Partition, 'nodeCount' | 'setup'>;

export function portCount(nodeCount: number, uplinks: number, bondLinks: number): number {
  return nodeCount * 2 * bondLinks + uplinks * 2;
}

const base = ({ nodeCount, setup }: Plan, member: number): number =>
  member === 0 ? 0 : (nodeCount + setup.uplinks) * 2 + (member - 1) * 2 * nodeCount;

/** NIC of a local node, or its bond's member. */
export const nicPort = (p: Plan, local: number, member: number): number => base(p, member) + local;

/** The ToR's port to a local node, or the other end of its bond's member. */
export const torPort = (p: Plan, local: number, member: number): number =>
  base(p, member) + p.nodeCount + local;

/** 0: NIC, 1: ToR port, 2: uplink, 3: spine port. */
export function portClass(p: Plan, port: number): 0 | 1 | 2 | 3 {
  const { nodeCount, setup } = p;
  const further = port - (nodeCount + setup.uplinks) * 2;
  const host = further < 0 ? port : further % (2 * nodeCount);
  if (host < nodeCount) return 0;
  if (host < 2 * nodeCount) return 1;
  return host < 2 * nodeCount + setup.uplinks ? 2 : 3;
}

/** A port's name for people. */
export function portName(p: Plan & Pick<Partition, 'firstNode' | 'index'>, port: number): string {
  const { nodeCount, setup } = p;
  const further = port - (nodeCount + setup.uplinks) * 2;
  const host = further < 0 ? port : further % (2 * nodeCount);
  const member = further < 0 ? 0 : 1 + Math.floor(further / (2 * nodeCount));
  const link = setup.cluster.bondLinks > 1 ? `, member ${member}` : '';
  if (host < nodeCount) return `NIC of node ${p.firstNode + host} to its switch${link}`;
  if (host < 2 * nodeCount)
    return `switch of rack ${p.index} to node ${p.firstNode + host - nodeCount}${link}`;
  const up = host - 2 * nodeCount;
  return up < setup.uplinks
    ? `uplink ${up} of rack ${p.index}`
    : `spine ${up - setup.uplinks} to rack ${p.index}`;
}

/** Largest of `values` (by port) over a local node's NICs, or over the ToR's ports to it. */
export function busiestLink(
  p: Plan,
  local: number,
  port: typeof nicPort | typeof torPort,
  values: (port: number) => number,
): number {
  let most = values(port(p, local, 0));
  for (let m = 1; m < p.setup.cluster.bondLinks; m++) {
    const value = values(port(p, local, m));
    if (value > most) most = value;
  }
  return most;
}
