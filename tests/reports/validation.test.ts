/**
 * A validation's tables, documents, report and schema, from a document made by hand.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MARKED_DOCUMENTS } from '../../cli/validation/docs.ts';
import { accuracyLine, accuracyOf, trafficOf } from '../../reports/accuracy.ts';
import { renderValidationHtml } from '../../reports/validation/html.ts';
import { BadMarkers, fillMarkers, markdownParts } from '../../reports/validation/markdown.ts';
import { byName, rowNames } from '../../reports/validation/rowNames.ts';
import {
  type Validation,
  type ValidationRow,
  validationJsonSchema,
} from '../../reports/validation/schema.ts';
import { rowTables, verdictOf } from '../../reports/validation/tables.ts';
import { renderValidation } from '../../reports/validation/text.ts';
import { figure, problemLines, signed } from '../../reports/validation/words.ts';

const project = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

const row = (given: Partial<ValidationRow>): ValidationRow => ({
  id: 'X-1',
  bed: 'X',
  family: 'tcp1',
  backend: 'flannel-vxlan',
  metric: 'tcp_throughput_gbps',
  unit: 'Gbit/s',
  measured: 10,
  predicted: 9,
  error: -0.1,
  noise: 0.13,
  list: 'scored',
  inSample: false,
  scaleAssumed: false,
  reason: null,
  naive: { host: 0.2, line: null },
  ...given,
});
const figures = {
  predictedRows: 2,
  beds: 1,
  medianAbsErr: 0.1,
  p90AbsErr: 0.3,
  medianOfBedMedians: 0.1,
  orderRight: 0.5,
  orderRightMeanOfBeds: 0.5,
  pairs: 2,
};
const empty = { ...figures, predictedRows: 0, beds: 0, pairs: 0, medianAbsErr: null, p90AbsErr: null };
const DOCUMENT: Validation = {
  schema: 'windtunnel/validation',
  schemaVersion: '1.0',
  status: 'complete',
  tool: { name: 'windtunnel', version: '0.1.0' },
  model: { version: '7' },
  sources: [],
  filter: { beds: [], families: [] },
  overall: figures,
  overallLeftOut: { ...figures, medianAbsErr: 0.15 },
  kernel: { ...empty, medianOfBedMedians: null, orderRight: null, orderRightMeanOfBeds: null },
  targets: [
    {
      id: 'published-tcp',
      title: 'published: TCP',
      rows: 2,
      medianAbsErr: 0.1,
      medianMax: 0.1,
      p90AbsErr: 0.3,
      p90Max: 0.25,
      share: null,
      shareMin: null,
      shareOf: null,
      ok: false,
    },
  ],
  beds: [
    { name: 'X', rows: 3, predictedRows: 2, medianAbsErr: 0.1, p90AbsErr: 0.3, pairs: 2, orderRight: 0.5 },
  ],
  families: [
    { name: 'tcp1', rows: 3, predictedRows: 2, medianAbsErr: 0.1, p90AbsErr: 0.3, pairs: 2, orderRight: 0.5 },
  ],
  naive: [],
  leaveOneBedOut: [],
  movedPrices: [],
  rows: [
    row({}),
    row({ id: 'X-2', predicted: 13, error: 0.3, scaleAssumed: true }),
    row({ id: 'X-3', predicted: null, error: null, reason: 'unknown backend <b>|x|</b>' }),
    row({ id: 'X-4', list: 'not scored', reason: 'contradictory' }),
    row({ id: 'X-5', inSample: true, predicted: 10, error: 0 }),
  ],
  problems: [{ file: 'a.json', path: '[3].unit', message: 'unknown unit "furlong"' }],
};

test('figures keep four digits, errors their sign', () => {
  assert.deepEqual([9.844, 0.00123, 123456, 0, null].map(figure), ['9.844', '0.001230', '123456', '0', '–']);
  assert.deepEqual([0.031, -0.1, 12.5, null].map(signed), ['+3.1 %', '−10.0 %', '+1250 %', '–']);
});

test('the terminal shows rows with marks, the summary, and what is left out', () => {
  const text = renderValidation(DOCUMENT);
  assert.match(text, /^X: TCP, one stream$/m);
  assert.match(text, /^X-1 +flannel-vxlan +10\.00 +9\.000 +Gbit\/s +−10\.0 % +0\.8$/m);
  assert.match(text, /^X-2 .* 2\.3 +scale assumed$/m);
  assert.match(text, /^X-3 .*– .*unknown backend/m);
  assert.match(text, /^X-5 .*in sample$/m);
  assert.doesNotMatch(text, /^X-4/m);
  assert.match(text, /1 row not scored, left out above; --all shows them/);
  assert.match(text, /^published: TCP +MISS +2 +10\.0 % +10\.0 % +30\.0 % +25\.0 %$/m);
  assert.match(text, /^published, each bed left out +2 +1 +15\.0 % +30\.0 %/m);
  assert.match(text, /^What could not be used:\na\.json\[3\]\.unit: unknown unit "furlong"$/m);
  assert.match(renderValidation(DOCUMENT, { all: true }), /^X-4 .*not scored; contradictory$/m);
  for (const width of [80, 120]) {
    for (const line of renderValidation(DOCUMENT, { width }).split('\n'))
      assert.ok([...line].length <= width, line);
  }
});

test('the verdict in words', () => {
  assert.equal(
    verdictOf(DOCUMENT),
    'Published measurements: median error 10.0 %, 90th percentile 30.0 % (2 rows, 1 bed; order of pairs right in ' +
      '50.0 %). 0 of 1 target met.',
  );
  const nothing = { ...DOCUMENT, overall: DOCUMENT.kernel, targets: [] };
  assert.equal(verdictOf(nothing), 'No row counts; 4 rows only shown.');
  assert.equal(verdictOf({ ...nothing, rows: [] }), 'Nothing could be compared.');
});

test('rows of one experiment: by name, and what they have in common is said once', () => {
  const id = (msg: number, metric: string): string => `e3/mode=udp,msg=${msg},mtu=1500/${metric}`;
  const ids = [id(1400, 'p50_us'), id(64, 'p50_us'), id(64, 'busy_us_per_tx')];
  const rows = ids.map((one) => row({ id: one, bed: 'veth-vm', family: 'request/response' }));
  const [table] = rowTables({ ...DOCUMENT, rows }, true);
  assert.equal(table!.note, 'All rows of e3: mode=udp, mtu=1500.');
  assert.deepEqual(
    table!.rows.map(([name]) => name),
    ['msg=64, busy_us_per_tx', 'msg=64, p50_us', 'msg=1400, p50_us'],
  );
});

test('short names tell rows of several experiments apart; a lonely row keeps its id', () => {
  const ids = ['e1/kind=udp,mode=loop/gbps', 'e1/kind=udp,mode=udp/gbps', 'e4/n=1/ns_per_pkt', 'IB-1/2'];
  const { names, common } = rowNames(ids);
  assert.deepEqual([...names.values()], ['e1: mode=loop', 'e1: mode=udp', 'e4/n=1/ns_per_pkt', 'IB-1/2']);
  assert.equal(common, 'e1: kind=udp, gbps');
  assert.deepEqual(['a=10', 'a=9', 'a', 'a=9,b'].sort(byName), ['a', 'a=9', 'a=9,b', 'a=10']);
});

test('problems that differ only in their entry are one line', () => {
  const problem = (path: string, message: string) => ({ file: 'k.json', path, message });
  const lines = problemLines([
    problem('[3].cfg.mode', 'unknown mode "foo"; skipped'),
    problem('[7].cfg.mode', 'unknown mode "foo"; skipped'),
    problem('[8].cfg.mode', 'unknown mode "bar"; skipped'),
    problem('', 'the list is empty'),
  ]);
  assert.deepEqual(lines, [
    'k.json[3].cfg.mode: unknown mode "foo"; skipped (and 1 more like it)',
    'k.json[8].cfg.mode: unknown mode "bar"; skipped',
    'k.json: the list is empty',
  ]);
});

test('the report loads nothing, escapes, and has the same bytes again', async () => {
  const html = await renderValidationHtml(DOCUMENT);
  assert.equal(await renderValidationHtml(DOCUMENT), html);
  assert.doesNotMatch(html, /(src|href)="(?!#)/);
  assert.doesNotMatch(html, /https?:/);
  assert.match(html, /default-src 'none'/);
  assert.match(html, /unknown backend &lt;b&gt;/);
  assert.match(html, /X-2, flannel-vxlan: measured 10\.00, predicted 13\.00 Gbit\/s \(\+30\.0 %\)/);
  assert.match(html, /id="validation-errors"/);
});

test('marked parts are filled, and filling again changes nothing', () => {
  const parts = markdownParts(DOCUMENT);
  const text = 'a\n<!-- validate:begin targets -->\nold\n<!-- validate:end targets -->\nb\n';
  const filled = fillMarkers(text, parts);
  assert.match(filled, /^a\n<!-- validate:begin targets -->\n\nA row counts/);
  assert.match(filled, /\n\n<!-- validate:end targets -->\nb\n$/);
  assert.doesNotMatch(filled, /old/);
  assert.equal(fillMarkers(filled, parts), filled);
  assert.throws(
    () => fillMarkers('<!-- validate:begin nothing -->\n<!-- validate:end nothing -->', parts),
    BadMarkers,
  );
  assert.throws(() => fillMarkers('<!-- validate:begin targets -->\n', parts), /has no end/);
  assert.ok(parts.get('rows-published')!.includes('unknown backend &lt;b>\\|x\\|'));
});

test("the project's documents have markers, and all of them can be filled twice", () => {
  const parts = markdownParts(DOCUMENT);
  for (const file of MARKED_DOCUMENTS) {
    const text = project(file);
    assert.match(text, /<!-- validate:begin [a-z-]+ -->/, file);
    const names = [...text.matchAll(/validate:begin ([a-z-]+) /g)].map(([, name]) => name!);
    // A document without rows of a kind leaves out its table.
    for (const name of names) parts.set(name, parts.get(name) ?? `no ${name}`);
    const filled = fillMarkers(text, parts);
    assert.equal(fillMarkers(filled, parts), filled, file);
  }
});

test('the published schema is the code’s', () => {
  assert.deepEqual(JSON.parse(project('reports/schema/validation.schema.json')), validationJsonSchema());
});

test('accuracy by kind of traffic: scored rows that nothing was fitted on', () => {
  const rows = [0.1, 0.2, 0.4].map((error) => row({ error }));
  const latency = row({ family: 'latency', error: -0.5 });
  const accuracy = accuracyOf({ ...DOCUMENT, rows: [...rows, latency, row({ error: 9, inSample: true })] });
  assert.deepEqual(accuracy, {
    modelVersion: '7',
    traffic: [
      { traffic: 'bulk TCP', rows: 3, medianAbsErr: 0.2, p90AbsErr: 0.4 },
      { traffic: 'latency', rows: 1, medianAbsErr: 0.5, p90AbsErr: 0.5 },
    ],
  });
  const of = (traffic: object, version = '7') =>
    ({ scenario: { params: { traffic } }, cells: [], model: { version } }) as unknown as Parameters<
      typeof accuracyLine
    >[0];
  assert.equal(
    accuracyLine(of({ netperf: { kind: 'TCP_STREAM' } }), accuracy),
    'Accuracy: predictions were, for bulk TCP within 20.0 % (median) and 40.0 % (90th percentile) of 3 measured ' +
      'rows; see docs/ACCURACY.md.',
  );
  assert.match(accuracyLine(of({ rpc: {} }, '8'), accuracy), /of model 7 were, for latency within 50\.0 %/);
  assert.equal(accuracyLine(of({ netperf: { kind: 'UDP_STREAM' } }), accuracy), '');
  assert.deepEqual(trafficOf(of({ flows: {}, rpc: {}, probePairs: 0 })), ['bulk TCP', 'latency']);
});
