/**
 * Conditions of published rows that decide the line of the targets in which they count. From the frozen list alone.
 */
import { BACKENDS } from '../backends/catalog.ts';
import type { PublishedRow } from './formats/types.ts';

export interface RowConditions {
  /** The line's rate, not the hosts, limits this figure. */
  readonly lineLimited: boolean;
  /** A tunnel, and the NIC does not cut its packets. */
  readonly tunnelWithoutOffload: boolean;
  /** measured / baseline; null: no baseline. */
  readonly ratio: number | null;
}

/** By row id; rows of measured beds have none. */
export type ConditionsOf = ReadonlyMap<string, RowConditions>;

const PLAIN: RowConditions = { lineLimited: false, tunnelWithoutOffload: false, ratio: null };

export const conditionsOf = (conditions: ConditionsOf, id: string): RowConditions =>
  conditions.get(id) ?? PLAIN;

export function readConditions(published: readonly PublishedRow[]): ConditionsOf {
  return new Map(
    published.map(({ row, backend }) => {
      const group = BACKENDS.find(({ name }) => name === backend)?.group;
      const tunnel = group === 'tunnel' || group === 'encrypted';
      return [
        row.id,
        {
          lineLimited: row.line_limited === true,
          tunnelWithoutOffload: tunnel && row.tunnel_offload !== 'on',
          ratio: row.ratio,
        },
      ];
    }),
  );
}
