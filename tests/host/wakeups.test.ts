/**
 * What sleeping and waking cost, and when: round trips against sums written out, going to sleep, data that a job
 * delivers before it is over, wake-ups found out too late. Prices are literals.
 */
import { deepEqual, ok } from 'node:assert/strict';
import test from 'node:test';
import type { NetperfTraffic } from '../../engine/core/taskSpec.ts';
import { wakeThread } from '../../engine/host/cores.ts';
import { COLUMN_COUNT, WAKE } from '../../engine/host/rows.ts';
import { MARK_WORK } from '../../engine/host/sockets.ts';
import { runTask } from '../../engine/task.ts';
import { deliverUdp } from '../../engine/transport/udp.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { Bench, F_UDP } from '../lib/bench.ts';
import {
  type MachineChange,
  netperfTraffic,
  pricedMachine,
  type TestPrice,
  tinyTask,
} from '../lib/tinyTask.ts';

const US = 1e6;

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

// ---- a round trip, added up

/** Job of one direction: switch 2,500, read 500, write 500, TCP out 1,000 and in 1,500, wake-up 2,000: 8,000 ns. */
const PRICES = { U_SYSCALL: 500, TCP_TX: 1000, TCP_RX: 1500, WAKE: 2000, CTXSW: 2500 };
const SLEEP = { pollNs: 0, sleepNs: 1000, haltAfterNs: 1e12 };

/** ns of an exchange, and of CPU in it. */
function exchange(base: string, more: Record<string, number>, change: MachineChange = {}) {
  const machine = pricedMachine(base, { ...PRICES, ...more }, { waking: SLEEP, ...change });
  const record = runTask(tinyTask({ machine, traffic: netperfTraffic('TCP_RR'), windowPs: 40e9 }));
  const { rpcsFinished } = record.counters;
  const busyPs = record.coreBusyPs.reduce((sum, ps) => sum + ps, 0);
  return { ns: record.windowPs / 1000 / rpcsFinished, busyNs: busyPs / 1000 / rpcsFinished };
}

const near = (actual: number, expected: number, share = 0.01): void =>
  ok(Math.abs(actual / expected - 1) <= share, `${actual} is not ${expected}`);

test('a wake-up on another core costs its interrupt too', () => {
  // 2 × (8,000 + exit 1,000 + 300).
  near(exchange('veth-vm', { IPI: 300 }).ns, 18_600);
  // Between NICs: two frames of 91 B and four links (2,116), two exits of softirq cores (2,000).
  near(exchange('xeon-25g', { IPI: 300 }, { nic: { moderationUs: 0 } }).ns, 22_716);
});

test('a halted core costs the kick, and its longer exit', () => {
  const halting = { waking: { pollNs: 0, sleepNs: 1000, haltAfterNs: 500, haltNs: 3000 } };
  // 2 × (8,000 + exit 3,000 + 300 + 400).
  near(exchange('veth-vm', { IPI: 300, HALT_KICK: 400 }, halting).ns, 23_400);
  // The kick belongs to halted cores alone.
  near(exchange('veth-vm', { IPI: 300, HALT_KICK: 400 }).ns, 18_600);
});

test('going to sleep costs CPU; the peer takes 9,000 ns, so nobody waits for it', () => {
  const { ns, busyNs } = exchange('veth-vm', { BLOCK: 6000 });
  near(ns, 18_000);
  near(busyNs, 2 * (8000 + 6000));
});

test('a thread woken on its way to sleep goes on at once behind it, but not before its exit', () => {
  // 500 ns of it are left when the wake-up comes: the exit of 1,000 is the longer.
  near(exchange('veth-vm', { BLOCK: 9500 }).ns, 18_000);
  // One direction: D = 8,000 + 12,000 − D.
  near(exchange('veth-vm', { BLOCK: 12_000 }).ns, 20_000);
});

