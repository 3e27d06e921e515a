/**
 * `trace`: times and rows of one skb against sums written out here; found by its bytes through splits, shares,
 * losses; rendered as text and as Chrome trace events.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { BACKENDS } from '../../backends/catalog.ts';
import { explain } from '../../cli/explain.ts';
import type { Io } from '../../cli/io.ts';
import { main } from '../../cli/main.ts';
import { shippedParts } from '../../cli/shipped.ts';
import { perfetto, text } from '../../cli/trace.ts';
import { type TraceStep, traceSkb } from '../../engine/trace.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { changedMachine, netperfTraffic, pricedMachine, tinyTask } from '../lib/tinyTask.ts';
import { temporaryFolder } from './spawn.ts';

const NS = 1000;

/** Every stage of the test costs a round number; cores wake after 1 µs, interrupts come after 5 µs. */
const PRICED = pricedMachine(
  'xeon-25g',
  {
    U_SYSCALL: 100,
    COPY_U2K: { byteNs: 0.25 },
    TCP_TX: { eachNs: 400, packetNs: 10 },
    VETH_XMIT: 50,
    ENCAP: { firstNs: 200, eachNs: 300 },
    NIC_TX: { eachNs: 120, packetNs: 30 },
    NIC_IRQ: 600,
    NAPI_POLL: 250,
    NIC_RX_POLL: 200,
    GRO: 90,
    DECAP: 150,
    TCP_RX: 1000,
    ACK_TX: 70,
    WAKE: 900,
    CTXSW: 800,
    COPY_K2U: { byteNs: 0.5 },
  },
  {
    nic: { moderationUs: 5, moderationFrames: 1000 },
    waking: { pollNs: 0, sleepNs: 1000, haltAfterNs: 1e9, haltNs: 1000 },
  },
);

test('the first skb of a stream over VXLAN: prices, link times and waits add up as written out', () => {
  const steps = traceSkb(tinyTask({ backend: 'flannel-vxlan', machine: PRICED }), 1);
  assert.deepEqual(
    steps.map((step) => [step.name, step.context, step.form, step.units, step.bytes]),
    [
      ['write + tunnel#0', 'process', 'skb', 1, 13_980],
      ['NIC of node 0 to its switch', 'link', 'packets', 10, 13_980],
      ['switch of rack 0 to node 1', 'link', 'packets', 10, 13_980],
      ['tunnel#1', 'softirq', 'skb', 1, 13_980],
      ['read', 'process', 'skb', 0, 13_980],
    ],
  );
  const [send, nic, port, receive, read] = steps as [TraceStep, TraceStep, TraceStep, TraceStep, TraceStep];
  // Switched in first; tcp tx 400 + 10 × 10; pod device 50; ENCAP 200 + 300; NIC 120 + 10 × 30.
  assert.deepEqual(
    send.rows.filter((row) => row.name !== 'write').map((row) => [row.name, row.ns]),
    [
      ['switch', 800],
      ['tcp tx', 500],
      ['tunnel#0 gso', 970],
    ],
  );
  const write = send.rows.find((row) => row.name === 'write')!;
  assert.equal(write.ns, 100 + 0.25 * write.bytes);
  // Ten packets of 1,538 bytes at 25 Gb/s: 492.16 ns each; 500 ns of cable and switch.
  assert.equal(nic.startPs, send.startPs + send.lengthPs);
  assert.equal(Math.round(nic.lengthPs / 1e5), 49);
  assert.equal(Math.round((port.startPs - nic.startPs) / NS), 992);
  // Interrupt 5 µs after the first packet (store and forward twice, two cables), 1 µs to wake the core.
  assert.equal(Math.round((receive.startPs - nic.startPs) / NS), 2 * 992 + 5000 + 1000);
  assert.equal(receive.waitPs, 6000 * NS);
  const own = receive.rows.filter((row) => row.name === 'tunnel#1')[0]!;
  assert.deepEqual([own.packets, own.units, own.ns], [10, 1, 10 * 290 + 150 + 50]);
  assert.equal(receive.rows[0]!.ns, 850);
  assert.equal(read.waitPs, 1000 * NS);
  assert.equal(read.lengthPs, (100 + 0.5 * 13_980 + 800) * NS);
});

