/**
 * Named baselines: `<folder>/<name>/<scenario>.json`, each the result of one scenario, made to be committed.
 *
 * Left out: history; that is what the repository is for.
 */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Named } from '../../reports/comparison/compare.ts';
import { NotComparableError, UsageError } from '../errors.ts';
import { makeDir, writeAtomic } from '../files.ts';
import { readNamed } from './read.ts';

export const DEFAULT_FOLDER = 'baselines';

/** A name is a folder's name: it must not lead elsewhere. */
export const isBaselineName = (name: string): boolean => /^\w[\w.-]*$/.test(name);

/** Names in the folder, sorted. */
export function baselineNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && filesOf(folder, entry.name).length > 0)
    .map((entry) => entry.name)
    .sort();
}

function filesOf(folder: string, name: string): string[] {
  const dir = path.join(folder, name);
  if (!isBaselineName(name) || !existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => path.join(dir, file));
}

/** Results of a baseline; empty if there is none of that name. @throws UsageError a broken file */
export const readBaseline = (folder: string, name: string): Named[] =>
  filesOf(folder, name).map((file) => readNamed(file, name));

/** @throws NotComparableError with the names that there are */
export function requireBaseline(folder: string, name: string): Named[] {
  const found = readBaseline(folder, name);
  if (found.length > 0) return found;
  const names = baselineNames(folder);
  const known = names.length > 0 ? `there are ${names.join(', ')}` : 'there are none';
  throw new NotComparableError(
    `no baseline '${name}' in ${folder} (${known}); to make it: baseline save ${name} <result…>`,
  );
}

/** Writes results into a baseline, replacing those of the same scenarios. @returns the files */
export function saveBaseline(folder: string, name: string, results: readonly Named[]): string[] {
  if (!isBaselineName(name)) {
    throw new UsageError(`'${name}' is no name of a baseline: letters, digits, - _ . and no folder`);
  }
  const ids = results.map(({ result }) => result.scenario.id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) throw new UsageError(`two results of ${twice}: a baseline keeps one a scenario`);
  const dir = path.join(folder, name);
  makeDir(dir);
  return results.map(({ result }) => {
    const file = path.join(dir, `${result.scenario.id}.json`);
    writeAtomic(file, `${JSON.stringify(result, null, 1)}\n`);
    return file;
  });
}

/** Removes a baseline's results, and its folder if nothing else is in it. */
export function removeBaseline(folder: string, name: string): void {
  requireBaseline(folder, name);
  for (const file of filesOf(folder, name)) rmSync(file);
  const dir = path.join(folder, name);
  if (readdirSync(dir).length === 0) rmdirSync(dir);
}
