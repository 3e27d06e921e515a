/**
 * Numbers for readers: base units to SI prefixes, one prefix and one number of decimals a column, so that
 * columns align and compare at a glance. No locale is read: the decimal sign is a point everywhere.
 */

/** How a column prints: value / divisor, with this many decimals, under this unit. */
export interface Scale {
  readonly unit: string;
  readonly divisor: number;
  readonly decimals: number;
}

const DECIMALS_MAX = 3;
const DIGITS = 3;
/** Smallest printed number that still carries two digits at three decimals. */
const TOO_SMALL = 0.01;

const LARGE: readonly (readonly [string, number])[] = [
  ['T', 1e12],
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
  ['', 1],
];
const SMALL: readonly (readonly [string, number])[] = [
  ['', 1],
  ['m', 1e-3],
  ['µ', 1e-6],
  ['n', 1e-9],
];

/** Units that are printed otherwise than they are kept. */
const FIXED: Readonly<Record<string, Scale>> = {
  's/B': { unit: 'ns/B', divisor: 1e-9, decimals: 2 },
  '%': { unit: '%', divisor: 0.01, decimals: 1 },
  '×': { unit: '×', divisor: 1, decimals: 2 },
  ratio: { unit: '×', divisor: 1, decimals: 2 },
};

/** A column of times without any: those that it would show are exchanges' of a packet network. */
const NO_TIMES: Scale = { unit: 'µs', divisor: 1e-6, decimals: 0 };

/**
 * One scale for all values of a column.
 * @param unit    base unit: bit/s, 1/s, B, s, s/B, cores, ratio, 1, or a printing unit (%, ×)
 * @param values  base units; nulls are skipped
 */
export function scaleOf(unit: string, values: readonly (number | null)[]): Scale {
  const fixed = FIXED[unit];
  if (fixed !== undefined) return fixed;
  const sizes = values.filter((value) => value !== null && value !== 0).map((value) => Math.abs(value!));
  if (unit === 's' && values.every((value) => value === null)) return NO_TIMES;
  const largest = Math.max(0, ...sizes);
  const smallest = Math.min(largest, ...sizes);
  if (largest === 0) return { unit: printed(unit, ''), divisor: 1, decimals: 0 };
  const prefixes = ['bit/s', '1/s', 'B'].includes(unit) ? LARGE : unit === 's' ? SMALL : ([['', 1]] as const);
  let at = prefixes.findIndex(([, factor]) => largest >= factor);
  if (at < 0) at = prefixes.length - 1;
  while (at + 1 < prefixes.length && smallest / prefixes[at]![1] < TOO_SMALL) at++;
  const [prefix, divisor] = prefixes[at]!;
  const wholes = values.every((value) => value === null || Number.isInteger(value)) && divisor === 1;
  return { unit: printed(unit, prefix), divisor, decimals: wholes ? 0 : decimalsFor(smallest / divisor) };
}

/** One scale for a column of counts. */
export function countScale(counts: readonly (number | null)[]): Scale {
  const { unit, divisor, decimals } = scaleOf('B', counts);
  return { unit: unit.slice(0, -1), divisor, decimals: divisor === 1 ? 0 : decimals };
}

/** The number alone, with the decimals of its scale. */
export function printScaled(value: number, scale: Scale): string {
  return (value / scale.divisor).toFixed(scale.decimals);
}

/** A number with its own prefix and unit: "12.3 Gbit/s", "45.0 µs". */
export function printOne(value: number, unit: string): string {
  const scale = scaleOf(unit, [value]);
  return `${printScaled(value, scale)}${scale.unit === '' ? '' : ` ${scale.unit}`}`;
}

/** Ratio as whole per cent: "97 %". */
export function percent(ratio: number, decimals = 0): string {
  return `${(ratio * 100).toFixed(decimals)} %`;
}

/** Counts in words' size: 950, 12.3 k, 220 M. */
export function printCount(value: number): string {
  if (value < 1e4) return String(Math.round(value));
  const [prefix, factor] = LARGE.find(([, size]) => value >= size)!;
  const scaled = value / factor;
  return `${scaled.toFixed(scaled < 100 ? 1 : 0)} ${prefix}`;
}

/** A number and its unit or prefix stay on one line: the space between them does not break. */
export function glue(text: string): string {
  return text.replace(/(\d) (?=[%×kMGTmµn])/g, '$1\u00a0');
}

function printed(unit: string, prefix: string): string {
  if (unit === '1') return '';
  if (unit === '1/s') return `${prefix}/s`.replace(/^\//, '1/');
  return prefix + unit;
}

function decimalsFor(smallest: number): number {
  let decimals = DIGITS - 1;
  for (let bound = 10; bound <= smallest && decimals > 0; bound *= 10) decimals--;
  for (let bound = 1; bound > smallest && decimals < DECIMALS_MAX; bound /= 10) decimals++;
  return Math.min(decimals, DECIMALS_MAX);
}
