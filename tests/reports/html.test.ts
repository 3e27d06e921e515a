/**
 * The page: well-formed, loads nothing, the same bytes twice, and no label becomes markup.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { renderHtml } from '../../reports/html.ts';
import { mergeRecords } from '../../reports/result.ts';
import { fixtureInput, fixtureResult, recordOf, SHAPES, sweepResult } from './fixture.ts';
import { assertWellFormed } from './wellFormed.ts';

test('well-formed, with unique ids, for a comparison and for a sweep', async () => {
  for (const result of [fixtureResult(), sweepResult()]) {
    const html = await renderHtml(result);
    assertWellFormed(html);
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
    assert.equal(new Set(ids).size, ids.length);
  }
});

test('loads nothing, and its policy forbids it', async () => {
  const html = await renderHtml(fixtureResult());
  assert.ok(!/https?:/.test(html));
  assert.ok(!/<(link|img|iframe|object|embed|base|form|audio|video)\b/i.test(html));
  assert.ok(!/\bsrc=|@import|url\((?!#)/.test(html));
  const script = /<script>([\s\S]*?)<\/script>/.exec(html)![1]!;
  const hash = createHash('sha256').update(script).digest('base64');
  assert.ok(html.includes(`default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`));
});

test('the same result gives the same page, whatever the clock said', async () => {
  const later = mergeRecords(
    fixtureInput({ timing: { startedAt: 'x', wallSeconds: 7, events: 1, eventsPerSecond: 2 } }),
  );
  assert.equal(await renderHtml(fixtureResult()), await renderHtml(later));
});

test('says what a reader needs', async () => {
  const html = (await renderHtml(fixtureResult())).replaceAll('\u00a0', ' ');
  for (const text of [
    '<p class="verdict">flannel-host-gw carries 1.20 × the goodput of flannel-vxlan',
    '<dd>xeon-25g</dd>',
    '3 (11, 22, 33) from root fixed-1',
    'infeasible: the platform drops IP protocol 4',
    '<td>0.800<small>0.780 – 0.820</small></td>',
    '30 % measured, 30 % published, 40 % assumed',
    '<li>fewer than 100 samples beyond this percentile in all seeds together</li>',
    'RX ring</th><td>360</td><td>0.300 %</td>',
    fixtureResult().digest.value,
  ]) {
    assert.ok(html.includes(text), text);
  }
});

test('no label becomes markup, in tables, charts, sources or parameters', async () => {
  const evil = '"><img src=x onerror=alert(1)></style><script>alert(1)</script><!--\'&amp;\u0000';
  const input = fixtureInput();
  const cells = input.cells.map((cell, k) => ({
    ...cell,
    title: evil,
    reason: evil,
    dims: { backend: `${k}${evil}`, [evil]: k },
  }));
  const records = input.records.map((record) => ({
    ...record,
    sources: [evil],
    drops: { [evil]: 1 },
    binding: { ...record.binding, text: evil, resource: evil },
    cpu: [{ ...SHAPES[0]!.cpu[0]!, stage: evil }],
  }));
  const scenario = { ...input.scenario, id: evil, title: evil, params: { [evil]: [evil] } };
  const findings = [{ rule: evil, level: 'error' as const, message: evil, source: evil }];
  const html = await renderHtml(mergeRecords({ ...input, cells, records, scenario, findings }));
  assertWellFormed(html);
  assert.equal(html.split('<script').length, 2);
  assert.equal(html.split('</style').length, 2);
  assert.ok(!html.includes('<img') && !html.includes('<!--') && !html.includes('\u0000'));
  assert.ok(html.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
});

test('a result without any figure is a page too', async () => {
  const html = await renderHtml(mergeRecords(fixtureInput({ records: [], status: 'interrupted' })));
  assertWellFormed(html);
  assert.ok(html.includes('No cell has figures'));
  assertWellFormed(await renderHtml(mergeRecords(fixtureInput({ records: [recordOf(SHAPES[0]!, 0, 0)] }))));
});
