/**
 * Canonical JSON: one text for one value, so that a hash of it compares values and not spellings.
 * Keys are sorted by UTF-16 code unit, numbers take JavaScript's shortest round-trip form, no white space.
 * Left out: RFC 8785's rules for values that JSON.parse never yields.
 */
import { createHash } from 'node:crypto';

/**
 * Canonical JSON text of a plain value. Keys whose value is undefined are skipped.
 * @throws TypeError for NaN, infinities, functions, bigint: a result must not hold them.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('canonical JSON holds finite numbers only');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError('canonical JSON holds plain values only');
  const parts: string[] = [];
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(fields).sort()) {
    if (fields[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(fields[key])}`);
  }
  return `{${parts.join(',')}}`;
}

/** SHA-256 of the canonical JSON, 64 hexadecimal digits. */
export function canonicalSha256(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
