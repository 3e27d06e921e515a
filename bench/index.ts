/**
 * `npm run bench`: the event list against heaps, the fabric alone, the full model, nodes. Shipped modules, statistics
 * and digest on, one thread. Names after `--` choose: `npm run bench -- fabric model`; `model=500` takes 500 nodes.
 * With --save, --compare, --against or --accept the watched tasks run instead (watchMain.ts).
 *
 * Left out: several workers at once (run two of these side by side to see what sharing a machine costs).
 */
import { readFileSync } from 'node:fs';
import { BACKENDS, DEFAULT_BACKENDS } from '../backends/catalog.ts';
import type { TaskRecord } from '../engine/core/record.ts';
import { runTask } from '../engine/task.ts';
import { machineNamed } from '../machines/catalog.ts';
import largeCluster from '../scenarios/large-cluster.ts';
import { expand, NO_OVERRIDES } from '../scenarios/lib/expand.ts';
import { WORKLOADS, type WorkloadName } from '../workloads/index.ts';
import { eventListBench } from './eventList.ts';
import { fabricBench } from './fabricBench.ts';
import { scalingBench } from './scaling.ts';
import { watchMain } from './watchMain.ts';

const MIB = 1_048_576;

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Largest resident set of this process so far, MB of 2^20; 0 where the system does not say. */
function peakMib(): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** large-cluster, one seed, each default backend after the other. */
function modelBench(nodes: number): void {
  const specs = expand(
    largeCluster,
    {
      backends: BACKENDS.filter(({ name }) => (DEFAULT_BACKENDS as readonly string[]).includes(name)),
      baseline: BACKENDS[0]!,
      machine: machineNamed(largeCluster.machine),
      sizes: (name) => WORKLOADS[name as WorkloadName],
    },
    { ...NO_OVERRIDES, replications: 1, set: [['nodes', nodes]] },
  );
  const rows: Record<string, string | number>[] = [];
  const kinds: Record<string, Record<string, number>> = {};
  let events = 0;
  let seconds = 0;
  for (const spec of specs) {
    const before = process.cpuUsage();
    let skbs = 0;
    const record = runTask(spec, {
      // The record counts the window's skbs; its events are the whole run's.
      done: ({ pools }) => {
        skbs = pools.counts.reduce((sum, c) => sum + c.deliveredUnits, 0);
      },
    });
    const used = process.cpuUsage(before);
    const cpuS = (used.user + used.system) / 1e6;
    events += record.events;
    seconds += cpuS;
    rows.push(modelRow(spec.backend.name, record, cpuS, skbs));
    kinds[spec.backend.name] = perSkb(record, skbs);
  }
  console.log(`full model: large-cluster, ${nodes} nodes, one seed, CPU time of the whole task`);
  console.table(rows);
  console.log(
    `all: ${round(events / seconds / 1e6, 2)} M events/s; peak resident ${Math.round(peakMib())} MB`,
  );
  console.log('events per skb delivered, by kind');
  console.table(kinds);
}

function modelRow(
  backend: string,
  record: TaskRecord,
  cpuS: number,
  skbs: number,
): Record<string, string | number> {
  const mib = record.memoryBytes / MIB;
  return {
    backend,
    'M events': round(record.events / 1e6, 2),
    'CPU, s': round(cpuS, 2),
    'M events/s': round(record.events / cpuS / 1e6, 2),
    'events/skb': round(record.events / skbs, 2),
    'packets/skb': round(record.counters.packetsDelivered / record.counters.skbs, 2),
    'pools, MB': Math.round(mib),
    'KB/node': Math.round((mib * 1024) / record.nodes),
  };
}

/** Events by kind over the skbs that reached sockets, both of the whole run. */
function perSkb(record: TaskRecord, skbs: number): Record<string, number> {
  const entries = Object.entries(record.eventsByKind).filter(([, n]) => n > 0);
  return Object.fromEntries(entries.map(([kind, n]) => [kind, round(n / skbs, 2)]));
}

async function benches(wanted: readonly string[]): Promise<number> {
  const known = ['events', 'fabric', 'model', 'scaling'];
  const names = wanted.map((name) => name.split('=')[0]!);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`unknown: ${unknown.join(', ')}; known: ${known.join(', ')}, --help`);
    return 2;
  }
  const runs = (name: string): boolean => names.length === 0 || names.includes(name);
  const sizesOf = (name: string): number[] =>
    (wanted.find((one) => one.startsWith(`${name}=`)) ?? '').split('=')[1]?.split(',').map(Number) ?? [];
  const sizes = sizesOf('scaling');
  if (runs('events')) await eventListBench();
  if (runs('fabric')) fabricBench();
  if (runs('model')) modelBench(sizesOf('model')[0] ?? 2000);
  // Larger than all others together: only by name.
  if (names.includes('scaling')) scalingBench(sizes.length > 0 ? sizes : undefined);
  return 0;
}

const argv = process.argv.slice(2);
process.exitCode = argv.some((word) => word.startsWith('-')) ? await watchMain(argv) : await benches(argv);
