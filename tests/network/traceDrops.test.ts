/**
 * A followed skb of which a full queue cuts off the tail: the trace tells the cut once, when it happened, whatever the
 * number of racks (the pool of batches is all racks').
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { traceSkb } from '../../engine/trace.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

const MS = 1e9;

test('a tail cut off at a full qdisc in a cluster of four racks is told once', () => {
  const machine = machineNamed('xeon-25g');
  const task = tinyTask({
    backend: 'host',
    // Four streams whose skbs find room for one.
    machine: { ...machine, nic: { ...machine.nic, qdiscSkbs: 1 } },
    cluster: { nodes: 8, nodesPerRack: 2 },
    warmupPs: MS,
    windowPs: 4 * MS,
    traffic: netperfTraffic('TCP_STREAM', { matrix: 'pair', streams: 4 }),
  });
  let told = 0;
  for (let skb = 1; skb <= 12; skb++) {
    const cuts = traceSkb(task, skb).filter(({ name }) => name === 'dropped: cut at a full queue');
    assert.ok(cuts.length <= 1, `skb ${skb}: ${cuts.length} cuts of one`);
    for (const { startPs } of cuts) assert.ok(startPs > 0, `skb ${skb}: cut before anything was sent`);
    told += cuts.length;
  }
  assert.ok(told >= 3, `only ${told} cuts: nothing is shown`);
});
