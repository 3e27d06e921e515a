/**
 * Which prices a cell's answer may rest on, how far each may be off, and books with some of them moved.
 *
 * A price is moved as a whole: its first, each, packet and byte by one factor. A draw takes every price independently
 * of the others: half of the draws below the book's value and half above, log-uniform on either side, one in each of
 * as many equal slices as there are draws (Latin hypercube: M. D. McKay, R. J. Beckman, W. J. Conover, Technometrics
 * 21, 1979). A stage has one factor in all cells: all backends run on the same moved book.
 *
 * Left out: wake-up times and cache sizes (no book states a range); errors that prices share (all at one end at once
 * is run as well and bounds them).
 */
import { assert } from '../../engine/core/assert.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import { Stream } from '../../engine/core/streams.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import type { Confidence, Machine, Price } from '../../engine/host/machine.ts';
import { STAGE_IDS, type StageId } from '../../engine/host/stages.ts';

/** Factors by stage; a stage that is not named keeps its price. */
export type Factors = Readonly<Partial<Record<StageId, number>>>;

/** A price that may be off. */
export interface Lever {
  readonly stage: StageId;
  readonly confidence: Confidence;
  readonly source: string;
  /** Factors around the price, 0 < low ≤ 1 ≤ high. */
  readonly range: readonly [low: number, high: number];
}

/** How far a measured or published price is moved where its book states no range (`--all`): our assumption. */
export const UNSTATED_RANGE: readonly [number, number] = [0.8, 1.25];

/** CPU time of every stage that costs something in these runs, ps over all nodes and seeds. */
export function stageWork(records: readonly TaskRecord[]): Map<StageId, number> {
  const work = new Map<StageId, number>();
  for (const { cpu } of records) {
    for (const { stage, ps } of cpu) {
      const id = stage as StageId;
      if (ps !== '0') work.set(id, (work.get(id) ?? 0) + Number(ps));
    }
  }
  return work;
}

/**
 * Prices that are used, may be off and have room to be: in the order of the stages.
 * @param all  published and measured ones too
 */
export function leversOf(machine: Machine, work: ReadonlyMap<StageId, number>, all: boolean): Lever[] {
  return STAGE_IDS.flatMap((stage) => {
    const { confidence, source, range } = machine.prices[stage];
    if (!work.has(stage) || (confidence !== 'assumed' && !all)) return [];
    const lever: Lever = { stage, confidence, source, range: range ?? UNSTATED_RANGE };
    return lever.range[0] === 1 && lever.range[1] === 1 ? [] : [lever];
  });
}

/** Every lever at one end of its range. */
export const atEnd = (levers: readonly Lever[], end: 0 | 1): Factors =>
  Object.fromEntries(levers.map(({ stage, range }) => [stage, range[end]]));

/** The task on a book with some prices moved. @param name  what was moved, for labels */
export function movedTask(task: TaskSpec, factors: Factors, name: string): TaskSpec {
  const prices = { ...task.machine.prices };
  for (const [stage, factor] of Object.entries(factors)) {
    prices[stage as StageId] = times(prices[stage as StageId], factor);
  }
  return { ...task, task: `${task.task}/${name}`, machine: { ...task.machine, prices } };
}

const times = (price: Price, factor: number): Price => ({
  ...price,
  ...(price.firstNs === undefined ? {} : { firstNs: price.firstNs * factor }),
  ...(price.eachNs === undefined ? {} : { eachNs: price.eachNs * factor }),
  ...(price.packetNs === undefined ? {} : { packetNs: price.packetNs * factor }),
  ...(price.byteNs === undefined ? {} : { byteNs: price.byteNs * factor }),
});

/**
 * Ranks of a stage in its range, one a draw, each in a slice of its own, in 0 … 1. A stage's ranks depend on seed,
 * stage and number of draws alone: prices that come or go shift no other's.
 */
export function ranks(stage: StageId, draws: number, seed: number): number[] {
  const stream = new Stream(seed, `sensitivity/${stage}`);
  const slices = Array.from({ length: draws }, (_, slice) => slice);
  for (let last = draws - 1; last > 0; last--) {
    const other = stream.below(last + 1);
    [slices[last], slices[other]] = [slices[other]!, slices[last]!];
  }
  return slices.map((slice) => (slice + stream.unit()) / draws);
}

/** Factor at a rank: low at 0, the book's price at one half, high at 1; log-uniform in between. */
export function factorAt([low, high]: Lever['range'], rank: number): number {
  return rank < 0.5 ? low * rootPower(1 / low, 2 * rank) : rootPower(high, 2 * rank - 1);
}

const POWER_BITS = 40;

/**
 * base^exponent from square roots alone, which IEEE 754 fixes to the bit: the same on every machine.
 * @param base      positive
 * @param exponent  0 … 1; cut after 40 bits
 */
function rootPower(base: number, exponent: number): number {
  assert(base > 0 && exponent >= 0 && exponent <= 1, 'power: arguments');
  if (exponent === 1) return base;
  let root = base;
  let value = 1;
  let rest = exponent;
  for (let bit = 0; bit < POWER_BITS; bit++) {
    root = Math.sqrt(root);
    rest *= 2;
    if (rest < 1) continue;
    value *= root;
    rest -= 1;
  }
  return value;
}