test('counters × prices are the busy time of the cores, wake-ups found late included', () => {
  const kinds: readonly NetperfTraffic['kind'][] = ['TCP_RR', 'TCP_STREAM', 'UDP_STREAM'];
  for (const kind of kinds) {
    const record = runTask(
      tinyTask({
        machine: 'veth-vm',
        backend: 'flannel-vxlan',
        traffic: netperfTraffic(kind),
        windowPs: 50e9,
      }),
    );
    const priced = record.cpu.reduce((sum, { ps }) => sum + Number(ps), 0);
    const busy = record.coreBusyPs.reduce((sum, ps) => sum + ps, 0);
    // Jobs that begin or end beyond the window.
    near(priced, busy, 0.005);
  }
});

// ---- inside one job

interface Seen {
  readonly at: number;
  readonly datagrams: number;
}

/** Node 1: datagrams come to its core 0, their reader is on core 5. Each delivery costs `UDP_RCV_SOCK`. */
function reading(prices: Record<string, TestPrice>, firstJobNs: number) {
  const b = new Bench({
    machine: pricedMachine('xeon-25g', prices, {
      waking: { pollNs: 1e12, haltAfterNs: 1e12 },
      nic: { rxQueues: 1, moderationUs: 0 },
    }),
  });
  const { p } = b;
  p.addSockets(1);
  const s = p.firstSocket;
  p.sockets.thread[s] = b.core(1, 5);
  b.upper.deliver = (q, batch) => deliverUdp(q, batch);
  const seen: Seen[] = [];
  let left = firstJobNs;
  b.upper.application = (q, t) => {
    const { threads, sockets } = q;
    if (left > 0) {
      q.job.ns += left;
      left = 0;
      return true;
    }
    if (threads.aHead[t]! < 0) return false;
    threads.aHead[t] = -1;
    sockets.marks[s]! &= ~MARK_WORK;
    const datagrams = sockets.rcvPackets[s]! - sockets.hidden[s]!;
    sockets.rcvPackets[s]! -= datagrams;
    seen.push({ at: q.wheel.now, datagrams });
    q.job.ns += 1;
    return true;
  };
  return { b, seen };
}

test('a reader sees what the job that delivers has come to, and the rest at its end', () => {
  const { b, seen } = reading({ UDP_RCV_SOCK: 1000 }, 0);
  for (let i = 0; i < 10; i++) b.arrive({ at: 10 * US, flags: F_UDP });
  b.run();
  // Woken when the first is in; what follows within 2 µs comes with it. One job of 10 µs.
  deepEqual(seen, [
    { at: 11 * US, datagrams: 3 },
    { at: 20 * US, datagrams: 7 },
  ]);
  deepEqual(b.busyNs(1, 0), { soft: 10_000, process: 0 });
});

test('a wake-up within 1 µs of the end comes at the end', () => {
  const { b, seen } = reading({ UDP_RCV_SOCK: 500 }, 0);
  for (let i = 0; i < 3; i++) b.arrive({ at: 10 * US, flags: F_UDP });
  b.run();
  deepEqual(seen, [{ at: 11.5 * US, datagrams: 3 }]);
});

test('a reader that falls asleep before the note is due: woken later by the price, which the next job pays', () => {
  const { b, seen } = reading({ UDP_RCV_SOCK: 10_000, WAKE: 2000, IPI: 300 }, 5000);
  wakeThread(b.p, b.core(1, 5));
  // The reader runs to 5 µs, the job that delivers from 4 to 14: priced as if nobody need be woken.
  b.arrive({ at: 4 * US, flags: F_UDP });
  b.run(40 * US);
  deepEqual(seen, [{ at: 16.3 * US, datagrams: 1 }]);
  deepEqual(b.busyNs(1, 0), { soft: 10_000, process: 0 });
  // The next one wakes a sleeper, 2,300, and pays the debt, 2,300, behind it.
  b.arrive({ at: 50 * US, flags: F_UDP });
  b.run();
  deepEqual(seen[1], { at: 62.3 * US, datagrams: 1 });
  deepEqual(b.busyNs(1, 0), { soft: 24_600, process: 0 });
  const { wake } = b.p.setup.compiled.row;
  const counted = wake.map((row) => b.p.counts.counters[(row + 1) * COLUMN_COUNT + WAKE]);
  deepEqual(counted, [2, 2, 0]);
});
