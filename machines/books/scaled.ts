/**
 * Prices of one machine taken for another: every stage times one stated factor. What is left is arithmetic on
 * figures of another machine, so each price is assumed, and its range is widened by the factor's own.
 * Left out: stages that follow memory rather than the clock; the factor's range has to span them.
 */
import type { Price } from '../../engine/host/machine.ts';
import type { StageId } from '../../engine/host/stages.ts';

export interface Factor {
  /** Why it is what it is: a key of docs/SOURCES.md. */
  readonly key: string;
  /** ns there × this = ns here. */
  readonly times: number;
  /** Factors around the result that it may be off. */
  readonly range: readonly [low: number, high: number];
}

/** One price × the factor. */
export const scaledPrice = (price: Price, { key, times, range }: Factor): Price => ({
  ...(price.firstNs === undefined ? {} : { firstNs: price.firstNs * times }),
  ...(price.eachNs === undefined ? {} : { eachNs: price.eachNs * times }),
  ...(price.packetNs === undefined ? {} : { packetNs: price.packetNs * times }),
  ...(price.byteNs === undefined ? {} : { byteNs: price.byteNs * times }),
  source: `${key} × (${price.source})`,
  confidence: 'assumed',
  range: [(price.range?.[0] ?? 1) * range[0], (price.range?.[1] ?? 1) * range[1]],
});

/** A whole book × the factor. */
export const scaledPrices = (
  prices: Readonly<Record<StageId, Price>>,
  factor: Factor,
): Readonly<Record<StageId, Price>> =>
  Object.fromEntries(
    Object.entries(prices).map(([stage, price]) => [stage, scaledPrice(price, factor)]),
  ) as Record<StageId, Price>;
