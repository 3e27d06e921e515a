/**
 * compare, check, baseline, merge and run --baseline as a user meets them: exit codes, files, messages.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Check, Comparison } from '../../reports/comparison/types.ts';
import type { Result } from '../../reports/schema.ts';
import { type Made, resultOf } from '../reports/comparisonFixture.ts';
import { call, run, temporaryFolder } from './spawn.ts';

const { dir, remove } = temporaryFolder();
after(remove);
const at = (...parts: string[]): string => path.join(dir, ...parts);
const HOST = 'backend=host';
const samples = (factor: number): number[] =>
  Array.from({ length: 12 }, (_, seed) => 100 * factor * (1 + ((seed * 7) % 12) / 1000));

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, k) => from + k);

function write(name: string, made: Made): string {
  mkdirSync(path.dirname(at(name)), { recursive: true });
  writeFileSync(at(name), JSON.stringify(resultOf(made)));
  return at(name);
}

before(() => {
  write('base.json', { cells: { [HOST]: { goodput: samples(1) } } });
  write('same.json', { cells: { [HOST]: { goodput: samples(1) } } });
  write('worse.json', { cells: { [HOST]: { goodput: samples(0.9) } } });
  write('few.json', { cells: { [HOST]: { goodput: [100] } } });
  write('few-worse.json', { cells: { [HOST]: { goodput: [90] } } });
  write('other-seeds.json', { cells: { [HOST]: { goodput: samples(1) } }, seeds: range(101, 12) });
  writeFileSync(at('baselines.yaml'), `baselines: ${at('kept')}\n`);
});
const compare = (...argv: string[]) => call('compare', ...argv, '--no-config');

test('compare: 0 without a gate or passed, 3 failed, 4 not comparable or undecided, 2 no result', async () => {
  const codeOf = async (...argv: string[]): Promise<number | null> => (await compare(...argv)).code;
  assert.equal(await codeOf(at('base.json'), at('worse.json')), 0);
  assert.equal(await codeOf(at('base.json'), at('worse.json'), '--gate', 'warn'), 0);
  assert.equal(await codeOf(at('base.json'), at('worse.json'), '--gate', 'error'), 3);
  assert.equal(await codeOf(at('worse.json'), at('base.json'), '--gate', 'error'), 0);
  assert.equal(await codeOf(at('base.json'), at('same.json'), '--gate', 'error'), 0);
  assert.equal(await codeOf(at('base.json'), at('same.json'), at('worse.json'), '--gate', 'error'), 3);
  assert.equal(await codeOf(at('base.json'), at('other-seeds.json')), 4);
  assert.equal(await codeOf(at('base.json'), at('other-seeds.json'), '--allow', 'seeds'), 0);
  assert.equal(await codeOf(at('few.json'), at('few-worse.json')), 0);
  assert.equal(await codeOf(at('few.json'), at('few-worse.json'), '--gate', 'error'), 4);
  assert.equal(await codeOf(at('few.json'), at('few.json'), '--gate', 'error'), 0);
  const allowed = ['--gate', 'error', '--allow', 'few-seeds'];
  assert.equal(await codeOf(at('few.json'), at('few-worse.json'), ...allowed), 0);
  assert.equal(await codeOf(at('base.json'), at('same.json'), '--exact'), 0);
  assert.equal(await codeOf(at('few.json'), at('few-worse.json'), '--exact'), 3);
  assert.equal(await codeOf(at('absent.json'), at('same.json')), 4);
  assert.equal(await codeOf(at('base.json'), at('absent.json')), 2);
  for (const [flag, value] of [
    ['--gate', 'strict'],
    ['--allow', 'models'],
    ['--alpha', '2'],
    ['--metrics', 'godput'],
    ['--filter', 'goodput{'],
    ['--max-regression', '5'],
  ] as const) {
    const done = await compare(at('base.json'), at('same.json'), flag, value);
    assert.deepEqual([done.code, done.err.includes(flag)], [2, true], `${flag}: ${done.err}`);
  }
});

test('compare: labels, text, one JSON document', async () => {
  const pair = [`main=${at('base.json')}`, `pull request=${at('worse.json')}`];
  const text = (await compare(...pair)).out;
  assert.match(text, /^base {2}main {10}small-cluster · 12 seeds/);
  assert.match(text, /^backend +main +pull request +change/m);
  assert.match(text, /^host +100\.5 +90\.5 +−10\.0\d? % .* worse$/m);
  const json = JSON.parse((await compare(...pair, at('same.json'), '--json')).out) as {
    schema: string;
    comparisons: Comparison[];
  };
  assert.equal(json.schema, 'windtunnel/comparison');
  assert.deepEqual(
    json.comparisons.map(({ base, head, equal }) => [base.label, head.label, equal]),
    [
      ['main', 'pull request', false],
      ['main', 'same', true],
    ],
  );
});

test('corrupted, truncated and foreign files: exit 2 with the path; another major version: exit 4', async () => {
  const good = readFileSync(at('base.json'), 'utf8');
  const broken: [string, string, RegExp][] = [
    ['truncated.json', good.slice(0, good.length / 2), /not JSON/],
    ['corrupted.json', good.replace('"goodput"', '"goodputt"'), /digest\.value: does not match the content/],
    ['wrong.json', good.replace('"plainNodes":2', '"plainNodes":"two"'), /cells\[0\]\.plainNodes: expected/],
    ['foreign.json', '{"schema":"else"}', /schema: /],
    ['list.json', '[1, 2]', /expected object/],
    ['empty.json', '', /not JSON/],
    ['binary.json', '\u0000\u0001', /not JSON/],
  ];
  for (const [name, text, pattern] of broken) {
    writeFileSync(at(name), text);
    const escaped = new RegExp(`${name.replace('.', '\\.')} is no result: `);
    for (const argv of [
      ['compare', at(name), at('same.json')],
      ['compare', at('base.json'), at(name)],
      ['compare', at('base.json'), at(name), '--exact'],
      ['check', at(name), '--threshold', 'goodput: > 1'],
      ['baseline', 'save', 'x', at(name)],
    ]) {
      const done = await call(...argv, '--no-config');
      assert.match(done.err, escaped, argv.join(' '));
      assert.match(done.err, pattern);
      assert.deepEqual([done.code, done.out], [2, '']);
    }
  }
  writeFileSync(at('later.json'), good.replace(/"schemaVersion":"1\.\d+"/, '"schemaVersion":"2.0"'));
  const later = await compare(at('base.json'), at('later.json'));
  assert.equal(later.code, 4);
  assert.match(later.err, /later\.json has version 2\.0 of the result's schema/);
  mkdirSync(at('hollow'));
  assert.equal((await compare(at('hollow'), at('same.json'))).code, 2);
});

test('check: thresholds of flags and of a configuration in every format', async () => {
  const check = (...argv: string[]) => call('check', at('base.json'), ...argv);
  assert.equal((await check('--no-config', '--threshold', 'goodput{backend=host}: min >= 90')).code, 0);
  const broken = await check('--no-config', '--threshold', 'goodput{backend=host}: min >= 1 kbit/s');
  assert.equal(broken.code, 3);
  assert.match(broken.out, /✗ backend=host: goodput, min >= 1 kbit\/s: 100 bit\/s/);
  assert.equal((await check('--no-config', '--threshold', 'goodput: > 1k', '--gate', 'warn')).code, 2);
  assert.equal((await check('--no-config', '--threshold', 'goodput: > 1000', '--gate', 'warn')).code, 0);
  const none = await check('--no-config');
  assert.deepEqual([none.code, /no thresholds/.test(none.err)], [2, true]);
  const config = {
    thresholds: { 'goodput{backend=host}': ['warn', 'min >= 1000'], goodput: 'max < 1000' },
    accept: [{ match: 'goodput', until: '2001-01-01', reason: 'old' }],
  };
  writeFileSync(at('c.json'), JSON.stringify(config));
  writeFileSync(at('c.yaml'), `thresholds:\n  goodput: [error, min >= 1000]\n`);
  writeFileSync(at('c.mjs'), `export default ${JSON.stringify(config)};\n`);
  writeFileSync(
    at('c.ts'),
    `const level: string = 'error';\nexport default { thresholds: { goodput: [level, '< 1'] } };\n`,
  );
  for (const [name, code] of [
    ['c.json', 0],
    ['c.yaml', 3],
    ['c.mjs', 0],
    ['c.ts', 3],
  ] as const) {
    const done = await check('--config', at(name), '--json');
    assert.equal(done.code, code, `${name}: ${done.err}`);
    const { checks } = JSON.parse(done.out) as { checks: Check[] };
    if (name === 'c.json') {
      assert.deepEqual(checks[0]!.notes, ['the accept of goodput ended on 2001-01-01 (old)']);
      assert.equal(checks[0]!.gate.warnings, 1);
    }
  }
});

test('a mistake in the configuration is named with file and field', async () => {
  const cases: [string, RegExp][] = [
    ['thresholds: {godput: "< 1"}', /thresholds: unknown metric 'godput'/],
    ['thresholds: {goodput: "fast"}', /thresholds: 'fast' of goodput is no condition/],
    ['thresholds: {goodput: [loud, "< 1"]}', /thresholds: 'loud' of goodput/],
    ['treshold: {}', /bad\.yaml: .*treshold/],
    ['alpha: 3', /bad\.yaml: alpha: /],
    ['accept: [{match: goodput, until: tomorrow, reason: x}]', /accept\[0\]\.until: expected a day/],
    ['accept: [{match: goodput, until: "2027-01-01"}]', /accept\[0\]\.reason/],
    ['metrics: [godput]', /bad\.yaml: metrics: unknown metric 'godput'; did you mean goodput/],
    ['floors: {goodput: "1 ms"}', /bad\.yaml: floors: '1 ms'/],
    ['a: [', /cannot load .*bad\.yaml/],
  ];
  for (const [text, pattern] of cases) {
    writeFileSync(at('bad.yaml'), text);
    const done = await call('check', at('base.json'), '--config', at('bad.yaml'));
    assert.match(done.err, pattern, text);
    assert.equal(done.code, 2, text);
  }
  assert.equal((await call('check', at('base.json'), '--config', at('none.yaml'))).code, 2);
});

test('floors, levels against the baseline and accepts of a configuration reach the gate', async () => {
  const codeOf = async (yaml: string): Promise<number | null> => {
    writeFileSync(at('gate.yaml'), yaml);
    return (await call('compare', at('base.json'), at('worse.json'), '--config', at('gate.yaml'))).code;
  };
  assert.equal(await codeOf('gate: error'), 3);
  assert.equal(await codeOf('gate: error\nfloors: {goodput: 20%}'), 0);
  assert.equal(await codeOf('gate: error\nfloor: 20%'), 0);
  assert.equal(await codeOf('gate: error\nmetrics: [rpcP99]'), 0);
  assert.equal(await codeOf('gate: error\nthresholds: {goodput: [warn, {vsBaseline: -3%}]}'), 0);
  assert.equal(await codeOf('gate: error\nmetrics: []\nthresholds: {goodput: {vsBaseline: -3%}}'), 3);
  assert.equal(await codeOf('gate: error\nthresholds: {goodput: {vsBaseline: -15%}}'), 0);
  const accept = (until: string): string =>
    `gate: error\naccept: [{match: "goodput{backend=host}", until: "${until}", reason: kernel}]`;
  assert.equal(await codeOf(accept('9999-12-31')), 0);
  assert.equal(await codeOf(accept('2001-01-01')), 3);
});

test('baselines: save, list, show, export, compare by name, rm', async () => {
  const config = ['--config', at('baselines.yaml')];
  const baseline = (...argv: string[]) => call('baseline', ...argv, ...config);
  const missing = await call('compare', 'main', at('same.json'), ...config);
  assert.equal(missing.code, 4);
  assert.match(
    missing.err,
    /no baseline 'main' in .*kept \(there are none\); to make it: baseline save main/,
  );
  const saved = await baseline('save', 'main', at('base.json'));
  assert.equal(saved.code, 0, saved.err);
  assert.match(saved.err, /kept\/main\/small-cluster\.json: new, small-cluster · 12 seeds/);
  assert.match((await baseline('save', 'main', at('same.json'))).err, /unchanged/);
  assert.deepEqual(readdirSync(at('kept', 'main')), ['small-cluster.json']);
  assert.match((await baseline('list')).out, /^main {2}small-cluster · 12 seeds/);
  assert.match((await baseline('show', 'main')).out, /goodput/);
  const exported = JSON.parse((await baseline('export', 'main')).out) as Result;
  const original = JSON.parse(readFileSync(at('base.json'), 'utf8')) as Result;
  assert.deepEqual(exported, original);
  assert.equal((await call('compare', 'main', at('worse.json'), '--gate', 'error', ...config)).code, 3);
  assert.equal((await call('compare', 'mian', at('worse.json'), ...config)).code, 4);
  // A second scenario in the same baseline: each head finds its own.
  const { scenario } = original;
  const incast: Made = {
    cells: { [HOST]: { goodput: samples(1) } },
    change: { scenario: { ...scenario, id: 'incast' } },
  };
  await baseline('save', 'main', write('incast.json', incast));
  const both = await call('compare', 'main', at('incast.json'), at('same.json'), '--json', ...config);
  const { comparisons } = JSON.parse(both.out) as { comparisons: Comparison[] };
  assert.deepEqual(
    comparisons.map(({ equal }) => equal),
    [true, true],
  );
  const third = write('third.json', { ...incast, change: { scenario: { ...scenario, id: 'jumbo' } } });
  const other = await call('compare', 'main', third, ...config);
  assert.deepEqual(
    [other.code, /main has no result of jumbo; it has incast, small-cluster/.test(other.err)],
    [4, true],
  );
  assert.match((await baseline('export', 'main')).err, /choose with --scenario/);
  const cut = write('cut.json', { cells: { [HOST]: { goodput: [1] } }, change: { status: 'interrupted' } });
  assert.equal((await baseline('save', 'cut', cut)).code, 2);
  assert.equal((await baseline('save', '../out', at('base.json'))).code, 2);
  assert.equal((await baseline('save', 'two', at('base.json'), at('worse.json'))).code, 2);
  assert.equal((await baseline('rm', 'main')).code, 0);
  assert.equal(existsSync(at('kept', 'main')), false);
  assert.equal((await baseline('rm', 'main')).code, 4);
  assert.match((await call('baseline', 'sav')).err, /baseline takes save, .*did you mean save/);
});

const QUICK = ['--quick', '--workers', '0', '--progress', 'none', '--backends', 'host,toy'];

test('run --baseline: created, equal, changed', async () => {
  const config = ['--config', at('baselines.yaml')];
  const ran = (...argv: string[]) => call('mtu-sweep', ...QUICK, '--out', at('ran'), ...config, ...argv);
  const absent = await ran('--baseline', 'nightly', '--gate', 'error');
  assert.deepEqual([absent.code, existsSync(at('ran'))], [4, false], 'said before anything runs');
  const created = await ran('--baseline', 'nightly', '--missing-baseline', 'create');
  assert.equal(created.code, 0);
  assert.match(created.err, /baseline .*nightly\/mtu-sweep\.json/);
  const equal = await ran('--baseline', 'nightly', '--gate', 'error');
  assert.match(equal.out, /equal: every byte of the results is the same/);
  assert.equal(equal.code, 0);
  const other = await ran('--baseline', 'nightly', '--gate', 'error', '--seed', '7');
  assert.equal(other.code, 4);
  assert.match(other.out, /seeds: 1 → 7/);
  const allowed = ['--seed', '7', '--allow', 'seeds,few-seeds'];
  const json = await ran(
    '--baseline',
    'nightly',
    '--gate',
    'error',
    ...allowed,
    '--save-baseline',
    'seven',
    '--json',
  );
  assert.equal(json.code, 0, json.err);
  assert.equal((JSON.parse(json.out) as Result).seeds.root, 7);
  assert.ok(existsSync(at('kept', 'seven', 'mtu-sweep.json')));
  const header = readFileSync(at('ran', 'journal.ndjson'), 'utf8').split('\n')[0]!;
  assert.doesNotMatch(header, /baseline|gate|allow|config/);
  assert.equal((await ran('--gate', 'error')).code, 2);
});

test('merge: seeds and backends of several runs give the bytes of one', async () => {
  const base = ['mtu-sweep', '--workers', '0', '--progress', 'none', '--quick'];
  const part = async (name: string, ...argv: string[]): Promise<string> => {
    const done = await call(...base, ...argv, '--out', at(name));
    assert.equal(done.code, 0, done.err);
    return at(name);
  };
  const whole = await part('whole', '--backends', 'host,toy', '--replications', '4');
  const parts = [
    await part('p1', '--backends', 'host,toy', '--replications', '1'),
    await part('p2', '--backends', 'host,toy', '--replications', '3', '--seed', '2'),
  ];
  const merged = await call('merge', ...parts.reverse(), '--out', at('merged'));
  assert.equal(merged.code, 0, merged.err);
  const digestOf = (folder: string): string =>
    (JSON.parse(readFileSync(path.join(folder, 'result.json'), 'utf8')) as Result).digest.value;
  assert.equal(digestOf(at('merged')), digestOf(whole));
  assert.ok(existsSync(at('merged', 'report.html')));
  const byBackend = [
    await part('host', '--backends', 'host', '--replications', '2'),
    await part('toy', '--backends', 'toy', '--replications', '2'),
  ];
  const both = JSON.parse((await call('merge', ...byBackend, '--out', at('both'), '--json')).out) as Result;
  assert.deepEqual([both.cells.length, both.status, both.seeds.replications], [8, 'complete', [1, 2]]);
  const two = await part('two', '--backends', 'host,toy', '--replications', '2');
  assert.equal(both.digest.value, digestOf(two));
  const gap = [
    await part('g1', '--backends', 'host', '--replications', '2'),
    await part('g2', '--backends', 'toy', '--replications', '1'),
  ];
  assert.equal(
    (JSON.parse((await call('merge', ...gap, '--out', at('gap'), '--json')).out) as Result).status,
    'interrupted',
  );
  const other = await part('other', '--backends', 'host', '--set', 'cluster.uplinks=8');
  const refused = await call('merge', parts[0]!, other, '--out', at('refused'));
  assert.equal(refused.code, 4);
  assert.match(refused.err, /is no part of the same run[\s\S]*cluster\.uplinks: \d+ → 8/);
  assert.equal((await call('merge', at('base.json'), '--out', at('refused'))).code, 2);
});

test('the configuration of the working folder is found, and two are one too many', async () => {
  const home = at('home');
  mkdirSync(home);
  writeFileSync(path.join(home, 'windtunnel.config.yaml'), 'thresholds: {goodput: "< 1"}\n');
  assert.equal((await run(home, ['check', at('base.json')])).code, 3);
  writeFileSync(path.join(home, 'windtunnel.config.json'), '{}');
  const two = await run(home, ['check', at('base.json')]);
  assert.deepEqual([two.code, /keep one, or name it with --config/.test(two.err)], [2, true]);
});

test('the configuration that the documentation shows is one', async () => {
  const page = readFileSync(new URL('../../docs/COMPARING.md', import.meta.url), 'utf8');
  const yaml = /```yaml\n([\s\S]*?)```/.exec(page)![1]!;
  writeFileSync(at('shown.yaml'), yaml);
  const checked = await call('check', at('base.json'), '--config', at('shown.yaml'));
  assert.equal(checked.code, 0, checked.err);
  assert.match(checked.out, /1 of 1 thresholds hold[\s\S]*goodput\{nodes>=1000\} matches no cell/);
  const compared = await call('compare', at('base.json'), at('worse.json'), '--config', at('shown.yaml'));
  assert.equal(compared.code, 3, compared.err);
});
