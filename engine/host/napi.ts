/**
 * NAPI: rings, interrupts, polls. A queue's first packet arms an interrupt after the moderation time (or at so
 * many frames); the poll takes what has arrived when it begins, up to 64 units or, where GRO merges nothing,
 * 20 µs. A poll that used that budget up is followed by another; one that did not ends the softirq, and what came
 * meanwhile waits for its moderated interrupt (napi_complete_done). Instances: NIC queues, a core's backlog (veth
 * rings, RPS), tunnel peers, and a core's sockets (TCP timers, TSQ).
 * Left out: busy polling, threaded NAPI, adaptive moderation, GRO across polls. Source: net/core/dev.c, Linux 6.12.
 */
import { C_HOST, K_IRQ } from '../core/kinds.ts';
import { F_DATA, F_UDP } from '../fabric/batch.ts';
import type { Lane } from './compile.ts';
import { raise } from './cores.ts';
import { dealOut } from './crypt.ts';
import { groFlush, groReceive } from './gro.ts';
import { isWhole } from './nicRing.ts';
import type { Partition } from './partition.ts';
import { BYTE, COLUMN_COUNT, FIRST, IRQ, PACKET, POLL, SKB } from './rows.ts';
import { N_NIC, N_PEER, N_SOCKETS, NAPI_ARMED, NAPI_IDLE, NAPI_LISTED } from './tables.ts';
import { chargeWake } from './wake.ts';

const WEIGHT = 64; // NAPI_POLL_WEIGHT, include/linux/netdevice.h
/** In `byIrq` while a poll's job runs: it took all that it may. */
const BUDGET_USED = 2;

export function append(p: Partition, napi: number, b: number): void {
  const { batches, napis } = p;
  batches.next[b] = -1;
  if (napis.head[napi]! < 0) napis.head[napi] = b;
  else batches.next[napis.tail[napi]!] = b;
  napis.tail[napi] = b;
  napis.packets[napi]! += batches.packets[b]!;
}

/** Sets the interrupt of an idle queue, or brings it forward. */
export function arm(p: Partition, napi: number): void {
  const { napis, batches, items, setup } = p;
  if (napis.state[napi] === NAPI_LISTED) return;
  let at = Infinity;
  const head = napis.head[napi]!;
  if (head >= 0) {
    at = batches.t0[head]! + setup.moderationPs;
    const frames = setup.machine.nic.moderationFrames;
    if (napis.packets[napi]! >= frames) {
      const full = framesAt(p, head, frames);
      if (full < at) at = full;
    }
  }
  const done = napis.doneHead[napi]!;
  if (done >= 0 && items.at[done]! + setup.moderationPs < at) at = items.at[done]! + setup.moderationPs;
  if (at === Infinity || (napis.state[napi] === NAPI_ARMED && napis.irqAt[napi]! <= at)) return;
  if (at < p.wheel.now) at = p.wheel.now;
  napis.state[napi] = NAPI_ARMED;
  napis.irqAt[napi] = at;
  const gen = ++napis.irqGen[napi]!;
  p.push(at, C_HOST, K_IRQ, napi, gen);
}

/** When the queue holds so many frames, as far as its batches tell. */
function framesAt(p: Partition, head: number, frames: number): number {
  const { batches } = p;
  let left = frames;
  for (let b = head; b >= 0; b = batches.next[b]!) {
    const n = batches.packets[b]!;
    if (n >= left) return batches.t0[b]! + (left - 1) * batches.spacing[b]!;
    left -= n;
  }
  return Infinity;
}

export function irq(p: Partition, napi: number, gen: number): void {
  const { napis } = p;
  if (napis.irqGen[napi] !== gen || napis.state[napi] !== NAPI_ARMED) return;
  napis.irqAt[napi] = Infinity;
  napis.byIrq[napi] = 1;
  raise(p, napi);
}

