/** The event list against a sorted reference: order, limits, peeks, far timers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError, LimitError } from '../../engine/core/assert.ts';
import { EventPool } from '../../engine/core/eventPool.ts';
import { Wheel } from '../../engine/core/wheel.ts';

interface Event {
  at: number;
  cls: number;
  entry: number;
}

/** Sorted by comparison of (time, class, entry), nothing shared with the wheel. */
class Reference {
  pending: Event[] = [];
  add(event: Event): void {
    let place = this.pending.length;
    while (place > 0 && before(event, this.pending[place - 1]!)) place--;
    this.pending.splice(place, 0, event);
  }
}

function before(a: Event, b: Event): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.cls !== b.cls) return a.cls < b.cls;
  return a.entry < b.entry;
}

const delay = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 20_000 }),
  fc.integer({ min: 0, max: 20_000_000 }),
  fc.integer({ min: 0, max: 20_000_000_000 }),
  fc.integer({ min: 0, max: 400_000_000_000 }),
  fc.integer({ min: 0, max: 50_000_000_000_000 }),
  // Borders of slots at each level.
  fc
    .constantFrom(8_192, 8_388_608, 8_589_934_592, 8_796_093_022_208)
    .chain((border) => fc.integer({ min: -1, max: 1 }).map((offset) => border + offset)),
);
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ op: fc.constant('push' as const), delay, cls: fc.integer({ min: 0, max: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('pop' as const), delay }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('popAny' as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('peek' as const) }) },
);

test('any mixture of pushes, limited pops and peeks leaves in (time, class, entry) order', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 300 }), (steps) => {
      const wheel = new Wheel();
      const reference = new Reference();
      let floor = 0;
      let entry = 0;
      const popBoth = (limit: number): void => {
        const expected = reference.pending[0];
        if (expected === undefined || expected.at >= limit) {
          assert.equal(wheel.pop(limit), false);
          if (expected !== undefined) floor = Math.max(floor, limit);
          return;
        }
        reference.pending.shift();
        assert.equal(wheel.pop(limit), true);
        assert.deepEqual([wheel.now, wheel.cls, wheel.payload], [expected.at, expected.cls, expected.entry]);
        assert.deepEqual([wheel.kind, wheel.actor], [expected.entry % 256, expected.entry * 7]);
        floor = Math.max(floor, expected.at);
      };
      for (const one of steps) {
        if (one.op === 'push') {
          const at = floor + Math.max(0, one.delay);
          reference.add({ at, cls: one.cls, entry });
          wheel.push(at, one.cls, entry % 256, entry * 7, entry);
          entry++;
        } else if (one.op === 'peek') {
          assert.equal(wheel.peek(), reference.pending[0]?.at ?? Number.POSITIVE_INFINITY);
        } else {
          popBoth(one.op === 'pop' ? floor + Math.max(0, one.delay) : Number.POSITIVE_INFINITY);
        }
        assert.equal(wheel.length, reference.pending.length);
      }
      while (reference.pending.length > 0) popBoth(Number.POSITIVE_INFINITY);
      assert.equal(wheel.pop(Number.POSITIVE_INFINITY), false);
    }),
    { numRuns: 1_500, seed: 3 },
  );
});

test('one instant: classes first, then entry order, whether dealt down from a far level or pushed late', () => {
  const wheel = new Wheel();
  const at = 7_000_000_000_000;
  const classes = [2, 0, 1, 2, 0, 1, 2, 0, 1, 0, 0, 2];
  for (const [entry, cls] of classes.entries()) wheel.push(at, cls, 1, 0, entry);
  const seen: number[] = [];
  while (wheel.pop(Number.POSITIVE_INFINITY)) {
    seen.push(wheel.payload);
    if (wheel.payload === 1) wheel.push(at, 0, 1, 0, 100);
    if (wheel.payload === 2) wheel.push(at, 0, 1, 0, 101);
    if (wheel.payload === 5) wheel.push(at, 2, 1, 0, 102);
  }
  assert.deepEqual(seen, [1, 4, 7, 9, 10, 100, 2, 101, 5, 8, 0, 3, 6, 11, 102]);
});

