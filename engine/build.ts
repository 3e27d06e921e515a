/**
 * A task becomes a cluster: compiled rows, partitions (a rack each), ports, sockets and traffic sources.
 * Sockets of all connections exist before the run, so that no partition ever allocates in another.
 */

import { Stream } from './core/streams.ts';
import type { TaskSpec } from './core/taskSpec.ts';
import { Bond } from './fabric/bond.ts';
import { FabricMtu } from './fabric/fabricMtu.ts';
import { RandomLoss } from './fabric/loss.ts';
import { nicPort, torPort } from './fabric/portPlan.ts';
import { compile } from './host/compile.ts';
import { CONNTRACK_MAX, Conntrack } from './host/conntrack.ts';
import { inFamily, tcpIpBytes, udpIpBytes } from './host/family.ts';
import { withFlood } from './host/flood.ts';
import { withFrames } from './host/frames.ts';
import { carriedBytes, deriveMtu, WIRE_FRAMING_BYTES } from './host/mtu.ts';
import { Opens } from './host/opens.ts';
import { Partition } from './host/partition.ts';
import { makePools } from './host/pools.ts';
import { batchWireBytes, type Setup } from './host/setup.ts';
import { Apps } from './traffic/apps.ts';
import type { Cluster, RackSpan } from './traffic/cluster.ts';
import { connectTraffic } from './traffic/connect.ts';
import { type FlowTable, Ledger } from './traffic/ledger.ts';
import { Sources } from './traffic/sources.ts';
import { Stack } from './transport/stack.ts';
import { TcpTable } from './transport/tcpTable.ts';

export type { Cluster } from './traffic/cluster.ts';

/**
 * @param flows prebuilt flows with their ideal times
 * @param span  the racks to build here; all by default
 */
export function buildCluster(spec: TaskSpec, flows: FlowTable, span?: RackSpan): Cluster {
  const setup = makeSetup(spec);
  const { from, to } = span ?? { from: 0, to: setup.racks };
  const { traffic, cluster } = spec;
  const partitions: Partition[] = [];
  const stacks: Stack[] = [];
  const ledgers: Ledger[] = [];
  const sources: Sources[] = [];
  const { netperf, rpc } = traffic;
  const requestBytes = netperf?.messageBytes ?? rpc?.requestBytes ?? 1;
  const responseBytes = netperf?.responseBytes ?? rpc?.responseBytes ?? 1;
  // A stream's write: netperf's message; probes and flows write as iperf3 does, 128 KB a call.
  const streams = netperf !== undefined && netperf.kind.endsWith('STREAM');
  const messageBytes = streams ? netperf.messageBytes : 131_072;
  const { udpGso = false, zerocopy = false } = netperf ?? {};
  const handshake = traffic.flows?.handshake === true;
  const shape = { messageBytes, requestBytes, responseBytes, handshake, udpGso, zerocopy };
  const stop = spec.warmupPs + spec.windowPs;
  const firstNode = from * setup.nodesPerRack;
  const nodes = Math.min(to * setup.nodesPerRack, cluster.nodes) - firstNode;
  const pools = makePools(setup, firstNode, nodes);
  const tcp = new TcpTable(tcpOptions(spec), 64);
  for (let r = from; r < to; r++) {
    const first = r * setup.nodesPerRack;
    const p = new Partition(r, setup, pools, first, Math.min(setup.nodesPerRack, cluster.nodes - first));
    setPorts(p, setup);
    if (cluster.bondLinks > 1) p.bond = new Bond(cluster, new Stream(spec.seed, `bond/rack/${r}`).u32() | 0);
    if (cluster.coldNeighbours) p.opens = new Opens(setup);
    if (cluster.lossRate > 0) p.loss = new RandomLoss(spec.seed, cluster.lossRate, first, p.nodeCount);
    if (cluster.fabricMtuBytes !== null) p.fabricMtu = fabricMtu(setup, cluster.fabricMtuBytes);
    const ledger = new Ledger(flows, spec.warmupPs, stop, traffic.probePairs ?? 0);
    const source = new Sources(stop, requestBytes, responseBytes);
    const apps = new Apps(shape, ledger, source);
    const conntrack = new Conntrack(p.nodeCount, spec.policy.conntrackMax ?? CONNTRACK_MAX);
    const stack = new Stack(tcp, apps, conntrack);
    apps.stack = stack;
    p.upper = stack;
    partitions.push(p);
    stacks.push(stack);
    ledgers.push(ledger);
    sources.push(source);
  }
  const lookaheadPs = setup.racks === 1 ? Infinity : Math.round(cluster.fabricDelayNs * 1000);
  const racks = { firstRack: from, pools, tcp, partitions, stacks, ledgers, sources };
  const built: Cluster = { spec, setup, ...racks, flows, lookaheadPs };
  connectTraffic(built);
  return built;
}

