/**
 * Workers that keep a peer's order: a batch takes its place in the peer's ring, its crypto is dealt over the
 * cores' kworkers (a whole GSO list on one, or packet by packet), and one serial worker (transmit) or NAPI
 * (receive) takes finished batches from the head of the ring.
 *
 * Left out: per-device rings apart from the peers'. What waits for a handshake: opens.ts.
 * Source: drivers/net/wireguard/{send,receive,queueing}.c, Linux 6.12 (rings of 1,024).
 */

import { Q_CRYPTO_RING } from '../core/queues.ts';
import { ROW_SHIFT, STRIDE } from '../core/table.ts';
import type { Lane } from './compile.ts';
import { raise, wakeThread } from './cores.ts';
import { leaveLane } from './napi.ts';
import type { Partition } from './partition.ts';
import { N_PEER, T_KWORKER } from './tables.ts';
import { chargeWake } from './wake.ts';

const RING_ENTRIES = 1024; // MAX_QUEUED_PACKETS, drivers/net/wireguard/messages.h

function peerFor(p: Partition, local: number, remote: number): number {
  const key = local * p.setup.cluster.nodes + remote;
  const known = p.peerOf.get(key);
  if (known !== undefined) return known;
  const k = p.peers.add();
  p.peerOf.set(key, k);
  const core = p.coreBase(local) + (remote % p.setup.cores) * STRIDE;
  p.peers.thread[k] = kworker(p, core);
  p.peers.napi[k] = p.napis.add(N_PEER, core, k);
  p.peers.turn[k] = remote % p.setup.cores;
  return k;
}

/** The kworker of a core, made on first use. */
function kworker(p: Partition, core: number): number {
  let t = p.hosts.kworkers[core >> ROW_SHIFT]!;
  if (t < 0) {
    t = p.threads.add(core, T_KWORKER);
    p.hosts.kworkers[core >> ROW_SHIFT] = t;
  }
  return t;
}

const localOf = (p: Partition, b: number, receiver: boolean): number =>
  (receiver ? p.batches.dstNode[b]! : p.batches.srcNode[b]!) - p.firstNode;

const peerOfBatch = (p: Partition, b: number, receiver: boolean): number =>
  peerFor(p, localOf(p, b, receiver), receiver ? p.batches.srcNode[b]! : p.batches.dstNode[b]!);

/** Chooses the cores for the batch's crypto while its enqueueing job is priced, and pays their wake-ups. */
export function dealOut(p: Partition, b: number, lane: Lane): void {
  const { batches, peers, setup } = p;
  const local = localOf(p, b, lane.endsAtReceiver);
  const k = peerOfBatch(p, b, lane.endsAtReceiver);
  const next = setup.compiled.paths[batches.path[b]!]!.lanes[batches.lane[b]! + 1]!;
  // Only the list of one super-packet stays together: datagrams and single segments are lists of their own.
  const each = next.hop!.grain === 'packet' || batches.units[b] === batches.packets[b];
  const shares = each ? batches.packets[b]! : 1;
  const start = peers.turn[k]!;
  batches.parts[b] = start * 2 + (each ? 1 : 0);
  peers.turn[k] = (start + shares) % setup.cores;
  const base = p.coreBase(local);
  const workers = Math.min(shares, setup.cores);
  for (let i = 0; i < workers; i++) chargeWake(p, kworker(p, base + ((start + i) % setup.cores) * STRIDE));
}

/** The enqueueing job has ended: the batch takes its place and goes to the workers. */
export function cryptQueue(p: Partition, b: number, core: number): void {
  const { batches, peers, setup } = p;
  const lane = setup.compiled.paths[batches.path[b]!]!.lanes[batches.lane[b]!]!;
  const k = peerOfBatch(p, b, lane.receiver);
  const n = batches.packets[b]!;
  p.counts.offered[Q_CRYPTO_RING]! += n;
  // A list of segments from one skb is one entry of the transmit ring; received packets are one each.
  const room = lane.receiver
    ? RING_ENTRIES - peers.rxEntries[k]!
    : peers.txEntries[k]! < RING_ENTRIES
      ? n
      : 0;
  if (room < n) {
    if (room <= 0) {
      const sock = lane.receiver ? -1 : batches.from[b]!;
      const bytes = batches.bytes[b]!;
      p.lose(b, Q_CRYPTO_RING);
      // Where nothing before has orphaned the skb, freeing it tells its socket.
      if (sock >= 0) p.upper.completed(p, sock, bytes, core);
      return;
    }
    p.drop(Q_CRYPTO_RING, n - room);
    batches.truncate(b, room);
  }
  const each = (batches.parts[b]! & 1) === 1;
  let turn = batches.parts[b]! >> 1;
  // Packets that go to several workers part here: each is done when its own worker is.
  while (each && batches.packets[b]! > 1) {
    enqueue(p, batches.splitFront(b, 1), k, lane.receiver, turn++);
  }
  enqueue(p, b, k, lane.receiver, turn);
}

