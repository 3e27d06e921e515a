/**
 * The model against one measured kernel: the tables of docs/ACCURACY.md, computed anew.
 *
 * Measured values are copied from the project's own measurements of 2026 (docs/SOURCES.md, keys K4 to K8:
 * two-core virtual machine, Linux 6.18, veth wire). Left out: their quartiles, points with extra routers, IPIP
 * by tc-BPF (no backend has that path).
 *
 *     npx tsx scripts/accuracy.ts [price|stream|exchange|paced]
 */
import { backendNamed } from '../backends/catalog.ts';
import type { Cluster } from '../engine/build.ts';
import type { TaskRecord } from '../engine/core/record.ts';
import { runTask } from '../engine/task.ts';
import { machineNamed } from '../machines/catalog.ts';
import { recordMetrics } from '../reports/metrics.ts';
import type { DimValue } from '../scenarios/lib/define.ts';
import { expand, NO_OVERRIDES } from '../scenarios/lib/expand.ts';
import podToPod from '../scenarios/pod-to-pod.ts';

type Settings = Readonly<Record<string, DimValue>>;

/** Path of the measurements → backend, and whether both pods are on one node. */
const PATHS = {
  hostnet: ['host', false],
  bridge: ['flannel-host-gw', true],
  routed: ['calico-bgp', false],
  hostgw: ['flannel-host-gw', false],
  vxlan: ['flannel-vxlan', false],
  udp: ['flannel-udp', false],
} as const;
type PathName = keyof typeof PATHS;

interface Ran {
  readonly record: TaskRecord;
  readonly cluster: Cluster;
}

/** One task of `pod-to-pod` on the measured machine, pinned as the measurements were. */
function run(path: PathName, settings: Settings): Ran {
  const [backend, sameNode] = PATHS[path];
  const set = Object.entries({
    'traffic.netperf.pinned': 'true',
    'traffic.netperf.sameNode': String(sameNode),
    streams: 1,
    ...settings,
  });
  const resolved = {
    backends: [backendNamed(backend)],
    baseline: backendNamed('host'),
    machine: machineNamed('veth-vm'),
    sizes: () => [],
  };
  const scenario = { ...podToPod, points: [{}] };
  const overrides = { ...NO_OVERRIDES, set, replications: 1, machineNamed: true };
  let cluster: Cluster | undefined;
  const record = runTask(expand(scenario, resolved, overrides)[0]!, {
    done: (built) => {
      cluster = built;
    },
  });
  return { record, cluster: cluster! };
}

const lost = ({ record }: Ran): number =>
  Object.values(record.drops).reduce((sum, packets) => sum + packets, 0);

