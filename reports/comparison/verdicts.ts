/**
 * From figures to verdicts: Holm over the family, the fewest seeds, significance and effect size together, accepts.
 *
 * Two families: what the gate looks at, and the rest, which is for the reader. A verdict of the rest costs the gate
 * no seeds.
 */
import type { Figure } from './figure.ts';
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
}

/** Judges all figures of a comparison. */
export function judge(
  candidates: readonly Candidate[],
  policy: Policy,
  evidence: 'paired' | 'unmatched',
): Judgement {
  const rules = candidates.map(({ metric, unit, dims }) => ruleOf(policy, metric, unit, dims));
  const judged = new Array<Judged>(candidates.length);
  const familyOf = (gated: boolean): number[] =>
    candidates.flatMap(({ figure }, at) =>
      (rules[at]!.level !== 'off') === gated && figure.delta !== null ? [at] : [],
    );
  const gate = familyOf(true);
  const needed = seedsNeeded(gate.length, policy.alpha, evidence);
  for (const [family, seeds] of [
    [gate, needed],
    [familyOf(false), null],
  ] as const) {
    const fewest = seeds ?? seedsNeeded(family.length, policy.alpha, evidence);
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
  return { judged, figures: gate.length, seedsNeeded: needed };
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
