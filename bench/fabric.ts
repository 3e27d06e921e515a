/**
 * Fabric alone at packet granularity: the workload of the peers' table in docs/PERFORMANCE.md, with the shipped
 * modules, statistics and digest on. Packet-hops a second of one thread.
 */
import { backendNamed } from '../backends/catalog.ts';
import { Batches } from '../engine/fabric/batch.ts';
import { compile } from '../engine/host/compile.ts';
import { Partition } from '../engine/host/partition.ts';
import type { Setup } from '../engine/host/setup.ts';
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
  readonly digests: readonly string[];
}

/** @param packetsPerHost on average */
export function runFabric(hosts: number, packetsPerHost: number): FabricRun {
  const stopPs = Math.round((packetsPerHost * WIRE_BYTES * 8000) / LINK_GBPS / LOAD);
  const setup = fabricSetup(hosts);
  const batches = new Batches(256, setup.pathMssBytes);
  const partitions: Partition[] = [];
  const wires: WireTraffic[] = [];
  for (let r = 0; r < setup.racks; r++) {
    const p = new Partition(r, setup, batches, r * RACK, RACK);
    for (let l = 0; l < RACK * 2; l++) p.ports.set(l, LINK_GBPS, DELAY_NS, Infinity, 0);
    for (let u = 0; u < SPINES * 2; u++) p.ports.set(2 * RACK + u, 100, DELAY_NS, Infinity, 0);
    const wire = new WireTraffic(p, 1, LOAD, WIRE_BYTES, stopPs);
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
  let hops = 0;
  for (const p of partitions) for (let i = 0; i < p.ports.count; i++) hops += p.ports.packets(i);
  return {
    hosts,
    packets: wires.reduce((sum, w) => sum + w.received, 0),
    hops,
    events: partitions.reduce((sum, p) => sum + p.events, 0),
    medianDelayNs: wires.reduce((sum, w) => sum + w.delayPs.quantile(0.5), 0) / wires.length / 1000,
    seconds: (used.user + used.system) / 1e6,
    digests: partitions.map((p) => p.digestHex()),
  };
}

/** Hosts without a stack: one core, one queue, no prices that matter. */
function fabricSetup(hosts: number): Setup {
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
      bufferBytes: Infinity,
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
