/**
 * Two results → a comparison: whether they compare, digests, then statistics over seeds, then the gate. Pure: the day
 * (for accepts) is part of the policy.
 */
import { geometricMean } from 'simple-statistics';
import type { Result } from '../schema.ts';
import { type ComparedCell, compareCells, pairCells } from './cells.ts';
import { problemsOf } from './comparable.ts';
import type { Seeds } from './figure.ts';
import { DEFAULT_POLICY, expiredAccepts, type Policy } from './policy.ts';
import { selects } from './selector.ts';
import type {
  CellComparison,
  Comparison,
  GateResult,
  Geomean,
  MetricComparison,
  Problem,
  Source,
  Verdict,
} from './types.ts';
import { type Judgement, judge } from './verdicts.ts';

/** A result with the name that the reader knows it by. */
export interface Named {
  readonly label: string;
  readonly file: string | null;
  readonly result: Result;
}

/** Compares two results. @throws GrammarError a floor whose unit does not fit its metric */
export function compareResults(base: Named, head: Named, given: Partial<Policy> = {}): Comparison {
  const policy: Policy = { ...DEFAULT_POLICY, ...given };
  const problems = problemsOf(base.result, head.result, policy.allow);
  const comparable = problems.every(({ allowed }) => allowed);
  const seeds = seedsOf(base.result, head.result);
  const { id } = head.result.scenario;
  const compared = comparable
    ? pairCells(base.result, head.result)
        .map((pair) => compareCells(pair, seeds, id, policy))
        .filter(({ figures }) => figures.length > 0 || policy.filter.length === 0)
    : [];
  const judgement = judgeAll(compared, policy, seeds);
  const cells = withVerdicts(compared, judgement);
  return {
    base: sourceOf(base),
    head: sourceOf(head),
    equal: base.result.digest.value === head.result.digest.value,
    problems,
    comparable,
    cells,
    summary: summaryOf(cells),
    gate: gateOf(cells, judgement, policy, problems),
    notes: [
      ...thinFigures(compared, judgement),
      ...expiredAccepts(policy),
      ...idleAccepts(compared, cells, policy),
    ],
  };
}

/** Who a result is. */
export function sourceOf({ label, file, result }: Named): Source {
  const { scenario, model, seeds, digest, tool } = result;
  return {
    label,
    file,
    scenario: { id: scenario.id, title: scenario.title, sha256: scenario.sha256 },
    model: model.version,
    machine: { name: model.machine.name, sha256: model.machine.sha256 },
    seeds: [...seeds.replications],
    digest: digest.value,
    tool: `${tool.name} ${tool.version}`,
  };
}

/** Seeds go in pairs where one side has all of the other's: the same arrivals on both sides. */
function seedsOf(base: Result, head: Result): Seeds {
  const [from, to] = [base.seeds.replications, head.seeds.replications];
  const within = (a: readonly number[], b: readonly number[]): boolean => a.every((seed) => b.includes(seed));
  return { base: from, head: to, evidence: within(from, to) || within(to, from) ? 'paired' : 'unmatched' };
}

function judgeAll(compared: readonly ComparedCell[], policy: Policy, seeds: Seeds): Judgement {
  const candidates = compared.flatMap(({ dims, figures }) =>
    figures.map(({ metric, base, figure }) => ({
      metric,
      unit: base.unit,
      better: base.better,
      dims,
      figure,
    })),
  );
  return judge(candidates, policy, seeds);
}

function withVerdicts(compared: readonly ComparedCell[], { judged }: Judgement): CellComparison[] {
  let at = 0;
  return compared.map(({ cell, figures }) => ({
    ...cell,
    metrics: figures.map(({ metric, label, base, head, figure }): MetricComparison => {
      const { moved: _moved, baseValues: _baseValues, ...measured } = figure;
      return {
        metric,
        label,
        unit: base.unit,
        better: base.better,
        baseSamples: base.samples,
        headSamples: head.samples,
        ...measured,
        ...judged[at++]!,
      };
    }),
  }));
}

