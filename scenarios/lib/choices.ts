/**
 * Settings whose values are words, with the words they take. Booleans and numbers stand elsewhere (ranges.ts).
 */
export const CHOICES: Readonly<Record<string, readonly string[]>> = {
  'traffic.netperf.kind': ['TCP_STREAM', 'TCP_RR', 'TCP_CRR', 'UDP_STREAM', 'UDP_RR'],
  'traffic.netperf.matrix': ['uniform', 'permutation', 'all-to-all', 'incast', 'pair'],
  'traffic.flows.matrix': ['uniform', 'permutation'],
  'cluster.subnets': ['one', 'rack'],
  'cluster.vxlanFlood': ['none', 'head-end', 'multicast'],
  'cluster.bondHash': ['layer2', 'layer2+3', 'layer3+4', 'encap3+4'],
  'cluster.ipFamily': ['ipv4', 'ipv6'],
  'machine.wire': ['nic', 'veth'],
  'policy.ruleKind': ['iptables-legacy', 'nft', 'iptables-nft', 'set'],
  'policy.proxy': ['none', 'iptables', 'ipvs', 'nft', 'ebpf'],
  congestion: ['cubic', 'reno', 'dctcp'],
};
