/**
 * The command line as a process: exit codes, what goes to stdout, texts of errors.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Result } from '../../reports/schema.ts';
import { call, run, temporaryFolder } from './spawn.ts';

const { dir, remove } = temporaryFolder();
after(remove);
const OPTIONS = { timeout: 120_000, concurrency: 2 };
const QUICK = ['--quick', '--workers', '0', '--progress', 'none'];
const at = (...parts: string[]): string => path.join(dir, ...parts);
const resultOf = (folder: string): Result =>
  JSON.parse(readFileSync(path.join(dir, folder, 'result.json'), 'utf8')) as Result;

test('exit codes and error texts', OPTIONS, async (t) => {
  const cases: [string[], number, RegExp][] = [
    [[], 2, /Usage: windtunnel/],
    [['lst'], 2, /unknown scenario or command 'lst'; did you mean list/],
    [['pod-to-pot'], 2, /unknown scenario or command 'pod-to-pot'; did you mean pod-to-pod/],
    [['run', 'pod-to-pot'], 2, /unknown scenario 'pod-to-pot'; did you mean pod-to-pod/],
    [['scenarios/pod-to-pot.ts'], 2, /no scenario file scenarios\/pod-to-pot\.ts.*pod-to-pod/],
    [['run'], 2, /run takes a scenario/],
    [['pod-to-pod', '--backends', 'toi'], 2, /unknown backend 'toi'; did you mean toy/],
    [['pod-to-pod', '--machine', 'xeon-25'], 2, /unknown machine 'xeon-25'; did you mean xeon-25g/],
    [['pod-to-pod', '--machine', 'absent.json'], 2, /cannot read machine file absent\.json/],
    [['pod-to-pod', '--mtu', 'large'], 2, /'large' is no number/],
    [['pod-to-pod', '--mtu', '9'], 2, /cluster\.mtuBytes is 9/],
    [
      ['pod-to-pod', '--set', 'machine.waking.pollNs=-1'],
      2,
      /machine\.waking\.pollNs is -1; it takes a number/,
    ],
    [['pod-to-pod', '--set', 'machine.wire=radio'], 2, /machine\.wire is 'radio'; it takes nic, veth/],
    [['pod-to-pod', '--workers', '-1'], 2, /--workers takes auto or a whole number/],
    [['pod-to-pod', '--set', 'mtu'], 2, /--set takes path=value/],
    [['pod-to-pod', '--sizes', '3'], 2, /unknown option '--sizes'/],
    [['pod-to-pod', '--progress', 'loud'], 2, /--progress takes auto, bar, plain or none/],
    [['pod-to-pod', '--resume', 'nowhere'], 2, /nothing to resume/],
    [['run', '--resume', 'nowhere'], 2, /nothing to resume/],
    [
      ['large-cluster', '--set', 'sizes=fb-hadop', '--quick'],
      2,
      /unknown workload 'fb-hadop'; did you mean fb-hadoop/,
    ],
    [['pod-to-pod', '--set', 'pairs=2'], 2, /2 pairs need 4 nodes/],
    // 40 nodes × 25 Gbit/s share 400 Gbit/s of uplinks: some 38 % of payload is the most that these carry.
    [['large-cluster', '--load', '0.4'], 2, /of the uplinks, above 95 %/],
    [['large-cluster', '--load', '0.97', '--set', 'cluster.uplinks=16'], 2, /of the host links/],
    [['compare', 'absent', 'absent', '--no-config'], 4, /no baseline 'absent' in baselines/],
    [['explain', 'toi'], 2, /unknown backend 'toi'; did you mean toy/],
    // Far from every name: no hint.
    [['zzgy'], 2, /unknown scenario or command 'zzgy' \(all: --help/],
    [['explain', 'foo'], 2, /unknown backend 'foo' \(all: list backends\)/],
    [['pod-to-pod', '--set', 'bogus=1'], 2, /unknown setting 'bogus' \(all: list settings\)/],
    [['scenarios/zzgy.ts'], 2, /shipped scenarios: list scenarios\n/],
    [['list', 'things'], 2, /list takes scenarios, backends/],
  ];
  for (const [argv, code, pattern] of cases) {
    await t.test(argv.join(' ') || 'nothing', async () => {
      const done = await call(...argv);
      assert.match(done.err, pattern);
      assert.equal(done.code, code);
      assert.equal(done.out, '');
      assert.doesNotMatch(done.err, /\n\s+at /, 'a mistake of the user shows no stack');
    });
  }
});

test('help names every command and three examples each', OPTIONS, async () => {
  const top = await call('--help');
  assert.equal(top.code, 0);
  const commands = ['run', 'list', 'machines', 'explain', 'trace', 'schema', 'compare', 'validate'];
  for (const command of [...commands, 'check', 'baseline', 'merge']) {
    assert.match(top.out, new RegExp(`^  ${command} `, 'm'));
    const help = await call(command, '--help');
    assert.equal(help.code, 0);
    assert.equal(help.out.split('Examples:')[1]?.match(/^ {2}tsx run /gm)?.length, 3, command);
  }
});

test('a run writes result, journal and report, and shows the table', OPTIONS, async () => {
  const done = await run(dir, ['pod-to-pod', '--quick', '--progress', 'plain']);
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /goodput/);
  assert.match(done.err, /^pod-to-pod: 8 cells × 1 seed, 8 tasks on \d+ workers?; seed 1$/m);
  assert.match(done.err, /0\/8 tasks, 0 %/);
  const [folder] = readdirSync(path.join(dir, 'results/pod-to-pod'));
  assert.match(folder!, /^\d{8}T\d{6}Z-[0-9a-f]{8}$/);
  const files = readdirSync(path.join(dir, 'results/pod-to-pod', folder!)).sort();
  assert.deepEqual(files, ['journal.ndjson', 'report.html', 'result.json']);
  assert.equal(resultOf(path.join('results/pod-to-pod', folder!)).status, 'complete');
});

test('--json prints the result and nothing else on stdout', OPTIONS, async () => {
  const done = await call('pod-to-pod', ...QUICK, '--json', '--out', at('json'));
  assert.equal(done.code, 0, done.err);
  const printed = JSON.parse(done.out) as Result;
  assert.equal(printed.digest.value, resultOf('json').digest.value);
  for (const what of ['scenarios', 'backends', 'machines', 'metrics', 'workloads', 'settings']) {
    const listed = JSON.parse((await call('list', what, '--json')).out) as { name: string }[];
    assert.ok(listed.length > 0 && listed.every(({ name }) => name.length > 0));
  }
  assert.equal((JSON.parse((await call('schema')).out) as { type: string }).type, 'object');
});

test('0, 1 and 2 workers give one digest', OPTIONS, async () => {
  const digests = [];
  for (const workers of ['0', '1', '2']) {
    const done = await call(
      'mtu-sweep',
      '--workers',
      workers,
      '--progress',
      'none',
      '--out',
      at(`w${workers}`),
    );
    assert.equal(done.code, 0, done.err);
    digests.push(resultOf(`w${workers}`).digest.value);
  }
  assert.equal(new Set(digests).size, 1);
});

test(
  'a failing task keeps the others: exit 5, a failed cell, a command that repeats it',
  OPTIONS,
  async () => {
    const argv = [
      'mtu-sweep',
      '--backends',
      'toy,broken',
      '--mtu',
      '1500',
      '--workers',
      '2',
      '--out',
      'failing',
    ];
    const done = await run(dir, argv);
    assert.equal(done.code, 5);
    const { status, cells } = resultOf('failing');
    assert.equal(status, 'failed');
    assert.deepEqual(
      cells.map((cell) => [cell.dims.backend, cell.status, cell.seeds.length]),
      [
        ['toy', 'ok', 3],
        ['broken', 'failed', 2],
      ],
    );
    assert.equal(cells[1]!.reason, 'seed 2: event limit reached');
    const repeat = /repeat: tsx run (.*)$/m.exec(done.err)?.[1];
    assert.equal(repeat, 'mtu-sweep --mtu 1500 --backends broken --seed 2 --replications 1 --workers 0');
    assert.equal((await call(...repeat!.split(' '), '--out', at('again'))).code, 5);
  },
);

test('an infeasible backend is a row; exit 6 only if the user named it', OPTIONS, async () => {
  const own = path.join(dir, 'own.json.ts');
  const scenario = new URL('../../scenarios/mtu-sweep.ts', import.meta.url).href;
  writeFileSync(
    own,
    `import mtuSweep from '${scenario}';\n` +
      "export default { ...mtuSweep, id: 'own', sweep: {}, backends: ['toy', 'needy'] };\n",
  );
  const unnamed = await call(own, ...QUICK, '--out', at('own'));
  assert.equal(unnamed.code, 0, unnamed.err);
  const [, needy] = resultOf('own').cells;
  assert.deepEqual([needy!.status, needy!.reason], ['infeasible', 'needs one L2 domain']);
  const named = await call(own, '--backends', 'toy,needy', ...QUICK, '--out', at('own'));
  assert.equal(named.code, 6);
  assert.match(named.err, /infeasible here: needy/);
});

test('a scenario file without a scenario is refused', OPTIONS, async () => {
  writeFileSync(path.join(dir, 'empty.ts'), 'export const nothing = 1;\n');
  const done = await call(at('empty.ts'));
  assert.equal(done.code, 2);
  assert.match(done.err, /no default export made with defineScenario/);
  writeFileSync(path.join(dir, 'broken.ts'), 'export default {;\n');
  const broken = await call(at('broken.ts'));
  assert.deepEqual([broken.code, /cannot load/.test(broken.err)], [2, true]);
});

test('compare: equal, other settings, and to the last byte', OPTIONS, async () => {
  for (const [out, mtu] of [
    ['a', '1500'],
    ['b', '1500'],
    ['c', '3000'],
  ]) {
    await call('mtu-sweep', '--mtu', mtu!, ...QUICK, '--out', at(out!));
  }
  const compare = (...argv: string[]) => call('compare', ...argv, '--no-config');
  assert.equal((await compare(at('a'), at('b'))).code, 0);
  assert.equal((await compare(at('a'), at('b'), '--exact')).code, 0);
  const refused = await compare(at('a/result.json'), at('c'));
  assert.equal(refused.code, 4);
  assert.match(refused.out, /settings of mtu-sweep:\n {4}cluster\.mtuBytes: 1500 → 3000/);
  assert.equal((await compare(at('a/result.json'), at('c'), '--exact')).code, 3);
  const json = JSON.parse((await compare(at('a'), at('c'), '--exact', '--json')).out) as { equal: boolean };
  assert.equal(json.equal, false);
});

test('NO_COLOR and --color decide about escape codes', OPTIONS, async () => {
  const escapes = async (argv: string[], env: Record<string, string>): Promise<boolean> =>
    (await run(dir, ['mtu-sweep', ...QUICK, ...argv], env)).out.includes('\u001b[');
  assert.equal(await escapes(['--color', 'always'], { NO_COLOR: '1' }), true);
  assert.equal(await escapes([], { FORCE_COLOR: '1' }), true);
  assert.equal(await escapes([], { FORCE_COLOR: '1', NO_COLOR: '1' }), false);
  assert.equal(await escapes([], {}), false);
});

test('a folder that cannot be made is said', OPTIONS, async () => {
  writeFileSync(path.join(dir, 'file'), '');
  const done = await call('mtu-sweep', ...QUICK, '--out', at('file/sub'));
  assert.equal(done.code, 2);
  assert.match(done.err, /cannot make folder .*sub \(ENOTDIR\)/);
  assert.equal(existsSync(path.join(dir, 'file/sub')), false);
});
