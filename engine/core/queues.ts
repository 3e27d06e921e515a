/**
 * Where packets can be lost: each queue by its name and the kernel's reason. Partitions count what was offered
 * to it and what it dropped, in packets.
 */
export const Q_RX_RING = 0;
export const Q_QDISC = 1;
export const Q_TUN_RING = 2;
export const Q_DAEMON_SOCKET = 3;
export const Q_UDP_SOCKET = 4;
export const Q_CRYPTO_RING = 5;
export const Q_TOR_PORT = 6;
export const Q_UPLINK = 7;
export const Q_DOWNLINK = 8;
/** Segments of a connection that is over: no queue's fault. */
export const Q_STALE = 9;
/** The receiver's link loses it at random. */
export const Q_RANDOM_LOSS = 10;
/** First packets of flows that find no room. */
export const Q_CONNTRACK = 11;
/** Larger than what the path's first device carries, and not to be fragmented. */
export const Q_MTU = 12;
/** Larger than what the switches carry: nobody is told. */
export const Q_FABRIC_MTU = 13;
/** Fragments of a datagram of which others are missing. */
export const Q_REASSEMBLY = 14;
/** Packets that wait for a neighbour's address, and for a WireGuard handshake: the oldest is dropped. */
export const Q_NEIGHBOUR = 15;
export const Q_STAGED = 16;

export const QUEUE_NAMES = [
  'rx ring (rx_missed)',
  'qdisc (QDISC_DROP)',
  'TUN ring (FULL_RING)',
  'daemon socket (SOCKET_RCVBUFF)',
  'UDP socket (SOCKET_RCVBUFF)',
  'crypto ring (WG_QUEUE)',
  'ToR port',
  'uplink',
  'downlink',
  'stale segment',
  'random loss',
  'conntrack table',
  'mtu exceeded',
  'fabric mtu (silent)',
  'incomplete datagram',
  'neighbour queue (NEIGH_QUEUEFULL)',
  'staged for a handshake (WireGuard)',
] as const;
