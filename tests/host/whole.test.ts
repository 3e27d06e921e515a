/** Super-packets between guests of one host: with `rxWhole` plain TCP arrives as it left, tunnels do not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendNamed } from '../../backends/catalog.ts';
import type { Machine } from '../../engine/host/machine.ts';
import { runTask } from '../../engine/task.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { twoNodes } from '../../scenarios/lib/cluster.ts';
import { netperf } from '../../scenarios/lib/traffic.ts';

const guest = machineNamed('cloud-virtio');

/** Goodput and CPU of the driver's receive in ns a byte, one TCP stream at 100 Gbit/s. */
function run(backend: string, rxWhole: boolean) {
  const machine: Machine = {
    ...guest,
    nic: { ...guest.nic, rateGbps: 100 },
    facts: { ...guest.facts, rxWhole },
  };
  const record = runTask({
    ...{ task: 't', index: 0, cell: 'c', dims: { backend }, scenario: 's', seed: 1 },
    ...{ backend: backendNamed(backend), baseline: backendNamed('host'), machine },
    cluster: twoNodes({ linkGbps: 100, fabricKnowsPods: true }),
    traffic: { netperf: netperf('TCP_STREAM', { messageBytes: 131_072 }) },
    ...{ policy: { rules: 0 }, podMtuBytes: null, congestion: 'cubic' },
    ...{ warmupPs: 2e10, windowPs: 2e10, drainPs: 0, granularity: 'batch', eventsMax: 1e7 },
  });
  const { payloadBytes } = record.counters;
  const ps = record.cpu.filter(({ stage }) => stage === 'GRO').reduce((sum, one) => sum + Number(one.ps), 0);
  return { gbps: (payloadBytes * 8) / 2e7, groNsPerByte: ps / 1000 / payloadBytes };
}

test('plain TCP: GRO sees a super-packet once instead of 45 packets, and the stream is faster', () => {
  const split = run('calico-bgp', false);
  const whole = run('calico-bgp', true);
  // 112.5 ns for each of 1,448 B.
  assert.ok(Math.abs(split.groNsPerByte / (112.5 / 1448) - 1) < 0.06, `${split.groNsPerByte}`);
  assert.ok(whole.groNsPerByte < split.groNsPerByte / 10, `${whole.groNsPerByte}`);
  assert.ok(whole.gbps > 1.15 * split.gbps, `${whole.gbps} against ${split.gbps}`);
});

test('a tunnel without offload is split by its sender: nothing changes', () => {
  assert.deepEqual(run('flannel-vxlan', true), run('flannel-vxlan', false));
});
