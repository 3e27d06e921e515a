/**
 * Exports of a result, each read by a consumer that is not ours or by the format's own rules: benchstat's text,
 * Bencher's and github-action-benchmark's JSON, OpenMetrics.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import parsePrometheus from 'parse-prometheus-text-format';
import { z } from 'zod';
import { renderBencher } from '../../reports/exports/bencher.ts';
import { renderGithubActionBenchmark } from '../../reports/exports/githubActionBenchmark.ts';
import { renderGoBenchmark } from '../../reports/exports/goBenchmark.ts';
import { renderOpenMetrics } from '../../reports/exports/openMetrics.ts';
import { mergeRecords, type Result } from '../../reports/result.ts';
import { fixtureInput, fixtureResult } from '../reports/fixture.ts';
import { parseGoBenchmark } from './goParser.ts';
import { openMetricsProblems } from './openMetricsGrammar.ts';

/** Labels that every format has to escape or replace. */
function oddResult(): Result {
  const cells = fixtureInput().cells.map((cell, k) =>
    k === 0 ? { ...cell, dims: { ...cell.dims, 'cluster.x': 'a "b"\n\\c', cluster_x: 'y-4' } } : cell,
  );
  return mergeRecords(fixtureInput({ cells }));
}

// The fixture's figures on paper: 2 × 2 nodes of 2,500,000 B in 20 ms are 4 Gbit/s, a plain node's 1 Gbit/s.
test('Go benchmark text: a line a cell and seed, units with their better way', () => {
  const file = parseGoBenchmark(renderGoBenchmark(fixtureResult()));
  assert.deepEqual(file.config, { pkg: 'small-cluster', machine: 'xeon-25g' });
  assert.equal(file.better['goodputPerNode-bit/s'], 'higher');
  assert.equal(file.better['rpcP99-sec'], 'lower');
  assert.equal(file.better['wireThroughput-bit/s'], undefined);
  assert.equal(file.lines.length, 9);
  const vxlan = file.lines.filter((line) => line.name === 'Cell/backend=flannel-vxlan/mtu=1500');
  assert.deepEqual(
    vxlan.map((line) => line.values['goodputPerNode-bit/s']),
    [8e8, 8.2e8, 7.8e8],
  );
  assert.deepEqual(new Set(file.lines.map((line) => line.iterations)), new Set([1]));
});

test('Go benchmark text: odd names stay one word, and no number of processors', () => {
  const { lines } = parseGoBenchmark(renderGoBenchmark(oddResult()));
  assert.equal(lines[0]!.name, 'Cell/backend=host/mtu=1500/cluster.x=a_"b"_\\c/cluster_x=y-4');
});

test('benchstat reads the text, where it is installed', (t) => {
  if (spawnSync('benchstat', ['-h']).error !== undefined) {
    t.diagnostic('no benchstat on PATH: read by the parser of the specification alone');
    return;
  }
  const dir = mkdtempSync(path.join(tmpdir(), 'windtunnel-benchstat-'));
  try {
    const file = path.join(dir, 'a.txt');
    writeFileSync(file, renderGoBenchmark(fixtureResult()));
    const { status, stdout } = spawnSync('benchstat', ['-format', 'csv', file, file], { encoding: 'utf8' });
    assert.equal(status, 0);
    assert.match(stdout, /Cell\/backend=flannel-vxlan\/mtu=1500[^\n]*,8e\+08,/);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(64);
const bmf = z.record(
  z.string().min(1).max(1024),
  z.record(
    slug,
    z.strictObject({
      value: z.number(),
      lower_value: z.number().optional(),
      upper_value: z.number().optional(),
    }),
  ),
);

test('Bencher Metric Format: measures with their bounds', () => {
  const read = bmf.parse(JSON.parse(renderBencher(fixtureResult())));
  assert.equal(Object.keys(read).length, 3);
  const vxlan = read['small-cluster/backend=flannel-vxlan/mtu=1500']!;
  assert.deepEqual(vxlan['goodput-per-node'], { value: 8e8, lower_value: 7.8e8, upper_value: 8.2e8 });
  for (const measure of Object.values(read).flatMap((one) => Object.values(one))) {
    assert.ok((measure.lower_value ?? measure.value) <= measure.value);
    assert.ok((measure.upper_value ?? measure.value) >= measure.value);
  }
  bmf.parse(JSON.parse(renderBencher(oddResult())));
});

const entries = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      unit: z.string(),
      value: z.number(),
      range: z.string().optional(),
      extra: z.string().optional(),
    }),
  )
  .min(1);

test('github-action-benchmark: one direction a file, every name once', () => {
  const higher = entries.parse(JSON.parse(renderGithubActionBenchmark(fixtureResult(), 'higher')));
  const lower = entries.parse(JSON.parse(renderGithubActionBenchmark(fixtureResult(), 'lower')));
  const goodput = higher.find((one) => one.name.endsWith('backend=flannel-vxlan/mtu=1500 goodputPerNode'));
  assert.deepEqual([goodput?.value, goodput?.unit, goodput?.range], [8e8, 'bit/s', '780000000 to 820000000']);
  assert.ok(lower.some((one) => one.name.endsWith(' rpcP99') && one.unit === 's'));
  const names = [...higher, ...lower].map((one) => one.name);
  assert.equal(new Set(names).size, names.length);
  assert.ok(!names.some((name) => name.endsWith(' wireThroughput')));
});

test('OpenMetrics: read by a parser from npm, and by the rules that it does not know', () => {
  const text = renderOpenMetrics(fixtureResult());
  assert.deepEqual(openMetricsProblems(text), []);
  const families = parsePrometheus(text);
  const goodput = families.find((one) => one.name === 'windtunnel_goodput_per_node_bits_per_second')!;
  assert.equal(goodput.type, 'GAUGE');
  assert.deepEqual(
    goodput.metrics.map(({ value, labels }) => [labels?.backend, labels?.scenario, Number(value)]),
    [
      ['host', 'small-cluster', 1e9],
      ['flannel-vxlan', 'small-cluster', 8e8],
      ['flannel-host-gw', 'small-cluster', 9.6e8],
    ],
  );
});

test('OpenMetrics: labels are escaped, and two dimensions never share one', () => {
  const text = renderOpenMetrics(oddResult());
  assert.deepEqual(openMetricsProblems(text), []);
  const host = parsePrometheus(text).find((one) => one.name.includes('goodput_bits'))!.metrics[0]!;
  assert.deepEqual([host.labels?.cluster_x, host.labels?.cluster_x_], ['a "b"\n\\c', 'y-4']);
});

test('a result without figures is an empty document in every format', () => {
  const none = mergeRecords(fixtureInput({ records: [] }));
  assert.equal(renderOpenMetrics(none), '# EOF\n');
  assert.deepEqual(JSON.parse(renderBencher(none)), {});
  assert.deepEqual(JSON.parse(renderGithubActionBenchmark(none, 'lower')), []);
  assert.deepEqual(parseGoBenchmark(renderGoBenchmark(none)).lines, []);
});
