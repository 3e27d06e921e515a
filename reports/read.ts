/**
 * Reading result files: validation by the schema, then the digest against the content. A file that was
 * edited, cut or is something else ends in BadResultError with the path of the offending field.
 */
import { readFileSync } from 'node:fs';
import { canonicalSha256 } from './canonical.ts';
import { type Result, resultSchema } from './schema.ts';

/** A file that is no result. `path` names the field (`cells[2].metrics.goodput.value`); '' for the whole. */
export class BadResultError extends Error {
  readonly path: string;
  constructor(path: string, message: string) {
    super(path === '' ? message : `${path}: ${message}`);
    this.name = 'BadResultError';
    this.path = path;
  }
}

/** What the digest covers: nothing wall-clock, nothing of the machine that ran it. */
export function resultDigest(
  of: Pick<Result, 'schema' | 'model' | 'scenario' | 'seeds' | 'cells' | 'findings' | 'slice'>,
): string {
  const { schema, model, scenario, seeds, cells, findings, slice } = of;
  return canonicalSha256({ schema, model, scenario, seeds, cells, findings, slice });
}

/**
 * Reads a result.
 * @param pathOrText  a file name, or the JSON text itself (recognised by its opening brace)
 * @throws BadResultError unreadable file, no JSON, a field that does not fit, a digest that does not match
 */
export function readResult(pathOrText: string): Result {
  const text = pathOrText.trimStart().startsWith('{') ? pathOrText : readText(pathOrText);
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new BadResultError('', `not JSON: ${(error as Error).message}`);
  }
  return checkResult(raw);
}

/**
 * Checks a parsed value against schema and digest.
 * @throws BadResultError
 */
export function checkResult(raw: unknown): Result {
  const parsed = resultSchema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new BadResultError(fieldPath(issue.path), issue.message.replace(/^Invalid input: /, ''));
  }
  // The digest is taken over the file as it is, so that fields of a later minor version count too.
  if (resultDigest(raw as Result) !== parsed.data.digest.value) {
    throw new BadResultError(
      'digest.value',
      'does not match the content: the file was changed after the run',
    );
  }
  return parsed.data;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new BadResultError('', `cannot read ${path} (${code})`);
  }
}

/** `cells[2].metrics` of a problem's path. */
export function fieldPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text;
}
