/**
 * Scenario → tasks: cells (points × backends) times seeds, each a plain-JSON TaskSpec, validated.
 *
 * Seeds are root, root + 1, …; the same in every cell, so that all backends face the same arrivals.
 */
import type { FlowTraffic, TaskSpec } from '../../engine/core/taskSpec.ts';
import type { Backend } from '../../engine/host/backend.ts';
import type { Machine } from '../../engine/host/machine.ts';
import { type DimValue, type Point, type Scenario, ScenarioError } from './define.ts';
import { pathsOf, type Settings, SHORT_NAMES, withSetting } from './overrides.ts';
import { pointsOf } from './sweep.ts';
import { problemsOf } from './validate.ts';
import { WORDS } from './words.ts';

/** What the names of a scenario stand for. */
export interface Resolved {
  readonly backends: readonly Backend[];
  /** The row that slowdowns and ratios refer to. */
  readonly baseline: Backend;
  readonly machine: Machine;
  /** Points of a named size distribution; ScenarioError if there is none. */
  readonly sizes: (name: string) => FlowTraffic['sizes'];
}

export interface Overrides {
  /** Short names or dotted paths, in the order given. */
  readonly set: readonly (readonly [name: string, value: DimValue])[];
  /** Replaces the axis of that name, or adds one. */
  readonly sweep: Readonly<Record<string, readonly DimValue[]>>;
  /** First seed, whole, 0 … 2^32 − 1. */
  readonly seed: number;
  readonly replications: number | null;
  /** One seed and a third of the window. */
  readonly quick: boolean;
  /** The user named the machine: links run at its NIC's rate. */
  readonly machineNamed: boolean;
  readonly granularity: TaskSpec['granularity'];
}

export const NO_OVERRIDES: Overrides = {
  set: [],
  sweep: {},
  seed: 1,
  replications: null,
  quick: false,
  machineNamed: false,
  granularity: 'batch',
};

const REPLICATIONS_MAX = 10_000;
const SEEDS = 4_294_967_296;
const PS_PER_MS = 1_000_000_000;

/**
 * All tasks of a scenario, in result order: point, backend, seed.
 * @throws ScenarioError naming every problem of every cell, each once
 */
export function expand(scenario: Scenario, resolved: Resolved, overrides: Overrides): TaskSpec[] {
  const base = baseSettings(scenario, resolved.machine, overrides);
  const seeds = seedList(scenario, overrides);
  const axes = { points: scenario.points ?? [{}], sweep: { ...scenario.sweep, ...overrides.sweep } };
  const fixed = new Set(overrides.set.flatMap(([name]) => namesOf(name)));
  const tasks: TaskSpec[] = [];
  const problems = new Set<string>();
  for (const point of pointsOf(axes, fixed)) {
    const at = settingsAt(base, point, resolved.sizes, fixed.has('traffic.probePairs'));
    const settings = fixed.has('windowMs') ? at : withOwnWindow(at, scenario, overrides.quick);
    for (const problem of problemsOf(settings)) problems.add(problem);
    for (const backend of resolved.backends) {
      const dims = { backend: backend.name, ...point };
      for (const seed of seeds) {
        tasks.push(
          task(
            scenario,
            settings,
            { backend, baseline: resolved.baseline },
            {
              dims,
              seed,
              index: tasks.length,
              granularity: overrides.granularity,
            },
          ),
        );
      }
    }
  }
  if (problems.size > 0) throw new ScenarioError([...problems]);
  return tasks;
}

/**
 * A name with all its other names: setting `mtu` fixes an axis called `cluster.mtuBytes` and the other way.
 */
function namesOf(name: string): string[] {
  const paths = pathsOf(name);
  const shorts = [...Object.keys(SHORT_NAMES), ...Object.keys(WORDS)].filter((short) =>
    pathsOf(short).some((path) => paths.includes(path)),
  );
  return [name, ...paths, ...shorts];
}

