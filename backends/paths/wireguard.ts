/**
 * WireGuard's queues. A place in the peer's ring is taken before the crypto and left in that order.
 * Source: Linux 6.12 drivers/net/wireguard/{send,receive,queueing}.c (docs/SOURCES.md, section "Queues").
 */
import type { Hop } from '../../engine/host/backend.ts';

/** The list of one super-packet goes to one worker, workers in turn over the cores. */
export const ENCRYPT: Hop = {
  queue: 'wgCrypt',
  context: 'kworker',
  core: 'spread',
  serial: 'none',
  grain: 'batch',
  order: 'wgPeer',
  first: ['WAKE', 'CTXSW'],
};

/** Received packets are dealt one by one. */
export const DECRYPT: Hop = { ...ENCRYPT, grain: 'packet' };

/** One transmit worker a peer. */
export const PEER_TX: Hop = {
  queue: 'wgPeer',
  context: 'kworker',
  core: 'sched',
  serial: 'peer',
  grain: 'batch',
  first: ['CTXSW'],
};

/** The peer's NAPI, on the core that finished the next packet in order. */
export const PEER_RX: Hop = {
  queue: 'wgPeer',
  context: 'softirq',
  core: 'caller',
  serial: 'peer',
  grain: 'batch',
  first: ['NAPI_POLL'],
};
