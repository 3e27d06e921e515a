/** A batch takes the link for as long as its packets one by one do (mtu.ts holds the golden values). */
import { equal } from 'node:assert/strict';
import test from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import { buildCluster } from '../../engine/build.ts';
import { wireBytes } from '../../engine/host/mtu.ts';
import { batchWireBytes } from '../../engine/host/setup.ts';
import { NO_FLOWS } from '../../engine/traffic/flows.ts';
import { tinyTask } from '../lib/tinyTask.ts';

for (const backend of BACKENDS) {
  test(`${backend.name}: ACKs, small, full and many packets`, () => {
    const { setup } = buildCluster(tinyTask({ backend }), NO_FLOWS);
    const mss = setup.mssBytes;
    setup.compiled.paths.forEach(({ path }, index) => {
      for (const bytes of [0, 1, 100, mss - 1, mss, mss + 1, 45 * mss, 45 * mss + 7]) {
        const packets = Math.max(1, Math.ceil(bytes / mss));
        let sum = 0;
        for (let left = bytes, n = packets; n > 0; n--, left -= mss) {
          sum += wireBytes(path, Math.min(left, mss) + setup.tcpIpBytes, setup.podMtuBytes);
        }
        equal(batchWireBytes(setup, index, packets, bytes, setup.tcpIpBytes), sum, `${bytes} B`);
      }
    });
  });
}
