/**
 * Conntrack's table: exactly the new flows beyond its limit lose their first packet, by name; entries outlive their
 * connections by 120 s; SYNs come back every second. Counts are literals of this file.
 */
import { deepEqual, equal, ok } from 'node:assert/strict';
import test from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { PolicySpec, TaskSpec } from '../../engine/core/taskSpec.ts';
import { Conntrack } from '../../engine/host/conntrack.ts';
import { runTask } from '../../engine/task.ts';
import { flows } from '../../scenarios/lib/traffic.ts';
import { netperfTraffic, pricedMachine, type TinyOptions, tinyTask } from '../lib/tinyTask.ts';

const S = 1e12;
const LOST = 'conntrack table';

const run = (conntrackMax: number, options: TinyOptions, policy: Partial<PolicySpec> = {}): TaskRecord =>
  runTask(
    tinyTask({
      backend: 'calico-bgp',
      ...{ warmupPs: 0, windowPs: 50e9 },
      policy: { rules: 0, conntrackMax, ...policy },
      ...options,
    }),
  );

const crr = (more: Parameters<typeof netperfTraffic>[1] = {}): Pick<TaskSpec, 'traffic'> => ({
  traffic: netperfTraffic('TCP_CRR', more),
});

test('a table of its own: room, time wait in the order of closing, connections from before the run', () => {
  const table = new Conntrack(2, 3);
  table.hold(0);
  equal(table.open(0, 0), true);
  equal(table.open(0, 0), true);
  equal(table.open(0, 0), false);
  // Another node has a table of its own.
  equal(table.open(1, 0), true);
  table.close(0, 5 * S);
  table.close(0, 7 * S);
  equal(table.open(0, 125 * S - 1), false);
  equal(table.open(0, 125 * S), true);
  equal(table.open(0, 126 * S), false);
  equal(table.open(0, 127 * S), true);
  deepEqual([...table.count], [3, 1]);
});

test('TCP_CRR: 100 entries are 100 connections; each client loses one SYN more', () => {
  for (const backend of ['calico-bgp', 'flannel-vxlan', 'bridge']) {
    const { counters, drops, queueOffered } = run(100, { backend, ...crr({ streams: 8 }) });
    equal(counters.rpcsFinished, 100, backend);
    deepEqual(drops, { [LOST]: 8 }, backend);
    equal(queueOffered[LOST], 2 * 100 + 8, backend);
  }
  const { counters, drops } = run(262_144, crr({ streams: 8 }));
  ok(counters.rpcsFinished > 1000);
  deepEqual(drops, {});
});

test("the server's table fills first where many clients meet one server", () => {
  const traffic = crr({ matrix: 'incast', fanIn: 4 });
  const { counters, drops } = run(50, { cluster: { nodes: 5 }, ...traffic });
  equal(counters.rpcsFinished, 50);
  deepEqual(drops, { [LOST]: 4 });
});

test('two pods of one node share one entry a connection', () => {
  const { counters, drops, queueOffered } = run(100, crr({ sameNode: true }));
  equal(counters.rpcsFinished, 100);
  deepEqual(drops, { [LOST]: 1 });
  equal(queueOffered[LOST], 101);
});

test('a SYN comes back every second; after 120 s there is room for as many connections again', () => {
  const before = run(100, { ...crr(), windowPs: 119.5 * S });
  equal(before.counters.rpcsFinished, 100);
  // The first at once, then one after each of 119 seconds.
  deepEqual(before.drops, { [LOST]: 120 });
  const after = run(100, { ...crr(), windowPs: 125 * S });
  equal(after.counters.rpcsFinished, 200);
});

test('who does not track is not limited; connections from before the run are not touched', () => {
  for (const backend of ['host', 'cilium-native', 'calico-ebpf-wireguard']) {
    const { counters, drops } = run(1, { backend, ...crr() });
    ok(counters.rpcsFinished > 100, backend);
    deepEqual(drops, {}, backend);
  }
  const { counters, drops } = run(1, { traffic: netperfTraffic('TCP_RR', { streams: 4 }) });
  ok(counters.rpcsFinished > 1000);
  deepEqual(drops, {});
  // A proxy in netfilter tracks the host's own connections.
  equal(run(10, { backend: 'host', ...crr() }, { proxy: 'nft' }).counters.rpcsFinished, 10);
});

const SIZES = [
  [1000, 0],
  [3000, 100],
] as const;

/** Flows of 2 KB in the mean between two nodes, with a connection each. */
const short = (handshake: boolean): Pick<TaskSpec, 'traffic'> => ({
  traffic: { flows: { ...flows('fb-hadoop', 0.01, { handshake }), sizes: SIZES } },
});

test('flows with handshakes: exactly those beyond the limit are not delivered', () => {
  const options = { drainPs: 20e9, windowPs: 5e9 };
  const all = run(262_144, { ...short(true), ...options });
  const { flowsStarted } = all.counters;
  ok(flowsStarted > 100, `${flowsStarted}`);
  equal(all.counters.flowsFinished, flowsStarted);
  const { counters, drops } = run(60, { ...short(true), ...options });
  equal(counters.flowsStarted, flowsStarted);
  equal(counters.flowsFinished, 60);
  deepEqual(drops, { [LOST]: flowsStarted - 60 });
});

test('a flow with a handshake pays one entry a host, a warm one none; both arrive', () => {
  const machine = pricedMachine('xeon-25g', { CT_NEW: 1 }, { facts: { netfilter: true, conntrack: true } });
  const options = { machine, drainPs: 20e9, windowPs: 5e9 };
  const entries = ({ cpu }: TaskRecord): number =>
    cpu.filter(({ stage }) => stage === 'CT_NEW').reduce((sum, { ps }) => sum + Number(ps), 0) / 1000;
  const opened = run(262_144, { ...short(true), ...options });
  const warm = run(262_144, { ...short(false), ...options });
  equal(entries(warm), 0);
  // The window's last flows are answered behind its end, where nothing is measured.
  const behind = 2 * opened.counters.flowsStarted - entries(opened);
  ok(behind >= 0 && behind <= 6, `${entries(opened)} of ${2 * opened.counters.flowsStarted}`);
  equal(opened.counters.flowsFinished, warm.counters.flowsFinished);
});
