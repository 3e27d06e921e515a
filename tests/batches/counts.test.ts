/**
 * Events that a delivered skb takes, by backend: what the speed of a run rests on. A change that makes the engine
 * pay more events for the same skb shows here before it shows in a benchmark.
 *
 * The literals were measured with this task, and hold to 5 %; a model that delivers other skbs changes them too:
 * `node --import tsx --test tests/batches/counts.test.ts` prints the present ones. Wake-ups and long copies are events
 * of their own.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_BACKENDS } from '../../backends/catalog.ts';
import { runTask } from '../../engine/task.ts';
import { mixed } from './scenarios.ts';

const EVENTS_PER_SKB: Readonly<Record<string, number>> = {
  host: 14.7,
  'flannel-udp': 7.4,
  'flannel-vxlan': 14.1,
  'flannel-host-gw': 13.4,
  'calico-ipip': 14.0,
  'calico-bgp': 13.4,
  'cilium-native': 14.3,
  'calico-wireguard': 31.6,
};

for (const backend of DEFAULT_BACKENDS) {
  test(`${backend}: events for each delivered skb`, (t) => {
    let skbs = 0;
    const record = runTask(mixed(backend), {
      // The record counts the window's skbs; its events are the whole run's.
      done: ({ pools }) => {
        skbs = pools.counts.reduce((sum, c) => sum + c.deliveredUnits, 0);
      },
    });
    const perSkb = record.events / skbs;
    const expected = EVENTS_PER_SKB[backend]!;
    t.diagnostic(`  '${backend}': ${perSkb.toFixed(1)},`);
    assert.ok(Math.abs(perSkb / expected - 1) <= 0.05, `${perSkb.toFixed(2)} events a skb, not ${expected}`);
  });
}
