/**
 * One measurement of a bed: the price of a packet by our own flood, bulk TCP by iperf3, request/response by sockperf.
 * Names of experiments, settings and metrics are those of calibration/kernel, so that the engine can run the same.
 *
 * Sender on the first core, receiver on the second. iperf3 leaves its first second out.
 */
import type { Config } from '../kernel/task.ts';
import type { Bed } from './bed.ts';
import { readCpuTimes, shares } from './cpu.ts';
import { run, ShellError } from './shell.ts';

export interface Tools {
  /** Compiled bed.c. */
  readonly program: string;
  /** Sender's core and receiver's. */
  readonly cores: readonly [number, number];
  readonly signal: AbortSignal;
}

/** Metric → value, units by the name (docs/MEASUREMENTS.md). */
export type Metrics = Readonly<Record<string, number>>;

const HOLE_MS = 300;
const BULK_S = 1;
const EXCHANGE_S = 1;

/**
 * On one core, in the lowest real-time class: other programs of the machine wait (nice alone does not reach beyond a
 * session). Not on paths with a forwarder, whose turn on the core the ordinary scheduler decides.
 */
const pinned = (bed: Bed, core: number, words: readonly string[]): string[] => [
  ...(bed.mode === 'udp' ? [] : ['chrt', '--fifo', '1']),
  ...['taskset', '-c', String(core)],
  ...words,
];

/** Runs one configuration on its bed. @throws ShellError */
export async function probe(exp: string, cfg: Config, bed: Bed, tools: Tools): Promise<Metrics> {
  await bed.setOffloads((cfg.off ?? 'on') as 'on' | 'gsogro' | 'off');
  if (exp === 'e0_hole') return hole(Number(cfg.msg), bed, tools);
  if (exp === 'e1' || exp === 'e2') return bulk(cfg, bed, tools);
  return exchange(cfg, bed, tools);
}

async function hole(bytes: number, bed: Bed, tools: Tools): Promise<Metrics> {
  const port = bed.nextPort();
  const { program, cores, signal } = tools;
  const server = await bed.serve(bed.to, pinned(bed, cores[1], [program, 'sink', String(port)]), port);
  try {
    const flood = [program, 'flood', bed.to.ip, String(port), String(bytes), String(HOLE_MS)];
    const said = await run(bed.at(bed.from, pinned(bed, cores[0], flood)), { signal });
    const [packets = 0, ns = 0] = said.trim().split(' ').map(Number);
    if (!(packets > 0)) throw new ShellError(`no packet left ${bed.mode}`);
    return { ns_per_pkt: ns / packets };
  } finally {
    await bed.stop(server);
  }
}

async function bulk(cfg: Config, bed: Bed, { cores, signal }: Tools): Promise<Metrics> {
  const port = bed.nextPort();
  const listen = pinned(bed, cores[1], ['iperf3', '-s', '-1', '-p', String(port)]);
  const server = await bed.serve(bed.to, listen, port);
  try {
    const streams = /^tcp(\d+)$/.exec(String(cfg.kind ?? 'tcp1'))![1]!;
    const length = cfg.msg === undefined ? [] : ['-l', String(cfg.msg)];
    const client = ['iperf3', '-c', bed.to.ip, '-p', String(port), '-C', 'cubic', '-J'];
    const words = [...client, ...length, '-P', streams, '-O', '1', '-t', String(BULK_S)];
    const before = readCpuTimes(cores);
    const said = await run(bed.at(bed.from, pinned(bed, cores[0], words)), { signal });
    return { ...bulkMetrics(said), ...shares(before, readCpuTimes(cores)) };
  } finally {
    await bed.stop(server);
  }
}

interface Iperf {
  readonly error?: string;
  readonly end: {
    readonly sum_received: { readonly bits_per_second: number };
    /** Of each program's own time; softirqs that interrupt it are booked on it. */
    readonly cpu_utilization_percent: { readonly host_total: number; readonly remote_total: number };
  };
}

/** iperf3's JSON. Its CPU is that of the two programs alone: other work on the cores does not count. */
export function bulkMetrics(said: string): Metrics {
  const { error, end } = JSON.parse(said) as Iperf;
  if (error !== undefined) throw new ShellError(`iperf3: ${error}`);
  const { host_total: sender, remote_total: receiver } = end.cpu_utilization_percent;
  const gbps = end.sum_received.bits_per_second / 1e9;
  if (!(gbps > 0)) throw new ShellError('iperf3 moved nothing');
  return { gbps, busy_ns_per_byte: (((sender + receiver) / 100) * 8) / gbps };
}

async function exchange(cfg: Config, bed: Bed, { program, cores, signal }: Tools): Promise<Metrics> {
  const port = bed.nextPort();
  const tcp = cfg.proto === 't' ? ['--tcp'] : [];
  const where = ['-i', bed.to.ip, '-p', String(port), ...tcp];
  const awake = Number(cfg.nohalt) === 1;
  const spinners = [];
  if (awake)
    for (const core of cores)
      spinners.push(await bed.serve(bed.to, pinned(bed, core, [program, 'spin']), null));
  const server = await bed.serve(bed.to, pinned(bed, cores[1], ['sockperf', 'server', ...where]), port);
  try {
    const ping = [
      'sockperf',
      'ping-pong',
      ...where,
      '-t',
      String(EXCHANGE_S),
      '-m',
      String(cfg.msg),
      '--full-rtt',
    ];
    const said = await run(bed.at(bed.from, pinned(bed, cores[0], ping)), { signal });
    return { p50_us: percentileUs(said, '50.000') };
  } finally {
    await bed.stop(server);
    for (const spinner of spinners) await bed.stop(spinner);
  }
}

/** sockperf's own line. @throws ShellError */
export function percentileUs(said: string, percentile: string): number {
  const plain = said.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '');
  const found = new RegExp(`percentile ${percentile.replace('.', '\\.')}\\s*=\\s*([0-9.]+)`).exec(plain);
  if (found === null) throw new ShellError(`sockperf gave no percentile ${percentile}`);
  return Number(found[1]);
}
