/**
 * Which tasks run one beside the other and which run on several threads each (a gang, gang.ts): a plan from costs,
 * racks, memory and the number of threads, made before anything runs. It decides how long a run takes and what it
 * holds at once, never a result.
 *
 * A plan has at most two steps: first the costliest tasks as gangs, then the rest a thread each. Gangs come first so
 * that no thread waits for another to be free, and so that the run ends with small pieces, which finish together.
 *
 * Left out: threads that join a running task; what neighbours on the machine take.
 */

/** What is known of a task before it runs. */
export interface Load {
  /** Expected events, rough (cost.ts). */
  readonly cost: number;
  /** Most threads that can share it. */
  readonly racks: number;
  readonly nodes: number;
  /** What one running task holds, bytes (memory.ts); 0: not known. */
  readonly bytes: number;
}

export interface Limits {
  /** Threads of the pool, 1 … */
  readonly threads: number;
  /** Threads a task as the user wants them, at most one a rack; null: as this plan finds best. */
  readonly taskWorkers: number | null;
  /** What all tasks at once may hold, bytes. */
  readonly bytes: number;
  /** What each further thread holds, bytes. */
  readonly threadBytes: number;
}

/** Tasks that run `lanes` at once on `size` threads each; one with fewer racks takes fewer threads. */
export interface Step {
  /** Places of the tasks, costliest first. */
  readonly slots: readonly number[];
  readonly lanes: number;
  readonly size: number;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** Most threads at once. */
  readonly threads: number;
  /** Most bytes that the tasks and threads of a step hold at once. */
  readonly bytes: number;
}

/** Below these a meeting of the threads costs about what sharing the work saves. */
const GANG_NODES_MIN = 400;
const GANG_RACKS_EACH = 2;
const GANG_COST_MIN = 1e6;
/** A gang has to save this share of the whole run's time. */
const GAIN_MIN = 0.05;
/** Two threads are 1.75 times one where racks divide evenly (docs/PERFORMANCE.md); each doubling the same again. */
const DOUBLING = 1.75;
/** Each thread of a gang compiles the program for itself, at once with the others: so many events later it is quick. */
const GANG_COLD_EVENTS = 2e6;

/** The quickest plan that fits the memory; if not even one task at a time fits, that one. */
export function planTasks(loads: readonly Load[], limits: Limits): Plan {
  const order = loads.map((_, slot) => slot).sort((a, b) => loads[b]!.cost - loads[a]!.cost || a - b);
  if (order.length === 0) return { steps: [], threads: 0, bytes: 0 };
  const { threads, taskWorkers } = limits;
  const step = (slots: readonly number[], size: number): Step => ({
    slots,
    size,
    lanes: lanesOf(slots, size, loads, limits),
  });
  if (taskWorkers !== null) return planOf([step(order, taskWorkers)], loads, limits);
  const alone = [step(order, 1)];
  let best = alone;
  let bestTime = (1 - GAIN_MIN) * timeOf(alone, loads);
  for (const size of gangSizes(threads)) {
    const most = Math.min(order.length, 2 * threads);
    for (let count = 1; count <= most && suits(loads[order[count - 1]!]!, size); count++) {
      const steps = [step(order.slice(0, count), size)];
      if (count < order.length) steps.push(step(order.slice(count), 1));
      const time = timeOf(steps, loads);
      if (time >= bestTime || planOf(steps, loads, limits).bytes > limits.bytes) continue;
      best = steps;
      bestTime = time;
    }
  }
  return planOf(best, loads, limits);
}

/** Threads that a task of this step gets. */
export const threadsOf = (step: Step, racks: number): number => Math.min(step.size, Math.max(1, racks));

/** Sizes that leave fewest threads idle: all of them, a half, a third, … */
function gangSizes(threads: number): number[] {
  const sizes = new Set<number>();
  for (let gangs = 1; gangs * 2 <= threads; gangs++) sizes.add(Math.floor(threads / gangs));
  return [...sizes];
}

const suits = ({ racks, nodes, cost }: Load, size: number): boolean =>
  nodes >= GANG_NODES_MIN && racks >= GANG_RACKS_EACH * size && cost >= GANG_COST_MIN;

function planOf(steps: readonly Step[], loads: readonly Load[], limits: Limits): Plan {
  return {
    steps,
    threads: Math.max(...steps.map(({ lanes, size }) => lanes * size)),
    bytes: Math.max(...steps.map(({ slots, lanes, size }) => heldBy(slots, lanes, size, loads, limits))),
  };
}

/** The `lanes` largest tasks at once, and their threads. */
function heldBy(
  slots: readonly number[],
  lanes: number,
  size: number,
  loads: readonly Load[],
  { threadBytes }: Limits,
): number {
  const bytes = slots.map((slot) => loads[slot]!.bytes).sort((a, b) => b - a);
  return bytes.slice(0, lanes).reduce((sum, one) => sum + one, lanes * size * threadBytes);
}

/** As many as threads and memory allow, at least one. */
function lanesOf(slots: readonly number[], size: number, loads: readonly Load[], limits: Limits): number {
  const most = Math.min(slots.length, Math.max(1, Math.floor(limits.threads / size)));
  let lanes = most;
  while (lanes > 1 && heldBy(slots, lanes, size, loads, limits) > limits.bytes) lanes--;
  return lanes;
}

/** Events one after another until the last task ends; each task goes to the lane that is free first. */
function timeOf(steps: readonly Step[], loads: readonly Load[]): number {
  const cold = steps.some(({ size }) => size > 1) ? GANG_COLD_EVENTS : 0;
  return steps.reduce((sum, step) => sum + stepTime(step, loads), cold);
}

function stepTime({ slots, lanes, size }: Step, loads: readonly Load[]): number {
  const ends = new Float64Array(lanes);
  for (const slot of slots) {
    let first = 0;
    for (let lane = 1; lane < lanes; lane++) if (ends[lane]! < ends[first]!) first = lane;
    ends[first]! += loads[slot]!.cost / speedup(size, loads[slot]!.racks);
  }
  return Math.max(...ends);
}

/** Of `size` threads over one: the largest share of the racks, and what waiting for each other costs. */
function speedup(size: number, racks: number): number {
  const threads = Math.min(size, Math.max(1, racks));
  if (threads === 1) return 1;
  const even = racks / Math.ceil(racks / threads) / threads;
  return even * DOUBLING ** Math.log2(threads);
}
