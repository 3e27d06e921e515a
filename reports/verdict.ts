/**
 * The result in a sentence, with its reason. Rows that deliver nothing come first. A difference counts when the values
 * differ by more than 1 % and every seed that both rows have agrees on its sign; figures are tried in the order of what
 * users ask first. A run of several kinds of traffic is judged kind by kind, bulk TCP first: their figures do not
 * compare. Left out: significance beyond that (three seeds cannot give it).
 */

import type { MetricId } from '../engine/core/record.ts';
import { absentOf } from './absent.ts';
import { listed } from './families.ts';
import type { Cell, CellBinding, Result } from './schema.ts';
import { deliversNothing, silentSentences } from './silent.ts';
import { percent, printCount, printOne } from './units.ts';
import {
  BASELINE,
  backendsOf,
  beyondOf,
  figureOf,
  groupsOf,
  hasFigures,
  headlineGoodput,
  metricValue,
  settingOf,
} from './view.ts';

/** Least relative difference that is worth a word. */
export const DIFFERENCE_MIN = 0.01;
/** From this utilisation on a resource binds. */
const BINDS_AT = 0.9;

interface Question {
  readonly metric: MetricId;
  /** higher: the better row is the subject ("carries 1.2 × …"); lower: the worse one ("needs 1.2 × …"). */
  readonly better: 'higher' | 'lower';
  /** What the subject does, between its name and the other's. */
  readonly says: (ratio: string) => string;
}

/** Kinds in the order of what users ask first. */
const KINDS = ['TCP_STREAM', 'TCP_RR', 'TCP_CRR', 'UDP_STREAM', 'UDP_RR'];

/** Cells that can be compared: of one kind of traffic, by their other dimensions. */
interface Scope {
  /** null: the run has one kind of traffic. */
  readonly kind: string | null;
  readonly groups: readonly (readonly Cell[])[];
}

/** What one question found in a scope. */
interface Answer {
  readonly scope: Scope;
  readonly largest: Difference;
  /** In all groups of the scope. */
  readonly found: readonly Difference[];
}

/** The best and the worst row of one group in one figure. */
export interface Difference {
  readonly metric: MetricId;
  readonly best: Cell;
  readonly worst: Cell;
  /** Always above 1: how many times better the best is. */
  readonly factor: number;
  /** Who is how much better than whom, and why the other is worse. */
  readonly text: string;
  readonly reason: string;
}

function questionsOf(result: Result): Question[] {
  return [
    { metric: headlineGoodput(result), better: 'higher', says: (x) => `carries ${x} × the goodput of` },
    { metric: 'probeGoodput', better: 'higher', says: (x) => `gives a single stream ${x} × the goodput of` },
    { metric: 'transactionRate', better: 'higher', says: (x) => `completes ${x} × the transactions of` },
    { metric: 'rpcP99', better: 'lower', says: (x) => `has ${x} × the RPC p99 latency of` },
    {
      metric: 'slowdownSmallP99',
      better: 'lower',
      says: (x) => `has ${x} × the p99 slowdown of small flows of`,
    },
    { metric: 'cpuPerByte', better: 'lower', says: (x) => `needs ${x} × the CPU per byte of` },
  ];
}

/** One line: who is ahead, by how much, and why; or that nobody is. */
export function verdict(result: Result): string {
  const rows = result.cells.filter(hasFigures);
  if (rows.length === 0) return 'No cell has figures: nothing to compare.';
  if (rows.length === 1) return alone(result, rows[0]!);
  const silent = silentSentences(result);
  const firsts = scopesOf(result).flatMap((scope) => answersOf(result, scope).slice(0, 1));
  const [main, ...others] = firsts;
  if (main !== undefined) {
    const brief = others.map(({ scope, largest }) => `${scope.kind}: ${largest.text}.`);
    return [...silent, sentence(result, main), ...brief].join(' ');
  }
  if (silent.length > 0) return silent.join(' ');
  return groupsOf(result).size === rows.length
    ? `${rows.length} settings of one backend; the table shows how they differ.`
    : 'No difference above 1 % that every seed agrees on.';
}

