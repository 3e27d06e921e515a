/**
 * From figures to verdicts: Holm over the family, the fewest seeds, significance and effect size together, accepts.
 *
 * Two families: what the gate looks at, and the rest, which is for the reader. A verdict of the rest costs the gate
 * no seeds.
 */
import type { Figure, Seeds } from './figure.ts';
import { acceptOf, type Policy, ruleOf } from './policy.ts';
import type { Dims } from './selector.ts';
import { holm, seedsNeeded } from './statistics/holm.ts';
import type { Floor, Level, MetricComparison, Verdict } from './types.ts';

/** A figure with all that its verdict takes. */
export interface Candidate {
  readonly metric: string;
  readonly unit: string;
  readonly better: MetricComparison['better'];
  /** With the scenario's name. */
  readonly dims: Dims;
  readonly figure: Figure;
}

export type Judged = Pick<
  MetricComparison,
  'p' | 'pAdjusted' | 'floor' | 'verdict' | 'level' | 'acceptedBy' | 'finding'
>;

export interface Judgement {
  /** In the order of the candidates. */
  readonly judged: readonly Judged[];
  /** Figures that the gate tests, and the fewest seeds that this takes. */
  readonly figures: number;
  readonly seedsNeeded: number;
  /** Candidates that the policy gates and too few seeds of base show, though it has enough. */
  readonly thin: readonly number[];
}

/** Judges all figures of a comparison. */
export function judge(candidates: readonly Candidate[], policy: Policy, seeds: Seeds): Judgement {
  const { evidence } = seeds;
  const asked = candidates.map(({ metric, unit, dims }) => ruleOf(policy, metric, unit, dims));
  const thin = thinOf(candidates, asked, policy, seeds);
  const rules = asked.map((rule, at) => (thin.includes(at) ? { ...rule, level: 'off' as const } : rule));
  const judged = new Array<Judged>(candidates.length);
  const familyOf = (gated: boolean): number[] =>
    candidates.flatMap(({ figure }, at) =>
      (rules[at]!.level !== 'off') === gated && figure.delta !== null ? [at] : [],
    );
  const gate = familyOf(true);
  const needed = seedsNeeded(gate.length, policy.alpha, evidence);
  for (const [family, known] of [
    [gate, needed],
    [familyOf(false), null],
  ] as const) {
    const fewest = known ?? seedsNeeded(family.length, policy.alpha, evidence);
    const ps = family.map((at) => testedP(candidates[at]!.figure, fewest));
    const adjusted = holm(ps.map((p) => p ?? 1));
    for (const [k, at] of family.entries()) {
      const p = ps[k]!;
      const tested = { p, pAdjusted: p === null ? null : adjusted[k]!, alpha: policy.alpha };
      judged[at] = withFinding(candidates[at]!, rules[at]!, tested, policy);
    }
  }
  for (const [at, candidate] of candidates.entries()) {
    const none = { p: null, pAdjusted: null, alpha: policy.alpha };
    judged[at] ??= withFinding(candidate, rules[at]!, none, policy);
  }
  return { judged, figures: gate.length, seedsNeeded: needed, thin };
}

/**
 * A base of enough seeds that shows a figure in too few of them (percentiles at the edge of enough samples) could
 * never decide about it. Where head alone lacks them, the figure stays in the gate: something has been lost.
 */
function thinOf(
  candidates: readonly Candidate[],
  rules: readonly { readonly level: Level }[],
  policy: Policy,
  seeds: Seeds,
): number[] {
  const gated = candidates.flatMap((_, at) => (rules[at]!.level === 'off' ? [] : [at]));
  const needed = seedsNeeded(gated.length, policy.alpha, seeds.evidence);
  if (seeds.base.length < needed) return [];
  return gated.filter((at) => {
    const { baseMedian, baseValues } = candidates[at]!.figure;
    return baseMedian !== null && baseValues < needed;
  });
}

/** p, or null where nothing moved or too few seeds could show it. */
const testedP = ({ p, n }: Figure, fewest: number): number | null =>
  Math.min(n.base, n.head) < fewest ? null : p;

interface Tested {
  readonly p: number | null;
  readonly pAdjusted: number | null;
  readonly alpha: number;
}

function withFinding(
  candidate: Candidate,
  { level, floor }: { readonly level: Level; readonly floor: Floor },
  tested: Tested,
  policy: Policy,
): Judged {
  const verdict = verdictOf(candidate, floor, tested);
  const gates = level !== 'off' && ['worse', 'changed', 'lost'].includes(verdict);
  const { metric, dims, figure } = candidate;
  const acceptedBy = gates ? acceptOf(policy, metric, dims, figure.delta?.ratio ?? null) : null;
  const finding = gates && acceptedBy === null ? level : 'off';
  return { p: tested.p, pAdjusted: tested.pAdjusted, floor, verdict, level, acceptedBy, finding };
}

function verdictOf({ figure, better }: Candidate, floor: Floor, tested: Tested): Verdict {
  const { baseMedian, headMedian, delta, moved } = figure;
  if (headMedian === null) return 'lost';
  if (baseMedian === null) return 'gained';
  if (!moved) return 'same';
  if (delta === null || tested.pAdjusted === null) return 'too-few';
  const size = floor.kind === 'absolute' ? Math.abs(delta.absolute) : Math.abs(delta.ratio ?? Infinity);
  if (tested.pAdjusted > tested.alpha || delta.absolute === 0 || size < floor.value) return 'noise';
  if (better === 'neither') return 'changed';
  return delta.absolute > 0 === (better === 'higher') ? 'better' : 'worse';
}
