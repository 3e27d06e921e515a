/**
 * The small tasks by which our own speed is watched, and what each costs in counts: events, jobs of cores, bytes of
 * pools. Counts are the same on every machine and every run; time is not.
 *
 *     npm run bench -- --accept       writes the present counts to counts.json, which tests hold exactly
 */
import { readFileSync } from 'node:fs';
import { backendNamed } from '../backends/catalog.ts';
import { MODEL_VERSION } from '../engine/core/version.ts';
import { runTask } from '../engine/task.ts';
import { machineNamed } from '../machines/catalog.ts';
import largeCluster from '../scenarios/large-cluster.ts';
import type { Scenario } from '../scenarios/lib/define.ts';
import { expand, NO_OVERRIDES, type Overrides } from '../scenarios/lib/expand.ts';
import loadSweep from '../scenarios/load-sweep.ts';
import podToPod from '../scenarios/pod-to-pod.ts';
import { WORKLOADS, type WorkloadName } from '../workloads/index.ts';
import { runFabric } from './fabric.ts';
import type { Side } from './watch.ts';

export interface Counts {
  readonly events: number;
  readonly jobs: number;
  /** Pools at the end; 0 where no task holds any. */
  readonly bytes: number;
}

export interface Watched {
  readonly name: string;
  /** Runs once, from building to the record. */
  readonly run: () => Counts;
}

export const COUNTS_FILE = new URL('./counts.json', import.meta.url);

const BACKENDS = ['host', 'flannel-udp', 'flannel-vxlan', 'calico-wireguard'] as const;
const MIXED: Overrides['set'] = [
  ['nodes', 80],
  ['warmupMs', 1],
  ['windowMs', 3],
];

/** Mixed traffic in two racks for a backend of each kind; one stream; requests alone; the fabric alone. */
export const WATCHED: readonly Watched[] = [
  ...BACKENDS.map((backend) => ofTask(`mixed ${backend}`, largeCluster, backend, MIXED)),
  ofTask('stream flannel-vxlan', podToPod, 'flannel-vxlan', [['windowMs', 5]]),
  ofTask('requests cilium-native', loadSweep, 'cilium-native', [['windowMs', 5]]),
  {
    name: 'fabric',
    run: () => ({ events: runFabric(64, 1000).events, jobs: 0, bytes: 0 }),
  },
];

/** This state of the code. */
export const SIDE: Side = { modelVersion: MODEL_VERSION, tasks: WATCHED };

export const acceptedCounts = (): Record<string, Counts> =>
  JSON.parse(readFileSync(COUNTS_FILE, 'utf8')) as Record<string, Counts>;

export const presentCounts = (): Record<string, Counts> =>
  Object.fromEntries(WATCHED.map(({ name, run }) => [name, run()]));

/** The first cell of a scenario. */
function ofTask(name: string, scenario: Scenario, backend: string, set: Overrides['set']): Watched {
  const [spec] = expand(
    scenario,
    {
      backends: [backendNamed(backend)],
      baseline: backendNamed('host'),
      machine: machineNamed(scenario.machine),
      sizes: (sizes) => WORKLOADS[sizes as WorkloadName],
    },
    { ...NO_OVERRIDES, replications: 1, set },
  );
  return {
    name,
    run: () => {
      const { events, eventsByKind, memoryBytes } = runTask(spec!);
      return { events, jobs: eventsByKind.job!, bytes: memoryBytes };
    },
  };
}
