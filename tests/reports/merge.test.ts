/**
 * Merging records: every figure of the fixture, checked against numbers worked out on paper.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distributionOf, shownQuantile } from '../../reports/distribution.ts';
import { cpuPs } from '../../reports/metrics.ts';
import { mergeRecords } from '../../reports/result.ts';
import { fixtureInput, fixtureResult, histogram, planOf, recordOf, SEEDS, SHAPES } from './fixture.ts';

const near = (actual: number | null | undefined, expected: number, relative = 1e-12): void => {
  assert.ok(actual !== null && actual !== undefined, `no value, expected ${expected}`);
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);
};
/** Buckets of the histograms are 0.4 % wide. */
const BUCKET = 0.005;

const result = fixtureResult();
const [host, vxlan, hostGw, ipip] = result.cells as [
  (typeof result.cells)[0],
  (typeof result.cells)[0],
  (typeof result.cells)[0],
  (typeof result.cells)[0],
];

test('rates are payload over the window, per plain node or whole cluster', () => {
  near(host.metrics.goodputPerNode?.value, 1e9);
  near(host.metrics.goodput?.value, 4e9);
  near(host.metrics.wireThroughput?.value, 1.1e9);
  near(host.metrics.transactionRate?.value, 1e6);
  near(host.metrics.probeGoodput?.value, 20e9);
});

test('samples stand in the order of the seeds and the value is their mean', () => {
  const metric = vxlan.metrics.goodputPerNode!;
  assert.equal(metric.samples.length, 3);
  near(metric.samples[0], 0.8e9);
  near(metric.samples[1], 0.82e9);
  near(metric.samples[2], 0.78e9);
  near(metric.value, 0.8e9);
});

test('CPU: cores by class, per byte, shares of stages and of prices', () => {
  near(host.metrics.cpuCores?.value, 0.4);
  near(vxlan.metrics.cpuCores?.value, 1);
  near(vxlan.metrics.cpuSoftirq?.value, 0.7);
  near(vxlan.metrics.cpuSystem?.value, 0.3);
  assert.equal(vxlan.metrics.cpuUser?.value, 0);
  near(host.metrics.cpuPerByte?.value, 3.2e-9);
  assert.deepEqual(
    vxlan.cpuByStage.map((one) => one.stage),
    ['NIC_RX_POLL', 'GRO_TUNNEL', 'COPY_K2U', 'ENCAP', 'U_SYSCALL'],
  );
  near(vxlan.cpuByStage[1]!.coresPerNode, 0.25);
  near(vxlan.cpuByStage[1]!.share, 0.25);
  assert.equal(vxlan.cpuByStage[1]!.confidence, 'assumed');
  near(vxlan.provenance!.measured, 0.3);
  near(vxlan.provenance!.published, 0.3);
  near(vxlan.provenance!.assumed, 0.4);
  near(vxlan.metrics.assumedShare?.value, 0.4);
});

test('CPU sums stay exact beyond 2^53', () => {
  const stage = { stage: 'GRO', class: 'softirq', confidence: 'measured' } as const;
  assert.equal(
    cpuPs([
      { ...stage, ps: '9007199254740993' },
      { ...stage, ps: '1' },
    ]),
    9007199254740994n,
  );
});

test('counts per byte and per packet', () => {
  near(host.metrics.copiesPerByte?.value, 2);
  near(host.metrics.syscallsPerPacket?.value, 0.5);
  near(host.metrics.switchesPerPacket?.value, 0.1);
  assert.equal(vxlan.metrics.drops?.value, 123);
  assert.equal(vxlan.metrics.retransmits?.value, 120);
  assert.deepEqual(vxlan.drops, { 'RX ring': 360, qdisc: 9 });
  assert.deepEqual(vxlan.flows, { started: 12_000, finished: 11_997, censored: 3 });
});

test('percentiles come from all seeds merged; a range needs 100 samples beyond in each', () => {
  near(host.metrics.rpcP50?.value, 22e-6, BUCKET);
  near(host.distributions.rpcLatency.quantiles.p50.low, 22e-6, BUCKET);
  near(host.distributions.rpcLatency.quantiles.p50.high, 22.5e-6, BUCKET);
  near(host.metrics.rpcP99?.value, 60e-6, BUCKET);
  assert.equal(host.metrics.rpcP999?.value, null);
  near(host.metrics.slowdownLargeP50?.value, 2, BUCKET);
  assert.deepEqual(host.metrics.slowdownLargeP50?.samples, [null, null, null]);
  assert.equal(host.distributions.slowdownLarge.quantiles.p50.low, null);
  assert.equal(host.distributions.slowdownLarge.count, 420);
});

test('exactly 100 samples beyond are enough, 99 are not', () => {
  const p99 = (count: number) => shownQuantile(histogram([[5, count]]), 'p99', 1);
  assert.equal(p99(10_000), 5);
  assert.equal(p99(9_999), null);
  const p999 = (count: number) => shownQuantile(histogram([[5, count]]), 'p999', 1);
  assert.equal(p999(100_000), 5);
  assert.equal(p999(99_999), null);
});

test('the curve ends where fewer than 100 samples lie beyond, and has at most 200 points', () => {
  const short = distributionOf(
    [
      histogram([
        [10, 700],
        [20, 200],
        [30, 60],
        [40, 40],
      ]),
    ],
    'ratio',
    1,
    false,
  );
  assert.deepEqual(short.cdf, [
    [10, 0.7],
    [20, 0.9],
  ]);
  const many = { count: 50_000, buckets: Array.from({ length: 1000 }, (_, k) => [k, 50] as const) };
  const long = distributionOf([many], 'ratio', 1, false);
  assert.equal(long.cdf.length, 200);
  assert.equal(long.cdf[0]![0], 0);
  assert.equal(long.cdf.at(-1)![1], 0.998);
});

