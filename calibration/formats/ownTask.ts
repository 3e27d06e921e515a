/**
 * An own row → the task that repeats its test on two nodes, and the figure read from the task's record.
 *
 * Left out: spread over seeds, paths through services.
 */
import { backendNamed } from '../../backends/catalog.ts';
import { Histogram } from '../../engine/core/histogram.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { twoNodes } from '../../scenarios/lib/cluster.ts';
import { type DimValue, defineScenario } from '../../scenarios/lib/define.ts';
import { expand, NO_OVERRIDES } from '../../scenarios/lib/expand.ts';
import { netperf } from '../../scenarios/lib/traffic.ts';
import type { OwnMeasurement, OwnMetric } from './types.ts';

const PAIR = defineScenario({
  id: 'own',
  title: 'one pair of pods',
  question: 'What would this machine have measured?',
  cluster: twoNodes(),
  machine: '',
  traffic: { netperf: netperf('TCP_STREAM') },
  warmupMs: 40,
  windowMs: 60,
  windowMsByKind: { TCP_RR: 200, UDP_RR: 200, TCP_CRR: 200 },
});

/** A tail needs samples beyond it: 10,000 exchanges of one pair take up to two seconds. */
const TAIL_WINDOW_MS = 2000;
const BEYOND_MIN = 100;

/** What a baseline row may move, one of the two. */
export interface Fixed {
  /** Factor on all prices of the machine. */
  readonly prices: number;
  /** One way between a host and its switch, ns. */
  readonly hostDelayNs: number;
}

/** No baseline: the machine as its book has it. */
export const ASSUMED: Fixed = { prices: 1, hostDelayNs: PAIR.cluster.hostDelayNs };

/**
 * @throws ScenarioError where machine or row ask for what a scenario cannot have; Error for an unknown name
 */
export function ownTask(row: OwnMeasurement, fixed: Fixed): TaskSpec {
  const resolved = {
    backends: [backendNamed(row.backend)],
    baseline: backendNamed('host'),
    machine: machineNamed(row.machine.book),
    sizes: () => [],
  };
  const overrides = { ...NO_OVERRIDES, set: settings(row, fixed), replications: 1, machineNamed: true };
  const [task] = expand(PAIR, resolved, overrides);
  return { ...task!, task: `own/${row.bed}/${row.id}/${fixed.prices}/${fixed.hostDelayNs}` };
}

function settings(row: OwnMeasurement, fixed: Fixed): [string, DimValue][] {
  const machine = Object.entries(row.machine.set).map(([name, value]): [string, DimValue] => [
    // The link is as fast as the NIC.
    name === 'nic.rateGbps' ? 'link' : `machine.${name}`,
    typeof value === 'boolean' ? String(value) : value,
  ]);
  return [
    ...machine,
    ...when(fixed.prices !== 1, 'machine.prices', `*${fixed.prices}`),
    ...when(row.mtuBytes !== null, 'mtu', row.mtuBytes ?? 0),
    ['cluster.hostDelayNs', fixed.hostDelayNs],
    ['kind', row.test],
    ...when(row.metric === 'p99', 'windowMs', TAIL_WINDOW_MS),
    ['streams', row.streams],
    ['message', row.messageBytes],
    ['response', row.test.endsWith('RR') ? row.messageBytes : 1],
    ['traffic.netperf.sameNode', String(row.sameNode)],
  ];
}

const when = (holds: boolean, name: string, value: DimValue): [string, DimValue][] =>
  holds ? [[name, value]] : [];

const PS_PER_S = 1e12;
const PS_PER_US = 1e6;

function quantileUs({ rpcLatency }: TaskRecord, q: number): number | null {
  if (rpcLatency.count === 0) return null;
  const histogram = Histogram.fromData(rpcLatency);
  return histogram.countBeyond(q) < BEYOND_MIN ? null : histogram.quantile(q) / PS_PER_US;
}

/** Figures of a record in the base units of `OwnMeasurement.unit`; null: it has none. */
const FIGURES: Readonly<Record<OwnMetric, (record: TaskRecord) => number | null>> = {
  goodput: ({ counters, windowPs }) => (counters.payloadBytes * 8 * 1000) / windowPs,
  packets: ({ counters, windowPs }) => (counters.packetsDelivered * PS_PER_S) / windowPs,
  transactions: ({ counters, windowPs }) => (counters.rpcsFinished * PS_PER_S) / windowPs,
  p50: (record) => quantileUs(record, 0.5),
  p99: (record) => quantileUs(record, 0.99),
  cpuPerByte: ({ counters, cpu }) => {
    const ns = cpu.reduce((sum, stage) => sum + Number(stage.ps) / 1000, 0);
    return counters.payloadBytes === 0 ? null : ns / counters.payloadBytes;
  },
};

export const ownFigure = (row: OwnMeasurement, record: TaskRecord): number | null =>
  FIGURES[row.metric](record);