test('a crowded slot, near or dealt down from any level, leaves sorted', () => {
  for (const start of [0, 8_192 * 5, 8_388_608 * 3, 8_589_934_592 * 2, 8_796_093_022_208 * 4]) {
    for (const count of [23, 24, 25, 26, 500]) {
      const wheel = new Wheel();
      const events = Array.from({ length: count }, (_, entry) => {
        const event = { at: start + ((entry * 7_919) % 13), cls: (entry * 5) % 3, entry };
        wheel.push(event.at, event.cls, 0, 0, entry);
        return event;
      });
      const expected = [...events].sort((a, b) => (before(a, b) ? -1 : 1)).map(({ entry }) => entry);
      const seen: number[] = [];
      while (wheel.pop(start + 6)) seen.push(wheel.payload);
      // Into the slot that is open now: behind everything, and between the classes of the last instant.
      wheel.push(start + 12, 2, 0, 0, 1_000);
      wheel.push(start + 12, 1, 0, 0, 1_001);
      while (wheel.pop(Number.POSITIVE_INFINITY)) seen.push(wheel.payload);
      const between = expected.findLastIndex((entry) =>
        before(events[entry]!, { at: start + 12, cls: 1, entry: 1_001 }),
      );
      assert.deepEqual(seen, [...expected.toSpliced(between + 1, 0, 1_001), 1_000]);
    }
  }
});

test('a pop that stops after dealing a far slot leaves no open slot behind', () => {
  const wheel = new Wheel();
  const epoch = 8_796_093_022_208;
  wheel.push(5 * 8_192, 0, 0, 0, 1);
  wheel.push(epoch + 8_589_934_592, 0, 0, 0, 4);
  assert.equal(wheel.pop(6 * 8_192), true);
  assert.equal(wheel.pop(epoch + 1), false);
  // The same place within the epoch as the slot that was open before it.
  wheel.push(epoch + 5 * 8_192, 0, 0, 0, 3);
  wheel.push(epoch + 3 * 8_192, 0, 0, 0, 2);
  const seen: number[] = [];
  while (wheel.pop(Number.POSITIVE_INFINITY)) seen.push(wheel.payload);
  assert.deepEqual(seen, [2, 3, 4]);
});

test('a peek far ahead does not keep a nearer event out', () => {
  const wheel = new Wheel();
  wheel.push(5_000_000_000_000, 0, 1, 1, 1);
  assert.equal(wheel.peek(), 5_000_000_000_000);
  wheel.push(10, 0, 1, 1, 2);
  assert.equal(wheel.peek(), 10);
  assert.equal(wheel.pop(11), true);
  assert.equal(wheel.payload, 2);
  assert.equal(wheel.pop(1_000_000), false);
  wheel.push(1_000_000, 0, 1, 1, 3);
  assert.equal(wheel.peek(), 1_000_000);
});

test('two hours: the last representable time is kept and comes last', () => {
  const wheel = new Wheel();
  wheel.push(Number.MAX_SAFE_INTEGER, 0, 1, 1, 1);
  wheel.push(7_200_000_000_000_000, 0, 1, 1, 2);
  wheel.push(200_000_000_000, 0, 1, 1, 3);
  const seen: number[] = [];
  while (wheel.pop(Number.POSITIVE_INFINITY)) seen.push(wheel.payload);
  assert.deepEqual(seen, [3, 2, 1]);
});

test('a push into the past, before a limit, of a fraction or of a bad class is an error', () => {
  const wheel = new Wheel();
  wheel.push(1_000, 0, 1, 1, 1);
  wheel.push(2_000, 0, 1, 1, 2);
  assert.equal(wheel.pop(1_500), true);
  assert.throws(() => wheel.push(999, 0, 1, 1, 1), InvariantError);
  assert.equal(wheel.pop(1_500), false);
  assert.throws(() => wheel.push(1_499, 0, 1, 1, 1), InvariantError);
  assert.throws(() => wheel.push(1_500.5, 0, 1, 1, 1), InvariantError);
  assert.throws(() => wheel.push(2 ** 53, 0, 1, 1, 1), InvariantError);
  assert.throws(() => wheel.push(Number.NaN, 0, 1, 1, 1), InvariantError);
  assert.throws(() => wheel.push(1_500, 16, 1, 1, 1), InvariantError);
  assert.throws(() => wheel.push(1_500, 0, 256, 1, 1), InvariantError);
  assert.equal(wheel.length, 1);
});

test('the pool grows to its limit and then says so', () => {
  const wheel = new Wheel(new EventPool(1_000));
  for (let i = 0; i < 1_000; i++) wheel.push(1_000_000 - i, 0, 1, 1, i);
  assert.throws(() => wheel.push(1, 0, 1, 1, 1), LimitError);
  let last = 1_000;
  while (wheel.pop(Number.POSITIVE_INFINITY)) {
    assert.equal(wheel.payload, last - 1);
    last = wheel.payload;
  }
  assert.equal(last, 0);
});