/** Unfinished payload that grows by so many bytes in seed 1, which says so; 10 MB were offered in each. */
const growing = (bytes: number) =>
  SEEDS.map((_, seed) =>
    recordOf(SHAPES[0]!, seed, seed, {
      overloaded: seed === 1,
      series: [
        { name: 'unfinished payload', unit: 'B', values: seed === 1 ? [0, bytes / 2, bytes] : [0, 0, 0] },
      ],
    }),
  );

test('growth in one seed that is not growth over all of them: percentiles stay, of that seed too', () => {
  const records = growing(1_400_000);
  const cell = mergeRecords(fixtureInput({ cells: [planOf('host', 'baseline')], records })).cells[0]!;
  assert.equal(cell.overloaded, false);
  assert.ok(cell.metrics.rpcP50!.samples.every((sample) => sample !== null));
  assert.deepEqual(
    cell.seeds.map(({ overloaded }) => overloaded),
    [false, true, false],
  );
});

test('overloaded over all seeds: capacity stays, percentiles and curves go', () => {
  const records = growing(1_600_000);
  const cell = mergeRecords(fixtureInput({ cells: [planOf('host', 'baseline')], records })).cells[0]!;
  assert.equal(cell.overloaded, true);
  near(cell.metrics.goodputPerNode?.value, 1e9);
  assert.equal(cell.metrics.rpcP50?.value, null);
  assert.equal(cell.metrics.rpcP50?.samples[1], null);
  assert.deepEqual(cell.distributions.rpcLatency.cdf, []);
  assert.equal(cell.distributions.rpcLatency.count, 60_000);
});

test('binding: what most seeds say, in the words of the seed with the median utilisation', () => {
  const text = (resource: string, utilisation: number) => ({
    text: `${resource} at ${utilisation}`,
    kind: 'resource' as const,
    resource,
    utilisation,
  });
  const said = [text('NIC', 0.99), text('softirq core', 0.92), text('softirq core', 0.96)];
  const records = SEEDS.map((_, seed) => recordOf(SHAPES[1]!, seed, seed, { binding: said[seed]! }));
  const cell = mergeRecords(fixtureInput({ cells: [planOf('flannel-vxlan', 'tunnel')], records })).cells[0]!;
  assert.deepEqual(cell.binding, {
    text: 'softirq core at 0.92',
    kind: 'resource',
    resource: 'softirq core',
    utilisation: 0.92,
    agree: 2,
    of: 3,
  });
  near(hostGw.utilisation['softirq core']!.value, 0.81);
  near(hostGw.utilisation['softirq core']!.low, 0.8);
  near(hostGw.utilisation['softirq core']!.high, 0.82);
  assert.equal(host.utilisation['daemon thread'], undefined);
  assert.equal(host.probes?.binding.agree, 6);
});

test('binding: seeds in which nothing binds agree, whatever was nearest', () => {
  const none = (resource: string, utilisation: number) => ({
    text: `nothing binds; nearest: ${resource}`,
    kind: 'none' as const,
    resource,
    utilisation,
  });
  const queue = { text: 'queue limit', kind: 'queue' as const, resource: 'rx ring', utilisation: 0.4 };
  const said = [queue, none('NIC', 0.2), none('uplink', 0.3)];
  const records = SEEDS.map((_, seed) => recordOf(SHAPES[1]!, seed, seed, { binding: said[seed]! }));
  const cell = mergeRecords(fixtureInput({ cells: [planOf('flannel-vxlan', 'tunnel')], records })).cells[0]!;
  assert.deepEqual([cell.binding?.text, cell.binding?.agree], ['nothing binds; nearest: NIC', 2]);
});

test('infeasible, missing and partial cells keep their shape', () => {
  assert.equal(ipip.status, 'infeasible');
  assert.deepEqual(ipip.metrics.goodput, {
    unit: 'bit/s',
    better: 'higher',
    samples: [null, null, null],
    value: null,
  });
  const input = fixtureInput();
  const records = input.records.filter(
    (one) => !one.cell.endsWith('=host') && one.task !== 'flannel-vxlan/1',
  );
  const partial = mergeRecords({ ...input, status: 'interrupted', records });
  assert.equal(partial.cells[0]!.status, 'missing');
  assert.equal(partial.cells[0]!.reason, 'not run');
  assert.equal(partial.cells[1]!.metrics.goodputPerNode!.samples[1], null);
  near(partial.cells[1]!.metrics.goodputPerNode!.value, 0.79e9);
  assert.equal(partial.cells[1]!.seeds.length, 2);
});

test('records that do not belong are refused', () => {
  const with_ = (change: object) => () =>
    mergeRecords(fixtureInput({ records: [recordOf(SHAPES[0]!, 0, 0), recordOf(SHAPES[0]!, 1, 1, change)] }));
  assert.throws(with_({ seed: SEEDS[0] }), /second record of cell backend=host, seed 11/);
  assert.throws(with_({ seed: 99 }), /does not name: 99/);
  assert.throws(with_({ cell: 'backend=other' }), /unknown cell: backend=other/);
  assert.throws(with_({ modelVersion: '6' }), /is of model 6, not 7/);
});
