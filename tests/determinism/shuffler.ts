/** What tests put in the way of determinism: partitions in another order, ties without a rule. */
import assert from 'node:assert/strict';
import type { Cluster } from '../../engine/build.ts';

/** A shuffle of its own (Fisher–Yates over mulberry32): the engine's streams are under test. */
export function shuffler(seed: number): { shuffle: (list: number[]) => void; changed: () => number } {
  let state = seed * 0x9e3779b9;
  let changed = 0;
  const below = (n: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) % n;
  };
  const shuffle = (list: number[]): void => {
    const before = list.join();
    for (let i = list.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [list[i], list[j]] = [list[j]!, list[i]!];
    }
    if (list.join() !== before) changed++;
  };
  return { shuffle, changed: () => changed };
}

/** Batches that reach a spine's port at once go as they came: as the racks that sent them ran. */
export function asTheyCame({ partitions }: Cluster): void {
  for (const { down, batches } of partitions) {
    const { t0 } = batches;
    assert.ok('precedes' in down);
    Object.assign(down, { precedes: (b: number, other: number) => t0[b]! < t0[other]! });
  }
}
