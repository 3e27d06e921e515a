/**
 * A configuration of the kernel measurements → a task of the engine on the measured machine.
 *
 * The names of experiments and settings are the data's (docs/SOURCES.md, K1): `e0_hole` price of a packet, `e1` bulk
 * streams, `e2` message sizes, `e3` request/response, `e0u_paced` paced datagrams, `e4_*` rules and routes.
 */
import { backendNamed } from '../../backends/catalog.ts';
import type { NetperfTraffic, PolicySpec, TaskSpec } from '../../engine/core/taskSpec.ts';
import type { Step } from '../../engine/host/backend.ts';
import type { Machine } from '../../engine/host/machine.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { twoNodes } from '../../scenarios/lib/cluster.ts';
import { netperf } from '../../scenarios/lib/traffic.ts';
import { type BedPath, bedPath, withChain } from './paths.ts';

export type Config = Readonly<Record<string, string | number>>;

const MS = 1e9;
/** iperf3's default write. */
const IPERF_WRITE_BYTES = 131_072;

interface Plan {
  readonly traffic: NetperfTraffic;
  readonly warmupMs: number;
  readonly windowMs: number;
  /** The idle core was kept from halting. */
  readonly awake: boolean;
}

/** What cannot be run: the reason, for the row. */
export class NotModelled extends Error {}

/** The task of one configuration on the measured machine, or on another of its kind. @throws NotModelled */
export function kernelTask(exp: string, cfg: Config, book: Machine = machineNamed('veth-vm')): TaskSpec {
  const path = pathOf(exp, cfg);
  const mtuBytes = number(cfg, 'mtu', cfg.mode === 'udp9' ? 9000 : 1500);
  const plan = planOf(exp, cfg, mtuBytes);
  const task = `${exp}/${configId(cfg)}`;
  return {
    task,
    index: 0,
    cell: task,
    dims: { backend: path.backend.name },
    scenario: 'kernel',
    seed: 1,
    backend: path.backend,
    baseline: backendNamed('host'),
    machine: withTool(exp, machineOf(book, cfg, plan.awake)),
    cluster: twoNodes({ mtuBytes }),
    traffic: { netperf: { ...plan.traffic, sameNode: path.sameNode, pinned: true } },
    policy: CHAINS[chainOf(exp, cfg)]!.policy(number(cfg, 'n', 0)),
    podMtuBytes: null,
    congestion: 'cubic',
    warmupPs: plan.warmupMs * MS,
    windowPs: plan.windowMs * MS,
    drainPs: 0,
    granularity: 'batch',
    eventsMax: 50_000_000,
  };
}

interface Chain {
  /** Behind the first host's forwarding. */
  readonly steps: readonly Step[];
  readonly policy: (n: number) => PolicySpec;
}

const linear = (ruleKind: NonNullable<PolicySpec['ruleKind']>): Chain => ({
  steps: ['NF_HOOK'],
  policy: (rules) => ({ rules, ruleKind }),
});
const NO_RULES = (): PolicySpec => ({ rules: 0 });

/** `kind` of the rules experiments. */
const CHAINS: Readonly<Record<string, Chain>> = {
  none: { steps: [], policy: NO_RULES },
  legacy: linear('iptables-legacy'),
  nft: linear('nft'),
  nftipt: linear('iptables-nft'),
  nftset: linear('set'),
  // Conntrack with a NAT chain.
  ct: { steps: ['CT', 'NAT', 'NF_HOOK'], policy: NO_RULES },
};

const chainOf = (exp: string, cfg: Config): string => {
  const rules = exp === 'e4_fwd_rules' || exp === 'e4_tcp_rules';
  const kind = rules ? text(cfg, 'kind') : 'none';
  if (!Object.hasOwn(CHAINS, kind)) throw new NotModelled(`unknown kind of rules '${kind}'`);
  return kind;
};

function pathOf(exp: string, cfg: Config): BedPath {
  const mode = text(cfg, 'mode', exp.startsWith('e4') ? 'hostgw' : undefined);
  // "Forwarding through one host": inferred from its price without rules, that of host-gw with one router more.
  const path = bedPath(mode, number(cfg, 'hops', exp === 'e4_fwd_rules' ? 1 : 0));
  if (path === null) throw new NotModelled(`unknown mode '${mode}'`);
  const { steps } = CHAINS[chainOf(exp, cfg)]!;
  return steps.length > 0 ? withChain(path, steps) : path;
}

/** Settings without the tag, sorted: what makes two measurements the same configuration. */
export function configId(cfg: Config): string {
  const keys = Object.keys(cfg).filter((key) => key !== 'tag');
  return keys
    .sort()
    .map((key) => `${key}=${cfg[key]}`)
    .join(',');
}

