/**
 * Prices of the Xeon book that were moved from their sources' values, each inside its stated range, with the
 * reason and the beds that asked for it. A bed is judged by the book in which the numbers that it alone asked
 * for stand where their sources put them (leave one bed out).
 */
import type { Price } from '../../engine/host/machine.ts';
import type { StageId } from '../../engine/host/stages.ts';
import type { Book } from './environment.ts';

export interface MovedPrice {
  readonly stage: StageId;
  readonly field: 'firstNs' | 'eachNs' | 'packetNs' | 'byteNs';
  /** What the source says, ns. */
  readonly from: number;
  /** What the book says, ns. */
  readonly to: number;
  /** Factors around `from` that the source allows. */
  readonly range: readonly [low: number, high: number];
  readonly reason: string;
  readonly beds: readonly string[];
}

export const MOVED_PRICES: readonly MovedPrice[] = [];

/** The book without what `bed` alone asked for. */
export function bookWithout(bed: string, moved: readonly MovedPrice[] = MOVED_PRICES): Book {
  const own = moved.filter(({ beds }) => beds.length === 1 && beds[0] === bed);
  return (prices) => {
    const changed: Record<StageId, Price> = { ...prices };
    for (const { stage, field, from, to } of own) {
      // Books derived from this one (the guest's) carry a factor.
      const price = changed[stage];
      changed[stage] = { ...price, [field]: ((price[field] ?? 0) * from) / to };
    }
    return changed;
  };
}
