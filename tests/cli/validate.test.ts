/**
 * `validate` as a user has it: files in, table, JSON and report out; threads, signals and resuming change no byte.
 */
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { main } from '../../cli/main.ts';
import { type Validation, validationSchema } from '../../reports/validation/schema.ts';
import { call, run, start, temporaryFolder } from './spawn.ts';
import { stubParts } from './stub.ts';

const { dir, remove } = temporaryFolder();
after(remove);
const OPTIONS = { timeout: 120_000 };
const at = (...parts: string[]): string => path.join(dir, ...parts);
const QUIET = ['--progress', 'none', '--color', 'never'];

/** Half a second of simulated TCP each, but for the rate quick. */
const entry = (cfg: object, goodput = 9): object => ({
  exp: 'tcp_bottleneck',
  cfg: { burst: 15140, cc: 'cubic', delay_us: 2500, flows: 1, limit: 30000, rate: 10, secs: 1, ...cfg },
  n: 3,
  r: {
    goodput_mbps: { median: goodput, min: goodput, max: goodput },
    tbf_drops: { median: 5, min: 4, max: 6 },
  },
});
writeFileSync(
  at('small.json'),
  JSON.stringify([entry({}), entry({ cc: 'reno' }), entry({ flows: 2 }), entry({ rate: 20 }, 18)]),
);
const validate = (...argv: string[]) => call('validate', '--against', at('small.json'), ...QUIET, ...argv);
const fileOf = (folder: string): string => readFileSync(at(folder, 'validation.json'), 'utf8');

test('any number of workers gives the same bytes, on stdout and in the file', OPTIONS, async () => {
  const texts: string[] = [];
  for (const workers of ['0', '1', '2']) {
    const done = await validate('--json', '--workers', workers, '--out', at(`w${workers}`));
    assert.equal(done.code, 0, done.err);
    assert.equal(done.out, fileOf(`w${workers}`));
    texts.push(done.out);
  }
  assert.equal(texts[1], texts[0]);
  assert.equal(texts[2], texts[0]);
  const document = validationSchema.parse(JSON.parse(texts[0]!));
  assert.equal(document.rows.length, 8);
  assert.equal(document.status, 'complete');
  for (const row of document.rows) {
    assert.equal(row.bed, 'tcp-bottleneck');
    assert.equal(row.error, row.predicted! / row.measured - 1);
  }
  assert.equal(document.overall.predictedRows, 0, 'no published row');
  assert.equal(document.targets.find(({ id }) => id === 'bottleneck-goodput')!.rows, 4);
});

