/**
 * Amounts as users write them: `9e9`, `9 Gbit/s`, `400us`, `3%`, in the base unit of the metric that they are for.
 */

import { GrammarError } from './selector.ts';
import type { Floor } from './types.ts';

const PREFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  µ: 1e-6,
  μ: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
};

/** What a unit is written as, without prefix. `%` is a ratio's hundredth. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  'bit/s': ['bit/s', 'bps', 'b/s'],
  s: ['s'],
  's/B': ['s/B'],
  '1/s': ['/s', '1/s'],
  cores: ['cores', 'core'],
};

/**
 * A number in a metric's base unit.
 * @throws GrammarError  no number, or a unit that the metric does not have
 */
export function parseAmount(text: string, unit: string): number {
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$/.exec(text);
  if (match === null) throw new GrammarError(`'${text}' is no number`);
  const value = Number(match[1]);
  const written = match[2]!;
  if (written === '') return value;
  if (written === '%' && (unit === 'ratio' || unit === '1')) return value / 100;
  for (const spelling of SPELLINGS[unit] ?? []) {
    if (!written.endsWith(spelling)) continue;
    const factor = PREFIXES[written.slice(0, written.length - spelling.length)];
    if (factor !== undefined) return value * factor;
  }
  const takes = unit === 'ratio' || unit === '1' ? 'a plain number or %' : `${SPELLINGS[unit]?.[0] ?? unit}`;
  throw new GrammarError(`'${text}': the unit here is ${takes}, with or without a prefix (n u m k M G T)`);
}

/**
 * A floor: `2%` of the base, or an amount in the metric's unit. A sign is taken as read: worse is worse.
 * @throws GrammarError
 */
export function parseFloor(text: string, unit: string): Floor {
  const match = /^\s*[+-]?\s*(\d+\.?\d*|\.\d+)\s*%\s*$/.exec(text);
  if (match !== null) return { kind: 'ratio', value: Number(match[1]) / 100 };
  return { kind: 'absolute', value: Math.abs(parseAmount(text, unit)) };
}
