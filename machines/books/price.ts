/**
 * Notation of the cost books: a price with its confidence. Values are ns, and ns a byte.
 * `assumed` needs the factors that its uncertainty spans. Meaning of the fields: engine/host/machine.ts.
 */
import type { Price } from '../../engine/host/machine.ts';

export type Values = Pick<Price, 'firstNs' | 'eachNs' | 'packetNs' | 'byteNs'>;

export const published = (source: string, values: Values): Price => ({
  ...values,
  source,
  confidence: 'published',
});

export const measured = (source: string, values: Values): Price => ({
  ...values,
  source,
  confidence: 'measured',
});

export const assumed = (source: string, range: readonly [number, number], values: Values): Price => ({
  ...values,
  source,
  confidence: 'assumed',
  range,
});
