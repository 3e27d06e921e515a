/**
 * What the project says of its own accuracy, written from a comparison with all shipped measurements: the marked parts
 * of documents, and the data file behind the accuracy line of every report.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { accuracyOf } from '../../reports/accuracy.ts';
import { fillMarkers, markdownParts } from '../../reports/validation/markdown.ts';
import type { Validation } from '../../reports/validation/schema.ts';
import { writeAtomic } from '../files.ts';

/** Documents with marked parts, from the project's root. */
export const MARKED_DOCUMENTS = ['docs/ACCURACY.md', 'docs/ACCURACY_ROWS.md', 'README.md'] as const;
const ACCURACY = 'reports/accuracy.json';

const inProject = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

/** Writes what has changed. @returns the files written, from the project's root */
export function writeDocs(document: Validation): string[] {
  const parts = markdownParts(document);
  const texts: [string, string][] = MARKED_DOCUMENTS.map((file) => [
    file,
    fillMarkers(readFileSync(inProject(file), 'utf8'), parts),
  ]);
  texts.push([ACCURACY, `${JSON.stringify(accuracyOf(document), null, 2)}\n`]);
  const changed = texts.filter(([file, text]) => readFileSync(inProject(file), 'utf8') !== text);
  for (const [file, text] of changed) writeAtomic(inProject(file), text);
  return changed.map(([file]) => file);
}