function planOf(exp: string, cfg: Config, mtuBytes: number): Plan {
  switch (exp) {
    case 'e0_hole':
    case 'e4_fwd_routes':
      return hole(number(cfg, 'msg', 64), mtuBytes);
    case 'e4_fwd_rules':
      return hole(number(cfg, 'msg', 64), mtuBytes);
    case 'e4_tcp_rules':
      return stream(1, IPERF_WRITE_BYTES);
    case 'e1':
      return bulk(text(cfg, 'kind'), mtuBytes);
    case 'e2':
      if (text(cfg, 'proto') === 't') return stream(1, number(cfg, 'msg'));
      return flood(number(cfg, 'msg'));
    case 'e3':
      return exchange(cfg);
    case 'e0u_paced':
      return paced(cfg);
    default:
      throw new NotModelled(`unknown experiment '${exp}'`);
  }
}

/** Datagrams into a full socket. From the start: those that fill it are counted with the others. */
function hole(messageBytes: number, mtuBytes: number): Plan {
  if (messageBytes > mtuBytes - 28)
    throw new NotModelled('a datagram in fragments has no price of one packet');
  const traffic = netperf('UDP_STREAM', { messageBytes, sink: true });
  return { traffic, warmupMs: 0, windowMs: 50, awake: false };
}

const stream = (streams: number, messageBytes: number): Plan => ({
  traffic: netperf('TCP_STREAM', { streams, messageBytes }),
  warmupMs: 50,
  windowMs: 200,
  awake: true,
});

const flood = (messageBytes: number): Plan => ({
  traffic: netperf('UDP_STREAM', { messageBytes }),
  warmupMs: 20,
  windowMs: 100,
  awake: true,
});

function bulk(kind: string, mtuBytes: number): Plan {
  const streams = /^tcp(\d+)$/.exec(kind)?.[1];
  if (streams !== undefined) return stream(Number(streams), IPERF_WRITE_BYTES);
  // iperf3 sizes its datagrams by the path's MSS; the tunnels' is 50 bytes shorter.
  if (kind === 'udp') return flood(mtuBytes - 28 - 50);
  throw new NotModelled(`unknown kind of stream '${kind}'`);
}

function exchange(cfg: Config): Plan {
  const bytes = number(cfg, 'msg');
  const tcp = text(cfg, 'proto') === 't';
  const traffic = netperf(tcp ? 'TCP_RR' : 'UDP_RR', { messageBytes: bytes, responseBytes: bytes });
  return { traffic, warmupMs: 20, windowMs: 200, awake: number(cfg, 'nohalt', 0) === 1 };
}

function paced(cfg: Config): Plan {
  const traffic = netperf('UDP_STREAM', {
    messageBytes: number(cfg, 'msg'),
    paceMessagesPerS: number(cfg, 'pps'),
    burst: number(cfg, 'burst'),
    sink: true,
  });
  return { traffic, warmupMs: 0, windowMs: 500, awake: false };
}

/** The machine with the offloads and steering of this measurement. */
function machineOf(machine: Machine, cfg: Config, awake: boolean): Machine {
  const off = text(cfg, 'off', 'on');
  if (!['on', 'gsogro', 'off'].includes(off)) throw new NotModelled(`unknown offloads '${off}'`);
  const { facts, waking } = machine;
  return {
    ...machine,
    facts: {
      ...facts,
      ...(off === 'on' ? {} : { tso: false, udpTunnelTso: false, ipipTso: false }),
      ...(off === 'off' ? { gso: false, gro: false } : {}),
      rps: number(cfg, 'rps', 0) !== 0,
    },
    waking: awake ? { ...waking, haltAfterNs: 1e12 } : waking,
  };
}

/**
 * iperf3 waits in select() and reads the clock twice between two calls: poll of three descriptors 265 ns, a clock read
 * 22 (K3). The other experiments were driven by programs that only call.
 */
const IPERF_CALL_NS = 309;

function withTool(exp: string, machine: Machine): Machine {
  if (exp !== 'e1') return machine;
  const APP_CALL = { ...machine.prices.APP_CALL, eachNs: IPERF_CALL_NS };
  return { ...machine, prices: { ...machine.prices, APP_CALL } };
}

function text(cfg: Config, key: string, other?: string): string {
  const value = cfg[key] ?? other;
  if (value === undefined) throw new NotModelled(`setting '${key}' is missing`);
  return String(value);
}

function number(cfg: Config, key: string, other?: number): number {
  const value = cfg[key] ?? other;
  const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof n !== 'number' || !Number.isFinite(n) || n < 0)
    throw new NotModelled(`setting '${key}' must be a number, not '${String(value)}'`);
  return n;
}