/** Prices and takes the poll of one instance into the open job. */
export function pollNapi(p: Partition, napi: number): void {
  const { napis, setup } = p;
  const kind = napis.kind[napi];
  if (kind === N_SOCKETS) {
    pollSockets(p, napi);
    return;
  }
  const { row } = setup.compiled;
  if (napis.byIrq[napi] === 1) {
    napis.byIrq[napi] = 0;
    p.chargeColumn(row.poll, IRQ, 1);
  }
  p.chargeColumn(row.poll, POLL, 1);
  if (kind === N_PEER) pollPeer(p, napi);
  else {
    if (kind === N_NIC) completions(p, napi);
    pollRing(p, napi);
  }
  groFlush(p);
}

function completions(p: Partition, napi: number): void {
  const { napis, items } = p;
  const { row } = p.setup.compiled;
  let i = napis.doneHead[napi]!;
  while (i >= 0 && items.at[i]! <= p.wheel.now) {
    napis.doneHead[napi] = items.next[i]!;
    p.charge(row.txDone, items.units[i]!, items.packets[i]!, 0);
    const sock = items.ref[i]!;
    const bytes = items.bytes[i]!;
    items.free(i);
    if (sock >= 0) p.upper.completed(p, sock, bytes, p.job.core);
    i = napis.doneHead[napi]!;
  }
}

function pollRing(p: Partition, napi: number): void {
  const { napis, batches } = p;
  const { now } = p.wheel;
  let units = 0;
  while (units < WEIGHT && roomFor(p)) {
    const b = napis.head[napi]!;
    if (b < 0 || batches.t0[b]! > now) break;
    const n = batches.packets[b]!;
    const spacing = batches.spacing[b]!;
    let k = spacing > 0 ? 1 + Math.floor((now - batches.t0[b]!) / spacing) : n;
    const most = mostPackets(p, b, units);
    if (k > most) k = most;
    let taken = b;
    if (k < n) {
      taken = batches.splitFront(b, k);
      napis.packets[napi]! -= k;
      sinkHead(p, napi);
    } else {
      napis.head[napi] = batches.next[b]!;
      napis.packets[napi]! -= n;
    }
    units += batches.packets[taken]!;
    receive(p, taken);
  }
  if (units >= WEIGHT || !roomFor(p)) napis.byIrq[napi] = BUDGET_USED;
}

/** What is left of the first batch goes behind those whose packets come before its own. */
function sinkHead(p: Partition, napi: number): void {
  const { napis, batches } = p;
  const b = napis.head[napi]!;
  const at = batches.t0[b]!;
  let before = -1;
  for (let c = batches.next[b]!; c >= 0 && batches.t0[c]! < at; c = batches.next[c]!) before = c;
  if (before < 0) return;
  napis.head[napi] = batches.next[b]!;
  batches.next[b] = batches.next[before]!;
  batches.next[before] = b;
  if (napis.tail[napi] === before) napis.tail[napi] = b;
}

/** In the peer's order: a batch whose crypto is not done holds those behind it. */
function pollPeer(p: Partition, napi: number): void {
  const { peers, batches, napis } = p;
  const k = napis.owner[napi]!;
  let units = 0;
  while (units < WEIGHT && roomFor(p)) {
    const b = peers.rxHead[k]!;
    if (b < 0 || batches.parts[b]! > 0) break;
    const most = mostPackets(p, b, units);
    let taken = b;
    if (most < batches.packets[b]!) taken = batches.splitFront(b, most);
    else peers.rxHead[k] = batches.next[b]!;
    peers.rxEntries[k]! -= batches.packets[taken]!;
    units += batches.packets[taken]!;
    receive(p, taken);
  }
}

/**
 * Whether the poll's time allows another packet. While GRO holds an skb the weight alone decides: in the kernel no
 * time limit cuts a merge, and a shorter one would make the skb's size depend on the machine's speed.
 */
function roomFor(p: Partition): boolean {
  return p.job.ns < p.setup.jobCapNs || p.gro.usedCount > 0;
}

