/**
 * Intervals and the rule that stops: quantiles against recorded values, what the rule decides on hand-written records,
 * and how often the intervals that it stops at hold, by simulation on synthetic data.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import { Stream } from '../../engine/core/streams.ts';
import { renderCsv } from '../../reports/csv.ts';
import { renderHtml } from '../../reports/html.ts';
import { intervalOf, studentT } from '../../reports/interval.ts';
import { renderMarkdown } from '../../reports/markdown.ts';
import { nextLook, precisionOf, precisionRule } from '../../reports/precision.ts';
import { checkResult } from '../../reports/read.ts';
import { mergeCell, mergeRecords } from '../../reports/result.ts';
import { renderTable } from '../../reports/table.ts';
import { fixtureInput, histogram, planOf, recordOf, SHAPES } from './fixture.ts';

/** python3 -c "from scipy.stats import t; print([(d, round(t.ppf(0.975, d), 9)) for d in (…)])", scipy 1.17.1. */
const STUDENT_T: readonly (readonly [dof: number, quantile: number])[] = [
  [1, 12.706204736],
  [2, 4.30265273],
  [3, 3.182446305],
  [4, 2.776445105],
  [7, 2.364624252],
  [9, 2.262157163],
  [10, 2.228138852],
  [11, 2.20098516],
  [12, 2.17881283],
  [15, 2.131449546],
  [17, 2.109815578],
  [26, 2.055529439],
  [39, 2.02269092],
  [99, 1.984216952],
  [999, 1.962341461],
];

test('Student t: within 1e-5 of the recorded quantiles', () => {
  for (const [dof, quantile] of STUDENT_T) {
    assert.ok(Math.abs(studentT(dof) - quantile) < 1e-5, `${dof}: ${studentT(dof)}`);
  }
});

test('interval: by hand', () => {
  // Mean 12, squares 4 + 1 + 0 + 1 + 4 = 10, variance 2.5, standard error sqrt(0.5).
  const { centre, halfWidth, relative } = intervalOf([10, 11, 12, 13, 14]);
  assert.equal(centre, 12);
  assert.ok(Math.abs(halfWidth - 2.776445105 * 0.7071067811865476) < 1e-8);
  assert.ok(Math.abs(relative! - halfWidth / 12) < 1e-15);
  assert.deepEqual(intervalOf([0.1, 0.1, 0.1]), { centre: 0.1, halfWidth: 0, relative: 0 });
  assert.equal(intervalOf([-1, 1]).relative, null);
});

test('looks: five seeds, then half as many more each time, up to the most', () => {
  const looks = (seedsMax: number): number[] => {
    const rule = precisionRule(0.02, null, seedsMax);
    const all = [nextLook(0, rule)];
    while (all.at(-1)! < seedsMax) all.push(nextLook(all.at(-1)!, rule));
    return all;
  };
  assert.deepEqual(looks(40), [5, 8, 12, 18, 27, 40]);
  assert.deepEqual(looks(10), [5, 8, 10]);
  assert.deepEqual(looks(5), [5]);
});

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const plan = planOf('host', 'baseline');

/** Records of the host row: goodput of a plain node in Gbit/s, by seed. */
function recordsOf(goodputs: readonly number[], change: (k: number) => Partial<TaskRecord> = () => ({})) {
  return goodputs.map((gbps, k) => {
    const shape = { ...SHAPES[0]!, plainBytes: [gbps * 2_500_000] };
    return { ...recordOf(shape, 0, k, change(k)), seed: SEEDS[k]! };
  });
}

const stateOf = (records: readonly TaskRecord[], rule = precisionRule(0.02, ['goodputPerNode'], 8)) =>
  precisionOf(mergeCell(plan, records, SEEDS.slice(0, records.length)), records, rule);

