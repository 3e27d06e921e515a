/**
 * The small runs behind a recommendation and the figures taken from them: one TCP stream between the nodes that are
 * farthest apart, one inside a subnet, datagrams of 64 bytes as fast as the sender can, requests of one byte.
 *
 * Left out: several streams, spread over seeds: differences of a few per cent are no reason to choose.
 */
import { Histogram } from '../engine/core/histogram.ts';
import type { TaskRecord } from '../engine/core/record.ts';
import type { ClusterSpec, TaskSpec } from '../engine/core/taskSpec.ts';
import type { Backend } from '../engine/host/backend.ts';
import { defineScenario, type Point } from '../scenarios/lib/define.ts';
import { expand, NO_OVERRIDES } from '../scenarios/lib/expand.ts';
import { netperf } from '../scenarios/lib/traffic.ts';
import { farCluster, nearCluster, type Question } from './question.ts';

const PS_PER_S = 1e12;
const SMALL_BYTES = 64;

const STREAM: Point = { kind: 'TCP_STREAM', message: 65_536 };
const SMALL: Point = { kind: 'UDP_STREAM', message: SMALL_BYTES };
const EXCHANGE: Point = { kind: 'TCP_RR', message: 1 };

/** What one run gives; null where a run failed or has no such figure. */
export interface Figures {
  /** Payload of one TCP stream between the farthest nodes, bit/s. */
  readonly streamBps: number | null;
  /** The same inside a subnet; equal where there is only one. */
  readonly nearBps: number | null;
  /** Datagrams of 64 bytes delivered, 1/s. */
  readonly packetsPerS: number | null;
  /** Median of a one-byte exchange, s. */
  readonly rrP50S: number | null;
  /** CPU of both hosts a payload byte of the stream, s. */
  readonly cpuPerByteS: number | null;
  /** Share of that CPU that rests on assumed prices, 0 … 1. */
  readonly assumedShare: number | null;
  /** What binds the stream, in words. */
  readonly binds: string | null;
}

function scenarioOf(question: Question, cluster: ClusterSpec, points: readonly Point[]) {
  return defineScenario({
    id: 'advise',
    title: 'two nodes',
    question: 'Which backend fits here?',
    cluster,
    machine: question.machine.name,
    traffic: { netperf: netperf('TCP_STREAM') },
    points,
    warmupMs: 20,
    windowMs: 20,
    windowMsByKind: { TCP_RR: 200 },
    drainMs: 1,
    replications: 1,
  });
}

/** Tasks of the backends, as many for each and in one order: figuresOf takes their records. */
export function tasksOf(backends: readonly Backend[], baseline: Backend, question: Question): TaskSpec[] {
  const far = scenarioOf(question, farCluster(question), [STREAM, SMALL, EXCHANGE]);
  const near = scenarioOf(question, nearCluster(question), [STREAM]);
  const scenarios = question.subnets === 'rack' ? [far, near] : [far];
  const { machine } = question;
  return backends.flatMap((backend) =>
    scenarios.flatMap((scenario) =>
      expand(
        scenario,
        { backends: [backend], baseline, machine, sizes: () => [] },
        { ...NO_OVERRIDES, machineNamed: true },
      ),
    ),
  );
}

/** How many tasks tasksOf makes for each backend. */
export const tasksEach = (question: Question): number => (question.subnets === 'rack' ? 4 : 3);

/** @param records  of one backend, in the order of its tasks; null: failed */
export function figuresOf(records: readonly (TaskRecord | null)[]): Figures {
  const [stream = null, small = null, exchange = null, near = stream] = records;
  const cpuPs = stream === null ? 0 : sumPs(stream, false);
  return {
    streamBps: goodputBps(stream),
    nearBps: goodputBps(near),
    packetsPerS: small === null ? null : goodputBps(small)! / (8 * SMALL_BYTES),
    rrP50S: medianS(exchange),
    cpuPerByteS:
      stream === null || stream.counters.payloadBytes === 0
        ? null
        : cpuPs / PS_PER_S / stream.counters.payloadBytes,
    assumedShare: stream === null || cpuPs === 0 ? null : sumPs(stream, true) / cpuPs,
    binds: stream?.binding.text ?? null,
  };
}

function goodputBps(record: TaskRecord | null): number | null {
  return record === null ? null : (record.counters.payloadBytes * 8 * PS_PER_S) / record.windowPs;
}

function medianS(record: TaskRecord | null): number | null {
  if (record === null || record.rpcLatency.count === 0) return null;
  return Histogram.fromData(record.rpcLatency).quantile(0.5) / PS_PER_S;
}

/** Two hosts for 20 ms: far below 2^53 ps. */
function sumPs(record: TaskRecord, assumedOnly: boolean): number {
  return record.cpu
    .filter((stage) => !assumedOnly || stage.confidence === 'assumed')
    .reduce((sum, stage) => sum + Number(stage.ps), 0);
}
