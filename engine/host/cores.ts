/**
 * What runs on a core: softirq work before processes; a preempted process keeps its remainder; softirq work
 * that does not end for 2 ms while a process waits becomes ksoftirqd and competes as an equal.
 *
 * Equal processes share by virtual runtime (slice 3 ms, wake-up preference 1 ms at job ends). Hard interrupts
 * are paid by the poll that they begin. Left out: load balancing between cores, cgroups, real-time classes.
 * Source: kernel/softirq.c (2 ms, 10 restarts), kernel/sched/fair.c (base slice), Linux 6.12.
 */
import { C_HOST, K_CORE_WAKE, K_JOB_END } from '../core/kinds.ts';
import { kworkerJob, sharesDone } from './crypt.ts';
import { daemonJob } from './daemon.ts';
import { emit, notify } from './emit.ts';
import { finishPoll, pollNapi } from './napi.ts';
import { wakeEarly } from './notes.ts';
import type { Partition } from './partition.ts';
import { WAKE } from './rows.ts';
import {
  DISPATCH,
  IDLE,
  NAPI_LISTED,
  PROC,
  RUNNABLE,
  RUNNING,
  SLEEPING,
  SOFT,
  T_APP,
  T_DAEMON,
  WAKING,
} from './tables.ts';
import { leaveIdle, payDebt } from './wake.ts';

const SOFTIRQ_LIMIT_PS = 2e9; // MAX_SOFTIRQ_TIME, kernel/softirq.c
const SLICE_PS = 3e9; // sysctl_sched_base_slice scaled for 8+ CPUs, kernel/sched/fair.c
const WAKEUP_GRANULARITY_PS = 1e9;
/** ksoftirqd competes, and whose turn it is. */
const KS_SOFTIRQ = 1;
const KS_PROCESSES = 2;

/** Puts a NAPI instance on its core's softirq list. */
export function raise(p: Partition, napi: number): void {
  const { napis, cores } = p;
  if (napis.state[napi] === NAPI_LISTED) return;
  napis.state[napi] = NAPI_LISTED;
  const core = napis.core[napi]!;
  napis.next[napi] = -1;
  if (cores.softHead[core]! < 0) {
    cores.softHead[core] = napi;
    if (cores.softSince[core]! < 0) cores.softSince[core] = p.wheel.now;
  } else napis.next[cores.softTail[core]!] = napi;
  cores.softTail[core] = napi;
  kickSoft(p, core);
}

function kickSoft(p: Partition, core: number): void {
  const { cores } = p;
  const state = cores.state[core];
  if (state === IDLE) leaveIdle(p, core);
  else if (state === PROC && cores.ksoftirqd[core] === 0) {
    const { now } = p.wheel;
    cores.preemptedPs[core] = cores.jobEnd[core]! - now;
    cores.busyProcPs[core]! += now - cores.jobStart[core]!;
    cores.gen[core]!++;
    cores.state[core] = DISPATCH;
    schedule(p, core);
  }
}

/** Makes thread `t` runnable, now. */
export function wakeThread(p: Partition, t: number): void {
  const { threads, cores } = p;
  threads.waking[t] = 0;
  if (threads.state[t] !== SLEEPING) return;
  threads.state[t] = RUNNABLE;
  threads.activeSince[t] = p.wheel.now;
  const core = threads.core[t]!;
  const current = cores.thread[core]!;
  const floor = (current >= 0 ? threads.vruntime[current]! : threads.vruntime[t]!) - SLICE_PS;
  if (threads.vruntime[t]! < floor) threads.vruntime[t] = floor;
  threads.next[t] = cores.runHead[core]!;
  cores.runHead[core] = t;
  if (cores.state[core] === IDLE) leaveIdle(p, core);
  else if (cores.state[core] === PROC && current < 0)
    cores.readyAt[core] = p.wheel.now + Math.round(p.setup.machine.waking.sleepNs * 1000);
}

export function coreAwake(p: Partition, core: number): void {
  p.cores.state[core] = DISPATCH;
  schedule(p, core);
}

