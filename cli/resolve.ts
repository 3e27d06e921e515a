/**
 * Names → what they stand for, with "did you mean" where they stand for nothing.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Backend } from '../engine/host/backend.ts';
import type { Machine } from '../engine/host/machine.ts';
import type { Scenario } from '../scenarios/lib/define.ts';
import { didYouMean, nearest } from '../scenarios/lib/nearest.ts';
import { UsageError } from './errors.ts';
import type { Parts } from './parts.ts';

/** The entry of that name; UsageError with names that are near and the command that lists all. */
export function named<T extends { readonly name: string }>(what: string, name: string, all: readonly T[]): T {
  const found = all.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  throw unknown(
    what,
    name,
    all.map((entry) => entry.name),
  );
}

function unknown(what: string, name: string, names: readonly string[]): UsageError {
  return new UsageError(`unknown ${what} '${name}'${didYouMean(name, names, 3)} (all: list ${what}s)`);
}

/** Backends of `--backends a,b`, or of the scenario. Each once, in the order named. */
export function resolveBackends(flag: string | undefined, scenario: Scenario, parts: Parts): Backend[] {
  const listed = flag
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (listed !== undefined && listed.length === 0) throw new UsageError('--backends names no backend');
  const names = listed ?? (scenario.backends === 'default' ? parts.defaultBackends : scenario.backends);
  const wanted = names.flatMap((name) => {
    if (name === 'all') return GROUPS.flatMap((group) => inGroup(group, parts));
    return name === 'default' ? parts.defaultBackends : [name];
  });
  return [...new Set(wanted)].map((name) => named('backend', name, parts.backends));
}

/** Order of a table of the whole catalogue: by how packets travel. */
const GROUPS: readonly Backend['group'][] = ['baseline', 'daemon', 'tunnel', 'routed', 'encrypted'];

const inGroup = (group: Backend['group'], parts: Parts): string[] =>
  parts.backends.filter((backend) => backend.group === group).map((backend) => backend.name);

/** A machine by name, or from a JSON file. */
export function resolveMachine(nameOrFile: string, parts: Parts): Machine {
  if (!nameOrFile.endsWith('.json')) return named('machine', nameOrFile, parts.machines);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(nameOrFile, 'utf8'));
  } catch (error) {
    throw new UsageError(`cannot read machine file ${nameOrFile}: ${(error as Error).message}`);
  }
  try {
    return parts.machineFromJson(value);
  } catch (error) {
    throw new UsageError(`machine file ${nameOrFile}: ${(error as Error).message}`);
  }
}

/** A path rather than a name. */
export const looksLikeFile = (text: string): boolean => /\.[cm]?[jt]s$/.test(text) || text.includes('/');

/** A scenario by name, or the default export of a file. */
export async function resolveScenario(nameOrFile: string, parts: Parts): Promise<Scenario> {
  if (!looksLikeFile(nameOrFile)) {
    const found = parts.scenarios.find((scenario) => scenario.id === nameOrFile);
    if (found !== undefined) return found;
    throw unknown(
      'scenario',
      nameOrFile,
      parts.scenarios.map((scenario) => scenario.id),
    );
  }
  const file = path.resolve(nameOrFile);
  if (!existsSync(file)) {
    const base = path.basename(nameOrFile).replace(/\.[cm]?[jt]s$/, '');
    const near = nearest(
      base,
      parts.scenarios.map((scenario) => scenario.id),
      1,
    );
    const hint = near.length > 0 ? ` (nearest: ${near.join()})` : '';
    throw new UsageError(`no scenario file ${nameOrFile}; shipped scenarios: list scenarios${hint}`);
  }
  let module: { default?: unknown };
  try {
    module = (await import(pathToFileURL(file).href)) as { default?: unknown };
  } catch (error) {
    throw new UsageError(`cannot load ${nameOrFile}: ${(error as Error).message}`);
  }
  if (!isScenario(module.default)) {
    throw new UsageError(`${nameOrFile} has no default export made with defineScenario`);
  }
  return module.default;
}

function isScenario(value: unknown): value is Scenario {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Partial<Record<keyof Scenario, unknown>>;
  const texts = [fields.id, fields.title, fields.question, fields.machine];
  const parts = [fields.cluster, fields.traffic, fields.policy];
  return texts.every((text) => typeof text === 'string') && parts.every((part) => typeof part === 'object');
}
