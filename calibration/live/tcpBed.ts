/**
 * TCP through a bottleneck on the live kernel, as section 10 of the kernel measurements has it (docs/SOURCES.md, K10):
 * sender, router and receiver in three namespaces; the router's egress is a token bucket, before it a delay line of our
 * own in both directions. No TSO, GSO or GRO anywhere.
 */
import { readFileSync } from 'node:fs';
import type { BottleneckEntry } from '../formats/types.ts';
import { plainTcp } from './bed.ts';
import { Background, type RunOptions, run, ShellError } from './shell.ts';
import { type Note, parseNotes } from './slowStart.ts';

/** As calibration/data/tcp-bottleneck.json names them. */
export type TcpConfig = BottleneckEntry['cfg'];

/** Names as in that file; `notes`: the first packets as the delay line saw them. */
export interface TcpRun {
  readonly goodput_mbps: number;
  readonly rtt_us_median: number;
  readonly cwnd_bytes_median: number;
  readonly tbf_drops: number;
  readonly notes: readonly Note[];
}

const RECEIVER = '198.18.2.2';
export const TCP_PORT = 5201;
const LINE_TABLE = '100';

/** Runs one configuration; its namespaces are gone when it returns or throws. @param program  compiled bed.c */
export async function runTcp(cfg: TcpConfig, program: string, signal: AbortSignal): Promise<TcpRun> {
  const bed = new TcpBed(program, signal);
  try {
    await bed.open(cfg);
    return await bed.measure(cfg);
  } finally {
    await bed.close();
  }
}

class TcpBed {
  private readonly made: string[] = [];
  private readonly background = new Background();
  private readonly options: RunOptions;
  private readonly program: string;
  private readonly noteFile: string;
  private line: Awaited<ReturnType<Background['start']>> | null = null;

  constructor(program: string, signal: AbortSignal) {
    this.program = program;
    this.options = { signal };
    this.noteFile = `${program}.notes`;
  }

