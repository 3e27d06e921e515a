/**
 * What `npm pack` packs is enough: unpacked beside its dependencies, in a folder outside the checkout, the program
 * lists, runs a scenario of that folder which imports from the package, and writes its exports.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../cli/spawn.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const SCENARIO = `import { defineScenario, netperf, twoNodes } from 'windtunnel/scenario';
export default defineScenario({
  id: 'mine', title: 'mine', question: 'Is it packed?', cluster: twoNodes(), machine: 'xeon-25g',
  backends: ['host'], traffic: { netperf: netperf('TCP_STREAM') }, warmupMs: 1, windowMs: 2, replications: 1,
});
`;

const CONFIG = `import { defineConfig } from 'windtunnel/config';
export default defineConfig({ thresholds: { goodput: 'value > 1' } });
`;

/** @throws AssertionError with what the program said */
function did(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}

test('the packed files run in a folder that only has the package', () => {
  const { dir, remove } = temporaryFolder();
  try {
    const modules = path.join(dir, 'node_modules');
    mkdirSync(path.join(modules, 'windtunnel'), { recursive: true });
    did('npm', ['pack', '--silent', '--pack-destination', dir], ROOT);
    const tarball = readdirSync(dir).find((file) => file.endsWith('.tgz'))!;
    const into = path.join(modules, 'windtunnel');
    did('tar', ['xzf', path.join(dir, tarball), '--strip-components=1', '-C', into], dir);
    for (const name of readdirSync(path.join(ROOT, 'node_modules'))) {
      if (!name.startsWith('.')) symlinkSync(path.join(ROOT, 'node_modules', name), path.join(modules, name));
    }
    for (const file of ['action.yml', 'README.md', 'docs/CI.md', 'docs/ci/github.yml']) {
      assert.ok(existsSync(path.join(into, file)), file);
    }
    assert.ok(!existsSync(path.join(into, 'tests')));
    writeFileSync(path.join(dir, 'mine.ts'), SCENARIO);
    writeFileSync(path.join(dir, 'windtunnel.config.ts'), CONFIG);
    const bin = path.join(into, 'bin', 'windtunnel.js');
    const out = ['--out', 'out', '--progress', 'none'];
    did(process.execPath, [bin, 'run', './mine.ts', ...out, '--export', 'openmetrics=m.txt'], dir);
    assert.match(did(process.execPath, [bin, 'check', 'out'], dir), /1 of 1 thresholds hold/);
    assert.ok(existsSync(path.join(dir, 'out', 'report.html')) && existsSync(path.join(dir, 'm.txt')));
  } finally {
    remove();
  }
});