/** A core's job has ended: its results leave, the next job begins. */
export function jobEnd(p: Partition, core: number, gen: number): void {
  const { cores, threads, batches, sockets } = p;
  if (cores.gen[core] !== gen) return;
  const ps = p.wheel.now - cores.jobStart[core]!;
  const process = cores.state[core] === PROC;
  const k = core + (process ? 1 : 0);
  if (process) {
    cores.busyProcPs[core]! += ps;
    const t = cores.thread[core]!;
    if (t >= 0) threads.vruntime[t]! += ps;
  } else cores.busySoftPs[core]! += ps;
  cores.state[core] = DISPATCH;
  if (process) {
    if (cores.doneItem[core]! >= 0) sharesDone(p, core);
  } else finishPoll(p, cores.polling[core]!);
  let b = cores.outHead[k]!;
  cores.outHead[k] = -1;
  while (b >= 0) {
    const next = batches.next[b]!;
    emit(p, b, core);
    b = next;
  }
  let s = cores.noteHead[k]!;
  cores.noteHead[k] = -1;
  while (s >= 0) {
    const next = sockets.noteNext[s]!;
    notify(p, s, core);
    s = next;
  }
  schedule(p, core);
}

/** Begins the next job of a core in DISPATCH, or lets it sleep. */
function schedule(p: Partition, core: number): void {
  const { cores } = p;
  for (;;) {
    if (cores.softHead[core]! >= 0 && softirqTurn(p, core)) {
      if (startSoft(p, core)) return;
      continue;
    }
    if (cores.softHead[core]! < 0) {
      cores.softSince[core] = -1;
      cores.ksoftirqd[core] = 0;
    }
    if (cores.preemptedPs[core]! >= 0) {
      resume(p, core);
      return;
    }
    if (cores.readyAt[core]! > p.wheel.now && cores.thread[core]! < 0) {
      cores.state[core] = WAKING;
      p.push(cores.readyAt[core]!, C_HOST, K_CORE_WAKE, core, 0);
      return;
    }
    if (pickThread(p, core)) {
      if (startProcess(p, core)) return;
      continue;
    }
    if (cores.softHead[core]! >= 0) {
      cores.ksoftirqd[core] = KS_SOFTIRQ;
      cores.turnEnd[core] = p.wheel.now + SLICE_PS;
      continue;
    }
    cores.state[core] = IDLE;
    cores.idleSince[core] = p.wheel.now;
    return;
  }
}

/** Whether softirq work runs now: always, unless ksoftirqd competes and it is the processes' turn. */
function softirqTurn(p: Partition, core: number): boolean {
  const { cores } = p;
  const { now } = p.wheel;
  const waiting = cores.preemptedPs[core]! >= 0 || cores.runHead[core]! >= 0 || cores.thread[core]! >= 0;
  if (cores.ksoftirqd[core] === 0) {
    if (!waiting || now - cores.softSince[core]! < SOFTIRQ_LIMIT_PS) return true;
    cores.ksoftirqd[core] = KS_PROCESSES;
    cores.turnEnd[core] = now + SLICE_PS;
    return false;
  }
  if (!waiting) return true;
  if (now >= cores.turnEnd[core]!) {
    cores.ksoftirqd[core] = cores.ksoftirqd[core] === KS_PROCESSES ? KS_SOFTIRQ : KS_PROCESSES;
    cores.turnEnd[core] = now + SLICE_PS;
  }
  return cores.ksoftirqd[core] === KS_SOFTIRQ;
}

function startSoft(p: Partition, core: number): boolean {
  const { cores, napis } = p;
  const napi = cores.softHead[core]!;
  cores.softHead[core] = napis.next[napi]!;
  // It stays "listed" while its poll runs: what arrives meanwhile raises no interrupt.
  cores.polling[core] = napi;
  p.beginJob(core, 1);
  pollNapi(p, napi);
  p.drainInline();
  if (p.job.ns === 0 && !letsGo(p, core)) {
    finishPoll(p, napi);
    return false;
  }
  begin(p, core, SOFT);
  return true;
}

