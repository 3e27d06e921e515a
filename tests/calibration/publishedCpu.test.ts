/** CPU as publications count it: which class and side a metric means, and what a run of one stream says of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendNamed } from '../../backends/catalog.ts';
import type { PublishedRow } from '../../calibration/formats/types.ts';
import type { Conditions } from '../../calibration/published/conditions.ts';
import { cpuClassOf, cpuOf, throughputBeside } from '../../calibration/published/cpu.ts';
import { assumedScale, taskFor } from '../../calibration/published/environment.ts';
import { SHIPPED } from '../../calibration/published/movedPrices.ts';
import type { RackCpu, TaskRecord } from '../../engine/core/record.ts';
import { runTask } from '../../engine/task.ts';

const CPU: RackCpu = { userPs: 1, systemPs: 20, softirqPs: 300, irqPs: 4000, inlinePs: 50, kworkerPs: 6 };

test('metrics name a side and a class', () => {
  const ps = (metric: string) => cpuClassOf(metric)!.ps(CPU);
  assert.equal(cpuClassOf('cpu_cores_server_8_tcp_streams')!.side, 'server');
  assert.equal(cpuClassOf('iperf3_cpu_percent_sender')!.side, 'client');
  assert.equal(ps('cpu_percent_client_udp'), 21);
  assert.equal(ps('iperf3_process_cpu_client'), 65);
  assert.equal(ps('cycles_per_byte_rx'), 4321);
  assert.equal(cpuClassOf('cpu_permille'), null);
  assert.equal(cpuClassOf('tcp_throughput_gbps'), null);
});

const ROW = {
  row: { id: 'A', family: 'cpu', metric: 'cpu_cores_client_1_tcp_streams', source_mode: 'x', kernel: null },
  baseUnit: 'cores',
  record: { mode: 'x', environment: { kernel: '5.4' } },
  beside: [],
} as unknown as PublishedRow;

test('cores at the measured throughput', () => {
  const figures = { rackCpu: [CPU, CPU], counters: { payloadBytes: 7 }, coreBusyPs: [1, 1] };
  const record = figures as unknown as TaskRecord;
  const reader = { ...ROW, row: { ...ROW.row, metric: 'iperf3_cpu_percent_receiver' } };
  // 321 ps for 7 bytes on the only CPU, 65 where softirq has cores of its own.
  assert.equal(cpuOf(reader, record, 8)!.toFixed(6), (0.321 / 7).toFixed(6));
  assert.equal(cpuOf(reader, { ...record, coreBusyPs: [1, 1, 1, 1] }, 8)!.toFixed(6), (0.065 / 7).toFixed(6));
  // 21 ps for 7 bytes are 0.003 ns a byte; 8 Gbit/s are a byte each ns.
  assert.equal(cpuOf(ROW, record, 8), 0.003);
  assert.equal(cpuOf(ROW, record, null), null);
  const rows = [10, 20].map((measured) => {
    const row = { ...ROW.row, family: 'tcp1', metric: 'tcp_throughput_gbps' };
    return { ...ROW, row, measured, baseUnit: 'Gbit/s' };
  });
  assert.equal(throughputBeside(ROW, rows), 15);
  assert.equal(throughputBeside(ROW, [ROW]), null);
});

test('classes of two racks add up to the CPU of all stages; the sender of a pod works inline', () => {
  const c: Conditions = {
    ...{ bed: 'x', backend: 'calico-bgp', sameNode: false, family: 'cpu', metric: 'cpu_percent_client_udp' },
    ...{ linkGbps: 40, clockGhz: null, platform: 'bm', offload: 'on', podMtuBytes: 1500, streams: 1 },
    ...{ writeBytes: 131_072, requestBytes: 1, kernel: null, cpus: null },
  };
  const task = taskFor(c, assumedScale(c), SHIPPED);
  const { rackCpu, cpu } = runTask({ ...task, baseline: backendNamed('host') });
  assert.equal(rackCpu?.length, 2);
  const total = rackCpu!.reduce((s, r) => s + r.userPs + r.systemPs + r.softirqPs + r.irqPs, 0);
  const stages = cpu.reduce((s, { ps }) => s + Number(ps), 0);
  assert.ok(Math.abs(total / stages - 1) < 1e-9, `${total} against ${stages}`);
  assert.ok(rackCpu![0]!.inlinePs > 0 && rackCpu![0]!.inlinePs < rackCpu![0]!.softirqPs);
  // The receiver's reader runs no stack of its own.
  assert.ok(rackCpu![1]!.inlinePs < 0.02 * rackCpu![1]!.softirqPs);
  assert.equal(rackCpu![0]!.kworkerPs, 0);
});

test('a whole node has what it had without the test; a process has not', () => {
  const idle = (mode: string, kernel: string, value: number) => ({
    ...{ mode, environment: { kernel }, value, unit: '% of 8 threads' },
    metric: 'idle_cpu_percent_server_node',
  });
  const beside = [
    ...[idle('x', '5.4', 1), idle('x', '5.4', 2), idle('x', '4.15', 50), idle('y', '5.4', 50)],
    { ...idle('x', '5.4', 700), metric: 'idle_memory_node_mb', unit: 'MB' },
  ];
  const row = { ...ROW, beside } as unknown as PublishedRow;
  const figures = { rackCpu: [CPU, CPU], counters: { payloadBytes: 7 }, coreBusyPs: [1, 1, 1, 1] };
  const record = figures as unknown as TaskRecord;
  // 1.5 % of eight threads are 0.12 cores, on top of 0.003.
  assert.equal(cpuOf(row, record, 8)!.toFixed(6), '0.123000');
  const process = { ...row, row: { ...row.row, metric: 'iperf3_process_cpu_client' } };
  assert.equal(cpuOf(process, record, 8)!.toFixed(6), (0.065 / 7).toFixed(6));
});