/** `name  measured  model  error`, aligned. */
function line(name: string, measured: number, model: number, decimals: number, unit: string): string {
  const error = `${model >= measured ? '+' : '−'}${Math.abs((model / measured - 1) * 100).toFixed(1)} %`;
  const cell = (value: number): string => value.toFixed(decimals).padStart(8);
  return `${name.padEnd(34)} ${cell(measured)} ${cell(model)} ${unit.padEnd(9)} ${error.padStart(8)}`;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** K4: datagrams into a full socket; wall time a datagram on the sender's core. */
function price(): void {
  say('price of a datagram on one core (K4)');
  const measured: Partial<Record<PathName, readonly [number, number]>> = {
    hostnet: [2860, 2903],
    bridge: [3713, 3800],
    routed: [4489, 4581],
    hostgw: [5544, 5449],
    vxlan: [8316, 8399],
  };
  for (const [at, bytes] of [64, 1400].entries()) {
    for (const [path, values] of Object.entries(measured) as [PathName, readonly number[]][]) {
      const windowMs = 100;
      const sink = {
        kind: 'UDP_STREAM',
        message: bytes,
        'traffic.netperf.sink': 'true',
        warmupMs: 0,
        windowMs,
      };
      const ran = run(path, sink);
      // Those that fill the socket (93 of 2,304 B) were paid as well.
      say(line(`${path} ${bytes} B`, values[at]!, (windowMs * 1e6) / (lost(ran) + 93), 0, 'ns'));
    }
  }
}

const OFFLOADS: Readonly<Record<string, Settings>> = {
  on: {},
  gsogro: { 'machine.facts.tso': 'false', 'machine.facts.udpTunnelTso': 'false' },
  off: {
    'machine.facts.tso': 'false',
    'machine.facts.udpTunnelTso': 'false',
    'machine.facts.gso': 'false',
    'machine.facts.gro': 'false',
  },
};

/** K5: one TCP stream, 128 KB writes, sender on core 0, receiver on core 1. */
function stream(): void {
  say('one TCP stream (K5): goodput, then CPU of both cores');
  const measured: readonly (readonly [PathName, string, gbps: number, nsPerByte: number])[] = [
    ['hostnet', 'on', 16.1, 0.755],
    ['bridge', 'on', 15.4, 0.793],
    ['hostgw', 'on', 14.1, 0.896],
    ['vxlan', 'on', 12.9, 1.011],
    ['udp', 'on', 0.846, 15.55],
    ['hostnet', 'gsogro', 11.5, 1.074],
    ['hostgw', 'gsogro', 10.5, 1.181],
    ['vxlan', 'gsogro', 6.54, 1.459],
    ['hostnet', 'off', 8.62, 1.538],
    ['bridge', 'off', 5.56, 2.068],
    ['hostgw', 'off', 3.04, 3.282],
    ['vxlan', 'off', 1.82, 4.769],
  ];
  for (const [path, offloads, gbps, nsPerByte] of measured) {
    const settings = { kind: 'TCP_STREAM', message: 131_072, warmupMs: 100, windowMs: 400 };
    const { record } = run(path, { ...settings, ...OFFLOADS[offloads] });
    const metrics = recordMetrics(record);
    say(line(`${path} ${offloads}`, gbps, metrics.goodput! / 1e9, 2, 'Gbit/s'));
    say(line(`${path} ${offloads}`, nsPerByte, metrics.cpuPerByte! * 1e9, 2, 'ns/B'));
  }
}

/** K6: request and response of one size; the idle core is kept from halting, as `nohalt` 1 did. */
function exchange(): void {
  say('request and response over TCP (K6): median, then CPU of both cores');
  const measured: readonly (readonly [PathName, bytes: number, us: number, cpuUs: number])[] = [
    ['hostnet', 64, 31.3, 48],
    ['bridge', 64, 33.1, 51],
    ['hostgw', 64, 38.1, 56],
    ['vxlan', 64, 43.6, 63],
    ['udp', 64, 69.9, 90],
    ['hostnet', 1400, 31.1, 48],
    ['hostgw', 1400, 38.3, 56],
    ['vxlan', 1400, 43.3, 78],
    ['udp', 1400, 69.7, 90],
    ['hostnet', 65_536, 41.3, 67],
    ['hostgw', 65_536, 56.9, 88],
    ['vxlan', 65_536, 68.2, 107],
    ['udp', 65_536, 904, 1476],
  ];
  const { sleepNs } = machineNamed('veth-vm').waking;
  for (const [path, bytes, us, cpuUs] of measured) {
    const { record } = run(path, {
      kind: 'TCP_RR',
      message: bytes,
      response: bytes,
      'machine.waking.haltNs': sleepNs,
      warmupMs: 20,
      windowMs: 500,
    });
    const metrics = recordMetrics(record);
    const exchanges = record.counters.rpcsFinished;
    const cpuPs = record.cpu.reduce((sum, stage) => sum + Number(stage.ps), 0);
    say(line(`${path} ${bytes} B`, us, metrics.rpcP50! * 1e6, 1, 'µs'));
    say(line(`${path} ${bytes} B`, cpuUs, cpuPs / exchanges / 1e6, 1, 'µs of CPU'));
  }
}

/** K8: paced 1,400 B datagrams through the daemons of both sides; busy seconds of the sending core in 0.5 s. */
function paced(): void {
  say('paced datagrams through two daemons (K8): busy seconds of the sending core in 0.5 s');
  const measured: Readonly<Record<number, readonly number[]>> = {
    1: [0.116, 0.22, 0.43, 0.5, 0.5],
    8: [0.0293, 0.0639, 0.129, 0.267, 0.379],
    64: [0.0295, 0.0485, 0.0893, 0.183, 0.269],
  };
  for (const [burst, seconds] of Object.entries(measured)) {
    for (const [at, perS] of [5000, 10_000, 20_000, 40_000, 60_000].entries()) {
      const { cluster } = run('udp', {
        kind: 'UDP_STREAM',
        message: 1400,
        'traffic.netperf.paceMessagesPerS': perS,
        'traffic.netperf.burst': Number(burst),
        warmupMs: 0,
        windowMs: 500,
      });
      const { cores } = cluster.partitions[0]!;
      const busy = (cores.busySoftPs[0]! + cores.busyProcPs[0]!) / 1e12;
      say(line(`bursts of ${burst}, ${perS}/s`, seconds[at]!, busy, 3, 's'));
    }
  }
}

const PARTS = { price, stream, exchange, paced };
const wanted = process.argv[2];
say(`${''.padEnd(34)} measured    model`);
for (const [name, part] of Object.entries(PARTS)) if (wanted === undefined || wanted === name) part();
