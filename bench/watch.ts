/**
 * Our own speed over time: CPU seconds of the watched tasks, sampled in turns with tinybench, kept under a name and
 * compared with later ones. Counts must be equal to the last one; of the clock only what is beyond a floor and
 * beyond chance is called a change, and it never fails anything.
 *
 * Two states of the code at once (`--against <checkout>`) take turns within a round, so that both meet the same
 * neighbours; a saved file was measured in another hour, which a shared machine can make 30 % slower.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { median } from 'simple-statistics';
import { Bench } from 'tinybench';
import { writeAtomic } from '../cli/files.ts';
import { mannWhitney } from '../reports/comparison/statistics/rankSum.ts';
import type { Counts, Watched } from './watched.ts';

export interface Sampled {
  readonly counts: Counts;
  /** CPU seconds of single runs, all threads of this process. */
  readonly samplesS: readonly number[];
}

export interface Watch {
  readonly watch: 'windtunnel';
  readonly version: 1;
  readonly modelVersion: string;
  readonly node: string;
  readonly cpu: string;
  readonly tasks: Readonly<Record<string, Sampled>>;
}

export interface Row {
  readonly name: string;
  readonly baseS: number;
  readonly headS: number;
  /** head / base − 1 of the medians. */
  readonly change: number;
  readonly p: number;
  /** `~`: within the floor, or not beyond chance. */
  readonly verdict: 'faster' | 'slower' | '~';
  /** What differs, in words; '' if nothing. */
  readonly counts: string;
}

/** Changes of the medians below this are not worth a word on any machine that is shared. */
export const FLOOR = 0.05;
export const ALPHA = 0.05;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** One state of the code. */
export interface Side {
  readonly modelVersion: string;
  readonly tasks: readonly Watched[];
}

/** Rounds in which every task of every side runs once, after one round to warm up; names join the sides' tasks. */
export async function sample(
  sides: readonly Side[],
  rounds: number,
  note: (line: string) => void = () => {},
): Promise<Watch[]> {
  const collected = sides.map(() => new Map<string, { counts: Counts; samplesS: number[] }>());
  const names = [...new Set(sides.flatMap(({ tasks }) => tasks.map(({ name }) => name)))];
  for (let round = 0; round <= rounds; round++) {
    note(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    for (const name of names) {
      // Who goes first takes turns as well.
      const order = sides.map((_, k) => (round % 2 === 0 ? k : sides.length - 1 - k));
      for (const k of order) {
        const task = sides[k]!.tasks.find((one) => one.name === name);
        if (task === undefined) continue;
        const { counts, seconds } = await once(task);
        const entry = collected[k]!.get(name) ?? { counts, samplesS: [] };
        if (countsDiffer(entry.counts, counts) !== '') throw new Error(`${name}: counts differ between runs`);
        if (round > 0) entry.samplesS.push(seconds);
        collected[k]!.set(name, entry);
      }
    }
  }
  return collected.map((tasks, k) => ({
    watch: 'windtunnel',
    version: 1,
    modelVersion: sides[k]!.modelVersion,
    node: process.version,
    cpu: os.cpus()[0]?.model ?? 'unknown',
    tasks: Object.fromEntries(tasks),
  }));
}

async function once({ name, run }: Watched): Promise<{ counts: Counts; seconds: number }> {
  let counts: Counts | null = null;
  const bench = new Bench({ time: 0, iterations: 1, warmup: false, retainSamples: true, now: cpuMs });
  // Or tinybench runs it once more to see whether it returns a promise.
  bench.add(
    name,
    () => {
      counts = run();
    },
    { async: false },
  );
  await bench.run();
  const { result } = bench.tasks[0]!;
  if (result.state !== 'completed') throw new Error(`${name}: ${result.state}`);
  return { counts: counts!, seconds: result.latency.samples![0]! / 1000 };
}

/** Tasks of both, in the order of `head`. */
export function compareWatches(base: Watch, head: Watch, floor = FLOOR): Row[] {
  return Object.entries(head.tasks).flatMap(([name, now]) => {
    const then = base.tasks[name];
    if (then === undefined) return [];
    const baseS = median([...then.samplesS]);
    const headS = median([...now.samplesS]);
    const change = headS / baseS - 1;
    const p = mannWhitney(then.samplesS, now.samplesS);
    const beyond = p < ALPHA && Math.abs(change) >= floor;
    const verdict = !beyond ? '~' : change < 0 ? 'faster' : 'slower';
    return [{ name, baseS, headS, change, p, verdict, counts: countsDiffer(then.counts, now.counts) }];
  });
}

/** `events 100 → 101`; '' if all are equal. */
export function countsDiffer(base: Counts, head: Counts): string {
  const keys = ['events', 'jobs', 'bytes'] as const;
  return keys
    .filter((key) => base[key] !== head[key])
    .map((key) => `${key} ${base[key]} → ${head[key]}`)
    .join(', ');
}

const FOLDER = fileURLToPath(new URL('./results', import.meta.url));

/** A name stands for a file in bench/results; a path for itself. */
export const fileOf = (name: string): string =>
  name.includes('/') || name.endsWith('.json') ? path.resolve(name) : path.join(FOLDER, `${name}.json`);

export function saveWatch(name: string, watch: Watch): string {
  const file = fileOf(name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeAtomic(file, `${JSON.stringify(watch, null, 1)}\n`);
  return file;
}

/** null: there is none, or it is something else. */
export function loadWatch(name: string): Watch | null {
  const file = fileOf(name);
  if (!existsSync(file)) return null;
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as Partial<Watch>;
    return read.watch === 'windtunnel' && read.version === 1 ? (read as Watch) : null;
  } catch {
    return null;
  }
}

/** The watched tasks of another checkout of the project, run by its own code; null: it has none. */
export async function sideOf(checkout: string): Promise<Side | null> {
  const file = path.resolve(checkout, 'bench/watched.ts');
  return existsSync(file) ? ((await import(pathToFileURL(file).href)) as { SIDE: Side }).SIDE : null;
}