/** The findings worth reading first, most asked first; one sentence each. */
export function keyFindings(result: Result): string[] {
  const findings = scopesOf(result)
    .flatMap((scope) => answersOf(result, scope))
    .map((answer) => sentence(result, answer));
  findings.unshift(...silentSentences(result));
  if (findings.length === 0) findings.push(verdict(result));
  for (const scope of scopesOf(result)) findings.push(...bindingFindings(result, scope));
  findings.push(...overloadFindings(result));
  for (const { backend, setting, state, reason } of absentOf(result)) {
    const name = setting === '' ? backend : `${backend} (${setting})`;
    findings.push(`${name} has no figures: ${state === 'not run' ? state : reason}.`);
  }
  return findings;
}

/** One scope a kind where the run has several, else one. */
function scopesOf(result: Result): Scope[] {
  const groups = [...groupsOf(result).values()];
  const kinds = new Set(result.cells.map((cell) => cell.dims.kind));
  if (kinds.size < 2) return [{ kind: null, groups }];
  const rank = (kind: string): number => (KINDS.includes(kind) ? KINDS.indexOf(kind) : KINDS.length);
  return [...kinds]
    .map(String)
    .sort((a, b) => rank(a) - rank(b))
    .map((kind) => ({ kind, groups: groups.filter(([cell]) => String(cell!.dims.kind) === kind) }));
}

/** Every question that finds a difference in the scope, with its largest. */
function answersOf(result: Result, scope: Scope): Answer[] {
  return questionsOf(result).flatMap((question) => {
    const found = scope.groups
      .map((cells) => differenceIn(cells, question))
      .filter((difference) => difference !== null);
    const largest = found.reduce<Difference | null>(
      (a, b) => (a === null || b.factor > a.factor ? b : a),
      null,
    );
    return largest === null ? [] : [{ scope, largest, found }];
  });
}

