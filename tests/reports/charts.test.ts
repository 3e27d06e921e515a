/**
 * Charts: the same bytes whatever the order of rendering, the figures of the fixture on their marks, titles
 * and units, and ids that do not collide in one page.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendScale } from '../../reports/charts/backends.ts';
import { namedStages } from '../../reports/charts/cpuStages.ts';
import { chartsOf, flattenColours, renderSvg } from '../../reports/charts/index.ts';
import { fixtureResult, sweepResult } from './fixture.ts';

const charts = chartsOf(fixtureResult());
const named = (id: string) => charts.find((chart) => chart.id === id)!;

test('which charts there are', () => {
  assert.deepEqual(
    charts.map((chart) => chart.id),
    [
      'goodput-0',
      'probe-0',
      'rpcLatency-cdf-0',
      'rpcLatency-tail-0',
      'slowdownSmall-cdf-0',
      'cpu-0',
      'utilisation-0',
    ],
  );
  assert.deepEqual(
    chartsOf(sweepResult()).map((chart) => chart.id),
    ['sweep-mtu-0', ...[0, 1, 2, 3].flatMap((k) => [`cpu-${k}`, `utilisation-${k}`])],
  );
});

test('the same bytes one after the other, at once, and in reverse', async () => {
  const alone: string[] = [];
  for (const chart of charts) alone.push(await renderSvg(chart, 640));
  const reversed = await Promise.all([...charts].reverse().map((chart) => renderSvg(chart, 640)));
  assert.deepEqual(reversed.reverse(), alone);
});

test('marks carry their figures, axes their units, charts their titles', async () => {
  const goodput = await renderSvg(named('goodput-0'), 640);
  assert.ok(goodput.includes('aria-label="flannel-vxlan: 0.800 Gbit/s, seeds 0.780 to 0.820"'));
  assert.ok(goodput.includes('>Goodput of a node<') && goodput.includes('>goodput (Gbit/s)<'));
  assert.ok(!goodput.includes('calico-ipip'), 'a backend without figures has no bar');
  const cpu = await renderSvg(named('cpu-0'), 640);
  assert.ok(cpu.includes('aria-label="flannel-vxlan, GRO_TUNNEL: 0.250 cores a node"'));
  const utilisation = await renderSvg(named('utilisation-0'), 640);
  assert.ok(utilisation.includes('aria-label="flannel-vxlan, softirq core: 97 %, seeds 96.0 to 98.0 %"'));
  const latency = await renderSvg(named('rpcLatency-cdf-0'), 640);
  assert.ok(latency.includes('>latency (µs)<') && latency.includes('>share of samples at or below<'));
  const sweep = await renderSvg(chartsOf(sweepResult())[0]!, 640);
  assert.ok(sweep.includes('aria-label="host, mtu 1500: 3.232 Gbit/s"'));
  assert.ok(sweep.includes('>MTU of the links (bytes)<'));
  for (const tick of ['>1500<', '>3000<', '>6000<', '>9000<']) assert.ok(sweep.includes(tick), tick);
});

test('drawn as wide as asked', async () => {
  for (const chart of charts) {
    for (const width of [640, 340]) {
      const drawn = /<svg[^>]* width="(\d+)"/.exec(await renderSvg(chart, width))?.[1];
      assert.equal(drawn, String(width), chart.id);
    }
  }
});

test('a backend keeps its colour; the baseline has its own; all sixteen others differ', () => {
  const names = ['host', ...Array.from({ length: 16 }, (_, k) => `n${k}`)];
  const { range, dash } = backendScale(names, 'host');
  const styles = names.map((_, k) => `${range[k]} ${dash[k]}`);
  assert.equal(new Set(styles).size, 17);
  assert.match(range[0]!, /--wt-baseline/);
});

test('plain colours for viewers without CSS variables', async () => {
  const svg = await renderSvg(named('goodput-0'), 640);
  assert.ok(svg.includes('var(--wt-b0, #0072b2)'));
  assert.ok(!flattenColours(svg, 'light').includes('var('));
  assert.ok(flattenColours(svg, 'dark').includes('#4aa8e8'));
});

test('a stage that is large in one backend alone has its own colour there', () => {
  const stage = (name: string, coresPerNode: number) => ({
    stage: name,
    class: 'system' as const,
    coresPerNode,
    share: 0.1,
    confidence: 'assumed' as const,
  });
  const result = sweepResult();
  const cells = result.cells.map((cell, k) => ({
    ...cell,
    cpuByStage: [
      ...Array.from({ length: 12 }, (_, n) => stage(`COMMON_${n}`, 0.1 - n / 1000)),
      ...(k === 0 ? [stage('OWN', 0.5)] : []),
    ],
  }));
  const named = namedStages({ ...result, cells });
  assert.deepEqual(named.slice(0, 2), ['OWN', 'COMMON_0']);
});
