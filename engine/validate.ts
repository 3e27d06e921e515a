/** What a task must satisfy before it runs: every problem at once, each with the path to its field. */
import type { TaskSpec } from './core/taskSpec.ts';
import { deriveMtu } from './host/mtu.ts';
import { feasibility } from './host/feasible.ts';
import { offeredLoads } from './traffic/load.ts';

/** @returns problems, each "path: what is wrong and what would be right"; empty if the task can run. */
export function taskProblems(spec: TaskSpec): string[] {
  const problems: string[] = [];
  const need = (ok: boolean, text: string) => {
    if (!ok) problems.push(text);
  };
  const { cluster, traffic, machine } = spec;
  const whole = (value: number, low: number, high: number) => Number.isInteger(value) && value >= low && value <= high;
  need(whole(cluster.nodes, 1, 100_000), `cluster.nodes: ${cluster.nodes} is not a whole number from 1 to 100,000`);
  need(whole(cluster.nodesPerRack, 1, 1000), `cluster.nodesPerRack: ${cluster.nodesPerRack} is not from 1 to 1,000`);
  need(whole(cluster.uplinks, 1, 64), `cluster.uplinks: ${cluster.uplinks} is not from 1 to 64`);
  need(cluster.linkGbps > 0 && cluster.linkGbps <= 1600, `cluster.linkGbps: ${cluster.linkGbps} is not in (0, 1600]`);
  need(cluster.fabricDelayNs >= 10, `cluster.fabricDelayNs: ${cluster.fabricDelayNs} is below 10 ns`);
  need(whole(cluster.mtuBytes, 576, 65_535), `cluster.mtuBytes: ${cluster.mtuBytes} is not from 576 to 65,535`);
  need(cluster.bufferBytes >= 1538, `cluster.bufferBytes: ${cluster.bufferBytes} holds no packet`);
  need(whole(machine.cores, 1, 1024), `machine.cores: ${machine.cores} is not from 1 to 1,024`);
  need(whole(machine.nic.rxQueues, 1, 1024), `machine.nic.rxQueues: ${machine.nic.rxQueues} is not from 1 to 1,024`);
  need(spec.windowPs > 0 && spec.windowPs <= 7.2e15, `windowPs: ${spec.windowPs} is not within two hours`);
  need(spec.warmupPs >= 0, `warmupPs: ${spec.warmupPs} is negative`);
  need(machine.wire === 'nic' || cluster.nodes === 2, 'cluster.nodes: a veth machine joins exactly 2 hosts');
  const pod = spec.podMtuBytes ?? deriveMtu(spec.backend, cluster.mtuBytes).podMtuBytes;
  need(pod >= 256, `podMtuBytes: ${pod} leaves no room for a segment`);
  const np = traffic.netperf;
  if (np !== undefined) {
    const udp = np.kind.startsWith('UDP');
    need(!udp || np.messageBytes <= pod - 28, `traffic.netperf.messageBytes: a datagram of ${np.messageBytes} B exceeds the pod MTU ${pod} less 28 (fragments are not modelled)`);
    need(whole(np.messageBytes, 1, 1 << 24), `traffic.netperf.messageBytes: ${np.messageBytes} is not from 1 to 16,777,216`);
    need(np.matrix !== 'pair' || np.pairs * 2 <= cluster.nodes + (np.sameNode ? 1 : 0), `traffic.netperf.pairs: ${np.pairs} pairs need ${np.pairs * 2} nodes`);
    need(np.matrix !== 'incast' || np.fanIn < cluster.nodes, `traffic.netperf.fanIn: ${np.fanIn} senders need ${np.fanIn + 1} nodes`);
  }
  const open = traffic.flows !== undefined || traffic.rpc !== undefined;
  need(!open || cluster.nodes >= 2, 'cluster.nodes: flows and requests need at least 2 nodes');
  if (problems.length > 0) return problems;
  const loads = offeredLoads(spec);
  if (loads !== null) {
    need(loads.load <= 0.95, `traffic: offered load ${loads.load.toFixed(3)} is above 95 % of the host links: lower --load`);
    need((loads.uplinkLoad ?? 0) <= 0.95, `traffic: offered load is ${(loads.uplinkLoad ?? 0).toFixed(3)} of the uplinks, above 95 %: lower --load or add uplinks`);
  }
  const reason = feasibility(spec.backend, cluster);
  if (reason !== null) problems.push(`backend: ${spec.backend.name} is infeasible: ${reason}`);
  return problems;
}
