/**
 * Measurements → studies → rows. A study that breaks on what a file holds loses its own rows and nothing else.
 */
import { bottleneckStudy } from '../../calibration/bottleneck/study.ts';
import { drive, type RunRound } from '../../calibration/drive.ts';
import { kernelRows } from '../../calibration/formats/kernelRows.ts';
import { ownStudy } from '../../calibration/formats/own.ts';
import type { Measurements } from '../../calibration/formats/types.ts';
import { kernelStudy } from '../../calibration/kernel/study.ts';
import { leaveOneBedOutStudies, publishedStudies } from '../../calibration/published/studies.ts';
import type { Row, Study } from '../../calibration/study.ts';
import type { Choice } from './measurements.ts';

export interface Compared {
  readonly rows: readonly Row[];
  /** Published rows with each bed's own prices put back. */
  readonly leftOut: readonly Row[];
  /** What broke a study. */
  readonly broken: readonly Error[];
}

/** Runs every study to its end, all of them sharing rounds. */
export async function compareAll(
  measurements: Measurements,
  { beds, families }: Choice,
  run: RunRound,
): Promise<Compared> {
  const { published, kernel, bottleneck, own } = measurements;
  const broken: Error[] = [];
  const fits = (row: Row): boolean =>
    (beds.length === 0 || beds.includes(row.bed)) && (families.length === 0 || families.includes(row.family));
  const kernelWanted = kernelRows(kernel).filter(
    ({ family }) => families.length === 0 || families.includes(family),
  );
  const leaveOut = leaveOneBedOutStudies(published);
  // A study a bed: their order must not depend on which needs more rounds.
  const leftOut = leaveOut.map((): Row[] => []);
  const studies = [
    kernelStudy(kernelWanted),
    bottleneckStudy(bottleneck),
    ...publishedStudies(published),
    ownStudy(own),
    ...leaveOut.map((study, at) => aside(study, leftOut[at]!)),
  ].map((study) => guarded(study, broken));
  const rows = await drive(studies, run);
  return { rows: rows.filter(fits), leftOut: leftOut.flat().filter(fits), broken };
}

/** Rows go to `into` instead of to the driver. */
function* aside(study: Study, into: Row[]): Study {
  into.push(...(yield* study));
  return [];
}

function* guarded(study: Study, broken: Error[]): Study {
  try {
    return yield* study;
  } catch (error) {
    broken.push(error instanceof Error ? error : new Error(String(error)));
    return [];
  }
}
