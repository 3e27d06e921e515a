/** Verdicts of hand-made samples: significance and size together, seeds, the gate, accepts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pc from 'picocolors';
import { compareResults } from '../../reports/comparison/compare.ts';
import type { Accept, Policy, Rule } from '../../reports/comparison/policy.ts';
import { parseSelector } from '../../reports/comparison/selector.ts';
import { renderComparison } from '../../reports/comparison/text.ts';
import type { Comparison, MetricComparison, Verdict } from '../../reports/comparison/types.ts';
import type { Result } from '../../reports/schema.ts';
import { type Made, namedOf, resultOf, type Samples } from './comparisonFixture.ts';

const HOST = 'backend=host';
const VXLAN = 'backend=flannel-vxlan';
/** 16 values around 100 that differ from seed to seed. */
const around = (centre: number, spread = 1): number[] =>
  Array.from({ length: 16 }, (_, at) => centre + spread * (((at * 7) % 16) - 7.5) * 0.1);
const times = (values: readonly number[], factor: number): number[] => values.map((value) => value * factor);
/** Up by 5 % on most seeds, down by more on the others. */
const wiggled = (values: readonly number[]): number[] =>
  values.map((value, at) => value * (at < 9 ? 1.05 : 0.9 - at / 1000));

const compare = (base: Made, head: Made, policy: Partial<Policy> = {}): Comparison =>
  compareResults(namedOf('base', base), namedOf('head', head), policy);
const rowOf = (comparison: Comparison, cell: string, metric: string): MetricComparison =>
  comparison.cells.find(({ id }) => id === cell)!.metrics.find((row) => row.metric === metric)!;
const verdictsOf = (comparison: Comparison): Record<string, Verdict> =>
  Object.fromEntries(
    comparison.cells.flatMap(({ id, metrics }) =>
      metrics.map(({ metric, verdict }) => [`${metric}{${id}}`, verdict]),
    ),
  );
const gate = 'error' as const;

test('equal results: no test, no problem, the gate passes with a single seed', () => {
  const made: Made = { cells: { [HOST]: { goodput: [9e9] } } };
  const comparison = compare(made, made, { gate });
  assert.equal(comparison.equal, true);
  assert.deepEqual([comparison.gate.passed, comparison.gate.errors, comparison.gate.undecided], [true, 0, 0]);
  const row = rowOf(comparison, HOST, 'goodput');
  assert.deepEqual([row.evidence, row.verdict, row.p], ['digest', 'same', null]);
  assert.match(renderComparison(comparison), /equal: every byte/);
});

test('a verdict takes significance and size: each of the two alone is noise', () => {
  const [goodput, cpu, p50] = [around(1e9, 1e6), around(100), around(50)];
  const base: Samples = {
    [HOST]: { goodput, cpuPerByte: cpu, rpcP50: p50 },
    [VXLAN]: { goodput, cpuPerByte: cpu, rpcP50: p50 },
  };
  const head: Samples = {
    [HOST]: { goodput: times(goodput, 0.97), cpuPerByte: times(cpu, 0.97), rpcP50: p50 },
    [VXLAN]: { goodput: times(goodput, 0.995), cpuPerByte: wiggled(cpu), rpcP50: times(p50, 1.02) },
  };
  const comparison = compare({ cells: base }, { cells: head }, { gate });
  assert.deepEqual(verdictsOf(comparison), {
    [`goodput{${HOST}}`]: 'worse',
    [`rpcP50{${HOST}}`]: 'same',
    [`cpuPerByte{${HOST}}`]: 'better',
    // Every seed fell by half a per cent: significant, and below the floor of 1 %.
    [`goodput{${VXLAN}}`]: 'noise',
    [`rpcP50{${VXLAN}}`]: 'worse',
    // The median rose by 5 %, and seven of sixteen seeds fell by more: no direction.
    [`cpuPerByte{${VXLAN}}`]: 'noise',
  });
  const row = rowOf(comparison, HOST, 'goodput');
  assert.equal(row.evidence, 'paired');
  assert.ok(Math.abs(row.delta!.ratio! + 0.03) < 1e-4);
  assert.ok(row.interval!.lowRatio! <= -0.03 && row.interval!.highRatio! < 0);
  // 16 pairs of one sign: 2 / 2^16; six figures, and the four smallest p are equal.
  assert.equal(row.p, 2 ** -15);
  assert.equal(row.pAdjusted, 6 * 2 ** -15);
  assert.deepEqual(
    [comparison.gate.figures, comparison.gate.errors, comparison.gate.seedsNeeded, comparison.gate.passed],
    [6, 2, 8, false],
  );
  const noise = rowOf(comparison, VXLAN, 'cpuPerByte');
  assert.ok(noise.pAdjusted! > 0.5 && noise.delta!.ratio! > 0.04);
});

