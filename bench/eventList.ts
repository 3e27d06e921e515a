/**
 * The event list against two heaps: the hold model. A list holds n events; each operation takes the earliest and
 * puts one back a random delay later. Every list handles the same delays and must name the same events.
 *
 * Left out: cancelled events (the engine has none), and the cache misses of a model around the list.
 */
import { Bench } from 'tinybench';
import { Stream } from '../engine/core/streams.ts';
import { Wheel } from '../engine/core/wheel.ts';
import { FlatHeap, ObjectHeap } from './heaps.ts';

const delayCount = 1 << 16;
const holdsPerRun = 100_000;
const sizes = [1_000, 100_000, 1_000_000];

type Workload = 'network' | 'with timers';
type ListName = 'wheel' | 'heap, typed arrays' | 'heap of objects';

export interface EventListResult {
  readonly workload: Workload;
  readonly list: ListName;
  readonly pending: number;
  /** Millions of push + pop a second, median run. */
  readonly mholdsPerS: number;
}

/**
 * Delays, ps: frames at 25 Gb/s (64 and 1,538 bytes), jobs of some hundred ns, a link of 1 us with a queue behind
 * it, interrupts of some 50 us; `with timers`: and one in a hundred of 200 ms.
 */
function delaysOf(workload: Workload): Float64Array {
  const stream = new Stream(1, `bench/event-list/${workload}`);
  return Float64Array.from({ length: delayCount }, () => {
    const u = stream.below(100);
    if (u === 0 && workload === 'with timers') return 200_000_000_000 + stream.below(1_000_000);
    if (u < 15) return 26_880;
    if (u < 45) return 492_160;
    if (u < 65) return stream.exponentialPs(400_000);
    if (u < 95) return 1_000_000 + stream.exponentialPs(4_000_000);
    return 20_000_000 + stream.exponentialPs(30_000_000);
  });
}

// One loop for each list: a shared one would see several shapes and hide what a monomorphic caller gets.
function holdWheel(list: Wheel, delays: Float64Array, count: number): number {
  let check = 0;
  for (let i = 0; i < count; i++) {
    list.pop(Number.POSITIVE_INFINITY);
    check = (Math.imul(check, 31) + list.payload) | 0;
    list.push(list.now + delays[i & (delayCount - 1)]!, i & 3, 1, i, list.payload);
  }
  return check;
}

function holdFlat(list: FlatHeap, delays: Float64Array, count: number): number {
  let check = 0;
  for (let i = 0; i < count; i++) {
    list.pop(Number.POSITIVE_INFINITY);
    check = (Math.imul(check, 31) + list.payload) | 0;
    list.push(list.now + delays[i & (delayCount - 1)]!, i & 3, 1, i, list.payload);
  }
  return check;
}

function holdObjects(list: ObjectHeap, delays: Float64Array, count: number): number {
  let check = 0;
  for (let i = 0; i < count; i++) {
    list.pop(Number.POSITIVE_INFINITY);
    check = (Math.imul(check, 31) + list.payload) | 0;
    list.push(list.now + delays[i & (delayCount - 1)]!, i & 3, 1, i, list.payload);
  }
  return check;
}

interface Contender {
  readonly name: ListName;
  /** Fills a list with n events and returns what runs `count` holds on it. */
  readonly filled: (pending: number, delays: Float64Array) => (count: number) => number;
}

function fill(list: Wheel | FlatHeap | ObjectHeap, pending: number, delays: Float64Array): void {
  for (let i = 0; i < pending; i++) {
    list.push(delays[(i * 7) & (delayCount - 1)]! + ((i * 7_919) % 1_000_003), i & 3, 1, i, i);
  }
}

const contenders: readonly Contender[] = [
  {
    name: 'wheel',
    filled: (pending, delays) => {
      const list = new Wheel();
      fill(list, pending, delays);
      return (count) => holdWheel(list, delays, count);
    },
  },
  {
    name: 'heap, typed arrays',
    filled: (pending, delays) => {
      const list = new FlatHeap();
      fill(list, pending, delays);
      return (count) => holdFlat(list, delays, count);
    },
  },
  {
    name: 'heap of objects',
    filled: (pending, delays) => {
      const list = new ObjectHeap();
      fill(list, pending, delays);
      return (count) => holdObjects(list, delays, count);
    },
  },
];

/**
 * Runs the benchmark and prints its table.
 * @param timeMs  measured time of each row, ms
 * @throws        Error if two lists disagree about the order of events
 */
export async function eventListBench(timeMs = 400): Promise<EventListResult[]> {
  const results: EventListResult[] = [];
  for (const workload of ['network', 'with timers'] as const) {
    const delays = delaysOf(workload);
    for (const pending of sizes) results.push(...(await oneSize(workload, pending, delays, timeMs)));
  }
  console.log('event list, hold model, million push + pop a second');
  console.table(
    results.map(({ mholdsPerS, ...row }) => ({ ...row, 'M/s': Math.round(mholdsPerS * 10) / 10 })),
  );
  return results;
}

async function oneSize(
  workload: Workload,
  pending: number,
  delays: Float64Array,
  timeMs: number,
): Promise<EventListResult[]> {
  const checks = contenders.map((contender) => contender.filled(pending, delays)(2 * holdsPerRun));
  if (new Set(checks).size !== 1) throw new Error(`event lists disagree: ${workload}, ${pending} pending`);
  const bench = new Bench({ time: timeMs, iterations: 3, warmupTime: timeMs / 4, warmupIterations: 1 });
  for (const { name, filled } of contenders) {
    let hold: (count: number) => number = () => 0;
    bench.add(name, () => void hold(holdsPerRun), {
      beforeAll: () => {
        hold = filled(pending, delays);
        // The first turns of a filled list are not typical: let it reach its steady state.
        hold(Math.max(holdsPerRun, 2 * pending));
      },
    });
  }
  await bench.run();
  return bench.tasks.map((task) => {
    const { result } = task;
    if (result.state !== 'completed') throw new Error(`${task.name}: ${result.state}`);
    const mholdsPerS = holdsPerRun / (result.latency.p50 * 1_000);
    return { workload, list: task.name as ListName, pending, mholdsPerS };
  });
}
