/**
 * Nothing overtakes: a socket's skbs leave in the order in which TCP made them, whichever cores send for it. Where no
 * packet is dropped, none is sent again, in any backend of the catalogue.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import { runTask } from '../../engine/task.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

const MS = 1e9;

test('no packet lost: none sent again, in every backend, one stream and four', () => {
  let clean = 0;
  for (const backend of BACKENDS) {
    for (const streams of [1, 4]) {
      const traffic = netperfTraffic('TCP_STREAM', { streams });
      const record = runTask(tinyTask({ backend, traffic, warmupPs: 5 * MS, windowPs: 15 * MS }));
      if (Object.values(record.drops).some((packets) => packets > 0)) continue;
      clean++;
      const again = record.counters.retransmittedPackets;
      assert.equal(again, 0, `${backend.name}, ${streams} streams: ${again} sent again`);
    }
  }
  assert.ok(clean >= 15, `only ${clean} runs without loss`);
});