test('an interrupted comparison is resumed with its own files to the same bytes', OPTIONS, async () => {
  const whole = await validate('--workers', '0', '--out', at('whole'));
  assert.equal(whole.code, 0, whole.err);
  const lines = readFileSync(at('whole/journal.ndjson'), 'utf8').split('\n');
  assert.equal(lines.length, 1 + 4 + 1);
  mkdirSync(at('killed'));
  writeFileSync(at('killed/journal.ndjson'), `${lines.slice(0, 3).join('\n')}\n`);
  appendFileSync(at('killed/journal.ndjson'), lines[3]!.slice(0, 50));
  const resumed = await call('validate', '--resume', at('killed'), ...QUIET, '--workers', '0');
  assert.equal(resumed.code, 0, resumed.err);
  assert.match(resumed.err, /round 1: 2 runs in process, 2 known or from the journal/);
  assert.equal(fileOf('killed'), fileOf('whole'));
  assert.equal(resumed.out, whole.out);
  const mistaken = await call('run', '--resume', at('killed'));
  assert.equal(mistaken.code, 2);
  assert.match(mistaken.err, /to finish it: tsx run validate --resume/);
});

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal}: exit ${code}, what is done is kept, a line to resume`, OPTIONS, async () => {
    const long = [entry({}), entry({ rate: 20_000, limit: 9e6, secs: 15, burst: 1e6 })];
    writeFileSync(at('long.json'), JSON.stringify(long));
    const argv = [
      'validate',
      '--against',
      'long.json',
      '--workers',
      '2',
      '--progress',
      'plain',
      '--out',
      signal,
    ];
    const { child, finished, said } = start(dir, argv);
    await said('0/2 tasks');
    child.kill(signal);
    const done = await finished;
    assert.equal(done.code, code, done.err);
    assert.match(done.err, new RegExp(`to finish: tsx run validate --resume ${signal}`));
    assert.equal(done.out, '');
  });
}

test('files with unknown things: reported, skipped, the rest compared', OPTIONS, async () => {
  writeFileSync(
    at('odd.json'),
    JSON.stringify([entry({}), entry({ cc: 'bbr' }), entry({ rate: -1 }), { ...entry({}), exp: 'surprise' }]),
  );
  const done = await call(
    'validate',
    '--against',
    at('odd.json'),
    ...QUIET,
    '--workers',
    '0',
    '--out',
    at('odd'),
  );
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /^What could not be used:\n(.*\n)*.*odd\.json\[1\]\.cfg\.cc: unknown .*; skipped$/m);
  const { rows, problems } = JSON.parse(fileOf('odd')) as Validation;
  assert.equal(rows.filter(({ predicted }) => predicted !== null).length, 2);
  assert.ok(problems.length >= 3);
});

test(
  'a slip in a hand-written file is named with its line, whatever the file is called',
  OPTIONS,
  async () => {
    const lines = [
      'format: windtunnel-measurements/1',
      'bed: lab',
      'machine: {book: xeon-25g}',
      'rows:',
      '  - {id: a, backend: host, test: TCP_RR, measured: 28, unit: us}',
      '  - id: b',
      '    backend: flanel-vxlan',
      '    test: TCP_RR',
      '    unit: us',
      '',
    ];
    // With what editors of other systems add.
    writeFileSync(at('lab.txt'), `\uFEFF${lines.join('\r\n')}`);
    const files = ['--against', at('lab.txt'), '--workers', '0', '--out', at('lab')];
    const done = await call('validate', ...files, ...QUIET);
    assert.equal(done.code, 0, done.err);
    const { rows, problems } = JSON.parse(fileOf('lab')) as Validation;
    assert.deepEqual(
      rows.map(({ id, predicted }) => [id, predicted !== null]),
      [['a', true]],
    );
    assert.deepEqual(
      problems.map(({ path: place, message }) => [place, message]),
      [
        ['rows[1].backend', 'unknown backend "flanel-vxlan"; skipped (line 7)'],
        // What is missing has the line of what lacks it.
        ['rows[1].measured', 'missing: a number above 0; skipped (line 6)'],
      ],
    );
  },
);

test('a configuration that the engine does not model is said, and is no failure', OPTIONS, async () => {
  const flood = (msg: number): object => ({
    exp: 'e2',
    cfg: { mode: 'hostnet', msg, mtu: 1500, off: 'on', proto: 'u' },
    n: 5,
    r: { gbps: { median: 2.9, q1: 2.8, q3: 3 } },
  });
  writeFileSync(at('datagrams.json'), JSON.stringify([flood(500), flood(70_000)]));
  const files = ['--against', at('datagrams.json'), '--workers', '0', '--out', at('datagrams')];
  const done = await call('validate', ...files, ...QUIET);
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /^not modelled e2.*70000.*exceeds\s+65,507/ms);
  const { rows, status } = JSON.parse(fileOf('datagrams')) as Validation;
  assert.equal(status, 'complete');
  assert.deepEqual(
    rows.map(({ predicted }) => predicted === null),
    [false, true],
  );
});

test('exit codes and error texts', OPTIONS, async (t) => {
  writeFileSync(at('strange.json'), '{"some": "thing"}');
  writeFileSync(at('broken.json'), '[1, ');
  writeFileSync(at('empty.json'), '\n');
  writeFileSync(at('broken.yaml'), 'bed: lab\n\tbook: x\n');
  const cases: [string[], RegExp][] = [
    [['--against', at('absent.json')], /cannot read .*absent\.json \(ENOENT\)/],
    [['--against', at('strange.json')], /strange\.json: neither published records/],
    [['--against', at('broken.json')], /broken\.json: not JSON/],
    [['--against', at('empty.json')], /empty\.json: not JSON: the file is empty$/m],
    [['--against', at('broken.yaml')], /broken\.yaml is not YAML: .* at line 2, column 1$/m],
    [['--bed', 'IB42'], /no measurement has the bed 'IB42'; did you mean IB18, IB20, IB24/],
    [['--family', 'tcp2'], /no measurement has the family 'tcp2'; did you mean tcp1/],
    [['--workers', 'many'], /--workers takes auto/],
    [['--color', 'red'], /--color takes auto/],
    [['--resume', at('nowhere')], /nothing to resume/],
    [['--bed', 'IB24', '--write-docs'], /--write-docs takes all shipped measurements/],
    [['everything'], /too many arguments/],
  ];
  for (const [argv, pattern] of cases) {
    await t.test(argv.join(' '), async () => {
      const done = await call('validate', ...argv, '--out', at('none'));
      assert.match(done.err, pattern);
      assert.equal(done.code, 2);
      assert.equal(done.out, '');
    });
  }
});

test(
  'one published bed: the host row fixes the scale and stays out, marks and lists are shown',
  OPTIONS,
  async () => {
    const done = await run(dir, ['validate', '--bed', 'IB18', '--family', 'tcp1', ...QUIET, '--out', 'ib18']);
    assert.equal(done.code, 0, done.err);
    assert.match(done.out, /^IB18: TCP, one stream$/m);
    assert.match(done.out, /IB18-003 +calico-bgp +9\.844 +\d/);
    assert.match(done.out, /^published: TCP, line-limited/m);
    const { overall, beds, rows } = JSON.parse(fileOf('ib18')) as Validation;
    assert.equal(overall.predictedRows, 6);
    assert.deepEqual(
      beds.map(({ name }) => name),
      ['IB18'],
    );
    assert.ok(rows.every(({ bed, family }) => bed === 'IB18' && family === 'tcp1'));
  },
);

test('a run that fails: its rows have no prediction, the others do, exit 5', OPTIONS, async () => {
  for (const workers of ['0', '2']) {
    let err = '';
    const io = {
      out: () => {},
      note: (line: string) => {
        err += `${line}\n`;
      },
      raw: () => {},
      env: {},
      outIsTty: false,
      noteIsTty: false,
      columns: 0,
    };
    const cellRunner = new URL('./brokenCellRunner.ts', import.meta.url).href;
    const argv = [
      'validate',
      '--against',
      at('small.json'),
      ...QUIET,
      '--workers',
      workers,
      '--out',
      at('failed'),
    ];
    assert.equal(await main(argv, { ...stubParts, cellRunner }, io), 5);
    assert.match(err, /^failed: tcp_bottleneck\/.*flows=2.*: event limit reached$/m);
    const { status, rows } = JSON.parse(fileOf('failed')) as Validation;
    assert.equal(status, 'failed');
    for (const { id, predicted, reason } of rows) {
      assert.equal(predicted === null, id.includes('flows=2'));
      assert.equal(reason, id.includes('flows=2') ? 'the run failed' : null);
    }
  }
});
