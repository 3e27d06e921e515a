/** Sockets that need somebody: their thread at a job's end, or a core's softirq. */
import { chargeWake, raise } from './cores.ts';
import type { Partition } from './partition.ts';
import { MARK_NOTE, MARK_SOFT, MARK_WORK } from './sockets.ts';
import { PROC, SOFT } from './tables.ts';

/** At the open job's end socket `s` has work for its thread. */
export function note(p: Partition, s: number): void {
  const { sockets } = p;
  if ((sockets.marks[s]! & (MARK_NOTE | MARK_WORK)) !== 0) return;
  chargeWake(p, sockets.thread[s]!);
  noteAt(p, s, p.jobCore + 1 - p.jobSoft);
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
 * Whether socket `s` must wait: another job that sent for it is open, and what it sent leaves only at its end. The
 * kernel's socket lock keeps two cores from overtaking each other so. Sees to it that somebody asks again then.
 */
export function sendsElsewhere(p: Partition, s: number): boolean {
  const { sockets } = p;
  const k = sockets.sendJob[s]!;
  if (k === p.jobCore + 1 - p.jobSoft || !jobOpen(p, k, sockets.sendAt[s]!)) return false;
  if ((k & 1) === 0) softLater(p, s, k);
  else if ((sockets.marks[s]! & (MARK_NOTE | MARK_WORK)) === 0) noteAt(p, s, k);
  return true;
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
