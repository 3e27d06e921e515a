/**
 * Conditions → task: a reference machine with the stated NIC, clock and offloads, two nodes, netperf traffic.
 *
 * Rules, each applied in one place below: NIC families of servers segment and checksum inside tunnels, virtual
 * NICs segment plain TCP only; one virtual CPU runs every stage; Calico VXLAN on kernels up to 5.7 has its
 * transmit checksum off; an iperf3 datagram is what one TCP segment of the pod would carry.
 * Left out: hypervisors' own work, anything that a source does not state.
 */
import { backendNamed } from '../../backends/catalog.ts';
import type { NetperfKind, TaskSpec } from '../../engine/core/taskSpec.ts';
import type { Backend } from '../../engine/host/backend.ts';
import type { Machine, Price } from '../../engine/host/machine.ts';
import { deriveMtu } from '../../engine/host/mtu.ts';
import type { StageId } from '../../engine/host/stages.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { GUEST_FACTOR } from '../../machines/cloudVirtio.ts';
import { twoNodes } from '../../scenarios/lib/cluster.ts';
import { netperf } from '../../scenarios/lib/traffic.ts';
import { type Conditions, kernelVersion } from './conditions.ts';
import { onOneCore } from './oneCore.ts';
import { requestIn, type Test, testOf } from './test.ts';

/** What a bed's own host row may move, one number a family (rule 2). */
export interface Scale {
  /** All prices. */
  readonly prices: number;
  /** Price of one UDP send, besides. */
  readonly udpSend: number;
  /** One way between a host and its switch, ns. */
  readonly hostDelayNs: number;
}

/** GHz of the machine whose sums anchor the Xeon book (C001). */
const REFERENCE_GHZ = 3.4;
/** No NIC rate stated: a line that does not limit. */
const NO_LINE_GBPS = 100;
/** Of `lo`, less one: what an IPv4 packet can say. */
const LOOPBACK_MTU_BYTES = 65_535;
const JUMBO_MTU_BYTES = 9000;
const PLAIN_MTU_BYTES = 1500;
/** Linux 5.7: the last kernel on which Felix switches VXLAN's transmit checksum off. */
const VXLAN_CSUM_BUG_KERNEL = 507;

/** Before a host row says more: prices by the clock (rule 1). */
export function assumedScale(c: Conditions): Scale {
  return { prices: REFERENCE_GHZ / (c.clockGhz ?? REFERENCE_GHZ), udpSend: 1, hostDelayNs: 500 };
}

/** MTU of the links, bytes: jumbo if the pods' packets need it. */
export const linkMtuBytes = (c: Conditions): number =>
  c.podMtuBytes > PLAIN_MTU_BYTES ? JUMBO_MTU_BYTES : PLAIN_MTU_BYTES;

/** What the pods' packets may have: the stated MTU, capped by what the path carries. */
export function podMtuBytes(c: Conditions, backend: Backend): number {
  if (c.sameNode) return backend.name === 'host' ? LOOPBACK_MTU_BYTES : c.podMtuBytes;
  return Math.min(c.podMtuBytes, deriveMtu(backend, linkMtuBytes(c)).podMtuBytes);
}

/** Prices of the reference machine, as shipped or with some put back (`movedPrices.ts`). */
export interface Book {
  readonly name: string;
  readonly change: (prices: Machine['prices'], machine: string) => Machine['prices'];
}

/** What tells tasks of one cell apart. */
const namesOf = (
  c: Conditions,
  { prices, udpSend, hostDelayNs }: Scale,
): readonly (string | number | null)[] => [
  ...[c.metric, c.writeBytes, c.requestBytes, c.offload, c.kernel],
  ...[prices, udpSend, hostDelayNs],
];

/**
 * The task that repeats a row's test.
 * @throws Error if the catalogue has no such backend; a row whose metric is no test has a reason instead
 */
export function taskFor(c: Conditions, scale: Scale, book: Book): TaskSpec {
  const test = testOf(c);
  if (typeof test === 'string') throw new Error(test);
  const backend = backendNamed(c.backend);
  const mtu = podMtuBytes(c, backend);
  const cluster = twoNodes({
    linkGbps: c.linkGbps ?? NO_LINE_GBPS,
    mtuBytes: linkMtuBytes(c),
    hostDelayNs: Math.round(scale.hostDelayNs),
    // CPU is told by rack, so each host has its own.
    ...(c.family === 'cpu' ? { nodesPerRack: 1 } : {}),
    fabricKnowsPods: true,
  });
  const dims = { bed: c.bed, backend: backend.name, test: test.kind, mtu, streams: c.streams };
  const cell = Object.entries(dims)
    .map(([name, value]) => `${name}=${value}`)
    .join('/');
  return {
    task: ['published', cell, ...namesOf(c, scale), book.name].join('/'),
    index: 0,
    cell,
    dims,
    scenario: 'published',
    seed: 1,
    backend,
    baseline: backendNamed('host'),
    machine: machineFor(c, scale, book),
    cluster,
    traffic: { netperf: trafficOf(c, test, mtu) },
    policy: { rules: rulesOf(backend), ruleKind: 'iptables-nft' },
    podMtuBytes: mtu,
    congestion: 'cubic',
    ...windowOf(test.kind),
    granularity: 'batch',
    eventsMax: 50_000_000,
  };
}

