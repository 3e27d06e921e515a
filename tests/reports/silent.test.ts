/**
 * Rows that deliver nothing head the verdict, with the loss that explains it and what mends it; rows that merely are
 * slow do not.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Binding, TaskRecord } from '../../engine/core/record.ts';
import { mergeRecords, type Result } from '../../reports/result.ts';
import { keyFindings, verdict } from '../../reports/verdict.ts';
import { fixtureInput, planOf, recordOf, SEEDS, SHAPES } from './fixture.ts';

const TOO_LARGE: Binding = {
  text: 'drops: mtu exceeded, 100 % of packets',
  kind: 'queue',
  resource: 'mtu exceeded',
  utilisation: 0,
};
const STALLED: Partial<TaskRecord> = {
  binding: TOO_LARGE,
  drops: { 'mtu exceeded': 13 },
  queueOffered: { 'mtu exceeded': 13 },
};

interface Row {
  readonly dims: Readonly<Record<string, string | number>>;
  readonly backend: string;
  /** Payload of a plain node, bytes. */
  readonly bytes: number;
  readonly change?: Partial<TaskRecord>;
}

function resultOf(rows: readonly Row[]): Result {
  const plans = rows.map(({ dims, backend }, k) => ({
    ...planOf(backend, 'routed'),
    id: `cell ${k}`,
    dims: { backend, ...dims },
  }));
  const records = rows.flatMap(({ backend, bytes, change }, k) =>
    SEEDS.map((_, seed) =>
      recordOf({ ...SHAPES[2]!, backend, plainBytes: [bytes, bytes, bytes] }, seed, 3 * k + seed, {
        cell: `cell ${k}`,
        ...change,
      }),
    ),
  );
  return mergeRecords(fixtureInput({ cells: plans, records }));
}

const row = (backend: string, bytes: number, dims: Row['dims'] = {}, change?: Row['change']): Row => ({
  ...{ backend, bytes, dims },
  ...(change === undefined ? {} : { change }),
});

test('one of two delivers nothing: that, and its reason, is the verdict', () => {
  const result = resultOf([row('host', 1e6), row('flannel-vxlan', 0, {}, STALLED)]);
  const text = 'flannel-vxlan delivers nothing: mtu exceeded drops every full packet.';
  assert.equal(verdict(result), text);
  assert.equal(keyFindings(result)[0], text);
  assert.ok(keyFindings(result).includes('Packets lost (mtu exceeded): flannel-vxlan.'));
});

test('below a thousandth of the best: next to nothing, and no ratio is taken to it; above: a ratio', () => {
  const third = row('c', 5e5);
  assert.equal(
    verdict(resultOf([row('a', 1e6), row('b', 999), third])).split(': ')[0],
    'b delivers next to nothing',
  );
  assert.match(
    verdict(resultOf([row('a', 1e6), row('b', 999), third])),
    /a carries 2\.00 × the goodput of c/,
  );
  assert.match(verdict(resultOf([row('a', 1e6), row('b', 1001), third])), /^a carries 999\.00 × .* of b/);
});

test('by setting, those that fail together in one sentence, with the single changes that mend it', () => {
  const at = (podMtuBytes: number | string, icmp: string, mss: string) => ({ podMtuBytes, icmp, mss });
  const fine = [at('null', 'passed', 'as-is'), at(1500, 'passed', 'as-is'), at(1500, 'filtered', 'clamped')];
  const bad = at(1500, 'filtered', 'as-is');
  const names = ['host', 'flannel-udp', 'flannel-vxlan'];
  const rows = [
    ...fine.flatMap((dims) => names.map((name) => row(name, 1e6, dims))),
    ...names.map((name) => row(name, name === 'host' ? 1e6 : 0, bad, name === 'host' ? {} : STALLED)),
  ];
  assert.equal(
    verdict(resultOf(rows)),
    'At podMtuBytes=1500, icmp=filtered, mss=as-is: flannel-udp, flannel-vxlan deliver nothing: mtu exceeded ' +
      'drops every full packet; they do with icmp=passed or mss=clamped.',
  );
  // Clamping that helps only one of the two is not named as what helps both.
  const half = rows.map((one) =>
    one.dims.mss === 'clamped' && one.backend === 'flannel-udp' ? { ...one, bytes: 0, change: STALLED } : one,
  );
  const said = verdict(resultOf(half));
  assert.match(said, /flannel-udp, flannel-vxlan deliver nothing: [^;]*; they do with icmp=passed\./);
  assert.match(said, /At podMtuBytes=1500, icmp=filtered, mss=clamped: flannel-udp delivers nothing/);
  assert.ok(!resultOf(rows).cells.some(({ dims }) => dims.podMtuBytes === 'derived'), 'a label, not a value');
  const none = resultOf([row('a', 1e6, fine[0]!), row('a', 0, bad, STALLED)]);
  assert.match(verdict(none), /icmp=filtered: a delivers nothing: mtu exceeded drops every full packet\.$/);
});

test('a full conntrack table: transactions, not bytes, and no share of packets', () => {
  const closed = (finished: number): Partial<TaskRecord> => ({
    load: null,
    counters: { ...recordOf(SHAPES[2]!, 0, 0).counters, rpcsStarted: finished, rpcsFinished: finished },
  });
  const full: Partial<TaskRecord> = {
    ...closed(0),
    binding: { ...TOO_LARGE, text: 'as the engine says', resource: 'conntrack table' },
    drops: { 'conntrack table': 4 },
    queueOffered: { 'conntrack table': 800 },
  };
  assert.equal(
    verdict(resultOf([row('host', 1e6, {}, closed(7000)), row('calico-bgp', 1e6, {}, full)])),
    'calico-bgp delivers nothing: conntrack table full, new flows are refused.',
  );
});

test('a window that holds the sender is no cause: the loss of most packets is', () => {
  const window = { text: 'TCP congestion window holds senders 99 % of the time', kind: 'window' as const };
  const binding: Binding = { ...window, resource: 'congestion window', utilisation: 0 };
  const said = (drops: Record<string, number>): string =>
    verdict(resultOf([row('a', 1e6), row('b', 0, {}, { binding, drops, queueOffered: { uplink: 400 } })]));
  assert.equal(said({ uplink: 100, 'mtu exceeded': 3 }), 'b delivers nothing: uplink drops 25.00 %.');
  assert.equal(
    said({ uplink: 2, 'mtu exceeded': 3 }),
    'b delivers nothing: mtu exceeded drops every full packet.',
  );
  assert.equal(said({}), 'b delivers nothing: TCP congestion window holds senders 99 % of the time.');
});

test('where nobody delivers, losses must show that something was sent', () => {
  const cpu = SHAPES[2]!.cpu;
  const idle = { drops: {}, cpu };
  const quiet = resultOf([row('a', 0, {}, idle), row('b', 0, {}, idle)]);
  assert.doesNotMatch(verdict(quiet), /deliver/);
  assert.equal(
    verdict(resultOf([row('a', 0, {}, STALLED), row('b', 0, {}, STALLED)])),
    'a, b deliver nothing: mtu exceeded drops every full packet.',
  );
});

test('a ratio to a row that loses packets without a queue names the loss', () => {
  const binding = { ...TOO_LARGE, text: 'random loss: 0.13 %', resource: 'random loss' };
  assert.equal(
    verdict(resultOf([row('a', 1e6, {}, { binding }), row('b', 2e6, {}, { binding })])),
    'b carries 2.00 × the goodput of a (random loss: 0.13 %).',
  );
});
