/**
 * The page of a comparison: well-formed, loads nothing, no label becomes markup, and says what gates.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../reports/exports/findings.ts';
import { renderGatePage } from '../../reports/page/gate.ts';
import { assertWellFormed } from '../reports/wellFormed.ts';
import { cell, check, comparison, goodput, manyCells, source, threshold } from './comparisonFixture.ts';

const ODD = `<script>alert(1)</script>"'&|`;

const outcome = (): Outcome => ({
  comparisons: [
    comparison(
      [
        ...manyCells(30),
        cell('backend=quiet', [goodput(0.004, { verdict: 'noise', finding: 'off', p: 0.3 })]),
        {
          ...cell(ODD, [
            goodput(-1, { label: ODD, verdict: 'lost', headMedian: null, delta: null, interval: null }),
          ]),
          headAbsent: ODD,
          fields: [{ path: ODD, base: ODD, head: null, relative: null }],
        },
      ],
      { base: source(ODD), notes: [ODD] },
    ),
    comparison([], {
      comparable: false,
      problems: [{ aspect: 'machine', message: ODD, allowed: false }],
    }),
  ],
  checks: [check([threshold({ cell: ODD, condition: ODD }), threshold({ passed: true, finding: 'off' })])],
});

const page = await renderGatePage(outcome());

test('well-formed, with unique ids, and loads nothing', () => {
  assertWellFormed(page);
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(!/https?:/.test(page));
  assert.ok(!/<(link|img|iframe|object|embed|base|form|audio|video)\b/i.test(page));
  assert.match(page, /default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-/);
});

test('no label becomes markup', () => {
  assert.ok(!page.includes('<script>alert'));
  assert.equal(page.match(/<script>/g)!.length, 1);
});

test('the verdict, what gates, the worst pairs, and every figure that differs', () => {
  const text = page.replaceAll('\u00a0', ' ');
  assert.ok(text.includes('<p class="verdict">results do not compare</p>'));
  assert.match(
    text,
    /<li>error: worse: goodput, backend=flannel-vxlan\/mtu=1500\/streams=30: 10\.00 → 5\.00 Gbit\/s/,
  );
  // The largest change of each metric as a pair of sides; 12 pairs and the chart of all changes.
  assert.equal(page.match(/<figure id="pair-0-\d+">/g)!.length, 12);
  assert.equal(page.match(/<figure id="changes-0">/g)!.length, 1);
  assert.match(text, /<caption>RPC p99 \(µs\); lower is better<\/caption>/);
  assert.match(text, /<summary>1 figures that differ without a verdict/);
  assert.ok(
    text.includes('max &lt; 400us') ||
      text.includes('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;|: 512 µs'),
  );
});

test('the same outcome gives the same page', async () => {
  assert.equal(await renderGatePage(outcome()), page);
});
