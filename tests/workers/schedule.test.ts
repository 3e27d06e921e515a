/**
 * Plans: which tasks share their racks among threads. Cases are those that a reader would decide by hand.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Limits, type Load, planTasks } from '../../workers/schedule.ts';

const LARGE: Load = { cost: 30e6, racks: 250, nodes: 10_000, bytes: 600e6 };
const SMALL: Load = { cost: 30e6, racks: 5, nodes: 200, bytes: 13e6 };
const PLENTY: Limits = { threads: 2, taskWorkers: null, bytes: 16e9, threadBytes: 50e6 };

/** `slots×size in lanes`, step by step. */
const shape = (loads: readonly Load[], limits: Partial<Limits> = {}): string =>
  planTasks(loads, { ...PLENTY, ...limits })
    .steps.map(({ slots, size, lanes }) => `${slots.join()} ×${size} in ${lanes}`)
    .join('; ');
const times = (count: number, load: Load): Load[] => Array.from({ length: count }, () => load);

test('one large task takes all threads; small ones never share', () => {
  assert.equal(shape([LARGE]), '0 ×2 in 1');
  assert.equal(shape([LARGE], { threads: 8 }), '0 ×8 in 1');
  assert.equal(shape([LARGE], { threads: 1 }), '0 ×1 in 1');
  assert.equal(shape([SMALL]), '0 ×1 in 1');
  assert.equal(shape([{ ...LARGE, cost: 1e5 }]), '0 ×1 in 1', 'over before its threads have started');
  assert.equal(shape([{ ...LARGE, racks: 3 }]), '0 ×1 in 1', 'one thread would have two of three racks');
});

test('what two cold threads save must outweigh that each compiles the program', () => {
  const shaped = (cost: number) => shape([{ ...LARGE, nodes: 2000, racks: 50, cost }]);
  assert.equal(shaped(3e6), '0 ×1 in 1');
  assert.equal(shaped(8e6), '0 ×2 in 1');
});

test('as many tasks as threads run side by side; what is left over is shared', () => {
  assert.equal(shape(times(2, LARGE)), '0,1 ×1 in 2');
  assert.equal(shape(times(3, LARGE)), '0 ×2 in 1; 1,2 ×1 in 2');
  assert.equal(shape(times(4, LARGE)), '0,1,2,3 ×1 in 2');
  assert.equal(shape(times(24, LARGE)), `${times(24, LARGE).map((_, k) => k)} ×1 in 2`);
  assert.equal(shape(times(2, LARGE), { threads: 8 }), '0,1 ×4 in 2');
});

test('a task that outweighs all others is shared first', () => {
  const others = times(3, { ...SMALL, cost: 2e6 });
  assert.equal(shape([...others, LARGE]), '3 ×2 in 1; 0,1,2 ×1 in 2');
});

test('memory: fewer at once, and then on more threads each', () => {
  assert.equal(shape(times(4, LARGE), { threads: 4 }), '0,1,2,3 ×1 in 4');
  assert.equal(shape(times(4, LARGE), { threads: 4, bytes: 1.5e9 }), '0,1,2,3 ×2 in 2');
  assert.equal(shape(times(4, LARGE), { threads: 4, bytes: 0.9e9 }), '0,1,2,3 ×4 in 1');
  assert.equal(shape(times(4, SMALL), { threads: 4, bytes: 70e6 }), '0,1,2,3 ×1 in 1');
  const { bytes } = planTasks([LARGE], { ...PLENTY, bytes: 1 });
  assert.equal(bytes, 650e6, 'one at a time, although that is too much');
});

test('the user decides', () => {
  assert.equal(shape(times(3, LARGE), { taskWorkers: 1 }), '0,1,2 ×1 in 2');
  assert.equal(shape(times(3, LARGE), { taskWorkers: 2 }), '0,1,2 ×2 in 1');
  assert.equal(shape(times(3, SMALL), { threads: 4, taskWorkers: 2 }), '0,1,2 ×2 in 2');
});

const anyLoad = fc.record({
  cost: fc.integer({ min: 1, max: 1e9 }),
  racks: fc.integer({ min: 1, max: 500 }),
  nodes: fc.integer({ min: 2, max: 20_000 }),
  bytes: fc.integer({ min: 0, max: 2e9 }),
});

test('any plan: each task once, no more threads than there are, memory kept wherever one task fits', () => {
  const any = fc.tuple(
    fc.array(anyLoad, { minLength: 1, maxLength: 40 }),
    fc.integer({ min: 1, max: 16 }),
    fc.integer({ min: 1e8, max: 2e10 }),
  );
  fc.assert(
    fc.property(any, ([loads, threads, bytes]) => {
      const plan = planTasks(loads, { ...PLENTY, threads, bytes });
      const slots = plan.steps.flatMap((step) => step.slots);
      assert.deepEqual(
        slots.sort((a, b) => a - b),
        loads.map((_, k) => k),
      );
      assert.ok(plan.threads >= 1 && plan.threads <= threads);
      for (const { lanes, size } of plan.steps) assert.ok(lanes * size <= plan.threads);
      const least = Math.max(...loads.map((load) => load.bytes)) + PLENTY.threadBytes;
      assert.ok(plan.bytes <= bytes || (plan.threads === 1 && plan.bytes === least));
    }),
    { numRuns: 200 },
  );
});
