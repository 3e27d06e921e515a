/**
 * What a bed may learn from its own rows, on rows made for it: a scored host row fixes nothing, UDP alone moves the
 * price of a send and nothing else, and a bed left out is predicted without the prices that it asked for.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shippedMeasurements } from '../../calibration/formats/shipped.ts';
import type { PublishedRow } from '../../calibration/formats/types.ts';
import { anchorOf } from '../../calibration/published/anchor.ts';
import { leaveOneBedOutStudies, publishedStudies } from '../../calibration/published/studies.ts';
import type { CellRecord } from '../../calibration/study.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import type { StageId } from '../../engine/host/stages.ts';

const ROWS = shippedMeasurements().published;
const rowOf = (id: string): PublishedRow => ROWS.find(({ row }) => row.id === id)!;

test('a host row that is itself scored fixes nothing', () => {
  const tunnel = rowOf('KRD-019');
  assert.equal(typeof anchorOf([tunnel], 'bulk'), 'object');
  const host: PublishedRow = {
    ...tunnel,
    backend: 'host',
    measured: tunnel.baseline!,
    row: { ...tunnel.row, backend: 'host', ratio: 1, list: 'scored' },
  };
  assert.equal(anchorOf([host], 'bulk'), 'the host row is itself scored');
  assert.equal(typeof anchorOf([{ ...host, row: { ...host.row, list: 'not scored' } }], 'bulk'), 'object');
});

/** A record of a stream of 5 Gbit/s. */
const ANSWER = {
  counters: { payloadBytes: 5e9 / 8, packetsDelivered: 1000 },
  rpcLatency: { count: 1, buckets: [[40, 1]] },
  windowPs: 1e12,
  simulatedPs: 1e12,
  drops: {},
} as unknown as CellRecord;

test('without bulk TCP a bed’s UDP moves the price of a send and nothing else', () => {
  const udp = ROWS.filter(({ row }) => row.bed === 'IB20' && row.family === 'udp');
  const study = publishedStudies(udp)[0]!;
  const first = study.next().value as readonly TaskSpec[];
  assert.equal(first.length, 1, 'the host row alone');
  const second = study.next([ANSWER]).value as readonly TaskSpec[];
  const [before, after] = [first[0]!, second[0]!];
  const moved = (Object.keys(before.machine.prices) as StageId[]).filter(
    (stage) => before.machine.prices[stage].eachNs !== after.machine.prices[stage].eachNs,
  );
  assert.deepEqual(moved, ['UDP_OUT']);
  assert.deepEqual(after.cluster, before.cluster);
  assert.deepEqual(
    { ...after.machine, prices: null },
    { ...before.machine, prices: null },
    'nothing of the machine but prices',
  );
});

test('a bed left out is predicted with what it alone asked for put back', () => {
  const bed = ROWS.filter(({ row }) => row.bed === 'KRD');
  const pollNs = (studies: ReturnType<typeof publishedStudies>): number => {
    const [cell] = studies[0]!.next().value as readonly TaskSpec[];
    return cell!.machine.prices.NIC_RX_POLL.eachNs!;
  };
  const shipped = pollNs(publishedStudies(bed));
  // 350 is the source's, 850 the book's.
  assert.ok(Math.abs(pollNs(leaveOneBedOutStudies(bed)) / shipped - 350 / 850) < 1e-9);
});
