/**
 * What a comparison of two results says, as plain JSON: sources, what makes them (in)comparable, every figure of
 * every cell with its evidence and verdict, and the gate's result. Exports and pages read these types and nothing else.
 *
 * Base units everywhere, as in result.json; ratios as fractions (0.03 is 3 %). Fields may be added, never changed.
 */

/** What a verdict or a broken threshold does to the gate. */
export type Level = 'off' | 'warn' | 'error';

/** One side. */
export interface Source {
  /** As the user named it (`label=path`), or made from the path or the baseline's name. */
  readonly label: string;
  /** File that was read; null for a result in memory. */
  readonly file: string | null;
  readonly scenario: { readonly id: string; readonly title: string; readonly sha256: string };
  readonly model: string;
  readonly machine: { readonly name: string; readonly sha256: string };
  readonly seeds: readonly number[];
  readonly digest: string;
  readonly tool: string;
}

/**
 * What may stand against a comparison; `--allow` takes these words. incomplete: a run that was interrupted or failed;
 * few-seeds: gated figures changed and there are fewer seeds than any verdict needs.
 */
export const ASPECTS = [
  'schema',
  'model',
  'machine',
  'scenario',
  'seeds',
  'incomplete',
  'few-seeds',
] as const;
export type Aspect = (typeof ASPECTS)[number];

/** A reason why two results do not compare. */
export interface Problem {
  readonly aspect: Aspect;
  /** What differs, in words; further lines are details (settings that changed). */
  readonly message: string;
  /** `--allow` named it: told, but no hindrance. */
  readonly allowed: boolean;
}

/**
 * - same: nothing differs (equal digests, or equal samples)
 * - noise: differs, but not significantly or by less than the floor; printed as `~`
 * - better, worse: significant, and at least the floor, in the metric's good or bad direction
 * - changed: the same for a metric without a good direction
 * - too-few: differs, and there are fewer seeds than any statistical verdict needs
 * - lost: base has the figure, head does not (overloaded, failed, infeasible, cell left out); gates as `worse` does
 * - gained: the reverse; never gates
 */
export type Verdict = 'same' | 'noise' | 'better' | 'worse' | 'changed' | 'too-few' | 'lost' | 'gained';

/** What a verdict rests on: equal digests of the cell; seeds in pairs; two samples of different seeds. */
export type Evidence = 'digest' | 'paired' | 'unmatched';

/** Smallest change that counts: relative to |base median|, or in the metric's unit. */
export interface Floor {
  readonly kind: 'ratio' | 'absolute';
  readonly value: number;
}

/** 95 % interval of the change. */
export interface Interval {
  /** In the metric's unit. */
  readonly low: number;
  readonly high: number;
  /** Relative to |base median|; null where that is 0. */
  readonly lowRatio: number | null;
  readonly highRatio: number | null;
  /** bca: bootstrap of the median difference of pairs; hodges-lehmann: of the shift between two samples. */
  readonly method: 'bca' | 'hodges-lehmann';
}

/** One metric of one cell on both sides. */
export interface MetricComparison {
  readonly metric: string;
  /** For tables: "RPC p99". */
  readonly label: string;
  readonly unit: string;
  /** Direction of the metric. */
  readonly better: 'higher' | 'lower' | 'neither';
  /** One a seed, in the order of each side's seeds; null: not shown for that seed. */
  readonly baseSamples: readonly (number | null)[];
  readonly headSamples: readonly (number | null)[];
  /** Of the seeds that have a value; null: none has. */
  readonly baseMedian: number | null;
  readonly headMedian: number | null;
  /**
   * The change, head against base: median of the pairs' differences, or the Hodges-Lehmann shift of unmatched seeds.
   * Null where one side has no value.
   */
  readonly delta: { readonly absolute: number; readonly ratio: number | null } | null;
  readonly interval: Interval | null;
  readonly evidence: Evidence;
  /** Pairs, or values on each side; what the test used. */
  readonly n: { readonly base: number; readonly head: number };
  /** Two-sided; null without a test (equal, too few, lost). */
  readonly p: number | null;
  /** After Holm over the row's family: all figures in the gate, or all that are not. */
  readonly pAdjusted: number | null;
  readonly floor: Floor;
  readonly verdict: Verdict;
  /** What a `worse`, `changed` or `lost` here does; `off`: not in the gate. */
  readonly level: Level;
  /** Reason and end of the accept that covers this figure, where its verdict would gate; else null. */
  readonly acceptedBy: { readonly match: string; readonly until: string; readonly reason: string } | null;
  /** Gates: the level if the verdict is `worse`, `changed` or `lost` and nothing accepts it; else off. */
  readonly finding: Level;
}

