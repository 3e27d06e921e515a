/** Counts for people: three digits and a prefix. */
const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P'];

/** `1234567` → `1.23 M`, with a unit `1.23 MB`. */
export function scaled(value: number, unit = ''): string {
  let rest = value;
  let prefix = 0;
  while (Math.abs(rest) >= 999.5 && prefix < PREFIXES.length - 1) {
    rest /= 1000;
    prefix++;
  }
  const digits = prefix === 0 && Number.isInteger(rest) ? 0 : rest >= 99.95 ? 0 : rest >= 9.995 ? 1 : 2;
  return `${rest.toFixed(digits)} ${PREFIXES[prefix]}${unit}`.trim();
}
