/**
 * 200 small cells whose figures vary with the seed: Poisson exchanges between two racks of two nodes over two uplinks,
 * under five backends. Each seed once under each of two seeds of the switches' hashes: the same arrivals on other
 * links.
 */
import type { TaskSpec } from '../../../engine/core/taskSpec.ts';
import { runTask } from '../../../engine/task.ts';
import { recordMetrics } from '../../../reports/metrics.ts';
import { tinyTask } from '../../lib/tinyTask.ts';

export const METRICS = ['cpuPerByte', 'goodput'] as const;
export type AlarmMetric = (typeof METRICS)[number];
export const SEEDS = 60;

/** Samples of one cell, in seed order, by side: one seed of the switches' hashes or the other. */
export interface AlarmCell {
  readonly id: string;
  readonly samples: Readonly<Partial<Record<AlarmMetric, readonly [readonly number[], readonly number[]]>>>;
}

const BACKENDS = ['host', 'flannel-vxlan', 'flannel-host-gw', 'calico-ipip', 'cilium-native'];
const BYTES = [500, 1000, 1400, 2000, 2800];
const RATES = [40_000, 50_000, 60_000, 70_000];
const CONNECTIONS = [2, 4];

/** Every cell as a function of seed and side. */
export function alarmTasks(): { id: string; task: (seed: number, side: 0 | 1) => TaskSpec }[] {
  return BACKENDS.flatMap((backend) =>
    BYTES.flatMap((bytes) =>
      RATES.flatMap((rate) =>
        CONNECTIONS.map((connections) => ({
          id: `backend=${backend}/bytes=${bytes}/rate=${rate}/connections=${connections}`,
          task: (seed: number, side: 0 | 1) =>
            tinyTask({
              seed,
              backend,
              warmupPs: 1e8,
              windowPs: 2e9,
              drainPs: 1e9,
              cluster: {
                nodes: 4,
                nodesPerRack: 2,
                uplinks: 2,
                uplinkGbps: 10,
                ecmpSeed: 1_000_000 * (side + 1) + seed,
              },
              traffic: {
                rpc: { perNodePerS: rate, requestBytes: bytes, responseBytes: bytes, connections },
              },
            }),
        })),
      ),
    ),
  );
}

/** Simulates one cell: 120 runs. */
export function simulateCell({ id, task }: ReturnType<typeof alarmTasks>[number]): AlarmCell {
  const side = (one: 0 | 1) =>
    Array.from({ length: SEEDS }, (_, at) => {
      const record = runTask(task(at + 1, one));
      return recordMetrics(record, record.overloaded);
    });
  const sides = [side(0), side(1)] as const;
  const of = (metric: AlarmMetric) =>
    [sides[0].map((one) => one[metric]!), sides[1].map((one) => one[metric]!)] as const;
  return { id, samples: { cpuPerByte: of('cpuPerByte'), goodput: of('goodput') } };
}
