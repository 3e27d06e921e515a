/**
 * Sockets that need somebody: their thread, as soon as the job that delivers has come so far, or a core's softirq.
 * A preempted job still wakes at the time that it would have.
 */
import { C_HOST, K_NOTE } from '../core/kinds.ts';
import { raise } from './cores.ts';
import type { Partition } from './partition.ts';
import { MARK_NOTE, MARK_SOFT, MARK_WORK } from './sockets.ts';
import { PROC, SOFT } from './tables.ts';
import { chargeWake } from './wake.ts';

/** Deliveries this much later than the note come with it, ps. */
const TOGETHER_PS = 2e6;

/**
 * The open job has brought socket `s` something: `amount` bytes (TCP) or datagrams (UDP), 0 for room to write. Its
 * thread sees it, and is woken, once the job has come so far.
 */
export function note(p: Partition, s: number, amount: number): void {
  const { sockets } = p;
  if ((sockets.marks[s]! & MARK_NOTE) !== 0) {
    const due = p.wheel.now + Math.round(p.job.ns * 1000);
    if (due <= sockets.noteDue[s]! + TOGETHER_PS) sockets.hidden[s]! += amount;
    else {
      sockets.hiddenNext[s]! += amount;
      sockets.nextDue[s] = due;
    }
    return;
  }
  sockets.hidden[s]! += amount;
  chargeWake(p, sockets.thread[s]!);
  sockets.noteDue[s] = p.wheel.now + Math.round(p.job.ns * 1000);
  noteAt(p, s, p.job.core + 1 - p.job.soft);
}

function noteAt(p: Partition, s: number, k: number): void {
  const { sockets, cores } = p;
  sockets.marks[s]! |= MARK_NOTE;
  sockets.noteNext[s] = -1;
  if (cores.noteHead[k]! < 0) cores.noteHead[k] = s;
  else sockets.noteNext[cores.noteTail[k]!] = s;
  cores.noteTail[k] = s;
}

/** Whether the job `k` (a core, + 1: its process job) that began at `startPs` is still open. */
function jobOpen(p: Partition, k: number, startPs: number): boolean {
  const { cores } = p;
  if (cores.workStart[k] !== startPs) return false;
  if ((k & 1) === 0) return cores.state[k] === SOFT;
  return cores.state[k - 1] === PROC || cores.preemptedPs[k - 1]! >= 0;
}

/**
 * The open job holds the lock of socket `s` to its end: a system call of its thread, or a softirq that sends. Another
 * that holds it keeps it: what that sends leaves first.
 */
export function own(p: Partition, s: number): void {
  if (ownedElsewhere(p, s)) return;
  p.sockets.sendJob[s] = p.job.core + 1 - p.job.soft;
  p.sockets.sendAt[s] = p.wheel.now;
}

/** Whether another open job holds socket `s`. */
function ownedElsewhere(p: Partition, s: number): boolean {
  const k = p.sockets.sendJob[s]!;
  return k !== p.job.core + 1 - p.job.soft && jobOpen(p, k, p.sockets.sendAt[s]!);
}

/**
 * Whether socket `s` must wait: another job that holds it is open, and what that sent leaves only at its end. The
 * kernel's socket lock keeps two cores from overtaking each other so. Sees to it that somebody asks again then.
 */
export function sendsElsewhere(p: Partition, s: number): boolean {
  const { sockets } = p;
  if (!ownedElsewhere(p, s)) return false;
  const k = sockets.sendJob[s]!;
  if ((k & 1) === 0) softLater(p, s, k);
  else if ((sockets.marks[s]! & (MARK_NOTE | MARK_WORK)) === 0) {
    sockets.noteDue[s] = p.cores.jobEnd[k & ~1]!;
    noteAt(p, s, k);
  }
  return true;
}

/** A wake-up that comes this long before its job's end is an event of its own, ps. */
const EARLY_PS = 1e6;

/** The job `k` is priced: wake-ups that do not wait for its end. */
export function wakeEarly(p: Partition, k: number): void {
  const { sockets, cores } = p;
  const end = p.wheel.now + p.job.ns * 1000;
  let before = -1;
  for (let s = cores.noteHead[k]!; s >= 0; ) {
    const next = sockets.noteNext[s]!;
    if (sockets.noteDue[s]! + EARLY_PS < end) {
      if (before < 0) cores.noteHead[k] = next;
      else sockets.noteNext[before] = next;
      if (cores.noteTail[k] === s) cores.noteTail[k] = before;
      p.push(sockets.noteDue[s]!, C_HOST, K_NOTE, s, k & ~1);
    } else before = s;
    s = next;
  }
}

/** Puts socket `s` on the softirq list of `core`. */
export function softLater(p: Partition, s: number, core: number): void {
  const { sockets, napis } = p;
  if ((sockets.marks[s]! & MARK_SOFT) !== 0) return;
  sockets.marks[s]! |= MARK_SOFT;
  sockets.softNext[s] = -1;
  const napi = p.socketNapi + core;
  if (napis.head[napi]! < 0) napis.head[napi] = s;
  else sockets.softNext[napis.tail[napi]!] = s;
  napis.tail[napi] = s;
  raise(p, napi);
}
