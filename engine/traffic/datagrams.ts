/** Which sockets of a task send datagrams in fragments. Left out: what an ICMP message changes later. */
import type { Cluster } from './cluster.ts';
import { R_UDP_SERVER } from './roles.ts';

/** Whether what a UDP socket of this role sends over a compiled path leaves in fragments. */
export function fragments(cluster: Cluster, role: number, path: number): boolean {
  const { setup, spec } = cluster;
  const { messageBytes, responseBytes } = spec.traffic.netperf!;
  const bytes = role === R_UDP_SERVER ? responseBytes : messageBytes;
  const { loopback } = setup.compiled.paths[path]!.path;
  return loopback !== true && bytes + setup.udpIpBytes > setup.pathMtuBytes[path]!;
}
