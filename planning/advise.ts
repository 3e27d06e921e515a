/**
 * From a question to a matrix of all backends and a recommendation with reasons: feasibility by declaration and kernel,
 * figures by small runs of the engine, then the rules in their order.
 *
 * Ask/tell: yields the tasks once, takes their records. Left out: weighing one rule against another; the order decides.
 */
import { assert } from '../engine/core/assert.ts';
import type { TaskRecord } from '../engine/core/record.ts';
import type { TaskSpec } from '../engine/core/taskSpec.ts';
import type { Backend } from '../engine/host/backend.ts';
import { feasibility } from '../engine/host/feasible.ts';
import { deriveMtu } from '../engine/host/mtu.ts';
import { type Figures, figuresOf, tasksEach, tasksOf } from './measure.ts';
import { farCluster, kernelText, type Policy, type Question } from './question.ts';
import { bearsOut, type Conditions, RULES, type Rule } from './rules.ts';
import { kernelLacks, type Traits, traitsOf } from './traits.ts';

export interface AdviceRow {
  readonly backend: string;
  readonly title: string;
  /** Why it cannot work here; null: it can. */
  readonly infeasible: string | null;
  readonly podMtuBytes: number;
  /** Outer headers of a full packet on the widest path. */
  readonly overheadBytes: number;
  readonly policy: Policy;
  readonly traits: Traits;
  /** null where it cannot work. */
  readonly figures: Figures | null;
}

export interface Reason {
  readonly rule: string;
  readonly text: string;
  readonly source: string;
}

export interface Advice {
  readonly rows: readonly AdviceRow[];
  /** Name; null: nothing meets every must. */
  readonly recommended: string | null;
  readonly reasons: readonly Reason[];
  /** The must that no feasible backend meets; null where there is a recommendation. */
  readonly unmet: string | null;
  /** Others that meet every must, fastest first. */
  readonly alsoFit: readonly string[];
}

/** Rows this close in goodput are equal; packets a second then decide. */
const EQUAL_WITHIN = 0.02;

/**
 * @param backends  all rows of the matrix, in order
 * @param baseline  plain host networking
 */
export function* advise(
  backends: readonly Backend[],
  baseline: Backend,
  question: Question,
): Generator<readonly TaskSpec[], Advice, readonly (TaskRecord | null)[]> {
  const cluster = farCluster(question);
  const reasons = backends.map(
    (backend) =>
      withoutHint(feasibility(backend, cluster, { rules: 0 })) ?? kernelLacks(backend, question.kernel),
  );
  const feasible = backends.filter((_, at) => reasons[at] === null);
  const records = yield tasksOf(feasible, baseline, question);
  const each = tasksEach(question);
  assert(records.length === feasible.length * each, 'advise: one record a task');
  const rows = backends.map((backend, at): AdviceRow => {
    const { podMtuBytes, overheadBytes } = deriveMtu(backend, cluster.mtuBytes, cluster.ipFamily);
    const traits = traitsOf(backend, question);
    const first = feasible.indexOf(backend) * each;
    return {
      backend: backend.name,
      title: backend.title,
      infeasible: reasons[at]!,
      podMtuBytes,
      overheadBytes,
      policy: traits.policy,
      traits,
      figures: first < 0 ? null : figuresOf(records.slice(first, first + each)),
    };
  });
  return { rows, ...recommend(rows, question) };
}

/** A reason's hint names settings of a run; here they are flags, and another row is the way out. */
const withoutHint = (reason: string | null): string | null => reason?.replace(/ \(set [^)]*\)$/, '') ?? null;

