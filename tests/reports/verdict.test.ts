/**
 * The verdict: who is ahead, by how much, why, and when it must not claim anything.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TaskRecord } from '../../engine/core/record.ts';
import { mergeRecords, type Result } from '../../reports/result.ts';
import { keyFindings, verdict } from '../../reports/verdict.ts';
import { fixtureInput, fixtureResult, planOf, recordOf, SEEDS, SHAPES } from './fixture.ts';

/** Two backends with the goodputs given (bytes of a plain node, one a seed) and all else equal. */
function pair(a: readonly number[], b: readonly number[], change: Partial<TaskRecord> = {}): Result {
  const shape = SHAPES[2]!;
  const records = SEEDS.flatMap((_, seed) => [
    recordOf({ ...shape, backend: 'a', plainBytes: a }, seed, seed, change),
    recordOf({ ...shape, backend: 'b', plainBytes: b }, seed, 3 + seed, change),
  ]);
  return mergeRecords(fixtureInput({ cells: [planOf('a', 'routed'), planOf('b', 'routed')], records }));
}

test('the fixture in a sentence', () => {
  assert.equal(
    verdict(fixtureResult()),
    'flannel-host-gw carries 1.20 × the goodput of flannel-vxlan, ' +
      'whose softirq core binds (97 % against 81 %).',
  );
});

test('the findings worth reading, in order', () => {
  assert.deepEqual(keyFindings(fixtureResult()).slice(1), [
    'flannel-host-gw gives a single stream 1.50 × the goodput of flannel-vxlan, ' +
      'whose softirq core binds at 98 %.',
    'flannel-vxlan has 2.00 × the RPC p99 latency of flannel-host-gw (at least 600 samples beyond): ' +
      'its softirq core binds (97 % against 81 %).',
    'flannel-vxlan needs 2.40 × the CPU per byte of flannel-host-gw; ' +
      'the largest part of the difference is GRO_TUNNEL (2.50 ns/B).',
    'Bound by the softirq core: flannel-vxlan.',
    'Nothing binds at this load: host, flannel-host-gw.',
    'calico-ipip has no figures: the platform drops IP protocol 4, so that no IPIP packet arrives.',
  ]);
});

test('less than 1 % is no difference; seeds that disagree are none either', () => {
  const nothing = 'No difference above 1 % that every seed agrees on.';
  assert.equal(verdict(pair([1e6, 1e6, 1e6], [1.009e6, 1.009e6, 1.009e6])), nothing);
  const cpu = SHAPES[2]!.cpu.map((stage) => ({ ...stage, ps: '0' }));
  assert.equal(verdict(pair([1e6, 1e6, 1e6], [2e6, 2e6, 0.9e6], { cpu })), nothing);
  assert.match(verdict(pair([1e6, 1e6, 1e6], [2e6, 2e6, 1.1e6])), /^b carries 1\.70 × the goodput of a/);
});

test('a queue or a window as the reason is given in its own words', () => {
  const binding = {
    text: 'queue limit: RX ring drops 0.4 % of its packets',
    kind: 'queue' as const,
    resource: 'RX ring',
    utilisation: 0.5,
  };
  assert.equal(
    verdict(pair([1e6, 1e6, 1e6], [2e6, 2e6, 2e6], { binding })),
    'b carries 2.00 × the goodput of a, whose RX ring drops 0.4 % of its packets.',
  );
});

test('one cell, and none', () => {
  const one = fixtureInput({ cells: [planOf('host', 'baseline')], records: [recordOf(SHAPES[0]!, 0, 0)] });
  assert.equal(
    verdict(mergeRecords(one)),
    'host: 1.00 Gbit/s a node; nothing binds; nearest: softirq core at 40 %.',
  );
  assert.equal(verdict(mergeRecords({ ...one, records: [] })), 'No cell has figures: nothing to compare.');
});

/** Two backends under two kinds of traffic; the goodput ratio of b to a in each. */
function kinds(stream: number, exchange: number): Result {
  const shape = SHAPES[2]!;
  const points = [
    { kind: 'TCP_RR', ratio: exchange },
    { kind: 'TCP_STREAM', ratio: stream },
  ];
  const at = (backend: string, kind: string) => ({
    ...planOf(backend, 'routed'),
    id: `${backend}/${kind}`,
    dims: { backend, kind },
  });
  const cells = points.flatMap(({ kind }) => [at('a', kind), at('b', kind)]);
  const records = points.flatMap(({ kind, ratio }) =>
    ['a', 'b'].flatMap((backend) =>
      SEEDS.map((_, seed) => {
        const times = backend === 'b' ? ratio : 1;
        const bytes = 1e6 * times;
        const base = recordOf({ ...shape, backend, plainBytes: [bytes, bytes, bytes] }, seed, 0);
        const counters = { ...base.counters, rpcsFinished: 1000 * times };
        return { ...base, cell: `${backend}/${kind}`, load: null, counters };
      }),
    ),
  );
  return mergeRecords(
    fixtureInput({ cells, records: records.map((record, index) => ({ ...record, index })) }),
  );
}

test('several kinds: bulk TCP first and in full, the others in a clause each by their own figure', () => {
  assert.equal(
    verdict(kinds(1.5, 3)),
    'TCP_STREAM: b carries 1.50 × the goodput of a. TCP_RR: b completes 3.00 × the transactions of a.',
  );
  assert.equal(verdict(kinds(1, 3)), 'TCP_RR: b completes 3.00 × the transactions of a.');
  assert.ok(keyFindings(kinds(1.5, 3)).every((finding) => !/TCP_RR.*goodput/.test(finding)));
});
