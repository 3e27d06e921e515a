/**
 * `--export`, `export`, annotations and summaries by the command line, on stub parts.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { tellGithub } from '../../cli/github.ts';
import type { Io } from '../../cli/io.ts';
import { readResult } from '../../reports/read.ts';
import { comparison, manyCells } from '../exports/comparisonFixture.ts';
import { parseGoBenchmark } from '../exports/goParser.ts';
import { openMetricsProblems } from '../exports/openMetricsGrammar.ts';
import { call, run, temporaryFolder } from './spawn.ts';

const { dir, remove } = temporaryFolder();
after(remove);
const at = (...parts: string[]): string => path.join(dir, ...parts);
const text = (...parts: string[]): string => readFileSync(at(...parts), 'utf8');
const RUN = ['run', 'pod-to-pod', '--no-config', '--workers', '0', '--progress', 'none'];

before(async () => {
  const { code, err } = await call(...RUN, '--out', at('base'));
  assert.equal(code, 0, err);
});

test('run writes exports in every format, into folders that it makes', async () => {
  const formats = [
    'json',
    'csv',
    'md',
    'html',
    'gobench',
    'openmetrics',
    'bencher',
    'gha-bigger',
    'gha-smaller',
  ];
  const flags = formats.flatMap((format) => ['--export', `${format}=${at('out', 'deep', format)}`]);
  const { code, err } = await call(...RUN, '--out', at('head'), ...flags);
  assert.equal(code, 0, err);
  assert.equal(
    readResult(at('out', 'deep', 'json')).digest.value,
    readResult(at('head', 'result.json')).digest.value,
  );
  assert.ok(parseGoBenchmark(text('out', 'deep', 'gobench')).lines.length > 0);
  assert.deepEqual(openMetricsProblems(text('out', 'deep', 'openmetrics')), []);
  for (const format of formats) assert.match(err, new RegExp(`^${format} `, 'm'));
  // What is exported is no part of the inputs: the journal's command repeats without it.
  assert.ok(!text('head', 'journal.ndjson').split('\n')[0]!.includes('--export'));
});

test('a finished result is exported again, byte by byte the same', async () => {
  const { code } = await call('export', at('head'), '--no-config', `csv=${at('again.csv')}`);
  assert.equal(code, 0);
  assert.equal(text('again.csv'), text('out', 'deep', 'csv'));
});

test('what is wrong with an export is said before the run: exit 2', async () => {
  for (const [flag, message] of [
    ['openmetric=x', /unknown format 'openmetric'.*openmetrics/],
    ['csv', /takes format=file, not 'csv'/],
    ['csv=', /takes format=file/],
  ] as const) {
    const { code, err } = await call(...RUN, '--out', at('never'), '--export', flag);
    assert.equal(code, 2);
    assert.match(err, message);
  }
  const twice = ['--export', `csv=${at('t')}`, '--export', `md=${at('t')}`];
  assert.match((await call(...RUN, '--out', at('never'), ...twice)).err, /writes .* twice/);
  assert.ok(!existsSync(at('never')));
});

test('compare and check write their exports, whatever the gate says', async () => {
  const outputs = ['json', 'csv', 'md', 'html', 'junit'].flatMap((format) => [
    '--export',
    `${format}=${at('compared', format)}`,
  ]);
  const same = await call('compare', at('base'), at('head'), '--no-config', '--gate', 'error', ...outputs);
  assert.equal(same.code, 0, same.err);
  assert.match(text('compared', 'md'), /## ✅ Windtunnel: nothing changed/);
  assert.equal(JSON.parse(text('compared', 'json')).schema, 'windtunnel/comparison');
  const threshold = 'goodput: value < 1';
  const broken = await call(
    ...['check', at('base'), '--no-config', '--threshold', threshold],
    ...['--export', `junit=${at('checked.xml')}`],
  );
  assert.equal(broken.code, 3, broken.err);
  assert.match(text('checked.xml'), /<failure type="windtunnel" message="value &lt; 1/);
});

test('a summary that is full already is left alone', () => {
  const file = at('full.md');
  writeFileSync(file, 'x'.repeat(1_040_000));
  const outcome = { comparisons: [comparison(manyCells(2000))], checks: [] };
  let told = '';
  const io = { env: { GITHUB_STEP_SUMMARY: file }, note: (line: string) => (told += `${line}\n`) };
  tellGithub(outcome, { github: true }, io as unknown as Io);
  assert.equal(statSync(file).size, 1_040_000);
  assert.equal(told.trimEnd().split('\n').length, 20);
  writeFileSync(file, 'x'.repeat(700_000));
  tellGithub(outcome, { github: true }, io as unknown as Io);
  assert.ok(statSync(file).size > 900_000 && statSync(file).size < 1024 * 1024, String(statSync(file).size));
});

test('in GitHub Actions: annotations on stderr, summary appended, neither with --no-github', async () => {
  const summary = at('summary.md');
  writeFileSync(summary, 'before\n');
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
  const words = ['check', at('base'), '--no-config', '--threshold', 'goodput: value < 1', '--json'];
  const told = await run(dir, words, env);
  assert.equal(told.code, 3);
  assert.match(told.err, /^::error title=Windtunnel%3A threshold broken/m);
  assert.equal(JSON.parse(told.out).schema, 'windtunnel/check');
  assert.match(text('summary.md'), /^before\n<!-- windtunnel: pod-to-pod -->\n## ❌ Windtunnel: /);
  rmSync(summary);
  const quiet = await run(dir, [...words, '--no-github'], env);
  assert.ok(!quiet.err.includes('::error') && !existsSync(summary));
});
