/**
 * One stream alone between two nodes: nothing contends, so batches must do exactly what single packets do. Without
 * merging every packet reaches its socket alone (wakes the reader, is acknowledged); a ring that overflows in slow
 * start loses the same packets.
 *
 * Left out: what batches may blur, several flows on one port or worker (granularity.test.ts).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import { runTask } from '../../engine/task.ts';
import { changedMachine, tinyTask } from '../lib/tinyTask.ts';

const NO_OFFLOADS = changedMachine('xeon-25g', {
  facts: {
    gso: false,
    gro: false,
    tso: false,
    udpTunnelTso: false,
    ipipTso: false,
    rxInnerCsum: false,
    tunnelTxCsum: false,
  },
});
const RX_RING = 'rx ring (rx_missed)';

const counted = ({ counters, drops }: TaskRecord): Record<string, number> => ({
  payloadBytes: counters.payloadBytes,
  syscalls: counters.syscalls,
  contextSwitches: counters.contextSwitches,
  retransmits: counters.retransmittedPackets,
  ringDrops: drops[RX_RING] ?? 0,
});

for (const backend of ['flannel-host-gw', 'calico-bgp', 'flannel-udp']) {
  test(`${backend}: a stream that nobody merges is the same in batches and in packets`, () => {
    const spec = tinyTask({ backend, machine: NO_OFFLOADS, warmupPs: 10e9, windowPs: 20e9 });
    const batch = counted(runTask(spec));
    assert.ok(batch.payloadBytes! > 1e6);
    assert.deepEqual(batch, counted(runTask({ ...spec, granularity: 'packet' })));
  });
}

test('flannel-vxlan: slow start overflows the ring by the same packets in batches and alone', () => {
  const spec = tinyTask({ backend: 'flannel-vxlan', warmupPs: 20e9, windowPs: 40e9 });
  const batch = counted(runTask(spec));
  assert.ok(batch.ringDrops! > 0);
  assert.deepEqual(batch, counted(runTask({ ...spec, granularity: 'packet' })));
});
