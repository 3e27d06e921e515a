/**
 * What the racks of one thread have together: packets, events, list items, the tables of their hosts and sockets, what
 * they count. A row that one rack gives back the next one takes while it is still in the cache; which row it is shows
 * in no result. No array belongs to a rack alone where it can be helped: its object would be cold at every visit.
 */
import { EventPool } from '../core/eventPool.ts';
import { Batches } from '../fabric/batch.ts';
import { Counts } from './counts.ts';
import { GroTable } from './gro.ts';
import { Hosts } from './hosts.ts';
import { Items } from './items.ts';
import { OpenJob } from './openJob.ts';
import type { Setup } from './setup.ts';
import { Sockets } from './sockets.ts';

/** Clusters of no more racks than this count by rack (rackCpu.ts). */
export const RACKS_APART = 4;

export interface Pools {
  readonly batches: Batches;
  readonly events: EventPool;
  readonly items: Items;
  readonly hosts: Hosts;
  readonly sockets: Sockets;
  readonly gro: GroTable;
  /** One for all of the thread's racks, or one each, in order. */
  readonly counts: readonly Counts[];
  readonly job: OpenJob;
  /** First node that this thread has. */
  readonly firstNode: number;
}

/**
 * @param firstNode first of the thread's nodes
 * @param nodes     how many
 */
export function makePools(setup: Setup, firstNode: number, nodes: number): Pools {
  const rows = setup.compiled.rows.list.length;
  const apart = setup.racks <= RACKS_APART;
  return {
    batches: new Batches(256, setup.pathMssBytes),
    events: new EventPool(1 << 24),
    items: new Items(),
    hosts: new Hosts(setup, nodes),
    sockets: new Sockets(),
    gro: new GroTable(),
    counts: Array.from({ length: apart ? Math.ceil(nodes / setup.nodesPerRack) : 1 }, () => new Counts(rows)),
    job: new OpenJob(rows),
    firstNode,
  };
}

/** What the rack of `firstNode` counts in. */
export const countsOf = ({ counts, firstNode: first }: Pools, setup: Setup, firstNode: number): Counts =>
  counts[counts.length > 1 ? (firstNode - first) / setup.nodesPerRack : 0]!;

/** Bytes of all of them. */
export const poolBytes = ({ batches, events, items, hosts, sockets }: Pools): number =>
  [batches, events, items, hosts, sockets].reduce((sum, table) => sum + table.memoryBytes(), 0);
