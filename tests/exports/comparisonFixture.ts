/**
 * Comparisons and checks written by hand, as many cells as a test asks for: what exports have to carry, with round
 * numbers. Cell k of the gate loses k/1000 of its goodput, so that the worst is the last.
 */
import type {
  CellComparison,
  Check,
  Comparison,
  MetricComparison,
  Source,
  ThresholdOutcome,
} from '../../reports/comparison/types.ts';

export const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

export function source(label: string): Source {
  return {
    label,
    file: null,
    scenario: { id: 'ci-smoke', title: 'Small cells', sha256: 'c'.repeat(64) },
    model: '7',
    machine: { name: 'xeon-25g', sha256: 'a'.repeat(64) },
    seeds: SEEDS,
    digest: label.padEnd(64, '0'),
    tool: 'windtunnel 0.1.0',
  };
}

/** Goodput of 10 Gbit/s that becomes `ratio` more. */
export function goodput(ratio: number, change: Partial<MetricComparison> = {}): MetricComparison {
  const worse = ratio < 0;
  return {
    metric: 'goodput',
    label: 'goodput',
    unit: 'bit/s',
    better: 'higher',
    baseSamples: SEEDS.map((seed) => 1e10 + seed * 1e6),
    headSamples: SEEDS.map((seed) => 1e10 * (1 + ratio) + seed * 1e6),
    baseMedian: 1e10,
    headMedian: 1e10 * (1 + ratio),
    delta: { absolute: 1e10 * ratio, ratio },
    interval: {
      low: 1e10 * (ratio - 0.001),
      high: 1e10 * (ratio + 0.001),
      lowRatio: ratio - 0.001,
      highRatio: ratio + 0.001,
      method: 'bca',
    },
    evidence: 'paired',
    n: { base: 13, head: 13 },
    p: 0.000244140625,
    pAdjusted: 0.0488,
    floor: { kind: 'ratio', value: 0.01 },
    verdict: ratio === 0 ? 'same' : worse ? 'worse' : 'better',
    level: 'error',
    acceptedBy: null,
    finding: worse ? 'error' : 'off',
    ...change,
  };
}

export function cell(id: string, metrics: readonly MetricComparison[]): CellComparison {
  return {
    id,
    dims: { backend: id },
    title: id,
    presence: 'both',
    baseAbsent: null,
    headAbsent: null,
    same: metrics.every(({ verdict }) => verdict === 'same'),
    seeds: { common: 13, changed: 13 },
    largest: { metric: 'goodput', ratio: -0.05 },
    fields: [],
    metrics,
  };
}

/** A comparison of these cells; counts follow from them. */
export function comparison(cells: readonly CellComparison[], change: Partial<Comparison> = {}): Comparison {
  const all = cells.flatMap(({ metrics }) => metrics);
  const errors = all.filter(({ finding }) => finding === 'error').length;
  const same = cells.filter((one) => one.same).length;
  return {
    base: source('main'),
    head: source('pull request'),
    equal: false,
    problems: [],
    comparable: true,
    cells,
    summary: {
      cells: { same, changed: cells.length - same, onlyBase: 0, onlyHead: 0 },
      verdicts: { same: 0, noise: 0, better: 0, worse: errors, changed: 0, 'too-few': 0, lost: 0, gained: 0 },
      geomeans: [
        {
          metric: 'goodput',
          label: 'goodput',
          unit: 'bit/s',
          better: 'higher',
          base: 1e10,
          head: 0.98e10,
          ratio: -0.02,
          cells: cells.length,
        },
      ],
    },
    gate: {
      policy: 'error',
      figures: all.filter(({ level }) => level !== 'off').length,
      alpha: 0.05,
      seedsNeeded: 13,
      seeds: 13,
      errors,
      warnings: all.filter(({ finding }) => finding === 'warn').length,
      accepted: all.filter(({ acceptedBy }) => acceptedBy !== null).length,
      undecided: all.filter(({ verdict, level }) => verdict === 'too-few' && level !== 'off').length,
      passed: errors === 0,
    },
    notes: [],
    ...change,
  };
}

/** `count` cells whose goodput falls by 0.001, 0.002, …, and as many whose RPC p99 rises, at level warn. */
export function manyCells(count: number): CellComparison[] {
  return Array.from({ length: count }, (_, k) =>
    cell(`backend=flannel-vxlan/mtu=1500/streams=${k + 1}`, [
      goodput((-(k + 1) / count) * 0.5),
      goodput(((k + 1) / count) * 0.5, {
        metric: 'rpcP99',
        label: 'RPC p99',
        unit: 's',
        better: 'lower',
        baseSamples: SEEDS.map((seed) => 1e-4 + seed * 1e-8),
        headSamples: SEEDS.map((seed) => 1e-4 * (1 + ((k + 1) / count) * 0.5) + seed * 1e-8),
        baseMedian: 1e-4,
        headMedian: 1e-4 * (1 + ((k + 1) / count) * 0.5),
        verdict: 'worse',
        level: 'warn',
        finding: 'warn',
      }),
    ]),
  );
}

export function threshold(change: Partial<ThresholdOutcome> = {}): ThresholdOutcome {
  return {
    selector: 'rpcP99{backend=host}',
    condition: 'max < 400us',
    level: 'error',
    cell: 'backend=host/mtu=1500',
    dims: { backend: 'host', mtu: 1500 },
    metric: 'rpcP99',
    label: 'RPC p99',
    unit: 's',
    observed: 512e-6,
    limit: 400e-6,
    passed: false,
    reason: null,
    acceptedBy: null,
    finding: 'error',
    ...change,
  };
}

export function check(outcomes: readonly ThresholdOutcome[]): Check {
  const errors = outcomes.filter(({ finding }) => finding === 'error').length;
  return {
    source: source('pull request'),
    outcomes,
    gate: { policy: 'error', errors, warnings: 0, accepted: 0, passed: errors === 0 },
    notes: [],
  };
}
