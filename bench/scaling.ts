/**
 * CPU seconds of a task against the number of nodes: the clock beside what scenarios/scaling.ts counts. Each size in
 * a process of its own, so that none finds another's memory or compiled code.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { backendNamed } from '../backends/catalog.ts';
import { runTask } from '../engine/task.ts';
import { machineNamed } from '../machines/catalog.ts';
import { expand, NO_OVERRIDES } from '../scenarios/lib/expand.ts';
import scaling from '../scenarios/scaling.ts';
import { estimateMemory } from '../workers/memory.ts';
import { WORKLOADS, type WorkloadName } from '../workloads/index.ts';

const SIZES = [500, 1000, 2000, 5000];
const BACKEND = 'flannel-vxlan';

interface Run {
  readonly nodes: number;
  readonly events: number;
  readonly buildS: number;
  readonly runS: number;
  readonly poolBytes: number;
  readonly estimateBytes: number;
  readonly residentBytes: number;
}

const cpuS = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

function runOnce(nodes: number): Run {
  const machine = machineNamed(scaling.machine);
  const sizes = (name: string) => WORKLOADS[name as WorkloadName];
  const [spec] = expand(
    { ...scaling, sweep: {} },
    { backends: [backendNamed(BACKEND)], baseline: backendNamed('host'), machine, sizes },
    { ...NO_OVERRIDES, replications: 1, set: [['nodes', nodes]] },
  );
  const start = cpuS();
  let built = start;
  const record = runTask(spec!, {
    built: () => {
      built = cpuS();
    },
  });
  return {
    nodes,
    events: record.events,
    buildS: built - start,
    runS: cpuS() - built,
    poolBytes: record.memoryBytes,
    estimateBytes: estimateMemory(spec!)!.poolBytes,
    residentBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** @param sizes numbers of nodes */
export function scalingBench(sizes: readonly number[] = SIZES): void {
  const rows = sizes.map((nodes) => {
    const argv = ['--import', import.meta.resolve('tsx'), fileURLToPath(import.meta.url), String(nodes)];
    const { events, buildS, runS, poolBytes, estimateBytes, residentBytes } = JSON.parse(
      execFileSync(process.execPath, argv, { encoding: 'utf8' }),
    ) as Run;
    return {
      nodes,
      'M events': Number((events / 1e6).toFixed(2)),
      'build, CPU s': Number(buildS.toFixed(2)),
      'run, CPU s': Number(runS.toFixed(2)),
      'M events/s': Number((events / runS / 1e6).toFixed(2)),
      'CPU ms/node': Number((((buildS + runS) * 1000) / nodes).toFixed(2)),
      'pools, kB/node': Number((poolBytes / nodes / 1000).toFixed(1)),
      'pools / estimate': Number((poolBytes / estimateBytes).toFixed(2)),
      'resident, MB': Math.round(residentBytes / 1e6),
    };
  });
  console.log(`scaling: ${BACKEND}, load 0.02, one seed, one thread, a process for each size`);
  console.table(rows);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  console.log(JSON.stringify(runOnce(Number(process.argv[2]))));