function trafficOf(c: Conditions, test: Test, mtuBytes: number): NonNullable<TaskSpec['traffic']['netperf']> {
  const bytes = requestIn(c, test.kind, mtuBytes);
  return netperf(test.kind, {
    streams: c.streams,
    messageBytes: bytes,
    responseBytes: test.kind.endsWith('_RR') ? bytes : 1,
    sameNode: c.sameNode,
  });
}

/**
 * Rules that a packet of an established flow walks at a pass through a Kubernetes host: kube-proxy's FORWARD jumps
 * and KUBE-FORWARD (7), the CNI's raw, mangle and filter chains (Calico some 20, Flannel 3); a mean.
 */
const KUBERNETES_RULES = 16;

/** A bare host has no such chains; Docker's are as long (DOCKER-USER, two of isolation, DOCKER). */
const rulesOf = (backend: Backend): number => (backend.name === 'host' ? 0 : KUBERNETES_RULES);

const PS_PER_MS = 1_000_000_000;

/** Long enough for a stream to leave slow start; an exchange is the same every time. */
function windowOf(kind: NetperfKind): Pick<TaskSpec, 'warmupPs' | 'windowPs' | 'drainPs'> {
  const [warmupMs, windowMs] = kind === 'TCP_STREAM' ? [40, 60] : kind === 'UDP_STREAM' ? [0, 40] : [2, 100];
  return { warmupPs: warmupMs * PS_PER_MS, windowPs: windowMs * PS_PER_MS, drainPs: 0 };
}

/**
 * Reference machine with the stated conditions and scaled prices. At most half of the CPUs have a queue, as on the
 * reference machines: the scheduler moves a reader off a core that softirq fills while another one idles.
 */
export function machineFor(c: Conditions, scale: Scale, book: Book): Machine {
  const virtual = !['bm', '?'].includes(c.platform);
  const reference = machineNamed(virtual ? 'cloud-virtio' : 'xeon-25g');
  const cores = c.cpus ?? reference.cores;
  const prices = book.change(reference.prices, reference.name);
  const tunnels = c.offload === 'on';
  const kernel = kernelVersion(c.kernel);
  const csumOff = kernel !== null && kernel <= VXLAN_CSUM_BUG_KERNEL && c.backend.startsWith('calico-vxlan');
  const rateGbps = c.linkGbps ?? NO_LINE_GBPS;
  return {
    ...reference,
    cores,
    nic: {
      ...reference.nic,
      rateGbps,
      rxQueues: Math.min(reference.nic.rxQueues, Math.max(1, cores >> 1)),
      ...moderationOf(c),
    },
    waking: wakingOf(c, reference, virtual),
    facts: {
      ...reference.facts,
      tso: true,
      udpTunnelTso: tunnels,
      ipipTso: tunnels,
      rxInnerCsum: tunnels,
      tunnelTxCsum: !csumOff,
      rxWhole: virtual && c.linkGbps === null,
    },
    prices: scaled(withTool(cores === 1 ? onOneCore(prices, virtual ? GUEST_FACTOR : 1) : prices, c), scale),
  };
}

/**
 * iperf waits in select() and reads the clock between two sends or receives, which the engine's own
 * applications do not; ns at the reference clock. Assumed 0.5 … 2 times: 4.02 µs a datagram at 3.7 GHz (IB20)
 * less the kernel's 2.6.
 */
const IPERF_CALL_NS = 1_100;

function withTool(prices: Machine['prices'], c: Conditions): Machine['prices'] {
  if (c.family === 'latency') return prices;
  return { ...prices, APP_CALL: { ...prices.APP_CALL, eachNs: IPERF_CALL_NS } };
}

/**
 * How deep the cores of a server sleep is stated nowhere, and the depth that the idle governor picks jumps with the
 * time that a round trip leaves: it is part of the base latency that a host row fixes. A virtual CPU always halts.
 */
const wakingOf = (c: Conditions, { waking }: Machine, virtual: boolean): Machine['waking'] =>
  c.family === 'latency' && !virtual ? { ...waking, haltNs: waking.sleepNs } : waking;

/** Drivers moderate adaptively: a queue with one packet in flight interrupts at once. */
const moderationOf = (c: Conditions): Partial<Machine['nic']> =>
  c.family === 'latency' ? { moderationUs: 0 } : {};

function scaled(prices: Machine['prices'], scale: Scale): Machine['prices'] {
  const times = (price: Price, factor: number): Price => ({
    ...price,
    ...(price.firstNs === undefined ? {} : { firstNs: price.firstNs * factor }),
    ...(price.eachNs === undefined ? {} : { eachNs: price.eachNs * factor }),
    ...(price.packetNs === undefined ? {} : { packetNs: price.packetNs * factor }),
    ...(price.byteNs === undefined ? {} : { byteNs: price.byteNs * factor }),
  });
  const entries = Object.entries(prices).map(([stage, price]) => [
    stage,
    times(price, scale.prices * (stage === 'UDP_OUT' ? scale.udpSend : 1)),
  ]);
  return Object.fromEntries(entries) as Record<StageId, Price>;
}

/** Link rate × payload ÷ wire bytes of a full packet, Gbit/s; null where no rate is stated. */
export function lineGbps(c: Conditions, backend: Backend): number | null {
  if (c.linkGbps === null) return null;
  const mtu = podMtuBytes(c, backend);
  const { overheadBytes } = deriveMtu(backend, linkMtuBytes(c));
  const headers = 52; // IPv4 20 and TCP 32 with timestamps; an iperf3 datagram carries the same
  return (c.linkGbps * (mtu - headers)) / (mtu + overheadBytes + 38);
}
