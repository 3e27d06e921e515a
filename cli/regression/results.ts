/**
 * Words of a command line → results: a file, a folder of a run or of results, a named baseline, `label=path`.
 * A file that cannot be read as a result is the user's mistake and ends with exit code 2 and its path; a baseline that
 * is not there is an answer of its own.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Named } from '../../reports/comparison/compare.ts';
import { NotComparableError, UsageError } from '../errors.ts';
import { runFiles } from '../files.ts';
import { isBaselineName, readBaseline, requireBaseline } from './baselines.ts';
import { readNamed } from './read.ts';

/** Results that a word names, at least one; a missing one of the base is NotComparable, of the head a mistake. */
export function resolveResults(word: string, side: 'base' | 'head', baselines: string): Named[] {
  const [label, target] = labelled(word);
  if (!existsSync(target)) {
    const named = isBaselineName(target) ? readBaseline(baselines, target) : [];
    if (named.length > 0) return named.map((one) => ({ ...one, label: label ?? one.label }));
    if (side === 'base' && isBaselineName(target)) return requireBaseline(baselines, target);
    if (side === 'base') throw new NotComparableError(`${target}: there is no such file, folder or baseline`);
    throw new UsageError(`${target} is no result: there is no such file, folder or baseline`);
  }
  if (!statSync(target).isDirectory()) return [readNamed(target, label ?? labelOf(target))];
  return filesIn(target).map((file) => readNamed(file, label ?? labelOf(file)));
}

/** `label=path`, unless a file has that very name. */
function labelled(word: string): [label: string | null, target: string] {
  const match = /^([^=/\\]+)=(.+)$/.exec(word);
  return match === null || existsSync(word) ? [null, word] : [match[1]!.trim(), match[2]!];
}

/** A run's result.json, or all results of a folder such as a baseline's. */
function filesIn(dir: string): string[] {
  const { result } = runFiles(dir);
  if (existsSync(result)) return [result];
  const files = readdirSync(dir)
    .filter((file) => file.endsWith('.json'))
    .sort();
  if (files.length > 0) return files.map((file) => path.join(dir, file));
  throw new UsageError(`${dir} is no result: it holds neither result.json nor other JSON files`);
}

/** The folder's name of a run, else the file's. */
function labelOf(file: string): string {
  const name = path.basename(file, '.json');
  return name === 'result' ? path.basename(path.dirname(path.resolve(file))) : name;
}

/** Every head with the base of its scenario. @throws NotComparableError a scenario that the base lacks */
export function pairUp(base: readonly Named[], heads: readonly Named[]): [base: Named, head: Named][] {
  return heads.map((head) => {
    const { id } = head.result.scenario;
    const own =
      base.find(({ result }) => result.scenario.id === id) ?? (base.length === 1 ? base[0] : undefined);
    if (own !== undefined)
      return [own, head.label === own.label ? { ...head, label: `${head.label}′` } : head];
    const known = base.map(({ result }) => result.scenario.id).join(', ');
    throw new NotComparableError(`${base[0]!.label} has no result of ${id}; it has ${known}`);
  });
}
