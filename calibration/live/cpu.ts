/**
 * Busy time of the two cores that the bed is pinned to, by class, from /proc/stat: ticks of 10 ms, so that a window
 * of a second is known to 1 %. What was niced is left out: the spinner that keeps cores awake runs there.
 */
import { readFileSync } from 'node:fs';

/** Seconds since boot, summed over the two cores. */
export interface CpuTimes {
  readonly userS: number;
  readonly systemS: number;
  /** Hard interrupts with softirqs. */
  readonly softirqS: number;
  /** The host of a virtual machine ran somebody else. */
  readonly stealS: number;
}

const TICK_S = 0.01;

/** @param text  of /proc/stat; @throws Error if a core is not in it */
export function parseCpuTimes(text: string, cores: readonly number[]): CpuTimes {
  const sum = { userS: 0, systemS: 0, softirqS: 0, stealS: 0 };
  for (const core of cores) {
    const line = text.split('\n').find((one) => one.startsWith(`cpu${core} `));
    if (line === undefined) throw new Error(`/proc/stat has no cpu${core}`);
    const [user = 0, , system = 0, , , irq = 0, softirq = 0, steal = 0] = line
      .split(/\s+/)
      .slice(1)
      .map(Number);
    sum.userS += user * TICK_S;
    sum.systemS += system * TICK_S;
    sum.softirqS += (irq + softirq) * TICK_S;
    sum.stealS += steal * TICK_S;
  }
  return sum;
}

export const readCpuTimes = (cores: readonly number[]): CpuTimes =>
  parseCpuTimes(readFileSync('/proc/stat', 'utf8'), cores);

/** Who had the busy time of the two cores between two readings, as metrics. */
export function shares(from: CpuTimes, to: CpuTimes): Readonly<Record<string, number>> {
  return {
    user_s: to.userS - from.userS,
    system_s: to.systemS - from.systemS,
    softirq_s: to.softirqS - from.softirqS,
    steal_s: to.stealS - from.stealS,
  };
}