  async open(cfg: TcpConfig): Promise<void> {
    for (const name of ['s', 'r', 'd']) {
      // First: a command that is stopped half-way may have made it.
      this.made.push(name);
      await run(['ip', 'netns', 'add', this.name(name)], this.options);
      await this.ip(name, ['link', 'set', 'lo', 'up']);
      await plainTcp(this.name(name), this.options);
    }
    await this.pair('s', 'r', 'left', '198.18.1');
    await this.pair('d', 'r', 'right', '198.18.2');
    await this.ip('s', ['route', 'add', 'default', 'via', '198.18.1.1']);
    await this.ip('d', ['route', 'add', 'default', 'via', '198.18.2.1']);
    await this.inside('r', ['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
    const rate = ['rate', `${cfg.rate}mbit`, 'burst', String(cfg.burst), 'limit', String(cfg.limit)];
    await this.inside('r', ['tc', 'qdisc', 'add', 'dev', 'right', 'root', 'tbf', ...rate]);
    if (cfg.delay_us > 0) await this.delayLine(cfg.delay_us);
  }

  async measure(cfg: TcpConfig): Promise<TcpRun> {
    const at = (name: string, words: readonly string[]) => [...this.enter(name), ...first(1), ...words];
    await this.background.start(at('d', ['iperf3', '-s', '-1', '-p', String(TCP_PORT)]), TCP_PORT);
    const client = ['iperf3', '-c', RECEIVER, '-p', String(TCP_PORT), '-C', cfg.cc, '-P', String(cfg.flows)];
    const words = [...client, '-t', String(cfg.secs), '-i', '0.1', '-J'];
    const said = await run(at('s', words), { ...this.options, timeoutMs: (cfg.secs + 15) * 1000 });
    const stats = await this.inside('r', ['tc', '-s', '-j', 'qdisc', 'show', 'dev', 'right']);
    const [bucket] = JSON.parse(stats) as { drops: number }[];
    return { ...tcpMetrics(said), tbf_drops: bucket!.drops, notes: await this.notes() };
  }

  async close(): Promise<void> {
    await this.background.stopAll();
    for (const name of this.made.splice(0)) {
      await run(['ip', 'netns', 'del', this.name(name)]).catch(() => undefined);
    }
  }

  private name = (name: string): string => `windtunnel-${process.pid}-tcp-${name}`;

  private enter = (name: string): string[] => ['ip', 'netns', 'exec', this.name(name)];

  private ip(name: string, words: readonly string[]): Promise<string> {
    return run(['ip', '-n', this.name(name), ...words], this.options);
  }

  private inside(name: string, words: readonly string[]): Promise<string> {
    return run([...this.enter(name), ...words], this.options);
  }

  /** A link to the router without segmentation or merging at either end. */
  private async pair(end: string, router: string, device: string, net: string): Promise<void> {
    await this.ip(end, [
      'link',
      'add',
      'dev',
      'eth0',
      'type',
      'veth',
      'peer',
      'name',
      device,
      'netns',
      this.name(router),
    ]);
    for (const [name, dev, ip] of [
      [end, 'eth0', `${net}.2/24`],
      [router, device, `${net}.1/24`],
    ] as const) {
      await this.ip(name, ['addr', 'add', ip, 'dev', dev]);
      await this.ip(name, ['link', 'set', dev, 'up']);
      await this.inside(name, ['ethtool', '-K', dev, 'tso', 'off', 'gso', 'off', 'gro', 'off']);
    }
  }

  /** What comes from either link goes through the TUN device first, and from there on by the main table. */
  private async delayLine(us: number): Promise<void> {
    const words = [this.program, 'delay', 'line0', String(us), this.noteFile];
    this.line = await this.background.start([...this.enter('r'), ...first(2), ...words], null);
    for (let tries = 0; ; tries++) {
      try {
        await this.ip('r', ['link', 'set', 'line0', 'up']);
        break;
      } catch (error) {
        if (tries > 100) throw error;
      }
    }
    await this.ip('r', ['route', 'add', 'default', 'dev', 'line0', 'table', LINE_TABLE]);
    for (const dev of ['left', 'right'])
      await this.ip('r', ['rule', 'add', 'iif', dev, 'lookup', LINE_TABLE]);
  }

  private async notes(): Promise<Note[]> {
    if (this.line === null) return [];
    const gone = new Promise((resolve) => this.line!.once('exit', resolve));
    this.line.kill('SIGTERM');
    await gone;
    return parseNotes(readFileSync(this.noteFile, 'utf8'));
  }
}

/** Before other programs of the machine; the delay line before the rest of the bed. */
const first = (priority: 1 | 2): string[] => ['chrt', '--fifo', String(priority)];

interface Iperf {
  readonly error?: string;
  readonly intervals: readonly {
    readonly streams: readonly { readonly rtt: number; readonly snd_cwnd: number }[];
  }[];
  readonly end: { readonly sum_received: { readonly bits_per_second: number } };
}

/** iperf3's JSON, looked at ten times a second; of two middle values the upper. */
export function tcpMetrics(said: string): Omit<TcpRun, 'tbf_drops' | 'notes'> {
  const { error, intervals, end } = JSON.parse(said) as Iperf;
  if (error !== undefined) throw new ShellError(`iperf3: ${error}`);
  const middle = (of: (stream: Iperf['intervals'][number]['streams'][number]) => number): number => {
    const values = intervals.flatMap(({ streams }) => streams.map(of)).sort((a, b) => a - b);
    return values[values.length >> 1]!;
  };
  return {
    goodput_mbps: end.sum_received.bits_per_second / 1e6,
    rtt_us_median: middle(({ rtt }) => rtt),
    cwnd_bytes_median: middle(({ snd_cwnd: bytes }) => bytes),
  };
}
