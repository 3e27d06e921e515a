/**
 * CPU of one host as publications count it: cores (or a share of one) at the measured throughput, in the source's
 * class. `system + user` leaves softirq work out, a process's own CPU has what its system calls run inline, cycles
 * a byte are everything. Where a whole node is read, what the source found on it without the test comes on top.
 *
 * Left out: CPU of a whole node beside the test (per mille of IB18), rounding.
 */
import type { RackCpu, TaskRecord } from '../../engine/core/record.ts';
import type { PublishedRow } from '../formats/types.ts';
import { unitOf } from '../formats/units.ts';

type Side = 'client' | 'server';

interface CpuClass {
  readonly side: Side;
  readonly ps: (cpu: RackCpu) => number;
}

const SYSTEM_AND_USER = (cpu: RackCpu): number => cpu.userPs + cpu.systemPs;
const OF_PROCESS = (cpu: RackCpu): number => cpu.userPs + cpu.systemPs + cpu.inlinePs - cpu.kworkerPs;
const ALL = (cpu: RackCpu): number => cpu.userPs + cpu.systemPs + cpu.softirqPs + cpu.irqPs;

/** GHz of the machine whose prices the reference book holds. */
const REFERENCE_GHZ = 3.4;

/** A whole node is read, with its agents and the monitor, also before the test. */
const IDLE = /^idle_cpu_(cores|percent)_/;

const CLASSES: readonly (readonly [metric: RegExp, ps: CpuClass['ps']])[] = [
  [/^iperf3_(process_)?cpu/, OF_PROCESS],
  [/^cpu_(cores|percent)_/, SYSTEM_AND_USER],
  [/^cycles_per_byte/, ALL],
];

/** What a CPU metric counts; null: not a host's CPU in one of these classes. */
export function cpuClassOf(metric: string): CpuClass | null {
  const ps = CLASSES.find(([words]) => words.test(metric))?.[1];
  const side = /client|sender|_tx$/.test(metric)
    ? 'client'
    : /server|receiver|_rx$/.test(metric)
      ? 'server'
      : null;
  return ps === undefined || side === null ? null : { side, ps };
}

/**
 * @param throughputGbps what the source measured in the same run; null: unknown
 * @returns in the row's base unit (cores, share of a core, cycles a byte); null without a throughput
 */
export function cpuOf(row: PublishedRow, record: TaskRecord, throughputGbps: number | null): number | null {
  const counted = cpuClassOf(row.row.metric);
  const rack = record.rackCpu?.[counted?.side === 'client' ? 0 : 1];
  if (counted === null || rack === undefined || record.counters.payloadBytes === 0) return null;
  // One CPU: the softirq that interrupts a runnable reader is booked on it, tick by tick.
  const interrupted = counted.side === 'server' && record.coreBusyPs.length === 2;
  const ps =
    interrupted && counted.ps === OF_PROCESS ? SYSTEM_AND_USER(rack) + rack.softirqPs : counted.ps(rack);
  const nsPerByte = ps / 1000 / record.counters.payloadBytes;
  if (row.baseUnit === 'cycles/B') return nsPerByte * REFERENCE_GHZ;
  if (throughputGbps === null) return null;
  const idleCores = counted.ps === SYSTEM_AND_USER ? idleCoresOf(row) : 0;
  return (nsPerByte * throughputGbps) / 8 + idleCores;
}

/** CPU of a node without the test in the same configuration, as far as the source says it; mean, cores. */
function idleCoresOf({ record, beside }: PublishedRow): number {
  const cores = beside.flatMap((one) => {
    const same = one.mode === record?.mode && one.environment.kernel === record.environment.kernel;
    return same && IDLE.test(one.metric) ? [one.value * (unitOf(one.unit)?.factor ?? 0)] : [];
  });
  return cores.length === 0 ? 0 : cores.reduce((sum, one) => sum + one, 0) / cores.length;
}

/** Mean of the throughputs that the source measured in the row's configuration, Gbit/s; null: none. */
export function throughputBeside(row: PublishedRow, rows: readonly PublishedRow[]): number | null {
  const udp = row.row.metric.endsWith('_udp');
  const same = rows.filter(({ row: one, baseUnit }) => {
    const kind = udp ? one.family === 'udp' : one.family.startsWith('tcp');
    const { source_mode, kernel, pod_mtu, streams } = row.row;
    const alike = one.source_mode === source_mode && one.kernel === kernel && one.pod_mtu === pod_mtu;
    return kind && baseUnit === 'Gbit/s' && alike && one.streams === streams;
  });
  return same.length === 0 ? null : same.reduce((sum, { measured }) => sum + measured, 0) / same.length;
}
