/** Selectors, amounts and thresholds: the grammar, and what a threshold finds in cells. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAmount, parseFloor } from '../../reports/comparison/amount.ts';
import { renderCheck } from '../../reports/comparison/checkText.ts';
import { DEFAULT_POLICY, type Policy } from '../../reports/comparison/policy.ts';
import { GrammarError, parseSelector, selects } from '../../reports/comparison/selector.ts';
import { checkResultAgainst, parseThreshold } from '../../reports/comparison/threshold.ts';
import type { Check, Level } from '../../reports/comparison/types.ts';
import { namedOf } from './comparisonFixture.ts';
import { fixtureResult } from './fixture.ts';

test('selectors: metrics, dimensions, patterns, alternatives, numbers', () => {
  const dims = { backend: 'flannel-vxlan', nodes: 1000, scenario: 'incast' };
  const cases: [string, boolean][] = [
    ['rpcP99', true],
    ['rpcP50', false],
    ['rpc*', true],
    ['*', true],
    ['rpcP99{backend=flannel-vxlan}', true],
    ['rpcP99{backend=flannel-*}', true],
    ['rpcP99{backend=vxlan}', false],
    ['rpcP99{backend=host|flannel-vxlan,nodes=1000}', true],
    ['rpcP99{backend!=host}', true],
    ['rpcP99{nodes>=1000, nodes<2000}', true],
    ['rpcP99{nodes>1000}', false],
    ['rpcP99{scenario=incast}', true],
    ['rpcP99{mtu=1500}', false],
    ['rpcP99{mtu!=1500}', true],
    ['rpcP99{}', true],
  ];
  for (const [text, expected] of cases) {
    assert.equal(selects(parseSelector(text), 'rpcP99', dims), expected, text);
  }
  for (const text of ['', 'rpc P99', 'rpcP99{', 'rpcP99{backend}', 'rpcP99{nodes>many}', 'a{b=c}d']) {
    assert.throws(() => parseSelector(text), GrammarError, text);
  }
});

test('amounts take the unit of their metric', () => {
  assert.equal(parseAmount('9e9', 'bit/s'), 9e9);
  assert.equal(parseAmount('9 Gbit/s', 'bit/s'), 9e9);
  assert.equal(parseAmount('400us', 's'), 400 * 1e-6);
  assert.equal(parseAmount('1.5 ms', 's'), 1.5 * 1e-3);
  assert.equal(parseAmount('2 ns/B', 's/B'), 2 * 1e-9);
  assert.equal(parseAmount('80%', 'ratio'), 0.8);
  assert.equal(parseAmount('0.8', 'ratio'), 0.8);
  assert.equal(parseAmount('3 cores', 'cores'), 3);
  assert.equal(parseAmount('10k/s', '1/s'), 10_000);
  for (const [text, unit] of [
    ['fast', 's'],
    ['4 Gbit/s', 's'],
    ['4 ys', 's'],
    ['50%', 's'],
    ['', 's'],
  ] as const) {
    assert.throws(() => parseAmount(text, unit), GrammarError, `${text} as ${unit}`);
  }
  assert.deepEqual(parseFloor('-3%', 's'), { kind: 'ratio', value: 0.03 });
  assert.deepEqual(parseFloor('20us', 's'), { kind: 'absolute', value: 20 * 1e-6 });
});

const check = (
  lines: readonly (readonly [string, string, Level?])[],
  policy: Partial<Policy> = {},
  named = namedOf('run', {
    cells: {
      'backend=host': { goodput: [10, 20, 30, 40] },
      'backend=flannel-udp': { goodput: [1, 2, 3, 4] },
    },
  }),
): Check =>
  checkResultAgainst(
    named,
    lines.map(([selector, condition, level]) => parseThreshold(selector, condition, level ?? 'error')),
    { ...DEFAULT_POLICY, gate: 'error', ...policy },
  );

test('conditions of a metric: over its seeds', () => {
  const observed = (condition: string): number | null =>
    check([['goodput{backend=host}', condition]]).outcomes[0]!.observed;
  assert.equal(observed('< 5'), 25);
  assert.equal(observed('value < 5'), 25);
  assert.equal(observed('min<5'), 10);
  assert.equal(observed('max >= 5'), 40);
  assert.equal(observed('avg > 5'), 25);
  assert.equal(observed('med > 5'), 25);
  // quantile(c(10, 20, 30, 40), 0.9) is 37.
  assert.equal(observed('p(90) > 5'), 37);
  assert.equal(observed('p90 > 5'), 37);
  const passed = (condition: string): boolean =>
    check([['goodput{backend=host}', condition]]).outcomes[0]!.passed;
  const truths = ['< 26', '<= 25', '> 24', '>= 25', '== 25', '!= 24'].map(passed);
  const lies = ['< 25', '<= 24', '> 25', '>= 26', '== 24', '!= 25'].map(passed);
  assert.deepEqual(new Set(truths), new Set([true]));
  assert.deepEqual(new Set(lies), new Set([false]));
  for (const [selector, condition] of [
    ['goodput', 'fast'],
    ['goodput', 'mode < 3'],
    ['goodput', 'p(101) < 3'],
    ['goodput', 'p < 3'],
    ['goodput', 'med < 3ms'],
    ['goodputt', '< 3'],
    ['good*', '< 3'],
    ['rpcLatency', 'max < 3ms'],
    ['rpcLatency', 'p(95) < 3ms'],
  ] as const) {
    assert.throws(
      () => parseThreshold(selector, condition, 'error'),
      GrammarError,
      `${selector}: ${condition}`,
    );
  }
});

test('levels, accepts, cells that do not match, and the text', () => {
  const found = check([
    ['goodput', 'min >= 5'],
    ['goodput{backend=flannel-udp}', 'max >= 5', 'warn'],
    ['goodput', 'min >= 5', 'off'],
    ['goodput{backend=none}', 'min >= 5'],
  ]);
  assert.deepEqual(
    found.outcomes.map(({ cell, passed, finding }) => [cell, passed, finding]),
    [
      ['backend=host', true, 'off'],
      ['backend=flannel-udp', false, 'error'],
      ['backend=flannel-udp', false, 'warn'],
    ],
  );
  assert.deepEqual(found.gate, { policy: 'error', errors: 1, warnings: 1, accepted: 0, passed: false });
  assert.deepEqual(found.notes, ['goodput{backend=none} matches no cell of run']);
  const text = renderCheck(found);
  assert.match(text, /✗ backend=flannel-udp: goodput, min >= 5: 1 bit\/s$/m);
  assert.match(text, /! backend=flannel-udp: goodput, max >= 5: 4 bit\/s \(warning\)$/m);
  assert.doesNotMatch(text, /✓/);
  assert.match(renderCheck(found, { passed: true }), /✓ backend=host: goodput, min >= 5: 10 bit\/s/);
  const accepts = [
    { selector: parseSelector('*{backend=flannel-udp}'), until: '2026-06-30', reason: 'known', upTo: null },
  ];
  const lines = [['goodput', 'min >= 5']] as const;
  assert.equal(check(lines, { accepts, today: '2026-06-30' }).gate.passed, true);
  assert.equal(check(lines, { accepts, today: '2026-07-01' }).gate.passed, false);
  assert.equal(check(lines, { gate: 'warn' }).gate.passed, true);
});

test('distributions of all seeds; a figure that is not there breaks, traffic that is not there does not', () => {
  const result = fixtureResult();
  const of = (lines: readonly (readonly [string, string])[]) =>
    check(lines, {}, { label: 'fixture', file: null, result }).outcomes;
  const [host] = of([['rpcLatency{backend=host}', 'p(99) < 1ms']]);
  assert.equal(host!.observed, result.cells[0]!.distributions.rpcLatency.quantiles.p99.value);
  assert.equal(host!.passed, true);
  // Infeasible: no figure at all.
  const [absent] = of([['goodput{backend=calico-ipip}', '> 1']]);
  assert.deepEqual([absent!.observed, absent!.passed, absent!.finding], [null, false, 'error']);
  assert.match(absent!.reason!, /IP protocol 4/);
  // Too few samples beyond the percentile: said, not passed.
  const [thin] = of([['slowdownLarge{backend=host}', 'p(99.9) < 100']]);
  assert.deepEqual([thin!.observed, thin!.passed], [null, false]);
  assert.match(thin!.reason!, /too few samples/);
  const quiet = namedOf('quiet', { cells: { 'backend=host': { goodput: [1] } } });
  const { distributions } = quiet.result.cells[0]!;
  const none = { ...distributions, rpcLatency: { ...distributions.rpcLatency, count: 0 } };
  const cells = [{ ...quiet.result.cells[0]!, distributions: none }];
  const silent = { ...quiet, result: { ...quiet.result, cells } };
  assert.deepEqual(check([['rpcLatency', 'p(99) < 1ms']], {}, silent).outcomes, []);
});
