/**
 * Two results → a comparison: whether they compare, digests, then statistics over seeds, then the gate.
 */
import type { Result } from '../schema.ts';
import type { Aspect, Comparison, Floor, Level } from './types.ts';

/** A result with the name that the reader knows it by. */
export interface Named {
  readonly label: string;
  readonly file: string | null;
  readonly result: Result;
}

export interface Policy {
  readonly gate: Level;
  readonly alpha: number;
  readonly allow: readonly Aspect[];
  readonly floor: Floor;
}

/** Compares two results. */
export function compareResults(_base: Named, _head: Named, _policy: Partial<Policy> = {}): Comparison {
  throw new Error('not built yet');
}