test('a cell is open until its interval is narrow, and ends at the most seeds', () => {
  // Standard error 0.01 × sqrt(2.5 / 5) around 1: 0.0196 with four degrees of freedom.
  const narrow = recordsOf([0.98, 0.99, 1, 1.01, 1.02]);
  const reached = stateOf(narrow);
  assert.equal(reached.state, 'reached');
  assert.equal(reached.text, 'within 2 %');
  assert.ok(Math.abs(reached.intervals[0]!.relative! - 2.776445105 * 0.01 * Math.sqrt(0.5)) < 1e-9);
  assert.equal(stateOf(narrow, precisionRule(0.019, ['goodputPerNode'], 8)).state, 'unfinished');
  const wide = stateOf(recordsOf([0.9, 1.1, 0.9, 1.1, 0.9, 1.1, 0.9, 1.1]));
  assert.equal(wide.state, 'most seeds');
  assert.equal(wide.text, 'goodput/node wider after 8 seeds, the most allowed');
});

test('a percentile that one seed has too few samples for is taken of groups of seeds, five at least', () => {
  // 2,500 RPCs a seed have 25 beyond p99: four seeds make a value, and five values take twenty seeds.
  const few = (k: number): Partial<TaskRecord> => ({
    rpcLatency: histogram([
      [20e6, 2400],
      [(100 + (k % 4 === 3 ? 0 : 1)) * 1e6, 100],
    ]),
  });
  const seeds = Array.from({ length: 22 }, (_, k) => k + 1);
  const rule = precisionRule(0.02, ['rpcP99'], 40);
  const of = (count: number) => {
    const records = seeds.slice(0, count).map((seed, k) => ({ ...recordOf(SHAPES[0]!, 0, k, few(k)), seed }));
    return precisionOf(mergeCell(plan, records, seeds.slice(0, count)), records, rule);
  };
  assert.deepEqual([of(12).state, of(12).without], ['unfinished', ['rpcP99']]);
  const { state, text, intervals } = of(22);
  assert.equal(state, 'reached');
  assert.equal(text, 'within 2 %; RPC p99: 4 seeds a value');
  assert.deepEqual([intervals[0]!.each, intervals[0]!.halfWidth], [4, 0]);
  // With at most twelve seeds it never comes: nothing to wait for.
  assert.equal(
    stateOf(recordsOf([1, 1, 1, 1, 1], few), precisionRule(0.02, ['rpcP99'], 12)).state,
    'no value',
  );
});

test('metrics without a value in every seed are named; named ones count, defaults do not', () => {
  const records = recordsOf([1, 1, 1, 1, 1]);
  const named = stateOf(records, precisionRule(0.02, ['goodputPerNode', 'rpcP999'], 8));
  assert.deepEqual([named.state, named.without], ['no value', ['rpcP999']]);
  assert.equal(named.text, 'within 2 %; RPC p99.9: too few samples');
  const nothing = stateOf(records, precisionRule(0.02, ['rpcP999'], 8));
  assert.deepEqual([nothing.state, nothing.intervals], ['no value', []]);
  // 3,000 small flows a seed: their p99 has 30 samples beyond it in a seed, 150 in all.
  const headlines = stateOf(records, precisionRule(0.02, null, 8));
  assert.equal(headlines.state, 'reached');
  assert.deepEqual(headlines.without, ['slowdownSmallP99']);
  assert.deepEqual(
    headlines.intervals.map(({ metric }) => metric),
    ['goodputPerNode', 'probeGoodput', 'rpcP50', 'rpcP99', 'slowdownSmallP50', 'cpuPerByte'],
  );
});

test('overload: percentiles go; growth that only some seeds see takes more seeds', () => {
  const growth = (bytes: number) => [{ name: 'unfinished payload', unit: 'B', values: [0, bytes] }];
  const rule = precisionRule(0.02, ['goodputPerNode', 'rpcP99'], 8);
  const all = stateOf(
    recordsOf([1, 1, 1, 1, 1], () => ({ overloaded: true, series: growth(1e7) })),
    rule,
  );
  assert.equal(all.state, 'no value');
  assert.equal(all.text, 'within 2 %; RPC p99: overloaded');
  const one = (k: number) => ({ overloaded: k === 0, series: growth(k === 0 ? 1e8 : 0) });
  assert.equal(stateOf(recordsOf([1, 1, 1, 1, 1], one), rule).state, 'unfinished');
  assert.equal(stateOf(recordsOf([1, 1, 1, 1, 1, 1, 1, 1], one), rule).state, 'no value');
});

