/**
 * `explain` shows what the engine runs; the numbers are those of the machine's book.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS, backendNamed } from '../../backends/catalog.ts';
import { explain } from '../../cli/explain.ts';
import { machineNamed } from '../../machines/catalog.ts';

const xeon = machineNamed('xeon-25g');

test('flannel-udp: MTU 1,472, two daemon jobs of one thread, two copies on each host', () => {
  const it = explain(backendNamed('flannel-udp'), xeon, 1500, 0);
  assert.equal(it.podMtuBytes, 1472);
  assert.deepEqual([it.payloadBytes, it.wireBytes], [1420, 1538]);
  assert.deepEqual(it.servers, [{ name: 'flanneld', drains: ['tunRing', 'udpSocket'] }]);
  const proxy = it.paths.find((path) => path.name === it.choose.sameSubnet)!;
  assert.deepEqual(
    proxy.lanes.filter((lane) => lane.context === 'daemon').map((lane) => lane.host),
    ['sender', 'receiver'],
  );
  assert.equal(proxy.copies, 4);
});

test('every stage of every backend shows the price that the book has', () => {
  for (const backend of BACKENDS) {
    for (const { lanes } of explain(backend, xeon, 1500, 0).paths) {
      for (const { stage, ns, confidence, source } of lanes.flatMap((lane) => lane.stages)) {
        const price = xeon.prices[stage];
        const sum = Object.values(ns).reduce((total, value) => total + value, 0);
        const booked =
          (price.firstNs ?? 0) + (price.eachNs ?? 0) + (price.packetNs ?? 0) + (price.byteNs ?? 0);
        assert.ok(Math.abs(sum - booked) < 1e-9, `${backend.name} ${stage}: ${sum} against ${booked}`);
        assert.deepEqual([confidence, source], [price.confidence, price.source]);
      }
    }
  }
});

test('rules are paid at every netfilter pass', () => {
  const stagesWith = (rules: number): string[] =>
    explain(backendNamed('flannel-vxlan'), xeon, 1500, rules)
      .paths.flatMap((path) => path.lanes)
      .flatMap((lane) => lane.stages)
      .map((stage) => stage.stage);
  assert.equal(stagesWith(0).includes('NF_RULE'), false);
  const stages = stagesWith(10);
  const count = (name: string): number => stages.filter((stage) => stage === name).length;
  assert.equal(count('NF_RULE'), count('NF_HOOK'));
});
