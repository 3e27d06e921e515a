/** The digest must notice every single change of a run, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Digest } from '../../engine/core/digest.ts';
import { Stream } from '../../engine/core/streams.ts';

type Event = [time: number, word: number];

function digestOf(events: readonly Event[]): string {
  const digest = new Digest();
  for (const [time, word] of events) digest.fold(time, word);
  return digest.hex();
}

function run(count: number): Event[] {
  const stream = new Stream(6, 'test/digest');
  let time = 0;
  return Array.from({ length: count }, () => {
    time += stream.exponentialPs(2 ** 44);
    return [time, stream.u32() | 0];
  });
}

test('equal runs have equal digests of sixteen hex digits', () => {
  assert.equal(digestOf(run(50)), digestOf(run(50)));
  assert.match(digestOf(run(50)), /^[0-9a-f]{16}$/);
  assert.match(digestOf([]), /^[0-9a-f]{16}$/);
});

test('every flipped bit of every event changes it, and all the results differ', () => {
  const events = run(40);
  const seen = new Set([digestOf(events)]);
  for (const [place, [time, word]] of events.entries()) {
    for (let bit = 0; bit < 53; bit++) {
      const flipped = Number(BigInt(time) ^ (1n << BigInt(bit)));
      seen.add(digestOf(events.with(place, [flipped, word])));
    }
    for (let bit = 0; bit < 32; bit++) seen.add(digestOf(events.with(place, [time, word ^ (1 << bit)])));
  }
  assert.equal(seen.size, 1 + 40 * (53 + 32));
});

test('swapped neighbours, a missing event and one more change it', () => {
  const events = run(200);
  const seen = new Set([digestOf(events), digestOf([...events, [0, 0]]), digestOf([[0, 0], ...events])]);
  for (let place = 0; place < 199; place++) {
    seen.add(digestOf(events.with(place, events[place + 1]!).with(place + 1, events[place]!)));
    seen.add(digestOf(events.toSpliced(place, 1)));
  }
  assert.equal(seen.size, 3 + 2 * 199);
});

test('a flipped bit changes half of the digest: 32 of 64 bits within 5 standard deviations of the mean', () => {
  const events = run(20);
  const base = BigInt(`0x${digestOf(events)}`);
  let changed = 0;
  for (let bit = 0; bit < 32; bit++) {
    const [time, word] = events[19]!;
    const other = BigInt(`0x${digestOf(events.with(19, [time, word ^ (1 << bit)]))}`);
    changed += (base ^ other).toString(2).replaceAll('0', '').length;
  }
  assert.ok(Math.abs(changed / 32 - 32) <= (5 * 4) / Math.sqrt(32), `${changed / 32} bits`);
});

test('partitions combine by position', () => {
  const [a, b, c] = [digestOf(run(1)), digestOf(run(2)), digestOf(run(3))];
  const all = [[a, b, c], [b, a, c], [a, c, b], [a, b], [a], [], [a, b, c, a]].map((x) =>
    Digest.combine(x as string[]),
  );
  assert.equal(new Set(all).size, all.length);
  assert.equal(Digest.combine([a!, b!, c!]), all[0]);
});
