/**
 * Datagrams in fragments: each is a packet of its own below IP, and the receiver's socket gets all of them or none.
 * They show no ports, so that RSS and ECMP place them by addresses (engine/traffic/connect.ts).
 *
 * Packets of one flow stay in order here: a fragment of the next datagram shows that the rest of the last is lost.
 * Left out: the 30 s that the kernel waits for it, the memory limit of reassembly, fragments of TCP.
 * Source: net/ipv4/ip_fragment.c, ip_output.c, Linux 6.12.
 */
import { Q_REASSEMBLY, Q_UDP_SOCKET } from '../core/queues.ts';
import { F_FRAG, F_UDP } from '../fabric/batch.ts';
import { type FragmentPlan, fragmentPlan } from '../host/fragmentPlan.ts';
import { leaveLane } from '../host/napi.ts';
import { note } from '../host/notes.ts';
import type { Partition } from '../host/partition.ts';
import { MARK_PMTU } from '../host/sockets.ts';
import { refused } from './pathMtu.ts';
import { firstLane, keepsSocket, newSegment } from './segment.ts';

/** One datagram of `bytes` in fragments of at most `mtuBytes`; its system call is paid already. */
export function sendFragments(p: Partition, s: number, bytes: number, mtuBytes: number): void {
  const { batches, sockets, setup } = p;
  const plan = planFor(p, sockets.path[s]!, bytes, mtuBytes);
  const name = sockets.delivered[s]!;
  p.charge(setup.compiled.row.fragTx, 0, plan.count, 0);
  p.counts.sentPackets += plan.count;
  for (const group of plan.groups) {
    const b = newSegment(p, s, F_UDP | F_FRAG);
    batches.seq[b] = sockets.delivered[s]!;
    sockets.delivered[s]! += group.bytes;
    batches.bytes[b] = group.bytes;
    batches.packets[b] = group.count;
    batches.units[b] = group.count;
    batches.tsVal[b] = name;
    batches.tsEcr[b] = plan.count;
    batches.wire[b] = group.wireBytes;
    const lane = firstLane(p, s, b);
    // In IPv6 no router cuts it smaller.
    if (refused(p, b, group.ipBytes)) {
      if (setup.cluster.pmtud) sockets.marks[s]! |= MARK_PMTU;
      continue;
    }
    if (keepsSocket(p, b, lane)) {
      sockets.sndBytes[s]! += group.bytes;
      batches.from[b] = s;
    }
    leaveLane(p, b, lane);
  }
}

/** A task has few sizes: each is planned once. */
function planFor(p: Partition, path: number, bytes: number, mtuBytes: number): FragmentPlan {
  const key = (path * 131_072 + bytes) * 65_536 + mtuBytes;
  let plan = p.fragmentPlans.get(key);
  if (plan === undefined) {
    plan = fragmentPlan(p.setup, path, bytes, mtuBytes);
    p.fragmentPlans.set(key, plan);
  }
  return plan;
}

/** Fragments reach the receiver's IP; the last one lets the datagram into the socket, if there is room. */
export function deliverFragments(p: Partition, arrived: number): void {
  const { batches, sockets, setup } = p;
  const { row } = setup.compiled;
  const n = batches.packets[arrived]!;
  p.charge(row.fragRx, n, n, batches.bytes[arrived]!);
  const b = reassemble(p, arrived);
  if (batches.packets[b]! < batches.tsEcr[b]!) return;
  const s = p.socketOf(b);
  p.reassembly.delete(s);
  const packets = batches.packets[b]!;
  p.charge(row.fragDone, 1, packets, 0);
  const truesize = setup.machine.nic.rxTruesizeBytes * packets;
  p.counts.offered[Q_UDP_SOCKET]! += packets;
  if (sockets.rcvPackets[s]! * truesize > setup.machine.udpRcvbufBytes) {
    p.lose(b, Q_UDP_SOCKET);
    return;
  }
  sockets.rcvPackets[s]! += 1;
  sockets.rcvUnits[s]! += 1;
  sockets.rcvBytes[s]! += batches.bytes[b]!;
  p.counts.deliveredPackets += packets;
  p.counts.deliveredUnits += 1;
  p.consume(b);
  if (sockets.thread[s]! >= 0) note(p, s, 1);
}

/** Adds batch `b` to the datagram that its socket gathers. @returns that datagram's batch */
function reassemble(p: Partition, b: number): number {
  const { batches, reassembly } = p;
  const s = p.socketOf(b);
  const held = reassembly.get(s);
  p.counts.offered[Q_REASSEMBLY]! += batches.packets[b]!;
  if (held !== undefined && batches.tsVal[held] === batches.tsVal[b]) {
    batches.packets[held]! += batches.packets[b]!;
    batches.bytes[held]! += batches.bytes[b]!;
    batches.free(b);
    return held;
  }
  if (held !== undefined) p.lose(held, Q_REASSEMBLY);
  reassembly.set(s, b);
  return b;
}
