/**
 * Who pays for a wake-up: the job that causes it, where its thread sleeps when the job is priced; else, where the
 * thread has gone to sleep by the time that the job wakes it, the next job of the same core.
 *
 * Left out: wake-ups that a polling idle loop makes cheap (TIF_POLLING_NRFLAG); they are `pollNs` of the machine.
 * Source: kernel/sched/core.c (try_to_wake_up, ttwu_queue), Linux 6.12.
 */
import { C_HOST, K_CORE_WAKE } from '../core/kinds.ts';
import type { Partition } from './partition.ts';
import { WAKE } from './rows.ts';
import { IDLE, SLEEPING, WAKING } from './tables.ts';

/** The open job wakes thread `t` at its end, and pays for it if it sleeps. */
export function chargeWake(p: Partition, t: number): void {
  if (p.threads.state[t] !== SLEEPING || p.threads.waking[t] !== 0) return;
  p.threads.waking[t] = 1;
  chargeWakes(p, wakeKind(p, t, p.job.core, p.wheel.now + p.job.ns * 1000), 1);
}

/** The same for a job of `core` that has been priced: its next job is longer. @returns ns; 0: it is awake */
export function lateWakeNs(p: Partition, t: number, core: number): number {
  if (p.threads.state[t] !== SLEEPING || p.threads.waking[t] !== 0) return 0;
  p.threads.waking[t] = 1;
  const kind = wakeKind(p, t, core, p.wheel.now);
  p.cores.debt[core + kind]!++;
  const { row } = p.setup.compiled;
  let ns = 0;
  for (let k = 0; k <= kind; k++) ns += p.priceOf(row.wake[k]!, WAKE);
  return ns;
}

/** 0: a thread of this core, 1: of another, 2: of one that is halted at `atPs`, when the wake-up leaves. */
function wakeKind(p: Partition, t: number, core: number, atPs: number): number {
  const { cores, setup } = p;
  const target = p.threads.core[t]!;
  if (target === core) return 0;
  const idleNs = (atPs - cores.idleSince[target]!) / 1000;
  return cores.state[target] === IDLE && idleNs > setup.machine.waking.haltAfterNs ? 2 : 1;
}

/** What wake-ups of one kind cost: each kind pays what the one before it does, and more. */
function chargeWakes(p: Partition, kind: number, count: number): void {
  const { wake } = p.setup.compiled.row;
  for (let k = 0; k <= kind; k++) p.chargeColumn(wake[k]!, WAKE, count);
}

/** The open job pays for wake-ups that earlier jobs of its core turned out to have made. */
export function payDebt(p: Partition, core: number): void {
  const { debt } = p.cores;
  for (let kind = 0; kind < 3; kind++) {
    const count = debt[core + kind]!;
    if (count === 0) continue;
    debt[core + kind] = 0;
    chargeWakes(p, kind, count);
  }
}

/** An idle core is needed: it takes the exit latency of its sleep. */
export function leaveIdle(p: Partition, core: number): void {
  const { waking } = p.setup.machine;
  const { now } = p.wheel;
  const idlePs = now - p.cores.idleSince[core]!;
  const exitNs =
    idlePs <= waking.pollNs * 1000 ? 0 : idlePs > waking.haltAfterNs * 1000 ? waking.haltNs : waking.sleepNs;
  // Even at once it is an event of its own: whoever wakes the core first ends its job, and may go to sleep.
  p.cores.state[core] = WAKING;
  p.push(now + Math.round(exitNs * 1000), C_HOST, K_CORE_WAKE, core, 0);
}
