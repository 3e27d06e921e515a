/**
 * Stands in for the engine: a record that depends on the task alone. Backends of certain names misbehave.
 */
import { LimitError } from '../../engine/core/assert.ts';
import type { TaskRecord } from '../../engine/core/record.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { type Gang, nowhere } from '../../engine/gang.ts';
import type { RackShares } from '../../engine/task.ts';
import { sha256 } from '../../workers/hash.ts';

type Progress = (simulatedPs: number, events: number) => void;

export function runTask(spec: TaskSpec, hooks?: { progress?: Progress }): TaskRecord {
  misbehave(spec, hooks?.progress);
  return recordOf(spec);
}

/** A thread of a gang: those of certain names fail in the second one, while the first waits for it. */
export function runRacks(spec: TaskSpec, gang: Gang): RackShares {
  gang.meet(nowhere());
  if (gang.index === 1) misbehave(spec);
  gang.meet(nowhere());
  // Nobody reads it: the record is made of the task alone.
  return {} as RackShares;
}

function misbehave(spec: TaskSpec, progress: Progress = () => {}): void {
  const name = spec.backend.name;
  if (name === 'broken' && spec.seed === 2) throw new LimitError('event limit reached');
  if (name === 'dies') process.exit(1);
  progress(spec.warmupPs, 1000);
  // A busy thread, as a simulation is.
  while (name === 'stuck') progress(spec.warmupPs, 2000);
}

export function recordOf(spec: TaskSpec): TaskRecord {
  const draw = Number.parseInt(sha256([spec.cell, spec.seed, spec.cluster.mtuBytes]).slice(0, 6), 16);
  const binding = {
    text: 'nothing binds; nearest: NIC at 50 %',
    kind: 'none',
    resource: 'NIC',
    coreBusyPs: [],
    utilisation: 0.5,
  } as const;
  const none = { count: 0, buckets: [] };
  return {
    task: spec.task,
    index: spec.index,
    cell: spec.cell,
    seed: spec.seed,
    modelVersion: 'stub',
    digest: draw.toString(16),
    events: 5000 + (draw % 1000),
    eventsByKind: {},
    simulatedPs: spec.warmupPs + spec.windowPs,
    windowPs: spec.windowPs,
    nodes: spec.cluster.nodes,
    plainNodes: spec.cluster.nodes,
    podMtuBytes: spec.cluster.mtuBytes,
    mssBytes: spec.cluster.mtuBytes - 52,
    counters: {
      payloadBytes: draw,
      payloadBytesPlain: draw,
      offeredBytes: draw,
      wireBytes: draw,
      packets: 10,
      skbs: 10,
      packetsDelivered: 10,
      copiedBytes: draw,
      syscalls: 5,
      contextSwitches: 2,
      retransmittedPackets: 0,
      flowsStarted: 0,
      flowsFinished: 0,
      flowsCensored: 0,
      rpcsStarted: 0,
      rpcsFinished: 0,
      rpcsCensored: 0,
    },
    drops: {},
    queueOffered: {},
    cpu: [{ stage: 'IP_OUT', class: 'system', ps: '123456789', confidence: 'published' }],
    coreBusyPs: [],
    utilisation: { NIC: 0.5 },
    binding,
    overloaded: false,
    saturationLoad: null,
    load: null,
    uplinkLoad: null,
    rpcLatency: none,
    slowdownSmall: none,
    slowdownLarge: none,
    slowdownAll: none,
    probes: [],
    series: [],
    sources: ['stub'],
    memoryBytes: 1000,
  };
}
