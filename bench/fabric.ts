/**
 * Fabric alone at packet granularity: the workload of the peers' table in docs/PERFORMANCE.md, with the shipped
 * modules, statistics and digest on. Packet-hops a second of one thread. bench/reference does the same in C++.
 */
import { backendNamed } from '../backends/catalog.ts';
import { assert } from '../engine/core/assert.ts';
import { Digest } from '../engine/core/digest.ts';
import { mergeHistograms } from '../engine/core/histogram.ts';
import type { HistogramData } from '../engine/core/record.ts';
import { compile } from '../engine/host/compile.ts';
import type { Counts } from '../engine/host/counts.ts';
import { Partition } from '../engine/host/partition.ts';
import { makePools, type Pools } from '../engine/host/pools.ts';
import type { Setup } from '../engine/host/setup.ts';
import { balanceOf, checkConservation, checkWork } from '../engine/invariants.ts';
import { sums } from '../engine/share.ts';
import { WireTraffic } from '../engine/traffic/wire.ts';
import { runWindows } from '../engine/windows.ts';
import { machineNamed } from '../machines/catalog.ts';

const RACK = 32;
const SPINES = 4;
const LINK_GBPS = 25;
const DELAY_NS = 1000;
const LOAD = 0.3;
const WIRE_BYTES = 1500;

export interface FabricRun {
  readonly hosts: number;
  readonly packets: number;
  readonly hops: number;
  readonly events: number;
  readonly medianDelayNs: number;
  /** CPU seconds of the windows alone, without the build. */
  readonly seconds: number;
  /** Of all events, by rack. */
  readonly digest: string;
  /** Of all ports' counters. */
  readonly ports: string;
  /** Events by kind; packets by queue. */
  readonly kindCounts: readonly number[];
  readonly dropped: readonly number[];
  readonly offered: readonly number[];
  /** Delays from source to sink, ps. */
  readonly delays: HistogramData['buckets'];
}

export interface FabricOptions {
  readonly seed?: number;
  /** Of the host links, 0 … 1. */
  readonly load?: number;
  /** Of each port of a switch, bytes. */
  readonly bufferBytes?: number;
}

/**
 * @param hosts whole racks of 32
 * @param packetsPerHost on average
 */
export function runFabric(hosts: number, packetsPerHost: number, options: FabricOptions = {}): FabricRun {
  const { seed = 1, load = LOAD, bufferBytes = Infinity } = options;
  assert(hosts > 0 && hosts % RACK === 0, 'hosts: whole racks of 32');
  const stopPs = Math.round((packetsPerHost * WIRE_BYTES * 8000) / LINK_GBPS / load);
  const setup = fabricSetup(hosts, bufferBytes);
  const pools = makePools(setup, 0, hosts);
  const partitions: Partition[] = [];
  const wires: WireTraffic[] = [];
  for (let r = 0; r < setup.racks; r++) {
    const p = new Partition(r, setup, pools, r * RACK, RACK);
    for (let l = 0; l < RACK * 2; l++)
      p.ports.set(l, LINK_GBPS, DELAY_NS, l < RACK ? Infinity : bufferBytes, 0);
    for (let u = 0; u < SPINES * 2; u++) p.ports.set(2 * RACK + u, 100, DELAY_NS, bufferBytes, 0);
    const wire = new WireTraffic(p, seed, load, WIRE_BYTES, stopPs);
    p.wire = wire;
    partitions.push(p);
    wires.push(wire);
  }
  const start = process.cpuUsage();
  runWindows({
    partitions,
    setup,
    lookaheadPs: DELAY_NS * 1000,
    observer: { sample: () => undefined },
    endPs: stopPs * 2,
    eventsMax: 1e9,
  });
  const used = process.cpuUsage(start);
  checkPhysics(partitions, wires, pools);
  let hops = 0;
  for (const p of partitions) for (let i = 0; i < p.ports.count; i++) hops += p.ports.packets(i);
  const sum = (values: (c: Counts) => Float64Array): number[] => [...sums(pools.counts.map(values))];
  return {
    hosts,
    packets: wires.reduce((n, w) => n + w.received, 0),
    hops,
    events: partitions.reduce((n, p) => n + p.events, 0),
    medianDelayNs: wires.reduce((n, w) => n + w.delayPs.quantile(0.5), 0) / wires.length / 1000,
    seconds: (used.user + used.system) / 1e6,
    digest: Digest.combine(partitions.map((p) => p.digestHex())),
    ports: portsDigest(partitions),
    kindCounts: sum((c) => c.kindCounts),
    dropped: sum((c) => c.dropped),
    offered: sum((c) => c.offered),
    delays: mergeHistograms(wires.map((w) => w.delayPs.toData())).buckets,
  };
}

/** No link worked longer than time passed, no packet was lost or made. */
function checkPhysics(partitions: readonly Partition[], wires: readonly WireTraffic[], pools: Pools): void {
  partitions.forEach((p, r) => {
    const { sent, received } = wires[r]!;
    p.counts.bornPackets += sent;
    p.counts.bornBytes += sent * WIRE_BYTES;
    p.counts.diedPackets += received;
    p.counts.diedBytes += received * WIRE_BYTES;
    checkWork(p);
  });
  checkConservation([balanceOf(pools)]);
}

function portsDigest(partitions: readonly Partition[]): string {
  const all = new Digest();
  for (const { ports } of partitions) {
    for (let i = 0; i < ports.count; i++) {
      all.fold(ports.busyUntil(i), i);
      all.fold(ports.workPs(i), i);
      all.fold(ports.wireBytes(i), i);
      all.fold(ports.packets(i), i);
      all.fold(ports.dropped(i), i);
      all.fold(Math.round(ports.peakBytes(i)), i);
    }
  }
  return all.hex();
}

/** Hosts without a stack: one core, one queue, no prices that matter. */
function fabricSetup(hosts: number, bufferBytes: number): Setup {
  const machine = machineNamed('xeon-25g');
  const racks = Math.ceil(hosts / RACK);
  return {
    compiled: compile(backendNamed('host'), machine, { rules: 0 }),
    machine,
    cluster: {
      nodes: hosts,
      nodesPerRack: RACK,
      uplinks: SPINES,
      linkGbps: LINK_GBPS,
      uplinkGbps: 100,
      hostDelayNs: DELAY_NS,
      fabricDelayNs: DELAY_NS,
      bufferBytes,
      ecnBytes: 0,
      mtuBytes: 1500,
      fabricMtuBytes: null,
      pmtud: true,
      mssClamp: false,
      subnets: 'one',
      fabricKnowsPods: false,
      protocol4Allowed: true,
      sourceDestCheck: false,
      ipFamily: 'ipv4',
      ecmpPolarised: false,
      coldNeighbours: false,
      broadcastsPerS: 0,
      vxlanFlood: 'none',
      bondLinks: 1,
      bondHash: 'layer2',
      lossRate: 0,
    },
    cores: 1,
    sharedCores: false,
    rxQueues: 1,
    uplinks: SPINES,
    racks,
    nodesPerRack: RACK,
    mssBytes: 1448,
    podMtuBytes: 1500,
    tcpIpBytes: 52,
    udpIpBytes: 28,
    pathMtuBytes: [1500],
    pathMssBytes: [1448],
    pathCarriesBytes: [1500],
    moderationPs: 0,
    frameBytes: [38],
    hasServer: false,
    pricesPages: false,
    pricesBlock: false,
    ecmpSeed: new Int32Array(racks),
    jobCapNs: 20_000,
    jobUnits: 64,
    packetGranularity: true,
  };
}