function baseSettings(scenario: Scenario, machine: Machine, overrides: Overrides): Settings {
  const linkGbps = overrides.machineNamed ? machine.nic.rateGbps : scenario.cluster.linkGbps;
  let settings: Settings = {
    cluster: { ...scenario.cluster, linkGbps },
    traffic: scenario.traffic,
    machine,
    policy: scenario.policy,
    warmupMs: scenario.warmupMs,
    windowMs: scenario.windowMs,
    drainMs: scenario.drainMs,
    podMtuBytes: scenario.podMtuBytes,
    congestion: scenario.congestion,
    eventsMax: scenario.eventsMax,
  };
  for (const [name, value] of overrides.set) settings = withSetting(settings, name, value);
  if (overrides.quick) settings = { ...settings, windowMs: quickWindow(settings.windowMs) };
  return settings;
}

function settingsAt(base: Settings, point: Point, sizes: Resolved['sizes'], probesFixed: boolean): Settings {
  let settings = base;
  for (const [dim, value] of Object.entries(point)) settings = withSetting(settings, dim, value);
  const flows = settings.traffic.flows;
  let traffic = settings.traffic;
  if (flows !== undefined) traffic = { ...traffic, flows: { ...flows, sizes: sizes(flows.sizesName) } };
  // A small cluster keeps plain nodes: probes take at most half of them, unless the user says how many.
  if (traffic.probePairs !== undefined && !probesFixed) {
    const probePairs = Math.min(traffic.probePairs, Math.floor(settings.cluster.nodes / 4));
    traffic = { ...traffic, probePairs };
  }
  return { ...settings, traffic };
}

/** The window of the cell's kind of traffic, where the scenario has one. */
function withOwnWindow(settings: Settings, scenario: Scenario, quick: boolean): Settings {
  const kind = settings.traffic.netperf?.kind;
  const own = kind === undefined ? undefined : scenario.windowMsByKind?.[kind];
  return own === undefined ? settings : { ...settings, windowMs: quick ? quickWindow(own) : own };
}

/** A third, to whole µs. */
const quickWindow = (windowMs: number): number => Math.max(1, Math.round((windowMs * 1000) / 3)) / 1000;

function seedList(scenario: Scenario, overrides: Overrides): number[] {
  const count = overrides.replications ?? (overrides.quick ? 1 : scenario.replications);
  if (!Number.isInteger(count) || count < 1 || count > REPLICATIONS_MAX) {
    throw new ScenarioError([
      `replications is ${count}; it takes a whole number from 1 to ${REPLICATIONS_MAX}`,
    ]);
  }
  const { seed } = overrides;
  if (!Number.isInteger(seed) || seed < 0 || seed + count > SEEDS) {
    throw new ScenarioError([`seed is ${seed}; it takes a whole number from 0 to ${SEEDS - count}`]);
  }
  return Array.from({ length: count }, (_, index) => seed + index);
}

function task(
  scenario: Scenario,
  settings: Settings,
  sides: { readonly backend: Backend; readonly baseline: Backend },
  at: Pick<TaskSpec, 'dims' | 'seed' | 'index' | 'granularity'>,
): TaskSpec {
  const cell = Object.entries(at.dims)
    .map(([dim, value]) => `${dim}=${value}`)
    .join('/');
  const { cluster, traffic, machine, policy, podMtuBytes, congestion, eventsMax } = settings;
  return {
    task: `${scenario.id}/${cell}/seed=${at.seed}`,
    index: at.index,
    cell,
    dims: at.dims,
    scenario: scenario.id,
    seed: at.seed,
    ...sides,
    machine,
    cluster,
    traffic,
    policy,
    podMtuBytes,
    congestion,
    warmupPs: Math.round(settings.warmupMs * PS_PER_MS),
    windowPs: Math.round(settings.windowMs * PS_PER_MS),
    drainPs: Math.round(settings.drainMs * PS_PER_MS),
    granularity: at.granularity,
    eventsMax,
  };
}
