/**
 * What holds a transport besides losses: the receive buffer (goodput is window / round trip), and marks (DCTCP keeps a
 * switch's queue near its threshold; Alizadeh et al., SIGCOMM 2010: at most K + N packets, less by
 * ½ √(2N (C·RTT + K)) at least). Reno's 1 / √p stands in loss.test.ts.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { runTask } from '../../engine/task.ts';
import { SCENARIOS } from '../../scenarios/index.ts';
import { changedMachine, netperfTraffic, tinyTask } from '../lib/tinyTask.ts';
import { tasksOf } from '../scenarios/run.ts';

/** Bytes a round trip of 10 ms (four links of 2.5 ms) that a receive buffer lets through. */
function bytesPerRtt(tcpRmemMaxBytes: number): number {
  const machine = changedMachine('xeon-25g', { tcpRmemMaxBytes });
  const spec = tinyTask({ machine, cluster: { hostDelayNs: 2_500_000 }, warmupPs: 2e12, windowPs: 1e12 });
  const { counters, binding, drops } = runTask(spec);
  deepEqual(drops, {});
  equal(binding.resource, 'receive window');
  return counters.payloadBytes / 100;
}

test('a receive buffer is twice the window: goodput is half of it a round trip', () => {
  for (const window of [131_072, 262_144, 524_288, 2_097_152]) {
    const bytes = bytesPerRtt(2 * window);
    // The window stops growing one merged skb (64 KB at most) short of its end.
    ok(bytes <= window && bytes > window - 65_536, `${bytes} of ${window}`);
  }
});

test('a larger socket buffer loses fewer datagrams of a burst: each takes 2,304 bytes of it', () => {
  // Bursts of 300 every 10 ms, seven in all; what fits, and one more.
  const traffic = netperfTraffic('UDP_STREAM', {
    ...{ messageBytes: 64, burst: 300, paceMessagesPerS: 30_000, sink: true },
  });
  const lost = (udpRcvbufBytes: number): number => {
    const machine = changedMachine('xeon-25g', { udpRcvbufBytes });
    const r = runTask(tinyTask({ machine, traffic, warmupPs: 0, windowPs: 75e9, drainPs: 1e9 }));
    return r.drops['UDP socket (SOCKET_RCVBUFF)'] ?? 0;
  };
  // Nobody reads: the first 93 (or 182) stay, all others are lost.
  equal(lost(212_992), 7 * 300 - 93);
  equal(lost(418_000), 7 * 300 - 182);
});

interface Queue {
  /** Packets of 1,538 bytes in the switch. */
  readonly mean: number;
  readonly most: number;
  readonly gbps: number;
  readonly drops: Readonly<Record<string, number>>;
}

/** Senders through one port of 10 Gbit/s that marks from `k` packets on. */
function marked(congestion: TaskSpec['congestion'], k: number, senders: number): Queue {
  const cluster = { nodes: senders + 1, linkGbps: 10, hostDelayNs: 10_000, ecnBytes: k * 1538 };
  const traffic = netperfTraffic('TCP_STREAM', { matrix: 'incast', fanIn: senders });
  const r = runTask(
    tinyTask({ congestion, cluster, traffic, warmupPs: 50e9, windowPs: 100e9, eventsMax: 50_000_000 }),
  );
  const { values } = r.series.find(({ name }) => name.startsWith('ToR port'))!;
  const packets = values.map((bytes) => bytes / 1538);
  return {
    mean: packets.reduce((sum, n) => sum + n, 0) / packets.length,
    most: Math.max(...packets),
    gbps: (r.counters.payloadBytes * 8000) / r.windowPs,
    drops: r.drops,
  };
}

for (const [k, senders] of [
  [65, 2],
  [65, 8],
  [100, 2],
] as const) {
  test(`DCTCP: ${senders} senders keep the queue near ${k} packets, lose nothing and fill the line`, () => {
    const { mean, most, gbps, drops } = marked('dctcp', k, senders);
    ok(Math.abs(mean / k - 1) < 0.25, `mean ${mean.toFixed(1)}`);
    // Above K: a packet a sender, and what came in the same super-packets.
    ok(most < k + senders + 22, `at most ${most.toFixed(1)}`);
    // 10 Gbit/s × 1,448 / 1,538.
    ok(gbps > 0.99 * 9.415, `${gbps}`);
    deepEqual(drops, {});
  });
}

test('Reno halves at a mark, and its queue runs empty; without marks the buffer fills until it drops', () => {
  const dctcp = marked('dctcp', 65, 2);
  const reno = marked('reno', 65, 2);
  ok(reno.mean < 0.7 * dctcp.mean, `${reno.mean} against ${dctcp.mean}`);
  ok(reno.gbps < dctcp.gbps);
  const blind = marked('reno', 0, 2);
  ok(blind.drops['ToR port']! > 0);
  // 1 MB holds 650 packets.
  ok(blind.most > 400, `${blind.most}`);
});

test('every scenario takes a congestion control and a marking threshold', () => {
  const set = [
    ['congestion', 'dctcp'],
    ['cluster.ecnBytes', 100_000],
  ] as const;
  for (const scenario of SCENARIOS) {
    for (const task of tasksOf(scenario, { set })) {
      deepEqual([task.congestion, task.cluster.ecnBytes], ['dctcp', 100_000], scenario.id);
    }
  }
});