test('the result, its table, Markdown, page and CSV say seeds and intervals of each row', async () => {
  const rule = precisionRule(0.02, ['goodputPerNode'], 8);
  const other = recordsOf([0.9, 1.1, 0.9, 1.1, 0.9, 1.1, 0.9, 1.1]).map((record, k) => ({
    ...record,
    cell: 'backend=toy',
    index: 10 + k,
    task: `toy/${k}`,
  }));
  const result = mergeRecords(
    fixtureInput({
      seeds: { root: 1, replications: SEEDS, precision: rule },
      cells: [
        { ...plan, seeds: 5 },
        { ...planOf('toy', 'tunnel'), seeds: 8 },
      ],
      records: [...recordsOf([0.98, 0.99, 1, 1.01, 1.02]), ...other],
    }),
  );
  assert.deepEqual(checkResult(JSON.parse(JSON.stringify(result))), result);
  assert.deepEqual(
    result.cells.map(({ metrics, precision }) => [metrics.goodput!.samples.length, precision!.state]),
    [
      [5, 'reached'],
      [8, 'most seeds'],
    ],
  );
  const table = renderTable(result);
  assert.match(table, /5 … 8 seeds from 1/);
  assert.match(table, /\nhost +5 +±2\.0 % {2}within 2 %\n/);
  assert.match(table, /\ntoy +8 +±8\.9 % {2}goodput\/node wider after 8 seeds, the most allowed\n/);
  assert.ok(!table.includes('of 8 seeds'), 'a row that needs fewer seeds lacks none');
  assert.match(renderMarkdown(result), /\| host \| 5 \| ±2\.0 % \| within 2 % \|/);
  assert.match(await renderHtml(result), /<td>5<\/td><td>±2\.0 %<\/td>/);
  const lines = renderCsv(result).split('\r\n');
  assert.ok(lines[0]!.endsWith(',goodputPerNodeHalfWidth'));
  const halfWidth = 1e9 * 2.776445105 * 0.01 * Math.sqrt(0.5);
  assert.ok(Math.abs(Number(lines[1]!.split(',').at(-1)) - halfWidth) < 100);
});

/** A standard normal draw: twelve uniform ones, less six. */
const normal = (stream: Stream): number =>
  Array.from({ length: 12 }, () => stream.unit()).reduce((a, b) => a + b) - 6;

/** Share of intervals that hold the true mean of 1, and of means within the target, where a rule stops. */
function coverage(stream: Stream, spread: number, target: number, looks: readonly number[]) {
  const runs = 4000;
  let held = 0;
  let near = 0;
  for (let run = 0; run < runs; run++) {
    const samples: number[] = [];
    for (const look of looks) {
      while (samples.length < look) samples.push(1 + spread * normal(stream));
      const { centre, halfWidth, relative } = intervalOf(samples);
      if (relative! > target && look !== looks.at(-1)) continue;
      if (Math.abs(centre - 1) <= halfWidth) held++;
      if (Math.abs(centre - 1) <= target) near++;
      break;
    }
  }
  return { held: held / runs, near: near / runs };
}

test('stopping early: intervals hold in 91 % or more, means are within the target in 94 % or more', () => {
  const target = 0.02;
  const rule = precisionRule(target, null, 200);
  const looks = [nextLook(0, rule)];
  while (looks.at(-1)! < 200) looks.push(nextLook(looks.at(-1)!, rule));
  const naive = Array.from({ length: 199 }, (_, k) => k + 2);
  const stream = new Stream(7, 'test/coverage');
  let worst = 1;
  // Spreads that take about 5, 8, 12, 20 and 30 seeds.
  for (const seeds of [5, 8, 12, 20, 30]) {
    const spread = (target * Math.sqrt(seeds)) / 2.1;
    const ours = coverage(stream, spread, target, looks);
    assert.ok(ours.held >= 0.91, `${seeds}: ${ours.held}`);
    assert.ok(ours.near >= 0.94, `${seeds}: ${ours.near}`);
    worst = Math.min(worst, coverage(stream, spread, target, naive).held);
  }
  // What the minimum and the widening looks are for: a look after every seed from the second on.
  assert.ok(worst < 0.88, `${worst}`);
});
