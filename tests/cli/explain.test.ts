/**
 * `explain` and `trace` show what the engine runs; the numbers are those of the machine's book.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKENDS, backendNamed } from '../../backends/catalog.ts';
import { explain } from '../../cli/explain.ts';
import type { TraceStep } from '../../cli/parts.ts';
import { perfetto, text } from '../../cli/trace.ts';
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

const STEPS: readonly TraceStep[] = [
  {
    name: 'send',
    host: 'node 0',
    core: 2,
    waitPs: 0,
    startPs: 5_000_000,
    lengthPs: 1_500_000,
    units: 1,
    bytes: 1448,
  },
  {
    name: 'host link',
    host: 'wire',
    core: null,
    waitPs: 250_000,
    startPs: 6_750_000,
    lengthPs: 1_000_000,
    units: 1,
    bytes: 1448,
  },
];

test('a trace as text counts from the first step', () => {
  const lines = text('task', STEPS).split('\n');
  assert.match(lines[2]!, /^ +0\.000 +0\.000 +1\.500 {2}node 0 core 2 +send$/);
  assert.match(lines[3]!, /^ +1\.750 +0\.250 +1\.000 {2}wire +host link$/);
});

test('a trace for Perfetto has a process a host and a span a step, in µs', () => {
  const { traceEvents } = perfetto(STEPS) as { traceEvents: Record<string, unknown>[] };
  assert.deepEqual(
    traceEvents.map((event) => event.ph),
    ['M', 'M', 'X', 'X'],
  );
  assert.deepEqual(
    [traceEvents[3]!.pid, traceEvents[3]!.tid, traceEvents[3]!.ts, traceEvents[3]!.dur],
    [1, -1, 6.75, 1],
  );
});
