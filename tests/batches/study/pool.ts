/** Cells over threads, in the order given. Left out: resuming. */
import os from 'node:os';
import { Piscina } from 'piscina';
import type { Case } from './cases.ts';
import type { Outcome } from './runCase.ts';

/** @param onDone called as cells end, in any order; @returns outcomes in the order of `cases` */
export async function runCases(
  cases: readonly Case[],
  onDone: (outcome: Outcome) => void = () => {},
): Promise<Outcome[]> {
  const threads = Math.max(1, Math.min(os.availableParallelism(), cases.length));
  const pool = new Piscina({
    filename: new URL('./entry.mjs', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  const outcomes: Outcome[] = [];
  let next = 0;
  // A thread takes a cell when it has ended one: handed out beforehand, one would get all the slow backends.
  const drain = async (): Promise<void> => {
    while (next < cases.length) {
      const at = next++;
      outcomes[at] = (await pool.run(cases[at]!)) as Outcome;
      onDone(outcomes[at]);
    }
  };
  try {
    await Promise.all(Array.from({ length: threads }, drain));
    return outcomes;
  } finally {
    await pool.destroy();
  }
}
