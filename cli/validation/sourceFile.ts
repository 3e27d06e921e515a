/**
 * A file of measurements as text → value, with the lines of its fields where it is YAML.
 *
 * Text that begins with a bracket is JSON, other text YAML, unless the name ends in `.yaml` or `.yml`.
 */
import { readFileSync } from 'node:fs';
import type { Document, LineCounter } from 'yaml';
import { parseMeasurementJson } from '../../calibration/formats/read.ts';
import { BadMeasurementFile, type Problem, type Source } from '../../calibration/formats/types.ts';
import { UsageError } from '../errors.ts';

export interface SourceFile extends Source {
  /** Line, from 1, of the field that a problem names, or of what lacks it; null: not known. */
  readonly lineOf: (path: string) => number | null;
}

/** @throws UsageError for a file that cannot be read or is neither JSON nor YAML */
export async function sourceFile(name: string): Promise<SourceFile> {
  const text = textOf(name);
  if (!/\.ya?ml$/i.test(name) && /^\uFEFF?\s*(?:[[{]|$)/.test(text)) {
    try {
      return { name, value: parseMeasurementJson(name, text), lineOf: () => null };
    } catch (error) {
      throw error instanceof BadMeasurementFile ? new UsageError(error.message) : error;
    }
  }
  const { LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  const [wrong] = document.errors;
  if (wrong !== undefined) {
    const why = wrong.message.split('\n')[0]!.replace(/[:\s]+$/, '');
    throw new UsageError(`${name} is not YAML: ${why.replace(/\p{Cc}+/gu, ' ')}`);
  }
  try {
    return { name, value: document.toJS(), lineOf: (path) => lineOf(path, document, lines) };
  } catch (error) {
    // Aliases that multiply beyond all measure.
    throw new UsageError(`${name}: ${(error as Error).message}`);
  }
}

function textOf(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read ${name} (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`);
  }
}

/** Problems of YAML files with their lines. */
export const withLines = (problems: readonly Problem[], files: readonly SourceFile[]): Problem[] =>
  problems.map((problem) => {
    const line = files.find(({ name }) => name === problem.file)?.lineOf(problem.path) ?? null;
    return line === null ? problem : { ...problem, message: `${problem.message} (line ${line})` };
  });

/** The node of the path or, where it is missing, the nearest around it. */
function lineOf(path: string, document: Document, lines: LineCounter): number | null {
  const steps = (path.match(/[^.[\]]+/g) ?? []).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  for (let depth = steps.length; depth > 0; depth--) {
    const node = document.getIn(steps.slice(0, depth), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}
