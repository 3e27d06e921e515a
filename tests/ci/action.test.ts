/**
 * The composite action and the workflows of docs/ci: they parse, use only inputs that exist, and the action's steps,
 * run by bash with the command line on stub parts and a `gh` that writes down what it is asked, do what they say.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { call, temporaryFolder } from '../cli/spawn.ts';

const project = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const read = (file: string): string => readFileSync(project(file), 'utf8');

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly runs: { readonly steps: readonly Step[] };
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

const action = parse(read('action.yml')) as Action;
const workflows = ['docs/ci/github.yml', 'docs/ci/shards.yml'];
const { dir, remove } = temporaryFolder();
after(remove);
const at = (...parts: string[]): string => path.join(dir, ...parts);

function script(name: string, text: string): void {
  mkdirSync(at('bin'), { recursive: true });
  writeFileSync(at('bin', name), text);
  chmodSync(at('bin', name), 0o755);
}

before(async () => {
  const tsx = import.meta.resolve('tsx');
  const stub = project('tests/cli/stub.ts');
  script('npx', `#!/bin/sh\nshift 2\nexec "${process.execPath}" --import "${tsx}" "${stub}" "$@"\n`);
  script('gh', `#!/bin/sh\necho "$@" >> "${at('gh.log')}"\n`);
  const { code, err } = await call(
    ...['run', 'pod-to-pod', '--no-config', '--workers', '0', '--progress', 'none'],
    ...['--backends', 'host', '--out', at('base')],
  );
  assert.equal(code, 0, err);
});

/** Runs a step's script as the runner would; `given` are the action's inputs. */
function runStep(name: string, given: Readonly<Record<string, string>>, more: Record<string, string> = {}) {
  const step = action.runs.steps.find((one) => one.name === name)!;
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([key, one]) => [key, one.default ?? '']),
  );
  const values: Record<string, string> = { ...inputs, ...given };
  const env = Object.entries(step.env ?? {}).map(([key, text]) => [
    key,
    text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, input: string) => values[input]!),
  ]);
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', step.run!], {
    cwd: dir,
    encoding: 'utf8',
    env: {
      ...process.env,
      ...Object.fromEntries(env),
      PATH: `${at('bin')}${path.delimiter}${process.env.PATH}`,
      GITHUB_OUTPUT: at('output.txt'),
      GITHUB_REPOSITORY: 'some/where',
      ...more,
    },
  });
  return { status, text: stdout + stderr };
}

test('scripts take their inputs from the environment, and every input exists', () => {
  for (const step of action.runs.steps) {
    assert.ok(
      !step.run?.includes('${{'),
      `${step.name}: an input inside a script is a way in for its author`,
    );
    for (const [, input] of JSON.stringify(step).matchAll(/inputs\.([\w-]+)/g)) {
      assert.ok(input! in action.inputs, `${step.name} uses ${input}`);
    }
    if (step.uses !== undefined) assert.match(step.uses, /@v\d+$/);
  }
  for (const file of workflows) {
    for (const { steps } of Object.values((parse(read(file)) as Workflow).jobs)) {
      const own = steps.find(({ uses }) => uses === './node_modules/windtunnel');
      for (const input of Object.keys(own?.with ?? {}))
        assert.ok(input in action.inputs, `${file}: ${input}`);
    }
  }
});

test('the action runs, compares and passes on the exit code of its gate', () => {
  const given = { scenario: 'pod-to-pod', baseline: at('base'), output: at('out'), arguments: '--workers 0' };
  const ran = runStep('Run', { ...given, arguments: `${given.arguments} --backends host` });
  assert.equal(ran.status, 0, ran.text);
  const compared = runStep('Compare', given);
  assert.equal(compared.status, 0, compared.text);
  assert.equal(readFileSync(at('output.txt'), 'utf8'), 'exit-code=0\n');
  for (const file of ['comparison.md', 'comparison.html', 'comparison.json', 'junit.xml']) {
    assert.ok(existsSync(at('out', file)), file);
  }
  const none = runStep('Compare', { ...given, baseline: 'missing' });
  assert.equal(none.status, 0, none.text);
  assert.match(readFileSync(at('output.txt'), 'utf8'), /exit-code=4\n$/);
  assert.equal(runStep('Verdict', given, { CODE: '3' }).status, 3);
});

test('the comment is written once and then updated', () => {
  mkdirSync(at('said'), { recursive: true });
  writeFileSync(at('said', 'comparison.md'), '<!-- windtunnel: x -->\ntext\n');
  const env = { PULL_REQUEST: '7' };
  assert.equal(runStep('Comment', { output: at('said') }, env).status, 0);
  script(
    'gh',
    `#!/bin/sh\necho "$@" >> "${at('gh.log')}"\ncase "$*" in *--paginate*) printf '41\\n42\\n';; esac\n`,
  );
  assert.equal(runStep('Comment', { output: at('said') }, env).status, 0);
  const calls = readFileSync(at('gh.log'), 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    calls.filter((line) => line.includes('--method')),
    [
      `api --silent --method POST repos/some/where/issues/7/comments -F body=@${at('said')}/comparison.md`,
      `api --silent --method PATCH repos/some/where/issues/comments/41 -F body=@${at('said')}/comparison.md`,
    ],
  );
});

test('commands of the workflows are command lines that the program knows', async () => {
  const gitlab = parse(read('docs/ci/gitlab.yml')) as Record<string, { readonly script: readonly string[] }>;
  const scripts = [
    ...Object.values(gitlab).flatMap((job) => job.script),
    ...workflows.flatMap((file) =>
      Object.values((parse(read(file)) as Workflow).jobs).flatMap((job) =>
        job.steps.flatMap(({ run }) => run ?? []),
      ),
    ),
  ];
  const ours = scripts.filter((line) => line.startsWith('npx windtunnel '));
  assert.ok(ours.length >= 5);
  for (const line of ours) {
    const [, , command, ...words] = line.split(/\s+/);
    const help = (await call(command!, '--help')).out;
    for (const flag of words.filter((word) => word.startsWith('--'))) {
      assert.ok(help.includes(flag.split('=')[0]!), `${command} has no ${flag}`);
    }
  }
});
