/**
 * `sensitivity` as a user has it: a scenario in, table, JSON and report out; mistakes, failures, resuming; and what a
 * run's report makes of the study. On stub parts, whose figures no price can move.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { type Sensitivity, sensitivitySchema } from '../../reports/sensitivity/schema.ts';
import { call, start, temporaryFolder } from './spawn.ts';

const { dir, remove } = temporaryFolder();
after(remove);
const OPTIONS = { timeout: 120_000 };
const at = (...parts: string[]): string => path.join(dir, ...parts);
const QUICK = ['--quick', '--draws', '2', '--workers', '0', '--progress', 'none', '--color', 'never'];
const sensitivity = (...argv: string[]) => call('sensitivity', ...argv, ...QUICK);
const fileOf = (folder: string): string => readFileSync(at(folder, 'sensitivity.json'), 'utf8');

test('exit codes and error texts', OPTIONS, async (t) => {
  const cases: [string[], RegExp][] = [
    [[], /sensitivity takes a scenario/],
    [['pod-to-pot'], /unknown scenario 'pod-to-pot'; did you mean pod-to-pod/],
    [['pod-to-pod', '--draws', '1'], /--draws takes a whole number from 2 to 1000, not '1'/],
    [['pod-to-pod', '--draws', 'many'], /'many' is no number/],
    [['pod-to-pod', '--backends', 'toi'], /unknown backend 'toi'; did you mean toy/],
    [['pod-to-pod', '--set', 'machine.prices.ENCAPP=*2'], /unknown setting 'machine\.prices\.ENCAPP'/],
    [['--resume', at('nowhere')], /nothing to resume/],
  ];
  for (const [argv, pattern] of cases) {
    await t.test(argv.join(' ') || 'nothing', async () => {
      const done = await call('sensitivity', ...argv);
      assert.match(done.err, pattern);
      assert.equal(done.code, 2);
      assert.equal(done.out, '');
    });
  }
});

test('--help has examples and the schema is printed', OPTIONS, async () => {
  const help = await call('sensitivity', '--help');
  assert.equal(help.code, 0);
  assert.match(help.out, /tsx run sensitivity pod-to-pod --quick/);
  assert.match(help.out, /--draws <n>/);
  const schema = await call('schema', 'sensitivity');
  assert.equal((JSON.parse(schema.out) as { title: string }).title, 'Windtunnel sensitivity');
});

test('any number of workers gives the same bytes; --json is the file', OPTIONS, async () => {
  const texts: string[] = [];
  for (const workers of ['0', '2']) {
    const done = await sensitivity('pod-to-pod', '--json', '--out', at(`w${workers}`), '--workers', workers);
    assert.equal(done.code, 0, done.err);
    assert.equal(done.out, fileOf(`w${workers}`));
    texts.push(done.out);
  }
  assert.equal(texts[1], texts[0]);
  const document = sensitivitySchema.parse(JSON.parse(texts[0]!));
  assert.deepEqual(
    document.prices.map(({ stage, low, high }) => [stage, low, high]),
    [['IP_OUT', 0.5, 2]],
  );
  // Two backends at four points: the book, one price at two ends, all at two ends, two draws, four nudges.
  assert.equal(document.runs, 8 * (1 + 2 + 2 + 2 + 4));
  assert.equal(document.cells.length, 8);
  for (const { figures, prices } of document.cells) {
    for (const { value, low, high } of figures) assert.deepEqual([low, high], [value, value]);
    assert.ok(prices.every(({ stage, share }) => stage === 'IP_OUT' && share === 1));
  }
  assert.ok(document.pairs.length > 0);
  assert.ok(document.pairs.every(({ flips, single }) => flips === 0 && single.length === 0));
  assert.match(readFileSync(at('w0', 'report.html'), 'utf8'), /How sure are these figures\?/);
});

test('a study that was cut off is resumed to the same bytes by its folder alone', OPTIONS, async () => {
  const whole = await sensitivity('pod-to-pod', '--backends', 'host', '--out', at('cut'));
  assert.equal(whole.code, 0, whole.err);
  assert.match(whole.err, /sensitivity, round 1: 4 runs/);
  const text = fileOf('cut');
  const lines = readFileSync(at('cut', 'journal.ndjson'), 'utf8').split('\n');
  writeFileSync(at('cut', 'journal.ndjson'), lines.slice(0, 20).join('\n').concat('\n'));
  writeFileSync(at('cut', 'sensitivity.json'), '');
  const done = await call('sensitivity', '--resume', at('cut'));
  assert.equal(done.code, 0, done.err);
  assert.equal(fileOf('cut'), text);
  assert.match(done.err, /round 2: \d+ runs .* known or from the journal/);
  const wrong = await call('run', '--resume', at('cut'));
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /holds a sensitivity study; to finish it: tsx run sensitivity --resume/);
});

test(
  'failed runs exit with 5, a named infeasible backend with 6; both stand below the tables',
  OPTIONS,
  async () => {
    const broken = await sensitivity(
      'pod-to-pod',
      '--backends',
      'host,broken',
      '--seed',
      '2',
      '--out',
      at('broken'),
    );
    assert.equal(broken.code, 5, broken.err);
    assert.match(broken.out, /backend=broken.* failed: a run at the prices of the book failed/);
    assert.equal((JSON.parse(fileOf('broken')) as Sensitivity).status, 'failed');
    const needy = await sensitivity('pod-to-pod', '--backends', 'host,needy', '--out', at('needy'));
    assert.equal(needy.code, 6, needy.err);
    assert.match(needy.out, /backend=needy.* infeasible: needs one L2\s+domain/);
  },
);

test("a run's report quotes the study beside it or named, and refuses another one's", OPTIONS, async () => {
  const flags = ['--backends', 'host,toy', '--quick', '--workers', '0', '--progress', 'none'];
  const plain = await call('run', 'pod-to-pod', ...flags, '--out', at('run'));
  assert.equal(plain.code, 0, plain.err);
  assert.match(plain.out, /Sureness: no price in use is only assumed\./);
  const over = await sensitivity('pod-to-pod', '--out', at('run'));
  assert.equal(over.code, 2);
  assert.match(over.err, /holds a run; beside it, with --out .*sensitivity, its report finds it/);
  const study = await sensitivity('pod-to-pod', '--backends', 'host,toy', '--out', at('run', 'sensitivity'));
  assert.equal(study.code, 0, study.err);
  const quoted = /Within their ranges \(2 draws\), at most: no figure moves; 0 of \d+ pairs/;
  const again = await call('run', '--resume', at('run'));
  assert.match(again.out.replaceAll('\n', ' '), quoted);
  assert.match(readFileSync(at('run', 'report.html'), 'utf8'), quoted);
  const file = at('run', 'sensitivity', 'sensitivity.json');
  const named = await call('run', 'pod-to-pod', ...flags, '--out', at('named'), '--sure', file);
  assert.match(named.out.replaceAll('\n', ' '), quoted);
  const cases: [string[], RegExp][] = [
    [['mtu-sweep', '--sure', file], /is of scenario pod-to-pod, not mtu-sweep/],
    [['pod-to-pod', '--sure', file, '--machine', 'epyc-100g'], /is of another machine or other prices/],
    [['pod-to-pod', '--sure', at('absent.json')], /cannot read .*absent\.json/],
    [['pod-to-pod', '--sure', at('run', 'result.json')], /result\.json: schema/],
  ];
  for (const [argv, pattern] of cases) {
    const done = await call('run', ...argv, ...flags, '--out', at('refused'));
    assert.equal(done.code, 2, done.err);
    assert.match(done.err, pattern);
    assert.ok(!existsSync(at('refused')), 'before anything is run');
  }
});

test('Ctrl-C: exit 130 and a line to resume', OPTIONS, async () => {
  const argv = ['sensitivity', 'mtu-sweep', '--backends', 'stuck', '--workers', '2', '--progress', 'plain'];
  const { child, finished, said } = start(dir, [...argv, '--out', 'stopped']);
  await said('0/12 tasks');
  child.kill('SIGINT');
  const done = await finished;
  assert.equal(done.code, 130, done.err);
  assert.match(done.err, /to finish: tsx run sensitivity --resume stopped/);
  assert.equal(done.out, '');
});
