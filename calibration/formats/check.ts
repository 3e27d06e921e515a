/**
 * Looking at values of unknown files: a rule a field, every misfit named with its path. Nothing here throws.
 */
import type { Problem } from './types.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with a value (undefined: missing), or null. */
export type Rule = (value: unknown) => string | null;

/** A place in a file, and where its problems go. */
export interface Place {
  readonly file: string;
  readonly path: string;
  readonly problems: Problem[];
}

const SHOWN_MAX = 40;

/** A value as an error text shows it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  let text: string;
  try {
    text = JSON.stringify(value);
  } catch {
    // An alias of YAML may hold itself.
    text = typeof value;
  }
  if (text.length <= SHOWN_MAX) return text;
  return `${text.slice(0, SHOWN_MAX)}…${text.startsWith('"') ? '"' : ''}`;
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field of its own, never one that every object has. */
export const field = (value: Fields, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined;

export const below = (place: Place, step: string | number): Place => ({
  ...place,
  path: `${place.path}${typeof step === 'number' ? `[${step}]` : place.path === '' ? step : `.${step}`}`,
});

export function blame(place: Place, message: string): null {
  place.problems.push({ file: place.file, path: place.path, message });
  return null;
}

const rule =
  (what: string, holds: (value: unknown) => boolean): Rule =>
  (value) =>
    value === undefined ? `missing: ${what}` : holds(value) ? null : `${shown(value)} is not ${what}`;

const finite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

export const text = rule('a text', (value) => typeof value === 'string' && value !== '');
export const flag = rule('true or false', (value) => typeof value === 'boolean');
export const positive = rule('a number above 0', (value) => finite(value) && value > 0);
export const notNegative = rule('a number from 0', (value) => finite(value) && value >= 0);
export const object = rule('an object', isFields);

export const whole = (from: number, to: number = Number.MAX_SAFE_INTEGER): Rule =>
  rule(
    to === Number.MAX_SAFE_INTEGER ? `a whole number from ${from}` : `a whole number from ${from} to ${to}`,
    (value) => Number.isInteger(value) && (value as number) >= from && (value as number) <= to,
  );

/** One of the names; `what` is what they name. */
export const oneOf =
  (what: string, names: readonly (string | number)[]): Rule =>
  (value) =>
    value === undefined
      ? `missing: ${what}`
      : names.includes(value as string)
        ? null
        : `unknown ${what} ${shown(value)}`;

/** May be null; a field that may be missing as well goes through `optional`. */
export const orNull =
  (inner: Rule): Rule =>
  (value) =>
    value === null ? null : inner(value);

export const optional =
  (inner: Rule): Rule =>
  (value) =>
    value === undefined ? null : inner(value);

/**
 * Holds an object against its rules. Misfits are blamed as skipped, fields without a rule as ignored.
 * @returns whether everything that has a rule fits
 */
export function fits(value: Fields, rules: Readonly<Record<string, Rule>>, place: Place): boolean {
  let good = true;
  for (const [name, check] of Object.entries(rules)) {
    const wrong = check(field(value, name));
    if (wrong === null) continue;
    blame(below(place, name), `${wrong}; skipped`);
    good = false;
  }
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(rules, name)) blame(below(place, name), 'unknown field; ignored');
  }
  return good;
}
