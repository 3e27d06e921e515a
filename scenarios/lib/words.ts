/**
 * Dimensions whose values are words: one word sets several settings, so that a table has one column for what
 * only makes sense together. `--set offloads=none` and `--sweep place=same-subnet,cross-subnet` take them too.
 *
 * Left out: words of the user's own (list them as points with dotted paths).
 */
import type { DimValue } from './define.ts';

type Changes = Readonly<Record<string, DimValue>>;

const offloads = (on: readonly string[]): Changes =>
  Object.fromEntries(
    ['gso', 'gro', 'tso', 'udpTunnelTso', 'ipipTso', 'rxInnerCsum', 'tunnelTxCsum'].map((fact) => [
      `machine.facts.${fact}`,
      String(on.includes(fact)),
    ]),
  );

/** Dimension → word → dotted path → value. */
export const WORDS: Readonly<Record<string, Readonly<Record<string, Changes>>>> = {
  /** Who makes packets of super-packets, and back: NIC also inside tunnels, NIC, kernel, nobody. */
  offloads: {
    all: offloads(['gso', 'gro', 'tso', 'udpTunnelTso', 'ipipTso', 'rxInnerCsum', 'tunnelTxCsum']),
    'no-tunnel': offloads(['gso', 'gro', 'tso']),
    software: offloads(['gso', 'gro']),
    none: offloads([]),
  },
  /** Whether senders hear that a packet was too large. */
  icmp: { passed: { 'cluster.pmtud': 'true' }, filtered: { 'cluster.pmtud': 'false' } },
  /** Whether nodes lower the MSS of connections to what their devices carry. */
  mss: { 'as-is': { 'cluster.mssClamp': 'false' }, clamped: { 'cluster.mssClamp': 'true' } },
  /** Where the two nodes of a netperf pair stand in a cluster with a subnet a rack. */
  place: {
    'same-subnet': { 'cluster.subnets': 'rack', 'cluster.nodesPerRack': 2 },
    'cross-subnet': { 'cluster.subnets': 'rack', 'cluster.nodesPerRack': 1 },
  },
};