test('metrics without a good direction change; those outside the gate are told and do not gate', () => {
  const wire = around(1e9, 1e6);
  const base: Made = { cells: { [HOST]: { wireThroughput: wire, goodput: wire, cpuSystem: around(3) } } };
  const head: Made = {
    cells: { [HOST]: { wireThroughput: times(wire, 1.1), goodput: wire, cpuSystem: around(4) } },
  };
  const comparison = compare(base, head, { gate });
  assert.equal(rowOf(comparison, HOST, 'wireThroughput').verdict, 'changed');
  assert.equal(rowOf(comparison, HOST, 'cpuSystem').verdict, 'worse');
  assert.equal(comparison.gate.figures, 1);
  assert.equal(comparison.gate.passed, true);
  assert.match(renderComparison(comparison), /outside the gate\n {2}backend=host: CPU system \+33/);
  const gated = compare(base, head, { gate, metrics: ['wireThroughput', 'cpuSystem'] });
  assert.equal(gated.gate.errors, 2);
});

test('below the fewest seeds: the number, no verdict, and a gate that does not sleep', () => {
  const five = (centre: number): number[] => around(centre).slice(0, 5);
  const base: Made = { cells: { [HOST]: { goodput: five(100), cpuPerByte: five(10) } } };
  const head: Made = { cells: { [HOST]: { goodput: five(50), cpuPerByte: five(10) } } };
  const comparison = compare(base, head, { gate });
  assert.equal(rowOf(comparison, HOST, 'goodput').verdict, 'too-few');
  assert.equal(rowOf(comparison, HOST, 'goodput').p, null);
  assert.equal(rowOf(comparison, HOST, 'cpuPerByte').verdict, 'same');
  const { seedsNeeded, seeds, undecided, errors, passed } = comparison.gate;
  assert.deepEqual(
    { seedsNeeded, seeds, undecided, errors, passed },
    {
      seedsNeeded: 7,
      seeds: 5,
      undecided: 1,
      errors: 0,
      passed: false,
    },
  );
  assert.match(
    renderComparison(comparison),
    /2 figures need at least 7 seeds, here are 5 \(run with --replic/,
  );
  assert.equal(compare(base, head, { gate, allow: ['few-seeds'] }).gate.passed, true);
  // One figure takes six seeds.
  assert.equal(compare(base, head, { metrics: ['goodput'] }).gate.seedsNeeded, 6);
});

test('a figure that is lost gates, one that is gained does not', () => {
  const none = around(1).map(() => null);
  const full = around(1);
  const base: Made = { cells: { [HOST]: { rpcP99: full, rpcP50: none }, [VXLAN]: { rpcP99: full } } };
  const head: Made = {
    cells: { [HOST]: { rpcP99: none, rpcP50: full }, 'backend=calico-bgp': { rpcP99: full } },
  };
  const comparison = compare(base, head, { gate });
  assert.deepEqual(verdictsOf(comparison), {
    [`rpcP50{${HOST}}`]: 'gained',
    [`rpcP99{${HOST}}`]: 'lost',
    [`rpcP99{${VXLAN}}`]: 'lost',
    'rpcP99{backend=calico-bgp}': 'gained',
  });
  assert.equal(comparison.gate.errors, 2);
  assert.deepEqual(comparison.summary.cells, { same: 0, changed: 1, onlyBase: 1, onlyHead: 1 });
  const text = renderComparison(comparison);
  assert.match(text, /backend=flannel-vxlan: only in base/);
  assert.match(text, /backend=calico-bgp: only in head/);
  // Infeasible now: its figures are lost, and the reason is told.
  const infeasible = compare(
    { cells: { [HOST]: { rpcP99: full } } },
    {
      cells: { [HOST]: { rpcP99: none } },
      cellChange: { [HOST]: { status: 'infeasible', reason: 'needs one L2 domain', seeds: [] } },
    },
  );
  assert.match(renderComparison(infeasible), /figures → infeasible: needs one L2 domain/);
});

test('what makes results not comparable, and allowing it', () => {
  const cells: Samples = { [HOST]: { goodput: around(100) } };
  const { model, scenario } = resultOf({ cells });
  const head: Made = {
    cells,
    seeds: Array.from({ length: 16 }, (_, at) => at + 2),
    change: {
      status: 'interrupted',
      model: { version: '8', machine: { name: 'xeon-25g', sha256: 'c'.repeat(64) } },
      scenario: { ...scenario, sha256: 'd'.repeat(64), params: { nodes: 8, load: 0.02 } },
    },
  };
  const refused = compare({ cells }, head, { gate, allow: ['seeds'] });
  assert.equal(refused.comparable, false);
  assert.deepEqual(refused.cells, []);
  assert.equal(refused.gate.passed, false);
  assert.deepEqual(
    refused.problems.map(({ aspect, allowed }) => [aspect, allowed]),
    [
      ['model', false],
      ['machine', false],
      ['scenario', false],
      ['seeds', true],
      ['incomplete', false],
    ],
  );
  const text = renderComparison(refused);
  assert.match(text, /model version: 7 → 8/);
  assert.match(text, /machine book: xeon-25g aaaaaaaa → xeon-25g cccccccc \(same name/);
  assert.match(text, /settings of small-cluster:\n {4}nodes: 4 → 8/);
  assert.match(text, /head is interrupted/);
  assert.match(text, /--allow model,machine,scenario,incomplete$/m);
  const allowed = compare({ cells }, head, {
    allow: ['model', 'machine', 'scenario', 'seeds', 'incomplete'],
  });
  assert.equal(allowed.comparable, true);
  assert.equal(model.version, '7');
  assert.match(renderComparison(allowed), /allowed: model version: 7 → 8/);
  // A slice of a cluster is not the cluster.
  const slice = compare({ cells }, { cells, change: { slice: {} as NonNullable<Result['slice']> } });
  assert.match(renderComparison(slice), /cluster: whole → slice/);
  // Another scenario is told by its name.
  const other = compare({ cells }, { cells, change: { scenario: { ...scenario, id: 'incast' } } });
  assert.match(renderComparison(other), /scenario: small-cluster → incast/);
});

test('seeds that do not match: ranks of two samples; one side within the other: pairs', () => {
  const cells = (from: number, factor = 1): Samples => ({
    [HOST]: { goodput: times(around(100 + from), factor) },
  });
  const seeds = (from: number, count = 16): number[] => Array.from({ length: count }, (_, at) => from + at);
  const allow = ['seeds'] as const;
  const unmatched = compare(
    { cells: cells(0), seeds: seeds(1) },
    { cells: cells(0.01, 1.05), seeds: seeds(101) },
    { allow },
  );
  const row = rowOf(unmatched, HOST, 'goodput');
  assert.deepEqual(
    [row.evidence, row.verdict, row.interval!.method],
    ['unmatched', 'better', 'hodges-lehmann'],
  );
  // No value of one side reaches the other: 2 / C(32, 16).
  assert.ok(Math.abs(row.p! - 2 / 601_080_390) < 1e-15);
  assert.equal(unmatched.gate.seedsNeeded, 4);
  const shorter: Made = { cells: { [HOST]: { goodput: around(105).slice(4, 12) } }, seeds: seeds(5, 8) };
  const paired = rowOf(compare({ cells: cells(0), seeds: seeds(1) }, shorter, { allow }), HOST, 'goodput');
  assert.deepEqual([paired.evidence, paired.n.base, paired.n.head], ['paired', 8, 8]);
  assert.equal(paired.p, 2 ** -7);
  // Each seed rose by 5: its own value is set against it, not the one in the same place.
  const { low, high } = paired.interval!;
  for (const value of [paired.delta!.absolute, low, high]) assert.ok(Math.abs(value - 5) < 1e-9);
});

test('levels, floors and accepts by selector; the day decides', () => {
  const cells = (factor: number): Made => ({
    cells: {
      [HOST]: { goodput: times(around(100), factor) },
      [VXLAN]: { goodput: times(around(100), factor), rpcP99: around(1) },
    },
  });
  const rule = (text: string, change: Partial<Rule>): Rule => ({ selector: parseSelector(text), ...change });
  const findings = (policy: Partial<Policy>): string[] =>
    compare(cells(1), cells(0.97), { gate, ...policy }).cells.flatMap(({ metrics }) =>
      metrics.filter(({ metric }) => metric === 'goodput').map(({ finding }) => finding),
    );
  assert.deepEqual(findings({}), ['error', 'error']);
  assert.deepEqual(findings({ rules: [rule('*{backend=host}', { level: 'warn' })] }), ['warn', 'error']);
  assert.deepEqual(findings({ rules: [rule('goodput{backend=flannel-*}', { floor: '5%' })] }), [
    'error',
    'off',
  ]);
  assert.deepEqual(findings({ rules: [rule('goodput{backend!=host}', { level: 'off' })] }), ['error', 'off']);
  assert.deepEqual(findings({ rules: [rule('goodput', { floor: '2 bit/s' })] }), ['error', 'error']);
  assert.deepEqual(findings({ rules: [rule('goodput', { floor: '4 bit/s' })] }), ['off', 'off']);
  const accept = (change: Partial<Accept> = {}): Accept => ({
    selector: parseSelector('goodput{backend=host}'),
    until: '2026-12-31',
    reason: 'new kernel',
    upTo: null,
    ...change,
  });
  const accepted = (accepts: Accept[], today: string): Comparison =>
    compare(cells(1), cells(0.97), { gate, accepts, today });
  const held = accepted([accept()], '2026-12-31');
  assert.deepEqual([held.gate.errors, held.gate.accepted, held.notes], [1, 1, []]);
  assert.match(renderComparison(held), /worse \(accepted until 2026-12-31\)/);
  const expired = accepted([accept()], '2027-01-01');
  assert.deepEqual([expired.gate.errors, expired.gate.accepted], [2, 0]);
  assert.deepEqual(expired.notes, ['the accept of goodput{backend=host} ended on 2026-12-31 (new kernel)']);
  assert.equal(accepted([accept({ upTo: 0.02 })], '2026-12-01').gate.errors, 2);
  assert.equal(accepted([accept({ upTo: 0.05 })], '2026-12-01').gate.errors, 1);
  const idle = accepted([accept({ selector: parseSelector('rpcP99') })], '2026-12-01');
  assert.deepEqual(idle.notes, ['the accept of rpcP99 covers nothing here: it can go']);
});

test('the table: columns, geometric mean, only what changed, parts', () => {
  const base: Samples = { [HOST]: { goodput: around(100) }, [VXLAN]: { goodput: around(50) } };
  const head: Samples = { [HOST]: { goodput: around(100) }, [VXLAN]: { goodput: times(around(50), 0.9) } };
  const comparison = compare({ cells: base }, { cells: head });
  const text = renderComparison(comparison);
  assert.match(text, /^goodput, bit\/s \(higher is better\)$/m);
  assert.match(text, /^backend +base +head +change +95 % +p +n/m);
  assert.match(text, /^host +100 +100 += +16$/m);
  assert.match(text, /^flannel-vxlan +50 +45 +−10\.00 % +−10\.\d+ … −9\.\d+ % +6e-5 +16 +worse$/m);
  // √0.9 − 1
  assert.match(text, /^geomean +71 +67 +−5\.13 %$/m);
  assert.doesNotMatch(renderComparison(comparison, { onlyChanged: true }), /^host /m);
  assert.match(renderComparison(comparison, { split: true }), /^worse: goodput[\s\S]*^no change: goodput/m);
  const painted = renderComparison(comparison, { paint: pc.createColors(true), width: 80 });
  const plain = painted
    .split('\u001b')
    .map((part) => part.replace(/^\[\d+m/, ''))
    .join('');
  assert.equal(plain.replace(/ +$/gm, ''), renderComparison(comparison, { width: 80 }));
  assert.ok(painted.includes('\u001b[31m−10'), 'what got worse is red');
  assert.ok(
    plain
      .split('\n')
      .slice(3)
      .every((line) => [...line].length <= 80),
  );
  const filtered = compare(
    { cells: base },
    { cells: head },
    { filter: [parseSelector('goodput{backend=host}')] },
  );
  assert.deepEqual(
    filtered.cells.map(({ id }) => id),
    [HOST],
  );
  assert.equal(filtered.gate.figures, 1);
});

test('figures that too few seeds of base show are outside the gate, and said to be', () => {
  const p99 = { unit: 's', better: 'lower' as const, samples: around(1).map(() => null), value: 1e-4 };
  const { cells } = resultOf({ cells: { [HOST]: { goodput: around(100) } } });
  const metrics = { ...cells[0]!.metrics, rpcP99: p99, rpcP999: p99 };
  const made: Made = { cells: { [HOST]: { goodput: around(100) } }, cellChange: { [HOST]: { metrics } } };
  const comparison = compare(made, made, { gate });
  assert.deepEqual(comparison.notes, [
    'rpcP99 of 1 cell is outside the gate: too few seeds show it (too few samples in one, or overloaded); ' +
      'a longer window brings it in (--set windowMs=…)',
  ]);
  assert.equal(comparison.gate.figures, 1);
  const elsewhere = { filter: [parseSelector('rpcP99{backend!=host}')] };
  assert.deepEqual(compare(made, made, { gate, ...elsewhere }).notes, []);
  // In four of sixteen seeds: one could never decide about it. Lost in head alone: it stays, undecided.
  const four = around(1).map((value, at) => (at < 4 ? value : null));
  const sides = (base: readonly (number | null)[], head: readonly (number | null)[]): Comparison =>
    compare({ cells: { [HOST]: { rpcP50: base } } }, { cells: { [HOST]: { rpcP50: head } } }, { gate });
  const thin = sides(four, around(2));
  assert.match(thin.notes[0]!, /^rpcP50 of 1 cell is outside the gate/);
  assert.deepEqual(
    [thin.gate.figures, thin.gate.passed, rowOf(thin, HOST, 'rpcP50').level],
    [0, true, 'off'],
  );
  const lost = sides(around(2), four);
  assert.deepEqual([lost.notes, lost.gate.undecided, lost.gate.passed], [[], 1, false]);
  assert.match(
    renderComparison(lost),
    /1 figure needs at least 6 seeds, here are 4 \(fewer seeds of one side/,
  );
});

test('a cell that the filter leaves out is not told, even if it is gone', () => {
  const both: Samples = { [HOST]: { goodput: around(100) }, [VXLAN]: { goodput: around(100) } };
  const one: Samples = { [HOST]: { goodput: around(100) } };
  const filter = [parseSelector('*{backend=host}')];
  assert.equal(compare({ cells: both }, { cells: one }, { gate }).gate.passed, false);
  const filtered = compare({ cells: both }, { cells: one }, { gate, filter });
  assert.deepEqual([filtered.gate.passed, filtered.cells.map(({ id }) => id)], [true, [HOST]]);
});
