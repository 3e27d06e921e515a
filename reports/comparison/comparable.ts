/**
 * Whether two results are answers to the same question: model, machine, scenario, seeds, both complete. What differs
 * is said in words, with the settings that changed.
 */
import type { Result } from '../schema.ts';
import { differences } from './exact.ts';
import type { Aspect, Problem } from './types.ts';

const SETTINGS_SHOWN = 12;
const short = (sha: string): string => sha.slice(0, 8);

/** Reasons against comparing, the ones that `allow` names marked. */
export function problemsOf(base: Result, head: Result, allow: readonly Aspect[]): Problem[] {
  const problems: Problem[] = [];
  const add = (aspect: Aspect, message: string): void => {
    problems.push({ aspect, message, allowed: allow.includes(aspect) });
  };
  if (base.schemaVersion.split('.')[0] !== head.schemaVersion.split('.')[0]) {
    add('schema', `schema version: ${base.schemaVersion} → ${head.schemaVersion}`);
  }
  if (base.model.version !== head.model.version) {
    add('model', `model version: ${base.model.version} → ${head.model.version}`);
  }
  const [from, to] = [base.model.machine, head.model.machine];
  if (from.sha256 !== to.sha256) {
    const same = from.name === to.name ? ' (same name, other prices or hardware)' : '';
    add(
      'machine',
      `machine book: ${from.name} ${short(from.sha256)} → ${to.name} ${short(to.sha256)}${same}`,
    );
  }
  if (base.scenario.id !== head.scenario.id || base.scenario.sha256 !== head.scenario.sha256) {
    add('scenario', scenarioText(base, head));
  }
  if ((base.slice === undefined) !== (head.slice === undefined)) {
    const what = (result: Result): string => (result.slice === undefined ? 'whole' : 'slice');
    add('scenario', `cluster: ${what(base)} → ${what(head)}`);
  }
  if (seedText(base) !== seedText(head)) add('seeds', `seeds: ${seedText(base)} → ${seedText(head)}`);
  for (const [side, { status }] of [
    ['base', base],
    ['head', head],
  ] as const) {
    if (status !== 'complete') add('incomplete', `${side} is ${status}: not every task of it finished`);
  }
  return problems;
}

function scenarioText(base: Result, head: Result): string {
  if (base.scenario.id !== head.scenario.id) return `scenario: ${base.scenario.id} → ${head.scenario.id}`;
  const changes = differences(base.scenario.params, head.scenario.params, '');
  const lines = changes
    .slice(0, SETTINGS_SHOWN)
    .map(({ path, a, b }) => `  ${path}: ${String(a ?? '–')} → ${String(b ?? '–')}`);
  const more = changes.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more`);
  return [`settings of ${base.scenario.id}:`, ...lines].join('\n');
}

/** `1–16`, or the list. */
function seedText({ seeds }: Result): string {
  const sorted = [...new Set(seeds.replications)].sort((a, b) => a - b);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return 'none';
  if (last - first === sorted.length - 1) return sorted.length === 1 ? String(first) : `${first}–${last}`;
  return sorted.join(', ');
}