test('rows of every job add up to its length, in every backend; lanes are those of explain', () => {
  for (const backend of BACKENDS) {
    const task = tinyTask({ backend: backend.name, windowPs: 20e9 });
    const steps = [5, 40].flatMap((n) => traceSkb(task, n));
    assert.ok(steps.every((step) => step.waitPs >= 0 && step.preemptedPs >= 0));
    const jobs = steps.filter((step) => step.core !== null);
    assert.ok(jobs.length >= 6, `${backend.name}: ${jobs.length} jobs`);
    for (const { rows, lengthPs, name } of jobs) {
      const ns = rows.reduce((sum, row) => sum + row.ns, 0);
      assert.ok(
        Math.abs(ns * NS - lengthPs) <= 1,
        `${backend.name} ${name}: ${ns} ns against ${lengthPs} ps`,
      );
    }
    const known = explain(backend, machineNamed('xeon-25g'), 1500, { rules: 0 }).paths.flatMap((path) =>
      path.lanes.map((lane) => lane.name),
    );
    const seen = new Set(jobs.flatMap((step) => step.name.split(' + ')));
    const path = backend.choose.sameSubnet as string;
    for (const lane of known.filter((name) => name.startsWith(`${path}#`)))
      assert.ok(seen.has(lane), `${backend.name}: ${lane} in ${[...seen].join()}`);
    assert.equal(jobs.at(-1)!.name.endsWith('read'), true);
  }
});

test('both ends of a veth pair: one job of 8,318 ns carries a datagram from send to socket', () => {
  const traffic = netperfTraffic('UDP_STREAM', { messageBytes: 64, sink: true, pinned: true });
  const steps = traceSkb(tinyTask({ backend: 'flannel-vxlan', machine: 'veth-vm', traffic }), 100);
  const [send] = steps as [TraceStep];
  assert.deepEqual([send.host, send.core, send.name], ['both nodes', 0, 'tunnel#0']);
  const once = send.rows.slice(0, 3);
  assert.deepEqual(
    once.map((row) => row.name),
    ['udp tx', 'tunnel#0', 'udp rx'],
  );
  // Send and receive 2,492; three veth crossings of 370; two bridge passes of 483; two forwardings of 445;
  // VXLAN 2,860 (kernel.md, section 4; measured 8,316).
  const sum = once.reduce((total, row) => total + row.ns, 0);
  assert.ok(Math.abs(sum - (2492 + 3 * 370 + 2 * 483 + 2 * 445 + 2860)) < 90, String(sum));
});

test('WireGuard: shares on several cores hold the bytes of the skb once', () => {
  const steps = traceSkb(tinyTask({ backend: 'calico-wireguard' }), 20);
  const bytesOf = (name: string): number =>
    steps.filter((step) => step.name === name).reduce((sum, step) => sum + step.bytes, 0);
  const shares = steps.filter((step) => step.name === 'tunnel#4');
  assert.ok(shares.length > 4);
  // Each share's part of the skb is rounded to whole bytes.
  assert.ok(Math.abs(bytesOf('tunnel#4') - bytesOf('write')) <= shares.length, `${bytesOf('tunnel#4')} B`);
  assert.ok(shares.every((step) => step.context === 'kworker' && step.form === 'packets'));
});

test('a full ring: the loss is a step, the retransmission a later passage', () => {
  const machine = changedMachine('xeon-25g', { nic: { rxRingPackets: 20 } });
  const traffic = netperfTraffic('TCP_STREAM', { streams: 4 });
  const found = Array.from({ length: 40 }, (_, n) => traceSkb(tinyTask({ machine, traffic }), n + 1)).find(
    (steps) => steps.some((step) => step.name.startsWith('dropped')),
  );
  assert.ok(found !== undefined);
  const at = found.findIndex((step) => step.name.startsWith('dropped'));
  assert.ok(found.slice(at).some((step) => step.name.startsWith('NIC of node 0')));
  assert.equal(found.at(-1)!.name.endsWith('read'), true);
});

test('an skb that is never sent has no steps; the second skb follows the first', () => {
  const task = tinyTask({ traffic: netperfTraffic('TCP_RR') });
  assert.deepEqual(traceSkb(task, 1_000_000), []);
  const [first, second] = [traceSkb(task, 1)[0]!, traceSkb(task, 2)[0]!];
  assert.deepEqual([first.host, second.host], ['node 0', 'node 1']);
  assert.ok(second.startPs > first.startPs);
});