/** Which backends of a scope are bound by what, one sentence a resource. */
function bindingFindings(result: Result, { kind, groups }: Scope): string[] {
  const byResource = new Map<string, Set<string>>();
  const cells = groups.flat();
  for (const cell of cells) {
    if (cell.binding === null || cell.binding.kind === 'none') continue;
    const { resource } = cell.binding;
    const name = isLoss(cell.binding) ? `Packets lost (${resource})` : `Bound by the ${resource}`;
    byResource.set(name, (byResource.get(name) ?? new Set()).add(cell.dims.backend));
  }
  const all = backendsOf(result);
  const words = (text: string): string =>
    kind === null ? text : `${kind}: ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
  const bound = [...byResource].map(([name, who]) => words(`${name}: ${listed([...who], all)}.`));
  const free = cells.filter((cell) => cell.binding?.kind === 'none');
  const names = [...new Set(free.map((cell) => cell.dims.backend))];
  if (names.length > 0) bound.push(words(`Nothing binds at this load: ${listed(names, all)}.`));
  return bound;
}

function overloadFindings(result: Result): string[] {
  return backendsOf(result).flatMap((backend) => {
    const cells = result.cells.filter((cell) => cell.dims.backend === backend && hasFigures(cell));
    const over = cells.filter((cell) => cell.overloaded);
    if (over.length === 0) return [];
    const where = cells.length === 1 ? '' : ` in ${over.length} of ${cells.length} settings`;
    return [`${backend} is overloaded${where}: work arrives faster than it finishes.`];
  });
}

/**
 * The largest difference of one figure between the rows of a group that deliver anything, baselines aside as long as
 * two others remain.
 */
function differenceIn(group: readonly Cell[], question: Question): Difference | null {
  const known = group.filter(
    (cell) => hasFigures(cell) && (figureOf(cell, question.metric) ?? 0) > 0 && !deliversNothing(cell, group),
  );
  const others = known.filter((cell) => cell.dims.backend !== BASELINE && cell.group !== 'baseline');
  const rows = others.length >= 2 ? others : known;
  if (rows.length < 2) return null;
  const value = (cell: Cell) => metricValue(cell, question.metric)!;
  const sorted = [...rows].sort((a, b) => value(a) - value(b));
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const factor = value(high) / value(low);
  if (factor - 1 <= DIFFERENCE_MIN || !seedsAgree(low, high, question.metric)) return null;
  const [best, worst] = question.better === 'higher' ? [high, low] : [low, high];
  const says = question.says(factor.toFixed(2));
  const [subject, other] = [high.dims.backend, low.dims.backend];
  const reason = reasonOf(question, best, worst);
  const text = `${subject} ${says} ${other}${tailText(low, high, question.metric)}`;
  return { metric: question.metric, best, worst, factor, text, reason };
}

/** A percentile says how many samples lie beyond it, in the row with fewer. */
function tailText(a: Cell, b: Cell, metric: MetricId): string {
  const counts = [beyondOf(a, metric), beyondOf(b, metric)].filter((count) => count !== null);
  return counts.length < 2 ? '' : ` (at least ${printCount(Math.min(...counts))} samples beyond)`;
}

function seedsAgree(low: Cell, high: Cell, metric: MetricId): boolean {
  const highs = high.metrics[metric]!.samples;
  return low.metrics[metric]!.samples.every((sample, k) => {
    const other = highs[k] ?? null;
    return sample === null || other === null || sample < other;
  });
}

/** Why the worse row is worse: its binding resource, or for CPU the stage that costs most more. */
function reasonOf(question: Question, best: Cell, worst: Cell): string {
  if (question.metric === 'cpuPerByte') return stageReason(best, worst);
  const ofProbe = question.metric === 'probeGoodput';
  const binding = ofProbe ? worst.probes?.binding : worst.binding;
  if (binding == null || binding.kind === 'none') return '';
  const whose = question.better === 'higher' ? ', whose' : ': its';
  if (isLoss(binding)) return ` (${binding.text})`;
  if (binding.kind !== 'resource') return `${whose} ${binding.text.replace(/^queue limit: /, '')}`;
  const own = percent(binding.utilisation);
  // A probe's binding is that of its own path: the other row's class mean is not its counterpart.
  const other = ofProbe ? undefined : best.utilisation[binding.resource]?.value;
  const against =
    other === undefined || other >= BINDS_AT ? `at ${own}` : `(${own} against ${percent(other)})`;
  return `${whose} ${binding.resource} binds ${against}`;
}

/** Whether packets are lost for another reason than a queue's limit. */
const isLoss = ({ kind, text }: CellBinding): boolean => kind === 'queue' && !text.startsWith('queue limit');

function stageReason(best: Cell, worst: Cell): string {
  const perByte = (cell: Cell, stage: string) => {
    const cores = cell.cpuByStage
      .filter((one) => one.stage === stage)
      .reduce((sum, one) => sum + one.share, 0);
    return cores * (metricValue(cell, 'cpuPerByte') ?? 0);
  };
  let most = { stage: '', excess: 0 };
  for (const stage of new Set(worst.cpuByStage.map((one) => one.stage))) {
    const excess = perByte(worst, stage) - perByte(best, stage);
    if (excess > most.excess) most = { stage, excess };
  }
  return most.stage === ''
    ? ''
    : `; the largest part of the difference is ${most.stage} (${printOne(most.excess, 's/B')})`;
}

/** The largest difference in full: where, who, how much, why, and in how many settings the same one leads. */
function sentence(result: Result, { scope, largest, found }: Answer): string {
  const cells = scope.groups.flat();
  const same = Object.keys(largest.worst.dims).filter(
    (name) => new Set(cells.map((cell) => cell.dims[name])).size === 1,
  );
  const setting = settingOf(result, largest.worst, scope.kind === null ? [] : [...same, 'kind']);
  const words = [scope.kind, setting].filter((part) => part !== null && part !== '');
  const where = words.length === 0 ? '' : `${scope.kind === null ? 'At ' : ''}${words.join(' with ')}: `;
  const also = found.filter((one) => one.best.dims.backend === largest.best.dims.backend).length;
  const many = scope.groups.length > 1 ? ` (ahead in ${also} of ${scope.groups.length} settings)` : '';
  return `${where}${largest.text}${largest.reason}${many}.`;
}

function alone(result: Result, cell: Cell): string {
  const metric = headlineGoodput(result);
  const value = metricValue(cell, metric);
  const goodput =
    value === null ? 'no goodput' : `${printOne(value, 'bit/s')}${metric === 'goodput' ? '' : ' a node'}`;
  return `${cell.dims.backend}: ${goodput}; ${cell.binding?.text ?? 'binding resource unknown'}.`;
}
