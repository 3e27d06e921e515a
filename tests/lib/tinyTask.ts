/**
 * Small tasks for tests: two nodes in one rack, one TCP_STREAM, a few milliseconds, and machines whose prices
 * are literals of the test.
 */
import { backendNamed } from '../../backends/catalog.ts';
import type { ClusterSpec, NetperfKind, NetperfTraffic, TaskSpec } from '../../engine/core/taskSpec.ts';
import type { Backend } from '../../engine/host/backend.ts';
import type { Machine, Nic, Price, Waking } from '../../engine/host/machine.ts';
import { STAGE_IDS, type StageId } from '../../engine/host/stages.ts';
import { machineNamed } from '../../machines/catalog.ts';
import { twoNodes } from '../../scenarios/lib/cluster.ts';
import { netperf } from '../../scenarios/lib/traffic.ts';

export interface TinyOptions extends Partial<Omit<TaskSpec, 'backend' | 'machine' | 'cluster'>> {
  /** Catalog name or declaration; default host. */
  readonly backend?: string | Backend;
  /** Catalog name or machine; default xeon-25g. */
  readonly machine?: string | Machine;
  /** Fields that differ from two nodes in one rack with the scenarios' links. */
  readonly cluster?: Partial<ClusterSpec>;
}

/** A task with 1 ms of warm-up and 4 ms of window; every field can be given. */
export function tinyTask(options: TinyOptions = {}): TaskSpec {
  const { backend = 'host', machine = 'xeon-25g', cluster = {}, ...rest } = options;
  const declared = typeof backend === 'string' ? backendNamed(backend) : backend;
  return {
    task: 'tiny',
    index: 0,
    cell: `backend=${declared.name}`,
    dims: { backend: declared.name },
    scenario: 'tiny',
    seed: 1,
    backend: declared,
    baseline: backendNamed('host'),
    machine: typeof machine === 'string' ? machineNamed(machine) : machine,
    cluster: twoNodes(cluster),
    traffic: { netperf: netperf('TCP_STREAM') },
    policy: { rules: 0 },
    podMtuBytes: null,
    congestion: 'cubic',
    warmupPs: 1e9,
    windowPs: 4e9,
    drainPs: 0,
    granularity: 'batch',
    eventsMax: 5_000_000,
    ...rest,
  };
}

/** Traffic of one netperf test, with netperf's defaults. */
export const netperfTraffic = (
  kind: NetperfKind,
  more: Partial<Omit<NetperfTraffic, 'kind'>> = {},
): TaskSpec['traffic'] => ({ netperf: netperf(kind, more) });

/** A price of a test: ns; a bare number is per unit of the stage's own `per`. */
export type TestPrice = number | Pick<Price, 'firstNs' | 'eachNs' | 'packetNs' | 'byteNs'>;

export interface MachineChange extends Partial<Omit<Machine, 'nic' | 'facts' | 'waking' | 'prices'>> {
  readonly nic?: Partial<Nic>;
  readonly facts?: Partial<Machine['facts']>;
  readonly waking?: Partial<Waking>;
}

/** A machine of the catalog with some fields changed; its prices stay. */
export function changedMachine(base: string | Machine, change: MachineChange): Machine {
  const from = typeof base === 'string' ? machineNamed(base) : base;
  return {
    ...from,
    ...change,
    nic: { ...from.nic, ...change.nic },
    facts: { ...from.facts, ...change.facts },
    waking: { ...from.waking, ...change.waking },
  };
}

/** A machine whose stages all cost nothing, but those given. */
export function pricedMachine(
  base: string | Machine,
  prices: Partial<Record<StageId, TestPrice>>,
  change: MachineChange = {},
): Machine {
  const price = (stage: StageId): Price => {
    const given = prices[stage] ?? 0;
    const values = typeof given === 'number' ? { eachNs: given } : given;
    return { ...values, source: 'test', confidence: 'measured' };
  };
  const all = Object.fromEntries(STAGE_IDS.map((stage) => [stage, price(stage)])) as Record<StageId, Price>;
  return { ...changedMachine(base, change), prices: all };
}

/** A machine with every price multiplied by `factor`. */
export function scaledMachine(base: string | Machine, factor: number, change: MachineChange = {}): Machine {
  const machine = changedMachine(base, change);
  const scaled = (price: Price): Price => ({
    ...price,
    firstNs: (price.firstNs ?? 0) * factor,
    eachNs: (price.eachNs ?? 0) * factor,
    packetNs: (price.packetNs ?? 0) * factor,
    byteNs: (price.byteNs ?? 0) * factor,
  });
  const entries = STAGE_IDS.map((stage) => [stage, scaled(machine.prices[stage])]);
  return { ...machine, prices: Object.fromEntries(entries) as Record<StageId, Price> };
}
