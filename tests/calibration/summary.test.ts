/**
 * Summary arithmetic on rows made by hand; every expected figure is written out.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../calibration/study.ts';
import { bothStates, groups, median, orderOf, overall, p90 } from '../../calibration/summary.ts';
import { row } from './row.ts';

test('median: middle, mean of two middles, none', () => {
  assert.equal(median([5, 1, 3]), 3);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([]), null);
});

test('90th percentile: nearest rank', () => {
  assert.equal(p90([7]), 7);
  assert.equal(p90([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 9);
  assert.equal(p90([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]), 10);
  assert.equal(p90([10, 9, 8, 7, 6, 5, 4, 3, 2, 1].slice(0, 9)), 10);
  assert.equal(p90([]), null);
});

test('beds count equally in the median of bed medians, rows without a prediction nowhere', () => {
  const rows: Row[] = [
    row({ bed: 'A', measured: 100, predicted: 101 }),
    row({ bed: 'A', measured: 100, predicted: 98 }),
    row({ bed: 'A', measured: 100, predicted: 97 }),
    row({ bed: 'B', measured: 100, predicted: 120 }),
    row({ bed: 'C', measured: 100, predicted: 50 }),
    row({ bed: 'D', measured: 100, predicted: null }),
  ];
  const all = overall(rows);
  assert.equal(all.predictedRows, 5);
  assert.equal(all.beds, 3);
  near(all.medianAbsErr, 0.03);
  near(all.p90AbsErr, 0.5);
  near(all.medianOfBedMedians, 0.2);
  assert.deepEqual([all.orderRight, all.orderRightMeanOfBeds, all.pairs], [null, null, 0]);
  assert.deepEqual(
    groups(rows, ({ bed }) => bed).map(({ name, rows, predictedRows }) => [name, rows, predictedRows]),
    [
      ['A', 3, 3],
      ['B', 1, 1],
      ['C', 1, 1],
      ['D', 1, 0],
    ],
  );
});

const pair = (one: Partial<Row>, a: [number, number], b: [number, number]): Row[] => [
  row({ pairing: 'k', backend: 'a', measured: a[0], predicted: a[1], ...one }),
  row({ pairing: 'k', backend: 'b', measured: b[0], predicted: b[1], ...one }),
];

test('order of pairs: right, wrong, tie, too close to tell', () => {
  assert.deepEqual(orderOf(pair({}, [10, 9], [12, 11])), { pairs: 1, right: 1 });
  assert.deepEqual(orderOf(pair({}, [10, 11], [12, 9])), { pairs: 1, right: 0 });
  assert.deepEqual(orderOf(pair({}, [10, 10], [12, 9.9])), { pairs: 1, right: 0.5 });
  assert.deepEqual(orderOf(pair({}, [10, 9], [11.4, 11])), { pairs: 0, right: 0 });
  // UDP takes 25 %.
  assert.deepEqual(orderOf(pair({ family: 'udp' }, [10, 9], [12, 11])), { pairs: 0, right: 0 });
  assert.deepEqual(orderOf(pair({ family: 'pps' }, [10, 9], [13, 11])), { pairs: 1, right: 1 });
});

test('order of pairs: only one bed, metric and pairing key, other backends, no CPU', () => {
  const none = { pairs: 0, right: 0 };
  assert.deepEqual(orderOf(pair({ pairing: null }, [10, 9], [20, 18])), none);
  assert.deepEqual(orderOf(pair({ family: 'cpu' }, [10, 9], [20, 18])), none);
  assert.deepEqual(orderOf(pair({ backend: 'a' }, [10, 9], [20, 18])), none);
  const [a, b] = pair({}, [10, 9], [20, 18]) as [Row, Row];
  assert.deepEqual(orderOf([a, { ...b, bed: 'other' }]), none);
  assert.deepEqual(orderOf([a, { ...b, metric: 'other' }]), none);
  assert.deepEqual(orderOf([a, { ...b, pairing: 'other' }]), none);
  assert.deepEqual(orderOf([a, { ...b, predicted: null }]), none);
});

test('rows of the measured kernel pair within one configuration', () => {
  const kernel = (id: string, backend: string, at: number): Row => {
    const { pairing: _none, ...plain } = row({ bed: 'veth-vm', id, backend, measured: at, predicted: at });
    return plain;
  };
  const rows = [
    kernel('e1/mode=hostnet,off=on/gbps', 'host', 16),
    kernel('e1/mode=vxlan,off=on/gbps', 'flannel-vxlan', 12),
    kernel('e1/mode=vxlan,off=off/gbps', 'flannel-vxlan', 2),
  ];
  assert.deepEqual(orderOf(rows), { pairs: 1, right: 1 });
});

test('pooled order counts pairs, the mean over beds counts beds', () => {
  const three = (bed: string, predicted: number[]): Row[] =>
    [10, 20, 40].map((measured, k) =>
      row({ bed, pairing: 'k', backend: `b${k}`, measured, predicted: predicted[k]! }),
    );
  const rows = [
    ...three('A', [1, 2, 3]),
    ...pair({ bed: 'B' }, [10, 20], [20, 10]),
    row({ bed: 'C', measured: 1, predicted: 1 }),
  ];
  const { pairs, orderRight, orderRightMeanOfBeds } = overall(rows);
  assert.equal(pairs, 4);
  assert.equal(orderRight, 0.75);
  assert.equal(orderRightMeanOfBeds, 0.5);
});

function near(value: number | null, expected: number): void {
  assert.ok(value !== null && Math.abs(value - expected) < 1e-12, `${value} is not ${expected}`);
}

test('a measurement in two states is right where one of them is', () => {
  const state = (id: string, predicted: number | null, list: Row['list'] = 'both states') =>
    row({ id, measured: 100, predicted, list });
  const rows = [
    ...[state('A (tunnel offload on)', 300), state('A (tunnel offload off)', 125)],
    ...[state('B (tunnel offload on)', 300), state('B (tunnel offload off)', 74)],
    ...[state('C (tunnel offload on)', null), state('D', 100, 'scored')],
  ];
  assert.deepEqual(bothStates(rows), { rows: 2, right: 1 });
});
