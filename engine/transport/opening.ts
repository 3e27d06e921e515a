/**
 * Connections that open and end inside the run, and their entries in the conntrack tables of both hosts. A first
 * packet that finds its node's table full is dropped; a SYN that nobody answers is sent again every second
 * (tcp_syn_linear_timeouts, net/ipv4/tcp_timer.c, Linux 6.12).
 *
 * A dropped packet is priced as if it had gone through the job that dropped it. Left out: the back-off after four
 * tries, the end of tries, retries of a FIN, sequence and state checks of conntrack.
 */
import { Q_CONNTRACK } from '../core/queues.ts';
import { F_FIN, F_SYN } from '../fabric/batch.ts';
import type { Partition } from '../host/partition.ts';
import { MARK_FRESH, MARK_OPENING, MARK_TRACKED } from '../host/sockets.ts';
import type { Stack } from './stack.ts';

const SYN_RETRY_PS = 1e12; // TCP_TIMEOUT_INIT

/** Sends the SYN of socket `s`, and sees to it that it is sent again while nobody answers. */
export function openConnection(stack: Stack, p: Partition, s: number): void {
  const { sockets, setup } = p;
  sockets.openAt[s] = p.wheel.now + SYN_RETRY_PS;
  sockets.marks[s]! |= MARK_OPENING;
  // Conntrack knows a second SYN whose first it let through.
  if ((sockets.marks[s]! & MARK_TRACKED) === 0) sockets.marks[s]! |= MARK_FRESH;
  const fits = track(stack, p, s, setup.compiled.paths[sockets.path[s]!]!.tracked);
  stack.sendControl(p, s, F_SYN, fits);
  stack.syncTimer(p, s);
}

/** Sends the FIN of a connection that is over. */
export function closeConnection(stack: Stack, p: Partition, s: number): void {
  untrack(stack, p, s);
  stack.sendControl(p, s, F_FIN);
}

/** A SYN, SYN-ACK or FIN reaches its host. @returns false: conntrack has dropped it */
export function admits(stack: Stack, p: Partition, b: number): boolean {
  const { batches, sockets, setup } = p;
  const s = p.socketOf(b);
  const flags = batches.flags[b]!;
  if ((flags & F_FIN) !== 0) untrack(stack, p, s);
  // A SYN-ACK belongs to the entry that its SYN has made.
  if ((flags & F_SYN) === 0 || (sockets.marks[s]! & MARK_OPENING) !== 0) return true;
  // Two pods of one node share the entry that the SYN has made when it was sent.
  const { tracked, wired } = setup.compiled.paths[batches.path[b]!]!;
  if (track(stack, p, s, tracked && wired)) return true;
  p.lose(b, Q_CONNTRACK);
  return false;
}

/** The first packet of socket `s` at its node. @returns false: there is no room for its entry */
function track(stack: Stack, p: Partition, s: number, tracked: boolean): boolean {
  const { sockets } = p;
  if (!tracked || (sockets.marks[s]! & MARK_TRACKED) !== 0) return true;
  p.counts.offered[Q_CONNTRACK]!++;
  if (!stack.conntrack.open(sockets.node[s]!, p.wheel.now)) return false;
  sockets.marks[s]! |= MARK_TRACKED;
  return true;
}

function untrack(stack: Stack, p: Partition, s: number): void {
  const { sockets } = p;
  if ((sockets.marks[s]! & MARK_TRACKED) === 0) return;
  sockets.marks[s]! &= ~MARK_TRACKED;
  stack.conntrack.close(sockets.node[s]!, p.wheel.now);
}
