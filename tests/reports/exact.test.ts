/**
 * Comparing two results: equal ones, every changed value with its size, cells that only one has.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exactComparison, renderExact } from '../../reports/comparison/exact.ts';
import { mergeRecords } from '../../reports/result.ts';
import { fixtureInput, fixtureResult, recordOf, SHAPES } from './fixture.ts';

test('the same run twice is equal, whatever the clock said', () => {
  const again = mergeRecords(fixtureInput({ env: { node: 'v24' } }));
  const comparison = exactComparison(fixtureResult(), again);
  assert.equal(comparison.equal, true);
  assert.match(renderExact(comparison), /^equal: digest [0-9a-f]{16}\n$/);
});

test('one more dropped packet in one seed is found, with its size', () => {
  const input = fixtureInput();
  const changed = recordOf(SHAPES[1]!, 2, 5, { drops: { 'RX ring': 120, qdisc: 6 } });
  const records = input.records.map((record) => (record.index === 5 ? changed : record));
  const comparison = exactComparison(fixtureResult(), mergeRecords({ ...input, records }));
  assert.ok(!comparison.equal);
  assert.deepEqual(comparison.header, []);
  assert.equal(comparison.unchanged, 3);
  assert.equal(comparison.cells.length, 1);
  const { id, changes } = comparison.cells[0]!;
  assert.equal(id, 'backend=flannel-vxlan');
  assert.deepEqual(
    changes.map(({ path, a, b }) => [path, a, b]),
    [
      ['metrics.drops.value', 123, 124],
      ['metrics.drops.samples[2]', 123, 126],
      ['drops.qdisc', 9, 12],
    ],
  );
  assert.ok(Math.abs(changes[0]!.relative! - 1 / 123) < 1e-15);
  assert.equal(
    renderExact(comparison),
    'different\nbackend=flannel-vxlan\n  drops: 123 → 124 (+0.81 %)\n  drops.qdisc: 9 → 12 (+33.33 %)\n' +
      '  and 1 more field (samples of seeds, details)\n1 cell changed, 3 unchanged\n',
  );
});

test('a change too small to print as per cent still has a size', () => {
  const input = fixtureInput();
  const records = input.records.map((record) => ({
    ...record,
    probes: [
      { ...record.probes[0]!, goodputBps: record.probes[0]!.goodputBps * (1 + 1e-9) },
      ...record.probes.slice(1),
    ],
  }));
  assert.match(
    renderExact(exactComparison(fixtureResult(), mergeRecords({ ...input, records }))),
    /probeGoodput: .* \(\+3\.3e-8 %\)/,
  );
});

test('cells that only one has, and another model', () => {
  const input = fixtureInput();
  const records = input.records
    .filter((record) => record.cell !== 'backend=host')
    .map((record) => ({ ...record, modelVersion: '8' }));
  const other = mergeRecords({
    ...input,
    model: { ...input.model, version: '8' },
    cells: input.cells.slice(1),
    records,
  });
  const forth = exactComparison(fixtureResult(), other);
  const back = exactComparison(other, fixtureResult());
  assert.ok(!forth.equal && !back.equal);
  assert.deepEqual(forth.onlyA, ['backend=host']);
  assert.deepEqual(back.onlyB, ['backend=host']);
  assert.deepEqual(forth.header, [{ path: 'model.version', a: '7', b: '8', relative: null }]);
  assert.match(
    renderExact(forth, ['base', 'head']),
    /only in base: backend=host\n0 cells changed, 3 unchanged\n$/,
  );
});
