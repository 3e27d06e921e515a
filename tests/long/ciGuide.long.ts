/**
 * The guide of docs/CI.md, followed word by word: a fresh repository that only depends on the packed tarball, a
 * committed baseline, a change that the gate refuses, and its acceptance.
 *
 * Needs the npm registry, and git.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Shell blocks of the guide's first section. */
function guideScript(): string {
  const guide = readFileSync(path.join(root, 'docs', 'CI.md'), 'utf8');
  const section = /^## Ten minutes.*?\n([\s\S]*?)^## /m.exec(guide)![1]!;
  return [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join('\n');
}

test('docs/CI.md works as written, in a fresh repository', { timeout: 1_800_000 }, (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'windtunnel-guide-'));
  try {
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
    const who = { NAME: 'a', EMAIL: 'a@example.org' };
    const git = Object.entries(who).flatMap(([key, value]) =>
      ['AUTHOR', 'COMMITTER'].map((role) => [`GIT_${role}_${key}`, value] as const),
    );
    const started = process.hrtime.bigint();
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', guideScript()], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...Object.fromEntries(git), GITHUB_ACTIONS: '' },
    });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /gate \(error\): FAILED/);
    assert.match(stdout, /^exit 3$/m);
    assert.match(stdout, /equal: every byte of the results is the same/);
    const repository = path.join(folder, 'shop-network');
    for (const file of [
      'results/comparison.html',
      '.github/workflows/windtunnel.yml',
      'baselines/main/shop.json',
    ]) {
      assert.ok(existsSync(path.join(repository, file)), file);
    }
    const commits = execFileSync('git', ['log', '--oneline'], { cwd: repository, encoding: 'utf8' });
    assert.equal(commits.trimEnd().split('\n').length, 3);
    const minutes = Number(process.hrtime.bigint() - started) / 60e9;
    t.diagnostic(`the machine's share of the ten minutes: ${minutes < 5 ? 'under five' : 'five or more'}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
