/**
 * One measurement of a bed: the price of a packet by our own flood, bulk TCP by iperf3, request/response by sockperf.
 * Names of experiments, settings and metrics are those of calibration/kernel, so that the engine can run the same.
 *
 * Sender on the first core, receiver on the second. A window is 1 s of steady state unless asked otherwise.
 */
import type { Config } from '../kernel/task.ts';
import type { Bed } from './bed.ts';
import { busyS, type CpuTimes, readCpuTimes } from './cpu.ts';
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
/** Slow start and the processes' own start are over; iperf3 takes whole seconds, so that as much is left behind. */
const SETTLE_MS = 450;
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
  if (exp === 'e1') return bulk(bed, tools);
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

async function bulk(bed: Bed, { cores, signal }: Tools): Promise<Metrics> {
  const port = bed.nextPort();
  const listen = pinned(bed, cores[1], ['iperf3', '-s', '-1', '-p', String(port)]);
  const server = await bed.serve(bed.to, listen, port);
  try {
    const words = [
      'iperf3',
      '-c',
      bed.to.ip,
      '-p',
      String(port),
      '-J',
      '-i',
      '0.1',
      '-t',
      String(BULK_S + 1),
    ];
    const times: CpuTimes[] = [];
    const atMs: number[] = [];
    const read = (): void => {
      times.push(readCpuTimes(cores));
      atMs.push(performance.now());
    };
    const timers = [SETTLE_MS, SETTLE_MS + BULK_S * 1000].map((ms) => setTimeout(read, ms + 50));
    const begin = performance.now();
    const said = await run(bed.at(bed.from, pinned(bed, cores[0], words)), { signal });
    for (const timer of timers) clearTimeout(timer);
    if (times.length !== 2) throw new ShellError('iperf3 ended early');
    const intervals = intervalsOf(said);
    const [from = 0, to = 0] = atMs.map((ms) => (ms - begin) / 1000);
    const inside = intervals.filter(({ start, end }) => start >= from - 0.05 && end <= to + 0.05);
    const bytes = inside.reduce((sum, one) => sum + one.bytes, 0);
    const spanS = inside.reduce((sum, one) => sum + one.end - one.start, 0);
    if (!(bytes > 0)) throw new ShellError(`${bed.mode}: iperf3 moved nothing`);
    const busy = busyS(times[0]!, times[1]!) / (to - from);
    return { gbps: (bytes * 8) / spanS / 1e9, busy_ns_per_byte: (busy * 1e9) / (bytes / spanS) };
  } finally {
    await bed.stop(server);
  }
}

interface Interval {
  readonly start: number;
  readonly end: number;
  readonly bytes: number;
}

function intervalsOf(said: string): Interval[] {
  const { intervals = [], error } = JSON.parse(said) as { intervals?: { sum: Interval }[]; error?: string };
  if (error !== undefined) throw new ShellError(`iperf3: ${error}`);
  return intervals.map(({ sum }) => sum);
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