/** Puts batch `b` into the ring of peer `k` and on the list of one worker. */
function enqueue(p: Partition, b: number, k: number, receiver: boolean, turn: number): void {
  const { batches, peers, items, threads, setup } = p;
  const n = batches.packets[b]!;
  batches.next[b] = -1;
  if (receiver) {
    if (peers.rxHead[k]! < 0) peers.rxHead[k] = b;
    else batches.next[peers.rxTail[k]!] = b;
    peers.rxTail[k] = b;
    peers.rxEntries[k]! += n;
  } else {
    if (peers.txHead[k]! < 0) peers.txHead[k] = b;
    else batches.next[peers.txTail[k]!] = b;
    peers.txTail[k] = b;
    peers.txEntries[k]! += 1;
  }
  batches.parts[b] = 1;
  const t = kworker(p, p.coreBase(localOf(p, b, receiver)) + (turn % setup.cores) * STRIDE);
  const item = items.alloc();
  items.ref[item] = b;
  items.packets[item] = n;
  items.bytes[item] = batches.bytes[b]!;
  items.next[item] = -1;
  if (threads.aHead[t]! < 0) threads.aHead[t] = item;
  else items.next[threads.aTail[t]!] = item;
  threads.aTail[t] = item;
  wakeThread(p, t);
}

/** Batches reach the peer's ring with their crypto; nothing is emitted into it directly. */
export function peerOrder(_p: Partition, _b: number): never {
  throw new Error('a path enters the peer ring through its crypto queue');
}

/** One job of a kworker: serial transmit of peers first, then one share of crypto. False: nothing to do. */
export function kworkerJob(p: Partition, t: number): boolean {
  const { threads, items, batches, setup, cores } = p;
  let worked = false;
  while (p.job.ns < setup.jobCapNs) {
    const k = threads.bHead[t]!;
    if (k >= 0) {
      worked = transmitPeer(p, t, k) || worked;
      continue;
    }
    const item = threads.aHead[t]!;
    if (item < 0) break;
    threads.aHead[t] = items.next[item]!;
    const b = items.ref[item]!;
    const lane = setup.compiled.paths[batches.path[b]!]!.lanes[batches.lane[b]!]!;
    const whole = batches.units[b]! < batches.packets[b]!;
    p.charge(lane.rowPlain, whole ? 1 : items.packets[item]!, items.packets[item]!, items.bytes[item]!);
    if (!lane.receiver) chargeWake(p, p.peers.thread[peerOfBatch(p, b, false)]!);
    items.next[item] = cores.doneItem[p.job.core]!;
    cores.doneItem[p.job.core] = item;
    worked = true;
  }
  return worked;
}

/** Takes finished batches of peer `k` in order; unlists the peer when its head is not done. */
function transmitPeer(p: Partition, t: number, k: number): boolean {
  const { peers, batches, threads, setup } = p;
  let worked = false;
  while (p.job.ns < setup.jobCapNs) {
    const b = peers.txHead[k]!;
    if (b < 0 || batches.parts[b]! > 0) {
      threads.bHead[t] = peers.next[k]!;
      peers.next[k] = -1;
      peers.txListed[k] = 0;
      return worked;
    }
    peers.txHead[k] = batches.next[b]!;
    peers.txEntries[k]! -= 1;
    const lane = setup.compiled.paths[batches.path[b]!]!.lanes[batches.lane[b]!]!;
    p.charge(lane.rowPlain, batches.units[b]!, batches.packets[b]!, batches.bytes[b]!);
    leaveLane(p, b, lane);
    worked = true;
  }
  return worked;
}

/** The job that ran these shares has ended: finished batches may leave their peer's ring. */
export function sharesDone(p: Partition, core: number): void {
  const { cores, items, batches } = p;
  let item = cores.doneItem[core]!;
  cores.doneItem[core] = -1;
  while (item >= 0) {
    const next = items.next[item]!;
    const b = items.ref[item]!;
    items.free(item);
    batches.parts[b]! -= 1;
    if (batches.parts[b] === 0) batchDone(p, b, core);
    item = next;
  }
}

function batchDone(p: Partition, b: number, core: number): void {
  const { batches, peers, napis, threads, setup } = p;
  const lane = setup.compiled.paths[batches.path[b]!]!.lanes[batches.lane[b]!]!;
  const k = peerOfBatch(p, b, lane.receiver);
  batches.lane[b]! += 1;
  if (lane.receiver) {
    const head = peers.rxHead[k]!;
    if (batches.parts[head]! > 0) return;
    const napi = peers.napi[k]!;
    // napi_schedule runs where the last crypto ended, unless it is scheduled elsewhere already.
    if (napis.state[napi] === 0) napis.core[napi] = core;
    raise(p, napi);
    return;
  }
  if (peers.txListed[k] === 1 || batches.parts[peers.txHead[k]!]! > 0) return;
  const t = peers.thread[k]!;
  peers.txListed[k] = 1;
  peers.next[k] = -1;
  if (threads.bHead[t]! < 0) threads.bHead[t] = k;
  else peers.next[threads.bTail[t]!] = k;
  threads.bTail[t] = k;
  wakeThread(p, t);
}
