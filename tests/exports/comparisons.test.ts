/**
 * Exports of comparisons and checks: JUnit by Jenkins' schema, GitHub's limits with thousands of cells, and labels
 * that would break each format.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { validateXML } from 'xmllint-wasm';
import { renderComparisonCsv } from '../../reports/exports/comparisonCsv.ts';
import type { Outcome } from '../../reports/exports/findings.ts';
import { renderAnnotations } from '../../reports/exports/github.ts';
import { renderJunit } from '../../reports/exports/junit.ts';
import { renderPullRequest, SUMMARY_BYTES_MAX } from '../../reports/exports/pullRequest.ts';
import { cell, check, comparison, goodput, manyCells, source, threshold } from './comparisonFixture.ts';

const SCHEMA = readFileSync(new URL('./junit-10.xsd', import.meta.url), 'utf8');
const of = (...comparisons: Outcome['comparisons']): Outcome => ({ comparisons, checks: [] });
const ACCEPTED = { match: 'goodput', until: '2027-01-31', reason: 'new NIC driver' };

/** One of each: regression, warning, improvement, accepted, too few seeds, gone. */
const mixed = (): Outcome =>
  of(
    comparison([
      cell('backend=host', [goodput(0), goodput(0.02)]),
      cell('backend=a', [
        goodput(-0.05),
        goodput(-0.08, { metric: 'rpcP99', label: 'RPC p99', finding: 'warn', level: 'warn' }),
      ]),
      cell('backend=b', [goodput(-0.2, { finding: 'off', acceptedBy: ACCEPTED })]),
      cell('backend=c', [goodput(-0.03, { verdict: 'too-few', finding: 'off', p: null })]),
      cell('backend=d', [
        goodput(-1, { verdict: 'lost', headMedian: null, delta: null, interval: null, p: null }),
      ]),
    ]),
  );

/** Letters that some format gives a meaning to. */
const ODD = 'a|b,<script>"&\'\n::error::%0A`x`*y*\u0001]]>';
const odd = (): Outcome => ({
  comparisons: [
    comparison([cell(ODD, [goodput(-0.05, { label: ODD })])], { base: source(ODD), notes: [ODD] }),
    comparison([], {
      comparable: false,
      problems: [{ aspect: 'machine', message: `other machine\n${ODD}`, allowed: false }],
    }),
  ],
  checks: [check([threshold({ cell: ODD, condition: ODD })])],
});

async function junitProblems(xml: string): Promise<string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'windtunnel.xml', contents: xml }],
    schema: [SCHEMA],
  });
  return errors.map((error) => error.rawMessage);
}

