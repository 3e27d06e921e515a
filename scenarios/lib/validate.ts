/**
 * Slips in a cell's settings, in the words of the paths that the user sets: ranges, words, times, traffic.
 *
 * Left out: what a task must satisfy to run (engine/validate.ts).
 */

import { CHOICES } from './choices.ts';
import type { Settings } from './overrides.ts';
import { MACHINE_LIMITS, RANGES, type Range } from './ranges.ts';

const SIMULATED_MS_MAX = 7_200_000;

/** All problems of one cell, empty if there are none. */
export function problemsOf(settings: Settings): string[] {
  return [
    ...rangeProblems(settings),
    ...timeProblems(settings),
    ...wordProblems(settings),
    ...trafficProblems(settings),
  ];
}

function valueAt(settings: Settings, path: string): unknown {
  let value: unknown = settings;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function rangeProblems(settings: Settings): string[] {
  const problems: string[] = [];
  const check = (path: string, range: Range): void => {
    const value = valueAt(settings, path);
    if (value === undefined || value === null) return;
    const fits = typeof value === 'number' && value >= range.low && value <= range.high;
    if (fits && (!range.whole || Number.isInteger(value))) return;
    problems.push(
      `${path} is ${value}; it takes ${range.whole ? 'a whole number' : 'a number'} ` +
        `from ${range.low} to ${range.high}`,
    );
  };
  for (const [path, range] of Object.entries(RANGES)) check(path, range);
  for (const [path, range] of Object.entries(MACHINE_LIMITS)) check(path, range);
  return problems;
}

function timeProblems(settings: Settings): string[] {
  const totalMs = settings.warmupMs + settings.windowMs + settings.drainMs;
  return totalMs > SIMULATED_MS_MAX
    ? [`the run lasts ${totalMs} ms; at most ${SIMULATED_MS_MAX} (two hours)`]
    : [];
}

function wordProblems(settings: Settings): string[] {
  const problems: string[] = [];
  const among = (path: string, words: readonly string[]): void => {
    const value = valueAt(settings, path);
    if (value === undefined || words.includes(String(value))) return;
    problems.push(`${path} is '${String(value)}'; it takes ${words.join(', ')}`);
  };
  for (const [path, words] of Object.entries(CHOICES)) among(path, words);
  return problems;
}

function trafficProblems({ cluster, traffic }: Settings): string[] {
  const problems: string[] = [];
  const { flows, rpc, netperf } = traffic;
  const probePairs = traffic.probePairs ?? 0;
  if (flows === undefined && rpc === undefined && netperf === undefined && probePairs === 0) {
    problems.push('the scenario has no traffic');
  }
  if (probePairs * 2 > cluster.nodes) {
    problems.push(`${probePairs} probe pairs need ${probePairs * 2} nodes; there are ${cluster.nodes}`);
  }
  return problems;
}
