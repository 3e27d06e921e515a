/**
 * `--slice` on the stub runner: which tasks run, what is said, the check against the whole cluster, mistakes.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { checkResult } from '../../reports/read.ts';
import type { Result } from '../../reports/schema.ts';
import { call, temporaryFolder } from './spawn.ts';

const { dir, remove } = temporaryFolder();
after(remove);
const at = (folder: string): string => path.join(dir, folder);
const resultOf = (folder: string): Result =>
  checkResult(JSON.parse(readFileSync(path.join(at(folder), 'result.json'), 'utf8')));
const FLAGS = ['large-cluster', '--nodes', '400', '--slice', '--progress', 'none', '--workers', '0'];

test('two racks run instead of ten, one cell in both; the folder resumes', async () => {
  const { code, out, err } = await call(...FLAGS, '--out', at('slice'));
  assert.equal(code, 0, err);
  assert.match(err, /slice: 2 of 10 racks, 80 of 400 nodes, 90\.2 % of random peers in another rack/);
  // Two backends, three seeds, and the check.
  assert.match(err, /2 cells × 3 seeds, 7 tasks/);
  const result = resultOf('slice');
  assert.ok(result.cells.every(({ nodes, seeds }) => nodes === 80 && seeds.length === 3));
  const { check, ...slice } = result.slice!;
  assert.deepEqual(slice, {
    ...{ racks: 2, nodes: 80, fullRacks: 10, fullNodes: 400, crossRackShare: 360 / 399, wanted: true },
    ...{ probePairs: 4, probePairsShare: 4 },
  });
  assert.deepEqual([check!.cell, check!.seed], ['backend=host', 1]);
  const nic = check!.figures.find(({ figure }) => figure === 'NIC')!;
  assert.deepEqual([nic.slice, nic.full], [0.5, 0.5]);
  const text = out.replace(/\s+/g, ' ');
  assert.match(text, /Slice: 2 of 10 racks \(80 of 400 nodes\) with the load of the whole cluster/);
  assert.match(
    text,
    /slice checked against the whole cluster: backend=host, there seed 1 alone figure slice 400 nodes/,
  );
  assert.match(text, /NIC utilisation 50\.0 % 50\.0 % \+0\.0 % –/);
  assert.match(text, /A slice does not answer for incast over many racks/);

  const journal = path.join(at('slice'), 'journal.ndjson');
  const lines = readFileSync(journal, 'utf8').split('\n');
  assert.equal(lines.length, 1 + 7 + 1);
  writeFileSync(journal, `${lines.slice(0, 4).join('\n')}\n`);
  const resumed = await call('run', '--resume', at('slice'));
  assert.equal(resumed.code, 0, resumed.err);
  assert.equal(resultOf('slice').digest.value, result.digest.value);
});

test('more racks, and no check', async () => {
  const { code, out, err } = await call(
    ...FLAGS,
    '--slice-racks',
    '4',
    '--no-slice-check',
    '--out',
    at('four'),
  );
  assert.equal(code, 0, err);
  assert.match(err, /2 cells × 3 seeds, 6 tasks/);
  const { slice, cells } = resultOf('four');
  assert.deepEqual([slice!.check, slice!.wanted, cells[0]!.nodes], [null, false, 160]);
  assert.match(out.replace(/\s+/g, ' '), /Not checked against it\./);
});

test('where a slice does not answer, nothing runs', async () => {
  const err = async (...argv: string[]): Promise<string> => {
    const { code, err: text } = await call(...argv);
    assert.equal(code, 2, text);
    return text;
  };
  assert.match(await err('incast', '--slice'), /--slice does not answer here: a netperf matrix 'incast'/);
  assert.match(await err('large-cluster', '--nodes', '80', '--slice'), /2 racks of 40: nothing to save/);
  assert.match(await err('large-cluster', '--slice-racks', '3'), /go with --slice/);
  assert.match(await err(...FLAGS, '--slice-racks', '1'), /from 2 to 1000, not 1/);
});
