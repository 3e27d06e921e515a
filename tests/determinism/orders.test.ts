/**
 * The order in which partitions run inside a window cannot matter: ten random orders of every window give the
 * same digest and the same record bytes, for each backend. What would make it matter is put in on
 * purpose and must be seen: batches that arrive at once taken in the order of execution, a window longer than the
 * lookahead.
 *
 * Partitions that really run at once: gangs.test.ts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import type { Cluster } from '../../engine/build.ts';
import { InvariantError } from '../../engine/core/assert.ts';
import { runTask } from '../../engine/task.ts';
import { asTheyCame, shuffler } from './shuffler.ts';
import { fingerprint, mixedTask, recordBytes } from './tasks.ts';

const ORDERS = 10;

for (const { name: backend } of BACKENDS) {
  test(`${backend}: ten random orders of partitions in every window, one result`, () => {
    const spec = mixedTask(backend);
    const record = runTask(spec);
    const { spine, 'tor-up': up } = record.eventsByKind;
    assert.ok(spine! >= 0.1 * up!, `${spine} of ${up} messages cross partitions: below 10 %`);
    const bytes = recordBytes(record);
    for (let seed = 1; seed <= ORDERS; seed++) {
      const { shuffle, changed } = shuffler(seed);
      const again = runTask(spec, { shuffle });
      assert.equal(again.digest, record.digest, `order ${seed}`);
      assert.equal(recordBytes(again), bytes, `order ${seed}`);
      // Two of four partitions have something to do in most windows: an idle shuffle would prove nothing.
      assert.ok(changed() >= 100, `only ${changed()} windows ran in another order`);
    }
  });
}

test('batches that arrive at once, taken in the order of execution, are seen in each backend', () => {
  for (const { name: backend } of BACKENDS) {
    const spec = mixedTask(backend);
    const right = fingerprint(spec);
    let seen = 0;
    for (let seed = 1; seed <= ORDERS; seed++) {
      const { shuffle } = shuffler(seed);
      if (fingerprint(spec, { shuffle, built: asTheyCame }).digest !== right.digest) seen++;
    }
    assert.ok(seen >= 1, `${backend}: none of ${ORDERS} wrong orders changed the digest`);
  }
});

test('a window longer than the lookahead is refused', () => {
  const built = (cluster: Cluster): void => {
    (cluster as { lookaheadPs: number }).lookaheadPs *= 4;
  };
  assert.throws(
    () => runTask(mixedTask('host'), { built }),
    new InvariantError('message inside the lookahead'),
  );
});

test('packets that vanish unseen are refused', () => {
  const built = (cluster: Cluster): void => {
    const p = cluster.partitions[1]!;
    let deliveries = 0;
    const consume = p.consume.bind(p);
    p.consume = (b) => {
      if (++deliveries === 10) p.batches.free(b);
      else consume(b);
    };
  };
  assert.throws(
    () => runTask(mixedTask('host'), { built }),
    new InvariantError('packets were lost or made: sent != delivered + dropped + in flight'),
  );
});
