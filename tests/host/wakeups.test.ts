/** Who pays for waking: every exchange of a closed loop wakes two sleeping threads, however fast the cores are. */
import { ok } from 'node:assert/strict';
import test from 'node:test';
import { runTask } from '../../engine/task.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { netperfTraffic, tinyTask } from '../lib/tinyTask.ts';

function wakesPerExchange(pollNs: number): number {
  const base = machineNamed('veth-vm');
  const machine = {
    ...base,
    waking: { ...base.waking, pollNs },
    prices: { ...base.prices, WAKE: { ...base.prices.WAKE, firstNs: 0, eachNs: 1000 } },
  };
  const traffic = netperfTraffic('TCP_RR', { messageBytes: 64, responseBytes: 64, pinned: true });
  const record = runTask(tinyTask({ machine, traffic, windowPs: 20e9 }));
  const ps = record.cpu.filter(({ stage }) => stage === 'WAKE').reduce((sum, c) => sum + Number(c.ps), 0);
  return ps / 1e6 / record.counters.rpcsFinished;
}

test('cores that sleep: two wake-ups an exchange', () => {
  const wakes = wakesPerExchange(0);
  ok(Math.abs(wakes - 2) < 0.02, `${wakes}`);
});

test('cores that poll and start at once: still two', () => {
  const wakes = wakesPerExchange(1e9);
  ok(Math.abs(wakes - 2) < 0.02, `${wakes}`);
});
