/**
 * The one border where a user's mistakes are found: everything that is wrong with a cell, at once, in words.
 *
 * Left out: what needs the compiled path (feasibility is the rules' work; MTU of a pod is the compiler's).
 */

import { openLoopLoad } from './load.ts';
import type { Settings } from './overrides.ts';
import { MACHINE_LIMITS, RANGES, type Range } from './ranges.ts';

const KINDS = ['TCP_STREAM', 'TCP_RR', 'TCP_CRR', 'UDP_STREAM', 'UDP_RR'];
const MATRICES = ['uniform', 'permutation', 'all-to-all', 'incast', 'pair'];
const LINK_LOAD_MAX = 0.95;
const SIMULATED_MS_MAX = 7_200_000;
const UDP_PAYLOAD_BYTES_MAX = 65_507;

/** All problems of one cell, empty if there are none. */
export function problemsOf(settings: Settings): string[] {
  return [
    ...rangeProblems(settings),
    ...timeProblems(settings),
    ...wordProblems(settings),
    ...trafficProblems(settings),
    ...loadProblems(settings),
  ];
}

function valueAt(settings: Settings, path: string): unknown {
  let value: unknown = settings;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function rangeProblems(settings: Settings): string[] {
  const problems: string[] = [];
  const check = (path: string, range: Range): void => {
    const value = valueAt(settings, path);
    if (value === undefined || value === null) return;
    const fits = typeof value === 'number' && value >= range.low && value <= range.high;
    if (fits && (!range.whole || Number.isInteger(value))) return;
    problems.push(
      `${path} is ${value}; it takes ${range.whole ? 'a whole number' : 'a number'} ` +
        `from ${range.low} to ${range.high}`,
    );
  };
  for (const [path, range] of Object.entries(RANGES)) check(path, range);
  for (const [path, range] of Object.entries(MACHINE_LIMITS)) check(path, range);
  return problems;
}

function timeProblems(settings: Settings): string[] {
  const totalMs = settings.warmupMs + settings.windowMs + settings.drainMs;
  return totalMs > SIMULATED_MS_MAX
    ? [`the run lasts ${totalMs} ms; at most ${SIMULATED_MS_MAX} (two hours)`]
    : [];
}

function wordProblems(settings: Settings): string[] {
  const problems: string[] = [];
  const among = (path: string, words: readonly string[]): void => {
    const value = valueAt(settings, path);
    if (value === undefined || words.includes(String(value))) return;
    problems.push(`${path} is '${String(value)}'; it takes ${words.join(', ')}`);
  };
  among('traffic.netperf.kind', KINDS);
  among('traffic.netperf.matrix', MATRICES);
  among('traffic.flows.matrix', ['uniform', 'permutation']);
  among('cluster.subnets', ['one', 'rack']);
  among('congestion', ['cubic', 'reno', 'dctcp']);
  return problems;
}

function trafficProblems({ cluster, traffic }: Settings): string[] {
  const problems: string[] = [];
  const { flows, rpc, netperf } = traffic;
  const probePairs = traffic.probePairs ?? 0;
  if (flows === undefined && rpc === undefined && netperf === undefined && probePairs === 0) {
    problems.push('the scenario has no traffic');
  }
  if ((flows !== undefined || rpc !== undefined) && cluster.nodes < 2) {
    problems.push('flows and RPCs need at least 2 nodes');
  }
  if (probePairs * 2 > cluster.nodes) {
    problems.push(`${probePairs} probe pairs need ${probePairs * 2} nodes; there are ${cluster.nodes}`);
  }
  if (netperf === undefined) return problems;
  const nodesNeeded = netperfNodes(netperf);
  if (cluster.nodes < nodesNeeded) {
    problems.push(`this traffic needs ${nodesNeeded} nodes; there are ${cluster.nodes}`);
  }
  if (netperf.kind.startsWith('UDP') && netperf.messageBytes > UDP_PAYLOAD_BYTES_MAX) {
    problems.push(`a UDP message has at most ${UDP_PAYLOAD_BYTES_MAX} bytes, not ${netperf.messageBytes}`);
  }
  return problems;
}

function netperfNodes(netperf: NonNullable<Settings['traffic']['netperf']>): number {
  if (netperf.matrix === 'pair') return netperf.sameNode ? netperf.pairs : netperf.pairs * 2;
  if (netperf.matrix === 'incast') return netperf.fanIn + 1;
  return netperf.sameNode ? 1 : 2;
}

function loadProblems({ cluster, traffic }: Settings): string[] {
  const load = openLoopLoad(cluster, traffic);
  if (load === null) return [];
  const percent = (ratio: number): string => `${Math.round(ratio * 1000) / 10} %`;
  const refused = `open-loop load above ${LINK_LOAD_MAX * 100} % of a link never settles; lower --load`;
  const problems: string[] = [];
  if (load.host > LINK_LOAD_MAX) problems.push(`host links would be ${percent(load.host)} busy: ${refused}`);
  if (load.uplink > LINK_LOAD_MAX) problems.push(`uplinks would be ${percent(load.uplink)} busy: ${refused}`);
  return problems;
}