function summaryOf(cells: readonly CellComparison[]): Comparison['summary'] {
  const verdicts: Record<Verdict, number> = {
    same: 0,
    noise: 0,
    better: 0,
    worse: 0,
    changed: 0,
    'too-few': 0,
    lost: 0,
    gained: 0,
  };
  for (const { metrics } of cells) {
    for (const { level, verdict } of metrics) if (level !== 'off') verdicts[verdict]++;
  }
  const count = (test: (cell: CellComparison) => boolean): number => cells.filter(test).length;
  return {
    cells: {
      same: count(({ same }) => same),
      changed: count(({ same, presence }) => !same && presence === 'both'),
      onlyBase: count(({ presence }) => presence === 'only-base'),
      onlyHead: count(({ presence }) => presence === 'only-head'),
    },
    verdicts,
    geomeans: geomeansOf(cells),
  };
}

function geomeansOf(cells: readonly CellComparison[]): Geomean[] {
  const byMetric = new Map<string, MetricComparison[]>();
  for (const row of cells.flatMap(({ metrics }) => metrics)) {
    if (!((row.baseMedian ?? 0) > 0 && (row.headMedian ?? 0) > 0)) continue;
    byMetric.set(row.metric, [...(byMetric.get(row.metric) ?? []), row]);
  }
  return [...byMetric].map(([metric, rows]) => {
    const { label, unit, better } = rows[0]!;
    const base = geometricMean(rows.map(({ baseMedian }) => baseMedian!));
    const head = geometricMean(rows.map(({ headMedian }) => headMedian!));
    return { metric, label, unit, better, base, head, ratio: head / base - 1, cells: rows.length };
  });
}

function gateOf(
  cells: readonly CellComparison[],
  judgement: Judgement,
  policy: Policy,
  problems: readonly Problem[],
): GateResult {
  const rows = cells.flatMap(({ metrics }) => metrics).filter(({ level }) => level !== 'off');
  const count = (test: (row: MetricComparison) => boolean): number => rows.filter(test).length;
  const errors = count(({ finding }) => finding === 'error');
  const undecided = policy.allow.includes('few-seeds') ? 0 : count(({ verdict }) => verdict === 'too-few');
  const tested = rows.filter(({ verdict, delta }) => delta !== null && verdict !== 'same');
  const blocked = problems.some(({ allowed }) => !allowed);
  return {
    policy: policy.gate,
    figures: judgement.figures,
    alpha: policy.alpha,
    seedsNeeded: judgement.seedsNeeded,
    seeds: tested.length === 0 ? null : Math.min(...tested.map(({ n }) => Math.min(n.base, n.head))),
    errors,
    warnings: count(({ finding }) => finding === 'warn'),
    accepted: count(({ acceptedBy }) => acceptedBy !== null),
    undecided,
    passed: policy.gate !== 'error' || (errors === 0 && undecided === 0 && !blocked),
  };
}

/**
 * Figures that the tables show and too few single seeds of base, or none at all: without a word the gate would be
 * silent about them.
 */
function thinFigures(compared: readonly ComparedCell[], { thin }: Judgement): string[] {
  const judged = compared.flatMap(({ figures }) => figures.map(({ metric }) => metric));
  const metrics = [...compared.flatMap((cell) => cell.thin), ...thin.map((at) => judged[at]!)];
  return [...new Set(metrics)].map((metric) => {
    const count = metrics.filter((one) => one === metric).length;
    return (
      `${metric} of ${count} ${count === 1 ? 'cell' : 'cells'} is outside the gate: too few seeds show it ` +
      '(too few samples in one, or overloaded); a longer window brings it in (--set windowMs=…)'
    );
  });
}

/** Accepts of figures that are here and need none: they should go before they hide something. */
function idleAccepts(
  compared: readonly ComparedCell[],
  cells: readonly CellComparison[],
  policy: Policy,
): string[] {
  return policy.accepts
    .filter(({ until }) => until >= policy.today)
    .flatMap(({ selector }) => {
      const rows = compared.flatMap(({ dims }, at) =>
        cells[at]!.metrics.filter(({ metric }) => selects(selector, metric, dims)),
      );
      const idle = rows.length > 0 && rows.every(({ acceptedBy }) => acceptedBy === null);
      return idle ? [`the accept of ${selector.text} covers nothing here: it can go`] : [];
    });
}
