/**
 * The C++ program of bench/reference does what the engine does on the fabric alone: digests of events and of ports'
 * counters, events by kind, packets offered and dropped by queue, delays. Its outputs are recorded, so the engine is
 * held to them where there is no g++; where there is one, so is the program.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { type FabricRun, runFabric } from '../../bench/fabric.ts';
import { compileReference } from '../../bench/reference/program.ts';
import { Q_DOWNLINK, Q_UPLINK } from '../../engine/core/queues.ts';
import { CASES, RECORDED, timeless } from './cases.ts';

const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as Omit<FabricRun, 'seconds'>[];
const program = compileReference('-O2');
after(() => program?.remove());

CASES.forEach(({ hosts, packetsPerHost, options }, k) => {
  test(`${hosts} hosts, ${packetsPerHost} packets each, ${JSON.stringify(options)}`, (t) => {
    assert.deepEqual(timeless(runFabric(hosts, packetsPerHost, options)), recorded[k], 'the engine');
    if (program === null)
      t.diagnostic('no g++ here: compared with recorded outputs of the C++ program alone');
    else assert.deepEqual(timeless(program.run(hosts, packetsPerHost, options)), recorded[k], 'the program');
  });
});

test('the cases drop packets at uplinks and at spines, and each has its record', () => {
  assert.equal(recorded.length, CASES.length);
  for (const queue of [Q_UPLINK, Q_DOWNLINK]) assert(recorded.some(({ dropped }) => dropped[queue]! > 100));
});
