/**
 * What `explain` shows a backend under: machine and policy, with the settings that the user changes.
 *
 * Left out: settings of traffic and cluster; a path does not depend on them.
 */
import type { PolicySpec } from '../engine/core/taskSpec.ts';
import type { Backend } from '../engine/host/backend.ts';
import { feasibility } from '../engine/host/feasible.ts';
import type { Machine } from '../engine/host/machine.ts';
import { serviceProblem } from '../engine/host/services.ts';
import { twoNodes } from '../scenarios/lib/cluster.ts';
import { POLICY, ScenarioError } from '../scenarios/lib/define.ts';
import { pathsOf, type Settings, withSetting } from '../scenarios/lib/overrides.ts';
import { netperf } from '../scenarios/lib/traffic.ts';
import { problemsOf } from '../scenarios/lib/validate.ts';
import { UsageError } from './errors.ts';
import { pair } from './flags.ts';

const SHOWN = ['policy.', 'machine.'];

/** @param set  `path=value` each, in order. @throws UsageError naming what is unknown or out of range */
export function explainSettings(
  backend: Backend,
  machine: Machine,
  rules: number,
  set: readonly string[],
): { readonly machine: Machine; readonly policy: PolicySpec } {
  let settings: Settings = {
    ...{ cluster: twoNodes(), traffic: { netperf: netperf('TCP_RR') }, machine },
    ...{ warmupMs: 0, windowMs: 1, drainMs: 0, podMtuBytes: null, congestion: 'cubic', eventsMax: 1 },
    policy: { ...POLICY, rules },
  };
  try {
    for (const text of set) {
      const [name, value] = pair('--set', text);
      const changed = withSetting(settings, name, value);
      if (!pathsOf(name).every((path) => SHOWN.some((start) => path.startsWith(start)))) {
        throw new UsageError(`explain takes settings of policy and machine, not '${name}'`);
      }
      settings = changed;
    }
  } catch (error) {
    if (error instanceof ScenarioError) throw new UsageError(error.message);
    throw error;
  }
  const wrong = serviceProblem(settings.policy) ?? feasibility(backend, settings.cluster, settings.policy);
  const problems = [...problemsOf(settings), ...(wrong === null ? [] : [`${backend.name}: ${wrong}`])];
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { machine: settings.machine, policy: settings.policy };
}
