/**
 * What this process may use: threads and memory, with a container's limits where there are any.
 *
 * Left out: limits of cgroup version 1 on CPU time; what other processes will take while a run lasts.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';

/** Threads that can run at once: cores of the process's affinity, at most the container's CPU quota. */
export function availableThreads(): number {
  return Math.max(
    1,
    Math.min(os.availableParallelism(), Math.floor(quotaOf(read('/sys/fs/cgroup/cpu.max')))),
  );
}

/** `quota period` of a cgroup in µs → CPUs, at least 1; Infinity without a quota. */
export function quotaOf(cpuMax: string): number {
  const [quota, period] = cpuMax.trim().split(/\s+/).map(Number);
  return quota! > 0 && period! > 0 ? Math.max(1, quota! / period!) : Infinity;
}

/** Bytes that this process may ever have: the machine's, or its container's. */
export const totalBytes = (): number => {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem();
};

/** Bytes that this process can still take: free memory, at most what its container leaves. */
export const availableBytes = (): number => process.availableMemory();

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