/** Packets of batch `b` that a poll of `units` so far takes before it is full: as many as if each came alone. */
function mostPackets(p: Partition, b: number, units: number): number {
  const { batches, setup } = p;
  const n = batches.packets[b]!;
  const room = WEIGHT - units;
  if (n === 1 || isWhole(p, b)) return n;
  const lane = setup.compiled.paths[batches.path[b]!]!.lanes[batches.lane[b]!]!;
  // Each may wake another worker: what it costs is known only then.
  if (lane.exit === 'wgCrypt') return 1;
  const data = (batches.flags[b]! & (F_DATA | F_UDP)) === F_DATA;
  const merges = lane.merge && data;
  // What is not merged reaches its socket packet by packet: each may find the reader asleep again, and be acknowledged.
  if (data && !merges && lane.exit === 'socket') return 1;
  if (merges || p.gro.usedCount > 0) return n < room ? n : room;
  const { prices } = setup.compiled.rows;
  const o = (lane.rowPlain + p.job.soft) * COLUMN_COUNT;
  const skbNs = lane.merge ? 0 : prices[o + SKB]!;
  const eachNs = skbNs + prices[o + PACKET]! + (prices[o + BYTE]! * batches.bytes[b]!) / n;
  const leftNs = setup.jobCapNs - p.job.ns - (units === 0 ? prices[o + FIRST]! : 0);
  const most = eachNs > 0 ? Math.ceil(leftNs / eachNs) : room;
  return most < 1 ? 1 : most < room ? most : room;
}

/** One batch enters the lane that begins here: GRO holds it, or it goes on. */
function receive(p: Partition, b: number): void {
  const { batches, setup } = p;
  const lane = setup.compiled.paths[batches.path[b]!]!.lanes[batches.lane[b]!]!;
  const flags = batches.flags[b]!;
  const n = batches.packets[b]!;
  if (lane.merge && (flags & (F_DATA | F_UDP)) === F_DATA) {
    p.charge(lane.rowPlain, 0, isWhole(p, b) ? 1 : n, batches.bytes[b]!);
    groReceive(p, b);
    return;
  }
  p.charge(lane.rowPlain, batches.units[b]!, isWhole(p, b) ? 1 : n, batches.bytes[b]!);
  leaveLane(p, b, lane);
}

/** The lane's work on `b` is priced: it reaches its socket in this job, or leaves at the job's end. */
export function leaveLane(p: Partition, b: number, lane: Lane): void {
  if (p.opens?.takes(p, b, lane)) return;
  if (lane.exit === 'socket') {
    if (lane.split) p.batches.units[b] = p.batches.packets[b]!;
    p.inline(b);
    return;
  }
  if (lane.exit === 'tunRing' || lane.exit === 'udpSocket') chargeWake(p, p.daemonOf(p.batches, b, lane));
  else if (lane.exit === 'wgCrypt') dealOut(p, b, lane);
  p.output(b);
}

function pollSockets(p: Partition, napi: number): void {
  const { napis, sockets, setup } = p;
  while (p.job.ns < setup.jobCapNs) {
    const s = napis.head[napi]!;
    if (s < 0) return;
    napis.head[napi] = sockets.softNext[s]!;
    sockets.marks[s]! &= ~2;
    p.upper.softSocket(p, s);
  }
}

/** The poll's job has ended: poll again, wait for an interrupt, or rest. */
export function finishPoll(p: Partition, napi: number): void {
  const { napis, batches, peers } = p;
  const { now } = p.wheel;
  const kind = napis.kind[napi];
  napis.state[napi] = NAPI_IDLE;
  let more = false;
  if (kind === N_PEER) {
    const b = peers.rxHead[napis.owner[napi]!]!;
    more = b >= 0 && batches.parts[b] === 0;
  } else {
    const b = napis.head[napi]!;
    const full = napis.byIrq[napi] === BUDGET_USED;
    more = b >= 0 && (kind === N_SOCKETS || (batches.t0[b]! <= now && (full || kind !== N_NIC)));
    if (full) napis.byIrq[napi] = 0;
  }
  if (more) raise(p, napi);
  else if (kind === N_NIC) arm(p, napi);
}