/** One value of the cell that differs, whatever it is; `relative` is (head − base) / |base|. */
export interface FieldChange {
  readonly path: string;
  readonly base: string | number | boolean | null;
  readonly head: string | number | boolean | null;
  readonly relative: number | null;
}

export interface CellComparison {
  readonly id: string;
  readonly dims: Readonly<Record<string, string | number>>;
  readonly title: string;
  /** both: in both results; only-base, only-head: the other has no such cell. */
  readonly presence: 'both' | 'only-base' | 'only-head';
  /** Why a side has no figures ("infeasible: needs one L2 domain"); null: it has. */
  readonly baseAbsent: string | null;
  readonly headAbsent: string | null;
  /** Every byte of the cell is equal. */
  readonly same: boolean;
  /** Seeds of both sides, and those of them whose event digest differs. */
  readonly seeds: { readonly common: number; readonly changed: number };
  /** Largest relative change of any metric's median, with its metric; null: no metric changed. */
  readonly largest: { readonly metric: string; readonly ratio: number | null } | null;
  /** Fields other than metrics that differ, the first few (what binds, drops by reason, MTU). */
  readonly fields: readonly FieldChange[];
  /** In table order; metrics without a value on both sides are left out. */
  readonly metrics: readonly MetricComparison[];
}

/** Geometric mean over the cells in which both medians are above 0. */
export interface Geomean {
  readonly metric: string;
  readonly label: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower' | 'neither';
  readonly base: number;
  readonly head: number;
  /** head / base − 1. */
  readonly ratio: number;
  readonly cells: number;
}

export interface GateResult {
  /** off: none asked for; warn: told, never fails; error: an error-level finding fails. */
  readonly policy: Level;
  /** Figures that the gate looks at (cell × metric): the family of Holm's correction. */
  readonly figures: number;
  /** Significance level of the whole gate. */
  readonly alpha: number;
  /** Fewest seeds whose smallest possible p passes Holm's first step for that many figures. */
  readonly seedsNeeded: number;
  /** Fewest seeds that any gated figure has; null where nothing was tested (all equal). */
  readonly seeds: number | null;
  readonly errors: number;
  readonly warnings: number;
  /** Findings that an accept covers. */
  readonly accepted: number;
  /** Gated figures that changed and that too few seeds leave without a verdict; 0 if few-seeds is allowed. */
  readonly undecided: number;
  /** False if the policy is error and there are errors, undecided figures or problems that nothing allows. */
  readonly passed: boolean;
}

/** Two results compared. */
export interface Comparison {
  readonly base: Source;
  readonly head: Source;
  /** Equal digests: nothing differs at all. */
  readonly equal: boolean;
  readonly problems: readonly Problem[];
  /** No problem is left that `--allow` did not name. If false, `cells` is empty. */
  readonly comparable: boolean;
  /** In the order of base, then those only in head. */
  readonly cells: readonly CellComparison[];
  readonly summary: {
    /** Cells by what became of them; `changed` have any difference. */
    readonly cells: {
      readonly same: number;
      readonly changed: number;
      readonly onlyBase: number;
      readonly onlyHead: number;
    };
    /** Figures in the gate by verdict. */
    readonly verdicts: Readonly<Record<Verdict, number>>;
    readonly geomeans: readonly Geomean[];
  };
  readonly gate: GateResult;
  /** For the reader: accepts that have expired or cover nothing. */
  readonly notes: readonly string[];
}

/** One threshold on one cell, as `check` finds it. */
export interface ThresholdOutcome {
  /** `rpcP99{backend=host}`. */
  readonly selector: string;
  /** `max < 400us`. */
  readonly condition: string;
  readonly level: Level;
  readonly cell: string;
  readonly dims: Readonly<Record<string, string | number>>;
  readonly metric: string;
  readonly label: string;
  readonly unit: string;
  /** What the condition's left side comes to; null: the cell has no such figure, which breaks the threshold. */
  readonly observed: number | null;
  readonly limit: number;
  readonly passed: boolean;
  /** Why there is no figure. */
  readonly reason: string | null;
  readonly acceptedBy: MetricComparison['acceptedBy'];
  /** Level if broken and not accepted, else off. */
  readonly finding: Level;
}

/** Thresholds on one result. */
export interface Check {
  readonly source: Source;
  readonly outcomes: readonly ThresholdOutcome[];
  readonly gate: Pick<GateResult, 'policy' | 'errors' | 'warnings' | 'accepted' | 'passed'>;
  readonly notes: readonly string[];
}