/** Whether a job lets something go at its end, however little it costs; `k`: the core, + 1 for its process job. */
function letsGo(p: Partition, k: number): boolean {
  return p.cores.outHead[k]! >= 0 || p.cores.noteHead[k]! >= 0;
}

function begin(p: Partition, core: number, state: number): void {
  const { cores } = p;
  const { now } = p.wheel;
  payDebt(p, core);
  const ps = Math.round(p.job.ns * 1000);
  cores.state[core] = state;
  cores.jobStart[core] = now;
  cores.jobEnd[core] = now + ps;
  const k = core + (state === PROC ? 1 : 0);
  if (cores.noteHead[k]! >= 0) wakeEarly(p, k);
  const gen = ++cores.gen[core]!;
  p.push(now + ps, C_HOST, K_JOB_END, core, gen);
}

function resume(p: Partition, core: number): void {
  const { cores } = p;
  const { now } = p.wheel;
  cores.state[core] = PROC;
  cores.jobStart[core] = now;
  cores.jobEnd[core] = now + cores.preemptedPs[core]!;
  cores.preemptedPs[core] = -1;
  const gen = ++cores.gen[core]!;
  p.push(cores.jobEnd[core]!, C_HOST, K_JOB_END, core, gen);
}

/** Chooses the process whose turn it is; false: none is runnable. */
function pickThread(p: Partition, core: number): boolean {
  const { cores, threads } = p;
  const current = cores.thread[core]!;
  const head = cores.runHead[core]!;
  if (head < 0) return current >= 0;
  let best = head;
  for (let t = threads.next[head]!; t >= 0; t = threads.next[t]!) {
    if (threads.vruntime[t]! <= threads.vruntime[best]!) best = t;
  }
  if (current >= 0) {
    const ahead = threads.vruntime[current]! - threads.vruntime[best]!;
    const sliceOver = p.wheel.now - threads.sliceStart[current]! >= SLICE_PS && ahead > 0;
    if (ahead < WAKEUP_GRANULARITY_PS && !sliceOver) return true;
    threads.state[current] = RUNNABLE;
  }
  unlinkRunnable(p, core, best);
  if (current >= 0) {
    threads.next[current] = cores.runHead[core]!;
    cores.runHead[core] = current;
  }
  cores.thread[core] = best;
  threads.state[best] = RUNNING;
  threads.sliceStart[best] = p.wheel.now;
  return true;
}

function unlinkRunnable(p: Partition, core: number, thread: number): void {
  const { cores, threads } = p;
  if (cores.runHead[core] === thread) {
    cores.runHead[core] = threads.next[thread]!;
    return;
  }
  let t = cores.runHead[core]!;
  while (threads.next[t] !== thread) t = threads.next[t]!;
  threads.next[t] = threads.next[thread]!;
}

/** Runs the chosen thread's next job; false: it had nothing to do and sleeps now. */
function startProcess(p: Partition, core: number): boolean {
  const { cores, threads } = p;
  const t = cores.thread[core]!;
  const { row } = p.setup.compiled;
  p.beginJob(core, 0);
  // Switched in just now: pays the switch once.
  if (threads.sliceStart[t] === p.wheel.now) p.chargeColumn(row.switch, WAKE, 1);
  const kind = threads.kind[t];
  const worked =
    kind === T_APP ? p.upper.application(p, t) : kind === T_DAEMON ? daemonJob(p, t) : kworkerJob(p, t);
  p.drainInline();
  if (!worked && !letsGo(p, core + 1)) {
    sleep(p, core, t);
    // On the way to idle: whoever wakes the thread meanwhile pays for it, and it goes on when the switch is over. To
    // another thread it is that one's switch.
    if (p.setup.pricesBlock && cores.runHead[core]! < 0) p.chargeColumn(row.block, WAKE, 1);
    if (p.job.ns === 0) return false;
  }
  begin(p, core, PROC);
  return true;
}

function sleep(p: Partition, core: number, t: number): void {
  const { cores, threads } = p;
  if (threads.state[t] === SLEEPING) return;
  threads.state[t] = SLEEPING;
  threads.activePs[t]! += p.wheel.now - threads.activeSince[t]!;
  cores.thread[core] = -1;
}