test('JUnit: valid by the schema, a case a gated figure', async () => {
  const xml = renderJunit(mixed());
  assert.deepEqual(await junitProblems(xml), []);
  assert.ok(
    xml.includes('<testsuite name="main → pull request" tests="7" failures="2" errors="1" skipped="0"'),
  );
  assert.match(
    xml,
    /name="backend=a goodput" time="0"><failure type="windtunnel" message="worse: 10\.00 → 9\.50 Gbit/,
  );
  assert.match(xml, /name="backend=a rpcP99" time="0"><system-out>warning: worse: /);
  assert.match(
    xml,
    /name="backend=b goodput" time="0"><system-out>accepted until 2027-01-31 \(new NIC driver\): /,
  );
  assert.match(xml, /name="backend=c goodput" time="0"><error type="windtunnel" message="too-few: /);
  assert.match(
    xml,
    /name="backend=d goodput" time="0"><failure type="windtunnel" message="lost: 10\.0 → – Gbit\/s"/,
  );
  assert.ok(
    !(await junitProblems(xml.replace('failures="2" ', ''))).every((one) => one === ''),
    'the schema is used',
  );
});

test('JUnit: where few seeds are allowed, what they leave open is skipped', () => {
  const { comparisons } = mixed();
  const gate = { ...comparisons[0]!.gate, undecided: 0 };
  const xml = renderJunit(of({ ...comparisons[0]!, gate }));
  assert.ok(xml.includes('tests="7" failures="2" errors="0" skipped="1"'));
});

test('JUnit: odd labels, results that do not compare, broken thresholds', async () => {
  const xml = renderJunit(odd());
  assert.deepEqual(await junitProblems(xml), []);
  assert.ok(xml.includes('tests="1" failures="0" errors="1"'));
  assert.ok(xml.includes('RPC p99') || xml.includes('rpcP99'));
  assert.deepEqual(await junitProblems(renderJunit(of())), []);
});

test('annotations: at most ten of a level, errors first, the worst first, the rest counted', () => {
  const lines = renderAnnotations(of(comparison(manyCells(3000))))
    .trimEnd()
    .split('\n');
  assert.equal(lines.length, 20);
  assert.ok(lines.slice(0, 10).every((line) => line.startsWith('::error title=')));
  assert.ok(lines.slice(10).every((line) => line.startsWith('::warning title=')));
  // The last cell lost half of its 10 Gbit/s.
  assert.match(
    lines[0]!,
    /^::error title=Windtunnel%3A worse%3A goodput::backend=.*streams=3000: 10\.00 → 5\.00 Gbit\/s, −50\.0 %25/,
  );
  assert.match(lines[9]!, /::and 2991 more of this level/);
  const ten = renderAnnotations(of(comparison(manyCells(10))))
    .trimEnd()
    .split('\n');
  assert.equal(ten.length, 20);
  assert.ok(!ten.some((line) => line.includes('more of this level')));
});

test('annotations: what is gone or does not compare is worse than any change', () => {
  const lines = renderAnnotations(mixed()).trimEnd().split('\n');
  assert.match(lines[0]!, /no verdict%3A too few seeds::pull request: 1 figures changed, 13 seeds/);
  assert.match(lines[1]!, /lost%3A goodput::backend=d/);
  assert.match(lines[2]!, /worse%3A goodput::backend=a/);
  assert.match(lines[3]!, /^::warning /);
  assert.equal(lines.length, 4);
  assert.equal(renderAnnotations(of(comparison([]))), '');
});

test('annotations: a label begins no command and ends no line', () => {
  const lines = renderAnnotations(odd()).trimEnd().split('\n');
  assert.equal(lines.length, 3);
  for (const line of lines) assert.match(line, /^::error title=[^:,\n]*::[^\n\r]*$/);
});

test('pull request: within the limit of a comment and of a summary, and says what is left out', () => {
  const outcome = of(comparison(manyCells(5000)));
  const comment = renderPullRequest(outcome);
  assert.ok(comment.length < 65_536 && Buffer.byteLength(comment) < 65_536, String(comment.length));
  assert.ok(Buffer.byteLength(comment) > 60_000, 'uses the room that it has');
  assert.match(comment, /and \d+ more rows, left out/);
  const shown = comment.split('\n').filter((line) => line.startsWith('| ❌ worse')).length;
  const left = Number(/and (\d+) more rows/.exec(comment)![1]);
  assert.equal(shown + left, 10_000);
  assert.ok(comment.indexOf('streams=5000') < comment.indexOf('streams=4999'), 'the worst first');
  assert.ok(comment.includes('Geometric means'), 'later parts keep their heading');
  const summary = renderPullRequest(outcome, SUMMARY_BYTES_MAX);
  assert.ok(Buffer.byteLength(summary) < 1024 * 1024);
  assert.ok(summary.length > comment.length * 10);
});

test('pull request: long words and many heads stay within the limit too', () => {
  const long = 'long '.repeat(20_000);
  const heads = Array.from({ length: 200 }, () =>
    comparison(manyCells(20), {
      head: source(long),
      notes: Array.from({ length: 100 }, () => long),
      problems: [{ aspect: 'seeds', message: long, allowed: true }],
    }),
  );
  const comment = renderPullRequest(of(...heads));
  assert.ok(Buffer.byteLength(comment) < 65_536);
  assert.match(comment, /and \d+ more parts, left out/);
});

test('pull request: verdict, figures, folded parts', () => {
  const comment = renderPullRequest(mixed());
  assert.ok(comment.startsWith('<!-- windtunnel: ci-smoke -->\n## ❌ Windtunnel: 3 errors, 1 warning\n'));
  assert.ok(
    comment.includes(
      '| ❌ worse | backend=a | goodput | 10.00 → 9.50 Gbit/s | −5.00 % | −5.10 … −4.90 % | 0.049 | 13 |',
    ),
  );
  assert.match(
    comment,
    /1 accepted<\/summary>\n\n\| cell .*\n.*\n\| backend=b \| goodput \| −20\.0 % \| 2027-01-31 \| new NIC driver \|/,
  );
  assert.match(comment, /<summary>2 other changes<\/summary>/);
  const open = comment.match(/<details>/g)!.length;
  assert.equal(comment.match(/<\/details>/g)!.length, open);
  const equal = renderPullRequest(of(comparison([], { equal: true })));
  assert.match(equal, /## ✅ Windtunnel: nothing changed/);
  assert.match(
    renderPullRequest({ comparisons: [], checks: [check([threshold()])] }),
    /max &lt; 400us: 512 µs/,
  );
});

test('a message with details is one line', () => {
  const message = 'settings of shop:\n  cluster.mtuBytes: 9000 → 1500\n  cluster.nodes: 4 → 8';
  const outcome = of(comparison([], { problems: [{ aspect: 'scenario', message, allowed: true }] }));
  const said = 'allowed: settings of shop: cluster.mtuBytes: 9000 → 1500; cluster.nodes: 4 → 8\n';
  assert.ok(renderPullRequest(outcome).includes(said));
});

test('pull request: a label breaks neither table nor page', () => {
  const comment = renderPullRequest(odd());
  assert.ok(!comment.includes('<script>'));
  assert.match(comment, /## ❌ Windtunnel: results do not compare/);
  const rows = comment.split('\n').filter((line) => line.startsWith('| ❌ worse'));
  assert.equal(rows.length, 1);
  assert.equal(rows[0]!.replaceAll('\\|', '').split('|').length, 10);
});

test('CSV: one line a figure, base units', () => {
  const lines = renderComparisonCsv(mixed()).split('\r\n');
  assert.equal(lines.length, 9);
  assert.ok(
    lines[0]!.startsWith(
      'base,head,cell,metric,unit,better,baseMedian,headMedian,delta,deltaRatio,low,high,',
    ),
  );
  assert.ok(
    lines[3]!.startsWith(
      'main,pull request,backend=a,goodput,bit/s,higher,10000000000,9500000000,-500000000,-0.05,',
    ),
  );
  const thresholds = renderComparisonCsv({ comparisons: [], checks: [check([threshold()])] });
  assert.match(
    thresholds,
    /\r\npull request,backend=host\/mtu=1500,rpcP99,s,max < 400us,0\.000512,0\.0004,false,error,error,\r\n$/,
  );
});
