/**
 * What the racks of one thread take from together: packets, events, list items. A row that one rack gives back the
 * next one takes while it is still in the cache; which row it is shows in no result.
 */
import { EventPool } from '../core/eventPool.ts';
import { Batches } from '../fabric/batch.ts';
import { Items } from './items.ts';

export interface Pools {
  readonly batches: Batches;
  readonly events: EventPool;
  readonly items: Items;
}

/** @param mssBytes payload of a stream's full packet, by path */
export const makePools = (mssBytes: readonly number[]): Pools => ({
  batches: new Batches(256, mssBytes),
  events: new EventPool(1 << 24),
  items: new Items(),
});