function fabricMtu(setup: Setup, mtuBytes: number): FabricMtu {
  const segment = (path: number, bytes: number) => batchWireBytes(setup, path, 1, bytes, setup.tcpIpBytes);
  return new FabricMtu(mtuBytes + WIRE_FRAMING_BYTES, segment);
}

/** One kernel, two namespaces: a single rack without switches. */
const nodesPerRackOf = ({ cluster, machine }: TaskSpec): number =>
  machine.wire === 'veth' ? cluster.nodes : Math.min(cluster.nodesPerRack, cluster.nodes);

/** Racks of a task: its partitions, and the most threads that can share it. */
export const racksOf = (spec: TaskSpec): number => Math.ceil(spec.cluster.nodes / nodesPerRackOf(spec));

/** What all racks of a task share. */
export function makeSetup(spec: TaskSpec): Setup {
  const { machine, cluster } = spec;
  const backend = inFamily(spec.backend, cluster.ipFamily);
  const tcpBytes = tcpIpBytes(cluster.ipFamily);
  const flooded = cluster.broadcastsPerS > 0 ? withFlood(backend) : backend;
  const compiled = compile(cluster.coldNeighbours ? withFrames(flooded) : flooded, machine, spec.policy);
  const derived = deriveMtu(spec.backend, cluster.mtuBytes, cluster.ipFamily);
  const podMtuBytes = spec.podMtuBytes ?? derived.podMtuBytes;
  const pathCarriesBytes = compiled.paths.map(({ path, wired }) =>
    wired ? carriedBytes(backend, path, cluster.mtuBytes) : Infinity,
  );
  const pathMtuBytes = pathCarriesBytes.map((bytes) => Math.min(podMtuBytes, bytes));
  const veth = machine.wire === 'veth';
  const nodesPerRack = nodesPerRackOf(spec);
  const racks = racksOf(spec);
  const ecmpSeed = new Int32Array(racks);
  const stream = new Stream(cluster.ecmpSeed ?? spec.seed, 'ecmp');
  const shared = stream.u32() | 0;
  for (let r = 0; r < racks; r++) ecmpSeed[r] = cluster.ecmpPolarised ? shared : stream.u32() | 0;
  return {
    compiled,
    machine,
    cluster,
    cores: machine.cores,
    sharedCores: veth,
    rxQueues: Math.min(machine.nic.rxQueues, machine.cores),
    uplinks: cluster.uplinks,
    racks,
    nodesPerRack,
    mssBytes: podMtuBytes - tcpBytes,
    podMtuBytes,
    tcpIpBytes: tcpBytes,
    udpIpBytes: udpIpBytes(cluster.ipFamily),
    pathMtuBytes,
    pathMssBytes: pathMtuBytes.map((mtu) => mtu - tcpBytes),
    pathCarriesBytes,
    moderationPs: Math.round(machine.nic.moderationUs * 1e6),
    frameBytes: compiled.paths.map((path) => path.headerBytes + WIRE_FRAMING_BYTES),
    hasServer: backend.servers !== undefined,
    pricesBlock: (machine.prices.BLOCK.eachNs ?? 0) > 0,
    pricesPages: (machine.prices.PAGES.eachNs ?? 0) > 0,
    ecmpSeed,
    jobCapNs: 20_000,
    jobUnits: 64,
    packetGranularity: spec.granularity === 'packet',
  };
}

function tcpOptions(spec: TaskSpec) {
  const { machine } = spec;
  return {
    congestion: spec.congestion,
    rmemMaxBytes: machine.tcpRmemMaxBytes,
    wmemMaxBytes: machine.tcpWmemMaxBytes,
    // TCP makes super-packets whatever its devices can; without GSO the first of them splits (validate_xmit_skb).
    gsoMaxBytes: machine.gsoMaxBytes,
  };
}

function setPorts(p: Partition, setup: Setup): void {
  const { bondLinks, bufferBytes, ecnBytes, fabricDelayNs, hostDelayNs, linkGbps, uplinkGbps } =
    setup.cluster;
  const n = p.nodeCount;
  const memberGbps = linkGbps / bondLinks;
  for (let l = 0; l < n; l++) {
    for (let m = 0; m < bondLinks; m++) {
      p.ports.set(nicPort(p, l, m), memberGbps, hostDelayNs, Infinity, 0);
      p.ports.set(torPort(p, l, m), memberGbps, hostDelayNs, bufferBytes, ecnBytes);
    }
  }
  for (let u = 0; u < setup.uplinks * 2; u++) {
    p.ports.set(2 * n + u, uplinkGbps, fabricDelayNs, bufferBytes, ecnBytes);
  }
}
