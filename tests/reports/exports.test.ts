/**
 * CSV and Markdown: base units and quoting in the one, the table's columns and escaping in the other.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderCsv } from '../../reports/csv.ts';
import { renderMarkdown } from '../../reports/markdown.ts';
import { mergeRecords } from '../../reports/result.ts';
import { fixtureInput, fixtureResult } from './fixture.ts';

test('CSV: one line a cell, base units, quoted where needed', () => {
  const lines = renderCsv(fixtureResult()).split('\r\n');
  assert.equal(lines.length, 6);
  assert.ok(lines[0]!.startsWith('backend,mtu,status,reason,goodputPerNode,goodput,probeGoodput,'));
  assert.ok(lines[1]!.startsWith('host,1500,ok,,1000000000,4000000000,20000000000,1100000000,1000000,'));
  assert.ok(lines[4]!.startsWith('calico-ipip,1500,infeasible,"the platform drops IP protocol 4, so that'));
  const quoted = mergeRecords({
    ...fixtureInput(),
    cells: fixtureInput().cells.map((cell) => ({ ...cell, dims: { backend: 'a"b\nc' } })),
  });
  assert.ok(renderCsv(quoted).includes('"a""b\nc",ok'));
});

test('Markdown: a table a section with units in its head', () => {
  const text = renderMarkdown(fixtureResult());
  assert.ok(
    text.includes(
      '\n| backend | goodput/node (Gbit/s) | of host | probe stream (Gbit/s) | of host |\n| :-- | --: |',
    ),
  );
  assert.ok(text.includes('\n| flannel-vxlan | 0.800 | 0.80 | 10.0 | 0.50 |\n'));
  assert.ok(text.includes('\n- calico-ipip: infeasible: the platform drops IP protocol 4'));
  assert.ok(text.includes('| – (1) |') && text.includes('\n(1) fewer than 100 samples beyond'));
});

test('Markdown: a label breaks neither table nor page', () => {
  const dims = { backend: 'a|b<script>\n*c*' };
  const cells = fixtureInput().cells.map((cell, k) => (k === 0 ? { ...cell, dims } : cell));
  const text = renderMarkdown(mergeRecords({ ...fixtureInput(), cells }));
  assert.ok(text.includes('\n| a\\|b&lt;script&gt; \\*c\\* |'));
});
