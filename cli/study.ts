/**
 * The sensitivity study that a run's report quotes: named with `--sure`, or found in the run's folder. One of another
 * scenario, machine or model says nothing of this run: named, it is a mistake; found, it is passed over.
 *
 * Left out: other settings (nodes, windows, seeds); the report quotes cells that both have.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Machine } from '../engine/host/machine.ts';
import { canonicalSha256 } from '../reports/canonical.ts';
import { fieldPath } from '../reports/read.ts';
import type { Result } from '../reports/schema.ts';
import { type Sensitivity, sensitivitySchema } from '../reports/sensitivity/schema.ts';
import { UsageError } from './errors.ts';

const FILE = 'sensitivity.json';

/** The study of `--sure`; null without the flag. @throws UsageError */
export function studyOf(
  file: string | undefined,
  run: { readonly scenario: string; readonly machine: Machine; readonly modelVersion: string },
): Sensitivity | null {
  if (file === undefined) return null;
  const study = read(file);
  const { scenario, model } = study;
  if (scenario.id !== run.scenario)
    throw new UsageError(`--sure ${file} is of scenario ${scenario.id}, not ${run.scenario}`);
  if (model.machine.sha256 !== canonicalSha256(run.machine))
    throw new UsageError(`--sure ${file} is of another machine or other prices (${model.machine.name})`);
  if (model.version !== run.modelVersion)
    throw new UsageError(`--sure ${file} is of model ${model.version}; run sensitivity again`);
  return study;
}

/** The study in a run's folder, or in its folder `sensitivity`, if there is one that fits. */
export function studyBeside(dir: string, { scenario, model }: Result): Sensitivity | null {
  const file = [path.join(dir, FILE), path.join(dir, 'sensitivity', FILE)].find((one) => existsSync(one));
  if (file === undefined) return null;
  const study = read(file);
  const fits =
    study.scenario.id === scenario.id &&
    study.model.version === model.version &&
    study.model.machine.sha256 === model.machine.sha256;
  return fits ? study : null;
}

function read(file: string): Sensitivity {
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}`);
  }
  const parsed = sensitivitySchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(
    `${file}: ${fieldPath(issue!.path)}: ${issue!.message.replace(/^Invalid input: /, '')}`,
  );
}