const STEPS: readonly TraceStep[] = [
  {
    name: 'write + routed#0',
    host: 'node 0',
    core: 2,
    context: 'process',
    waitPs: 0,
    startPs: 5_000_000,
    lengthPs: 1_500_000,
    preemptedPs: 0,
    form: 'skb',
    units: 1,
    bytes: 1448,
    rows: [
      { name: 'write', ns: 600, units: 1, packets: 0, bytes: 1448 },
      { name: 'routed#0', ns: 900, units: 1, packets: 1, bytes: 1448 },
    ],
  },
  {
    name: 'uplink 1 of rack 0',
    host: 'network',
    core: null,
    context: 'link',
    waitPs: 250_000,
    startPs: 6_750_000,
    lengthPs: 1_000_000,
    preemptedPs: 0,
    form: 'packets',
    units: 1,
    bytes: 1448,
    rows: [],
  },
];

test('as text: times from the first step, rows below their job', () => {
  const lines = text('task', STEPS).split('\n');
  assert.match(
    lines[2]!,
    /^ +0\.000 +0\.000 +1\.500 {2}node 0 core 2 +process +1 skb +1448 {2}write \+ routed#0$/,
  );
  assert.match(lines[3]!, /^ +0\.600 +write +1 skb, 1448 B$/);
  assert.match(lines[4]!, /^ +0\.900 +routed#0 +1 skb, 1 pkt, 1448 B$/);
  assert.match(lines[5]!, /^ +1\.750 +0\.250 +1\.000 {2}network +link +1 pkt +1448 {2}uplink 1 of rack 0$/);
  assert.match(
    lines[7]!,
    /^2\.750 µs from the start of the first job to the last step; 1 jobs?, 1\.500 µs of CPU$/,
  );
});

test('for Perfetto: a process a host, named tracks, rows inside their job, µs', () => {
  const { traceEvents } = perfetto(STEPS) as { traceEvents: Record<string, unknown>[] };
  assert.deepEqual(
    traceEvents.map((event) => [event.ph, event.name]),
    [
      ['M', 'process_name'],
      ['M', 'process_name'],
      ['M', 'thread_name'],
      ['M', 'thread_name'],
      ['X', 'write + routed#0'],
      ['X', 'write'],
      ['X', 'routed#0'],
      ['X', 'uplink 1 of rack 0'],
    ],
  );
  const span = (event: Record<string, unknown>) => [event.pid, event.tid, event.ts, event.dur];
  assert.deepEqual(span(traceEvents[4]!), [0, 2, 5, 1.5]);
  assert.deepEqual(span(traceEvents[6]!), [0, 2, 5.6, 0.9]);
  assert.deepEqual(span(traceEvents[7]!), [1, 0, 6.75, 1]);
});

test('on the command line: a kind brings its usual size, --set reaches the task, a file gets the events', async () => {
  const { dir, remove } = temporaryFolder();
  const file = path.join(dir, 'trace.json');
  let out = '';
  const io: Io = {
    out: (line) => {
      out += line;
    },
    note: () => {},
    raw: () => {},
    env: {},
    outIsTty: false,
    noteIsTty: false,
    columns: 0,
  };
  const trace = (...argv: string[]): Promise<number> => main(['trace', ...argv], shippedParts, io);
  try {
    assert.equal(await trace('calico-bgp', '--kind', 'TCP_RR', '--json', '--perfetto', file), 0);
    const { steps } = JSON.parse(out) as { steps: TraceStep[] };
    assert.deepEqual([steps[0]!.bytes, steps[0]!.units, steps[0]!.form], [1, 1, 'skb']);
    const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: unknown[] };
    assert.ok(traceEvents.length > steps.length);
    out = '';
    assert.equal(await trace('host', '--kind', 'UDP_STREAM', '--size', '700', '--set', 'nodes=4'), 0);
    assert.match(out, / 700 {2}plain#0$/m);
    assert.equal(await trace('host', '--skb', '0'), 2);
    assert.equal(await trace('host', '--perfetto', path.join(dir, 'no', 'where.json')), 2);
  } finally {
    remove();
  }
});
