/**
 * Fabric alone at packet granularity: the workload of the peers' table in docs/PERFORMANCE.md, with the shipped
 * modules, statistics and digest on. Packet-hops a second of one thread.
 */
import { backendNamed } from '../backends/catalog.ts';
import { compile } from '../engine/host/compile.ts';
import { Partition } from '../engine/host/partition.ts';
import type { Setup } from '../engine/host/setup.ts';
import { WireTraffic } from '../engine/traffic/wire.ts';
import { runWindows } from '../engine/windows.ts';
import { machineNamed } from '../machines/catalog.ts';

const RACK = 32;
const SPINES = 4;

export interface FabricRun {
  readonly hosts: number;
  readonly packets: number;
  readonly hops: number;
  readonly events: number;
  readonly meanDelayNs: number;
  readonly seconds: number;
  readonly digests: readonly string[];
}

/** @param packetsPerHost on average */
export function runFabric(hosts: number, packetsPerHost: number): FabricRun {
  const machine = machineNamed('xeon-25g');
  const racks = Math.ceil(hosts / RACK);
  const wireBytes = 1500;
  const stopPs = Math.round((packetsPerHost * wireBytes * 8000) / 25 / 0.3);
  const setup: Setup = {
    compiled: compile(backendNamed('host'), machine, 0),
    machine,
    cluster: {
      nodes: hosts,
      nodesPerRack: RACK,
      uplinks: SPINES,
      linkGbps: 25,
      uplinkGbps: 100,
      hostDelayNs: 1000,
      fabricDelayNs: 1000,
      bufferBytes: Infinity,
      ecnBytes: 0,
      mtuBytes: 1500,
      subnets: 'one',
      fabricKnowsPods: false,
      protocol4Allowed: true,
      ecmpPolarised: false,
    },
    cores: 1,
    sharedCores: false,
    rxQueues: 1,
    uplinks: SPINES,
    racks,
    nodesPerRack: RACK,
    mssBytes: 1448,
    udpPayloadBytes: 1472,
    podMtuBytes: 1500,
    moderationPs: 0,
    frameBytes: [38],
    hasServer: false,
    ecmpSeed: new Int32Array(racks),
    jobCapNs: 20_000,
    jobUnits: 64,
    packetGranularity: true,
    windowEnd: 0,
  };
  const partitions: Partition[] = [];
  const wires: WireTraffic[] = [];
  for (let r = 0; r < racks; r++) {
    const p = new Partition(r, setup, r * RACK, RACK);
    for (let l = 0; l < RACK; l++) {
      p.ports.set(l, 25, 1000, Infinity, 0);
      p.ports.set(RACK + l, 25, 1000, Infinity, 0);
    }
    for (let u = 0; u < SPINES * 2; u++) p.ports.set(2 * RACK + u, 100, 1000, Infinity, 0);
    const wire = new WireTraffic(p, 1, 0.3, wireBytes, stopPs);
    p.wire = wire;
    partitions.push(p);
    wires.push(wire);
  }
  const start = process.cpuUsage();
  runWindows({
    partitions,
    setup,
    lookaheadPs: 1_000_000,
    observer: { sample: () => undefined },
    endPs: stopPs * 2,
    eventsMax: 1e9,
    finished: () => false,
  });
  const used = process.cpuUsage(start);
  let hops = 0;
  for (const p of partitions) for (let i = 0; i < p.ports.count; i++) hops += p.ports.packets(i);
  const packets = wires.reduce((s, w) => s + w.received, 0);
  const delays = wires.reduce((s, w) => s + w.delayPs.quantile(0.5), 0) / racks;
  return {
    hosts,
    packets,
    hops,
    events: partitions.reduce((s, p) => s + p.events, 0),
    meanDelayNs: delays / 1000,
    seconds: (used.user + used.system) / 1e6,
    digests: partitions.map((p) => p.digest.hex()),
  };
}
