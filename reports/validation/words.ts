/**
 * How figures and families of a validation are written: ratios in per cent, values with four digits.
 */
import type { Validation } from './schema.ts';

export const NONE = '–';
const FAMILIES: Readonly<Record<string, string>> = {
  tcp1: 'TCP, one stream',
  tcpN: 'TCP, many streams',
  udp: 'UDP throughput',
  pps: 'UDP packets/s',
  latency: 'latency, request/response',
  tail: 'latency percentiles',
  cpu: 'CPU',
};

/** A family in words. */
export const familyTitle = (family: string): string => FAMILIES[family] ?? family;

/** `+3.1 %`; a dash for null. */
export function signed(ratio: number | null): string {
  if (ratio === null) return NONE;
  const text = (Math.abs(ratio) * 100).toFixed(Math.abs(ratio) < 9.9995 ? 1 : 0);
  return `${ratio < 0 ? '−' : '+'}${text} %`;
}

/** `3.1 %`; a dash for null. */
export const share = (ratio: number | null): string =>
  ratio === null ? NONE : `${(ratio * 100).toFixed(ratio < 9.9995 ? 1 : 0)} %`;

/** Four digits, no exponent. */
export function figure(value: number | null): string {
  if (value === null) return NONE;
  const size = Math.abs(value);
  if (size === 0) return '0';
  const decimals = Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(size))));
  return value.toFixed(decimals);
}

/** `1 row`, `2 rows`. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What could not be used: file, place in it, what is wrong. */
const problemText = ({ file, path, message }: Validation['problems'][number]): string =>
  `${file}${path === '' || path.startsWith('[') ? '' : ' '}${path}: ${message}`;

/** One line for all problems that differ only in the number of their entry. */
export function problemLines(problems: Validation['problems']): string[] {
  const alike = new Map<string, { readonly first: string; count: number }>();
  for (const problem of problems) {
    const text = problemText(problem);
    const key = JSON.stringify([problem.file, problem.path.replace(/\d+/g, ''), problem.message]);
    const before = alike.get(key);
    if (before === undefined) alike.set(key, { first: text, count: 1 });
    else before.count++;
  }
  return [...alike.values()].map(({ first, count }) =>
    count === 1 ? first : `${first} (and ${count - 1} more like it)`,
  );
}