/** Applies the rules to the rows of a matrix; a rule whose own figures refute it is passed over. */
export function recommend(rows: readonly AdviceRow[], question: Question): Omit<Advice, 'rows'> {
  let rules = RULES.filter((rule) => holds(rule.when, question));
  for (;;) {
    const { left, fit, unmet, spoke } = applied(rules, rows);
    const [best] = ranked(left);
    // Later rules narrow the choice of earlier ones: of several that are refuted the last one goes first.
    const refuted = spoke.findLast(
      ({ rule, other }) => best !== undefined && !bearsOut(rule, best.figures!, other.figures!),
    );
    if (refuted !== undefined) {
      rules = rules.filter((rule) => rule !== refuted.rule);
      continue;
    }
    return {
      recommended: best?.backend ?? null,
      reasons:
        best === undefined ? [] : spoke.map(({ rule, other }) => reasonOf(rule, best, other, question)),
      unmet,
      alsoFit: ranked(fit).flatMap((row) => (row === best ? [] : [row.backend])),
    };
  }
}

/** What rules leave, what meets every must, and the rules that let rows go, each with the fastest of those. */
function applied(rules: readonly Rule[], rows: readonly AdviceRow[]) {
  let left = rows.filter((row) => row.infeasible === null && row.figures?.streamBps != null);
  let fit = left;
  let unmet: string | null = null;
  const spoke: { readonly rule: Rule; readonly other: AdviceRow }[] = [];
  for (const rule of rules) {
    const stay = left.filter((row) => has(row.traits, rule.keep));
    if (stay.length === 0 && !rule.must) continue;
    if (stay.length === 0) unmet ??= rule.id;
    const [other] = ranked(left.filter((row) => !stay.includes(row)));
    if (other !== undefined) spoke.push({ rule, other });
    left = stay;
    if (rule.must) fit = stay;
  }
  return { left, fit, unmet, spoke };
}

function holds(when: Partial<Conditions>, question: Question): boolean {
  return Object.entries(when).every(([name, value]) => question[name as keyof Conditions] === value);
}

function has(traits: Traits, keep: Partial<Traits>): boolean {
  return Object.entries(keep).every(([name, value]) => traits[name as keyof Traits] === value);
}

const bps = (row: AdviceRow): number => row.figures?.streamBps ?? 0;
const packets = (row: AdviceRow): number => row.figures?.packetsPerS ?? 0;

/** Fastest stream first; those within 2 % of the fastest left by packets a second. */
function ranked(rows: readonly AdviceRow[]): AdviceRow[] {
  const order: AdviceRow[] = [];
  let left = [...rows].sort((a, b) => bps(b) - bps(a));
  while (left.length > 0) {
    const floorBps = bps(left[0]!) * (1 - EQUAL_WITHIN);
    const near = left.filter((row) => bps(row) >= floorBps).sort((a, b) => packets(b) - packets(a));
    order.push(...near);
    left = left.filter((row) => !near.includes(row));
  }
  return order;
}

function reasonOf(rule: Rule, best: AdviceRow, other: AdviceRow, question: Question): Reason {
  const words: Readonly<Record<string, string>> = {
    name: best.backend,
    kernel: kernelText(question.kernel),
    ...wordsOf(best, ''),
    other: other.backend,
    ...wordsOf(other, 'other'),
  };
  const text = rule.because.replace(/\{(\w+)\}/g, (_, word: string) => {
    const value = words[word];
    assert(value !== undefined, 'rule: unknown word in a reason');
    return value;
  });
  return { rule: rule.id, text, source: rule.source };
}

/** Figures as words for templates: `gbps`, or `otherGbps` with a prefix. */
function wordsOf(row: AdviceRow, prefix: string): Record<string, string> {
  const { figures } = row;
  const named = (name: string): string =>
    prefix === '' ? name : `${prefix}${name[0]!.toUpperCase()}${name.slice(1)}`;
  const shown = (value: number | null | undefined, scale: number, decimals: number): string =>
    value == null ? '–' : (value * scale).toFixed(decimals);
  return {
    [named('gbps')]: shown(figures?.streamBps, 1e-9, 1),
    [named('nearGbps')]: shown(figures?.nearBps, 1e-9, 1),
    [named('kpps')]: shown(figures?.packetsPerS, 1e-3, 0),
    [named('p50Us')]: shown(figures?.rrP50S, 1e6, 1),
    [named('nsPerByte')]: shown(figures?.cpuPerByteS, 1e9, 2),
  };
}
