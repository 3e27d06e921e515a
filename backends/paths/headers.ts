/**
 * Outer headers that more than one path can carry, outermost first.
 * Source: docs/SOURCES.md, section "Headers".
 */
import type { Header } from '../../engine/host/backend.ts';

export const IPV4_UDP: Header = { name: 'IPv4', bytes: 20, proto: 17 };
export const IPV4_IPIP: Header = { name: 'IPv4', bytes: 20, proto: 4 };

/** VXLAN: the source port is the hash of the inner flow; the outer checksum is the sender's choice. */
export const vxlanHeaders = (dport: number, csum: boolean): readonly Header[] => [
  IPV4_UDP,
  { name: 'UDP', bytes: 8, sport: 'flowHash', dport, csum },
  { name: 'VXLAN', bytes: 8 },
  { name: 'inner Ethernet', bytes: 14 },
];

/** Geneve without options: as VXLAN with its own port, outer checksum off. */
export const GENEVE_HEADERS: readonly Header[] = [
  IPV4_UDP,
  { name: 'UDP', bytes: 8, sport: 'flowHash', dport: 6081, csum: false },
  { name: 'Geneve', bytes: 8 },
  { name: 'inner Ethernet', bytes: 14 },
];

/** WireGuard: one outer flow a node pair, both ports equal. */
export const wireguardHeaders = (port: number): readonly Header[] => [
  IPV4_UDP,
  { name: 'UDP', bytes: 8, sport: port, dport: port, csum: true },
  { name: 'WireGuard header and tag', bytes: 32 },
];
