/** What a task must satisfy before it runs: every problem at once, each with the path to its field. */
import type { TaskSpec } from './core/taskSpec.ts';
import { leastMtuBytes, udpIpBytes } from './host/family.ts';
import { feasibility } from './host/feasible.ts';
import { deriveMtu, UDP_BYTES_MAX } from './host/mtu.ts';
import { serviceProblem } from './host/services.ts';
import { offeredLoads } from './traffic/load.ts';

type Need = (ok: boolean, path: string, wrong: string) => void;

const whole = (value: number, low: number, high: number): boolean =>
  Number.isInteger(value) && value >= low && value <= high;

/** @returns problems, each "path: what is wrong and what would be right"; empty if the task can run. */
export function taskProblems(spec: TaskSpec): string[] {
  const problems: string[] = [];
  const need: Need = (ok, path, wrong) => {
    if (!ok) problems.push(`${path}: ${wrong}`);
  };
  clusterProblems(spec, need);
  netperfProblems(spec, need);
  if (problems.length === 0) loadProblems(spec, need);
  return problems;
}

function clusterProblems(spec: TaskSpec, need: Need): void {
  const { cluster: c, machine: m, traffic, policy } = spec;
  const range = (value: number, path: string, low: number, high: number) =>
    need(whole(value, low, high), path, `${value} is not a whole number from ${low} to ${high}`);
  range(c.nodes, 'cluster.nodes', 1, 100_000);
  range(c.nodesPerRack, 'cluster.nodesPerRack', 1, 1000);
  range(c.uplinks, 'cluster.uplinks', 1, 64);
  range(c.ecmpSeed ?? 0, 'cluster.ecmpSeed', 0, 4_294_967_295);
  range(c.mtuBytes, 'cluster.mtuBytes', 576, 65_535);
  range(m.cores, 'machine.cores', 1, 1024);
  range(m.nic.rxQueues, 'machine.nic.rxQueues', 1, 1024);
  need(c.linkGbps > 0 && c.linkGbps <= 1600, 'cluster.linkGbps', `${c.linkGbps} is not in (0, 1600]`);
  need(c.uplinkGbps > 0 && c.uplinkGbps <= 6400, 'cluster.uplinkGbps', `${c.uplinkGbps} is not in (0, 6400]`);
  need(c.fabricDelayNs >= 10, 'cluster.fabricDelayNs', `${c.fabricDelayNs} is below 10 ns`);
  need(c.hostDelayNs >= 0, 'cluster.hostDelayNs', `${c.hostDelayNs} is negative`);
  need(c.bufferBytes >= 1538, 'cluster.bufferBytes', `${c.bufferBytes} holds no packet`);
  range(c.bondLinks, 'cluster.bondLinks', 1, 8);
  need(c.bondLinks === 1 || m.wire === 'nic', 'cluster.bondLinks', 'a veth machine has no links to bond');
  const warm = 'hosts of a veth machine share a kernel: their neighbours are always known';
  need(c.broadcastsPerS >= 0, 'cluster.broadcastsPerS', `${c.broadcastsPerS} is negative`);
  need(
    c.broadcastsPerS === 0 || m.wire === 'nic',
    'cluster.broadcastsPerS',
    'a veth machine has no fabric to flood',
  );
  need(!c.coldNeighbours || m.wire === 'nic', 'cluster.coldNeighbours', warm);
  need(c.lossRate >= 0 && c.lossRate <= 0.5, 'cluster.lossRate', `${c.lossRate} is not from 0 to 0.5`);
  range(c.fabricMtuBytes ?? c.mtuBytes, 'cluster.fabricMtuBytes', 576, 65_535);
  const switched = 'a veth machine has no switch: leave it null';
  need(c.fabricMtuBytes === null || m.wire === 'nic', 'cluster.fabricMtuBytes', switched);
  need(
    c.lossRate === 0 || m.wire === 'nic',
    'cluster.lossRate',
    'a veth machine has no link that loses packets',
  );
  need(spec.windowPs > 0 && spec.windowPs <= 7.2e15, 'windowPs', `${spec.windowPs} is not within two hours`);
  need(spec.warmupPs >= 0, 'warmupPs', `${spec.warmupPs} is negative`);
  need(m.wire === 'nic' || c.nodes <= 2, 'cluster.nodes', 'a veth machine joins 2 hosts: set --nodes 2');
  const unserved = serviceProblem(policy);
  need(unserved === null, 'policy.viaService', `${unserved}`);
  const pod = spec.podMtuBytes ?? deriveMtu(spec.backend, c.mtuBytes, c.ipFamily).podMtuBytes;
  const least = leastMtuBytes(c.ipFamily);
  const below = `is below ${least}, the least for ${c.ipFamily}`;
  if (spec.podMtuBytes !== null) need(pod >= least, 'podMtuBytes', `${pod} ${below}`);
  else {
    const derived = `${c.mtuBytes} leaves the pods of ${spec.backend.name} ${pod}, which ${below}`;
    need(pod >= least, 'cluster.mtuBytes', `${derived}: set at least ${c.mtuBytes + least - pod}`);
  }
  crossProblems(spec, need);
  const open = traffic.flows !== undefined || traffic.rpc !== undefined;
  need(!open || c.nodes >= 2, 'cluster.nodes', 'flows and requests need at least 2 nodes');
}

