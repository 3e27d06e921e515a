/** Whether a backend can work in a cluster: what its choice of paths, its needs and its services say. */
import type { ClusterSpec, PolicySpec } from '../core/taskSpec.ts';
import type { Backend } from './backend.ts';
import { meetsProxy } from './services.ts';

/** @returns why it cannot, in words for a table; null if it can. */
export function feasibility(backend: Backend, cluster: ClusterSpec, policy: PolicySpec): string | null {
  if (backend.needs.includes('ipv4') && cluster.ipFamily === 'ipv6') {
    return 'it works with IPv4 alone (set cluster.ipFamily=ipv4, or choose another backend)';
  }
  const crosses = cluster.subnets === 'rack' && cluster.nodes > cluster.nodesPerRack;
  const used = crosses
    ? [backend.choose.sameSubnet, backend.choose.crossSubnet]
    : [backend.choose.sameSubnet];
  for (const chosen of used) {
    if (typeof chosen !== 'string') return chosen.unreachable;
    const path = backend.paths[chosen]!;
    if (path.tunnel === 'ipip' && !cluster.protocol4Allowed) {
      return 'the platform drops IP protocol 4 (set cluster.protocol4Allowed, or choose a UDP tunnel)';
    }
    if (cluster.sourceDestCheck && path.headers.length === 0 && backend.needs.includes('foreignAddresses')) {
      return (
        "the platform drops packets with addresses that are no node's own, as pods' on plain routes are " +
        '(set cluster.sourceDestCheck=false: switch the check off, or encapsulate)'
      );
    }
    if (policy.viaService === true && !meetsProxy(path, policy)) {
      return "its pods' packets pass netfilter by, and with it every proxy but eBPF's (set policy.proxy=ebpf)";
    }
  }
  if (!crosses) return null;
  if (backend.needs.includes('sameL2')) return 'nodes are in several subnets, and it needs one L2 segment';
  const plain =
    typeof backend.choose.crossSubnet === 'string' &&
    backend.paths[backend.choose.crossSubnet]!.headers.length === 0;
  if (plain && backend.needs.includes('fabricKnowsPods') && !cluster.fabricKnowsPods) {
    return 'across subnets the fabric must know pod routes (set cluster.fabricKnowsPods, or encapsulate)';
  }
  return null;
}
