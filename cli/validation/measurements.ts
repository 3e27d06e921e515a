/**
 * Which measurements a comparison takes: the shipped ones or the user's files, narrowed to beds and families.
 */
import { readFileSync } from 'node:fs';
import { BOTTLENECK_BED, BOTTLENECK_FAMILIES } from '../../calibration/bottleneck/study.ts';
import { kernelRows } from '../../calibration/formats/kernelRows.ts';
import { parseMeasurementJson, readMeasurements } from '../../calibration/formats/read.ts';
import { shippedMeasurements } from '../../calibration/formats/shipped.ts';
import { BadMeasurementFile, type Measurements, type Source } from '../../calibration/formats/types.ts';
import { nearest } from '../../scenarios/lib/nearest.ts';
import { UsageError } from '../errors.ts';

/** What the user asked for; empty lists: everything. */
export interface Choice {
  readonly against: readonly string[];
  readonly beds: readonly string[];
  readonly families: readonly string[];
}

const KERNEL_BED = 'veth-vm';

/** Measurements of the choice. @throws UsageError for a file, bed or family that is not there */
export async function measurementsOf(choice: Choice): Promise<Measurements> {
  return narrowed(
    choice.against.length === 0 ? shippedMeasurements() : await fromFiles(choice.against),
    choice,
  );
}

async function fromFiles(files: readonly string[]): Promise<Measurements> {
  const sources: Source[] = [];
  for (const name of files) sources.push({ name, value: await parsed(name) });
  try {
    return readMeasurements(sources);
  } catch (error) {
    throw asUsage(error);
  }
}

async function parsed(name: string): Promise<unknown> {
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${name} (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`);
  }
  try {
    if (!/\.ya?ml$/i.test(name)) return parseMeasurementJson(name, text);
  } catch (error) {
    throw asUsage(error);
  }
  const { parse } = await import('yaml');
  try {
    return parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${name} is not YAML: ${(error as Error).message.split('\n')[0]}`);
  }
}

const asUsage = (error: unknown): unknown =>
  error instanceof BadMeasurementFile ? new UsageError(error.message) : error;

/** Only what can give a row of the named beds and families; other rows of the same runs are dropped at the end. */
function narrowed(all: Measurements, { beds, families }: Choice): Measurements {
  const kernelFamilies = new Set(kernelRows(all.kernel).map(({ family }) => family));
  checkNames('bed', beds, [
    ...all.published.map(({ row }) => row.bed),
    ...(all.kernel.length > 0 ? [KERNEL_BED] : []),
    ...(all.bottleneck.length > 0 ? [BOTTLENECK_BED] : []),
    ...all.own.map(({ bed }) => bed),
  ]);
  // What family an own row falls into is known only with its prediction.
  if (all.own.length === 0) {
    checkNames('family', families, [
      ...all.published.map(({ row }) => row.family),
      ...kernelFamilies,
      ...(all.bottleneck.length > 0 ? BOTTLENECK_FAMILIES : []),
    ]);
  }
  const bedFits = (bed: string): boolean => beds.length === 0 || beds.includes(bed);
  const familyFits = (family: string): boolean => families.length === 0 || families.includes(family);
  return {
    published: all.published.filter(({ row }) => bedFits(row.bed) && familyFits(row.family)),
    kernel: bedFits(KERNEL_BED) && [...kernelFamilies].some(familyFits) ? all.kernel : [],
    bottleneck: bedFits(BOTTLENECK_BED) && BOTTLENECK_FAMILIES.some(familyFits) ? all.bottleneck : [],
    own: all.own.filter(({ bed }) => bedFits(bed)),
    problems: all.problems,
  };
}

function checkNames(what: 'bed' | 'family', wanted: readonly string[], there: readonly string[]): void {
  const all = [...new Set(there)];
  for (const name of wanted) {
    if (all.includes(name)) continue;
    const near = nearest(name, all, 3).join(', ');
    const hint = near === '' ? '' : `; did you mean ${near}?`;
    throw new UsageError(`no measurement has the ${what} '${name}'${hint} (there are: ${all.join(', ')})`);
  }
}
