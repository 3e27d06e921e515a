/**
 * Which measurements a comparison takes: the shipped ones or the user's files, narrowed to beds and families.
 */
import { BOTTLENECK_BED, BOTTLENECK_FAMILIES } from '../../calibration/bottleneck/study.ts';
import { kernelRows } from '../../calibration/formats/kernelRows.ts';
import { readMeasurements } from '../../calibration/formats/read.ts';
import { shippedMeasurements } from '../../calibration/formats/shipped.ts';
import { BadMeasurementFile, type Measurements } from '../../calibration/formats/types.ts';
import { didYouMean } from '../../scenarios/lib/nearest.ts';
import { UsageError } from '../errors.ts';
import { type SourceFile, sourceFile, withLines } from './sourceFile.ts';

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

async function fromFiles(names: readonly string[]): Promise<Measurements> {
  const files: SourceFile[] = [];
  for (const name of new Set(names)) files.push(await sourceFile(name));
  try {
    const all = readMeasurements(files);
    return { ...all, problems: withLines(all.problems, files) };
  } catch (error) {
    throw error instanceof BadMeasurementFile ? new UsageError(error.message) : error;
  }
}

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
    const hint = didYouMean(name, all, 3);
    throw new UsageError(`no measurement has the ${what} '${name}'${hint} (there are: ${all.join(', ')})`);
  }
}
