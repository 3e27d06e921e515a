/** Sockets that need somebody: their thread at a job's end, or a core's softirq. */
import { chargeWake, raise } from './cores.ts';
import type { Partition } from './partition.ts';
import { MARK_NOTE, MARK_SOFT, MARK_WORK } from './sockets.ts';

/** At the open job's end socket `s` has work for its thread. */
export function note(p: Partition, s: number): void {
  const { sockets, cores } = p;
  if ((sockets.marks[s]! & (MARK_NOTE | MARK_WORK)) !== 0) return;
  chargeWake(p, sockets.thread[s]!);
  sockets.marks[s]! |= MARK_NOTE;
  sockets.noteNext[s] = -1;
  const k = p.jobCore + 1 - p.jobSoft;
  if (cores.noteHead[k]! < 0) cores.noteHead[k] = s;
  else sockets.noteNext[cores.noteTail[k]!] = s;
  cores.noteTail[k] = s;
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
