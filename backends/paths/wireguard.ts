/**
 * WireGuard's queues and what lies between them. A place in the peer's ring is taken before the crypto and
 * left in that order.
 * Source: Linux 6.12 drivers/net/wireguard/{send,receive,queueing}.c (docs/SOURCES.md, section "Queues").
 */
import type { Hop, Step } from '../../engine/host/backend.ts';

/** The list of one super-packet goes to one worker, workers in turn over the cores. */
const ENCRYPT: Hop = {
  queue: 'wgCrypt',
  context: 'kworker',
  core: 'spread',
  serial: 'none',
  grain: 'batch',
  order: 'wgPeer',
  first: ['WAKE', 'CTXSW'],
};

/** Received packets are dealt one by one. */
const DECRYPT: Hop = { ...ENCRYPT, grain: 'packet' };

/** One transmit worker a peer. */
const PEER_TX: Hop = {
  queue: 'wgPeer',
  context: 'kworker',
  core: 'sched',
  serial: 'peer',
  grain: 'batch',
  first: ['CTXSW'],
};

/** The peer's NAPI, on the core that finished the next packet in order. */
const PEER_RX: Hop = {
  queue: 'wgPeer',
  context: 'softirq',
  core: 'caller',
  serial: 'peer',
  grain: 'batch',
  first: ['NAPI_POLL'],
};

/** wg_xmit to the outer headers: split and copied (no scatter-gather), encrypted, sent in peer order. */
export const WIREGUARD_OUT: readonly Step[] = [
  'TUN_DEV_XMIT',
  'GSO_SW',
  'COPY_CSUM_K2K',
  'CRYPT_ENQ',
  ENCRYPT,
  'CRYPT',
  PEER_TX,
  'ENCAP',
];

/** encap_rcv to the plain packets: decrypted over the cores, merged by the peer's NAPI. */
export const WIREGUARD_IN: readonly Step[] = [
  'UDP_RCV_TUN',
  'CRYPT_ENQ',
  DECRYPT,
  'CRYPT',
  PEER_RX,
  'DECAP',
  'GRO',
];
