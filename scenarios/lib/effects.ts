/**
 * Settings that do nothing alone: which other setting each of them needs. They are no mistakes (a sweep may well hold
 * one still), so a run only says so.
 *
 * Left out: settings that lack traffic which would meet them (services without new connections, say).
 */
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { pathsOf } from './overrides.ts';

interface Condition {
  readonly path: string;
  /** The cell asks for it. */
  readonly on: (task: TaskSpec) => boolean;
  /** The cell has what it needs. */
  readonly acts: (task: TaskSpec) => boolean;
  readonly says: string;
}

const always = (): boolean => true;
const kindIs =
  (kind: string) =>
  ({ traffic }: TaskSpec): boolean =>
    traffic.netperf?.kind === kind;
const isNat = (step: unknown): boolean =>
  step === 'NAT' || (typeof step === 'object' && step !== null && 'stage' in step && step.stage === 'NAT');

const CONDITIONS: readonly Condition[] = [
  {
    path: 'policy.services',
    on: ({ policy }) => (policy.services ?? 0) > 0,
    acts: ({ policy }) => (policy.proxy ?? 'none') !== 'none',
    says: 'policy.services has no effect without policy.proxy',
  },
  {
    path: 'policy.hostPorts',
    on: ({ policy }) => (policy.hostPorts ?? 0) > 0,
    acts: ({ backend }) => Object.values(backend.paths).some(({ steps }) => steps.some(isNat)),
    says: 'policy.hostPorts has no effect without a backend that translates addresses: bridge',
  },
  {
    path: 'cluster.vxlanFlood',
    on: ({ cluster }) => cluster.vxlanFlood !== 'none',
    acts: ({ cluster }) => cluster.broadcastsPerS > 0,
    says: 'cluster.vxlanFlood has no effect without cluster.broadcastsPerS',
  },
  {
    path: 'cluster.broadcastsPerS',
    on: ({ cluster }) => cluster.broadcastsPerS > 0,
    acts: ({ cluster }) => cluster.vxlanFlood !== 'none',
    says: 'cluster.broadcastsPerS has no effect without cluster.vxlanFlood',
  },
  {
    path: 'cluster.bondHash',
    on: always,
    acts: ({ cluster }) => cluster.bondLinks > 1,
    says: 'cluster.bondHash has no effect without cluster.bondLinks above 1',
  },
  {
    path: 'traffic.netperf.udpGso',
    on: ({ traffic }) => traffic.netperf?.udpGso === true,
    acts: kindIs('UDP_STREAM'),
    says: 'traffic.netperf.udpGso has no effect without traffic.netperf.kind=UDP_STREAM',
  },
  {
    path: 'traffic.netperf.zerocopy',
    on: ({ traffic }) => traffic.netperf?.zerocopy === true,
    acts: kindIs('TCP_STREAM'),
    says: 'traffic.netperf.zerocopy has no effect without traffic.netperf.kind=TCP_STREAM',
  },
  {
    path: 'congestion',
    on: ({ congestion }) => congestion === 'dctcp',
    acts: ({ cluster }) => cluster.ecnBytes > 0,
    says: 'congestion=dctcp has no effect beyond reno without cluster.ecnBytes',
  },
];

/**
 * What the user set that no cell heeds, a sentence each; empty where every setting works in some cell.
 * @param tasks  cells of one run; seeds do not matter
 * @param given  names as the user gave them: short names, dimensions of words, dotted paths
 */
export function idleSettings(tasks: readonly TaskSpec[], given: readonly string[]): string[] {
  const paths = new Set(given.flatMap((name) => pathsOf(name)));
  return CONDITIONS.filter(({ path }) => paths.has(path)).flatMap(({ on, acts, says }) => {
    const asked = tasks.filter(on);
    return asked.length > 0 && !asked.some(acts) ? [says] : [];
  });
}