function crossProblems({ cluster, traffic }: TaskSpec, need: Need): void {
  const share = traffic.crossRackShare ?? null;
  if (share === null) return;
  const { nodes, nodesPerRack } = cluster;
  const path = 'traffic.crossRackShare';
  need(share >= 0 && share <= 1, path, `${share} is not from 0 to 1`);
  need(nodes > nodesPerRack, path, 'one rack has no other: leave it null');
  need(nodes % nodesPerRack === 0, path, `racks of ${nodesPerRack} do not divide ${nodes} nodes`);
}

function netperfProblems(spec: TaskSpec, need: Need): void {
  const np = spec.traffic.netperf;
  if (np === undefined) return;
  const { nodes, mtuBytes, ipFamily } = spec.cluster;
  const heads = udpIpBytes(ipFamily);
  const pod = spec.podMtuBytes ?? deriveMtu(spec.backend, mtuBytes, ipFamily).podMtuBytes;
  const path = 'traffic.netperf';
  const udp = np.kind.startsWith('UDP');
  const largest = udp ? Math.max(np.messageBytes, np.kind === 'UDP_RR' ? np.responseBytes : 0) : 0;
  need(largest <= UDP_BYTES_MAX, `${path}.messageBytes`, `a datagram of ${largest} B exceeds 65,507`);
  const segment = `a segment of ${np.messageBytes} B exceeds the pod MTU of ${pod} less ${heads}: lower messageBytes`;
  const gso = np.udpGso && np.kind === 'UDP_STREAM';
  need(!gso || np.messageBytes <= pod - heads, `${path}.udpGso`, segment);
  const bytes = `${np.messageBytes} is not from 1 to 16,777,216`;
  need(whole(np.messageBytes, 1, 1 << 24), `${path}.messageBytes`, bytes);
  need(whole(np.streams, 1, 100_000), `${path}.streams`, `${np.streams} is not from 1 to 100,000`);
  const last = np.pairs * 2 - (np.sameNode ? 1 : 0);
  need(np.matrix !== 'pair' || last <= nodes, `${path}.pairs`, `${np.pairs} pairs need ${last} nodes`);
  const senders = `${np.fanIn} senders need ${np.fanIn + 1} nodes`;
  need(np.matrix !== 'incast' || np.fanIn < nodes, `${path}.fanIn`, senders);
  need(np.matrix === 'pair' || nodes >= 2, 'cluster.nodes', `a ${np.matrix} matrix needs at least 2 nodes`);
}

function loadProblems(spec: TaskSpec, need: Need): void {
  const loads = offeredLoads(spec);
  if (loads !== null) {
    const up = loads.uplinkLoad ?? 0;
    const host = `offered load ${loads.load.toFixed(3)} is above 95 % of the host links: lower --load`;
    need(loads.load <= 0.95, 'traffic', host);
    need(
      up <= 0.95,
      'traffic',
      `offered load is ${up.toFixed(3)} of the uplinks, above 95 %: lower --load or add uplinks`,
    );
  }
  const reason = feasibility(spec.backend, spec.cluster, spec.policy);
  need(reason === null, 'backend', `${spec.backend.name} is infeasible: ${reason}`);
}
