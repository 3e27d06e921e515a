/**
 * What a published row says of itself beside its prediction: assumed scale, in sample, both states, the reason why it
 * is not scored, and what the naive predictors would have said. Every cell answers the same, so no figure here is the
 * engine's.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drive } from '../../calibration/drive.ts';
import { shippedMeasurements } from '../../calibration/formats/shipped.ts';
import { publishedStudies } from '../../calibration/published/studies.ts';
import type { CellRecord, Row } from '../../calibration/study.ts';

/** A stream of 5 Gbit/s, exchanges of some time. */
const ANSWER = {
  counters: { payloadBytes: 5e9 / 8, packetsDelivered: 1000 },
  rpcLatency: { count: 1, buckets: [[40, 1]] },
  windowPs: 1e12,
  simulatedPs: 1e12,
  drops: {},
} as unknown as CellRecord;

async function rowsOf(bed: string): Promise<Map<string, Row>> {
  const own = shippedMeasurements().published.filter(({ row }) => row.bed === bed && row.family !== 'cpu');
  const rows = await drive(publishedStudies(own), async (cells) => cells.map(() => ANSWER));
  return new Map(rows.map((row) => [row.id, row]));
}

test('a bed whose host row is at the line has an assumed scale, one with a host row has not', async () => {
  for (const [, row] of await rowsOf('IB18')) assert.equal(row.scaleAssumed, true, row.id);
  for (const [, row] of await rowsOf('KRD')) assert.equal(row.scaleAssumed, false, row.id);
});

test('a row whose tunnel offload nobody states is predicted in both states', async () => {
  const ids = [...(await rowsOf('DKM')).keys()].filter((id) => id.startsWith('DKM-003'));
  assert.deepEqual(ids.sort(), ['DKM-003 (tunnel offload off)', 'DKM-003 (tunnel offload on)']);
});

test('beds whose figures stand in the book of prices are in sample, others are not', async () => {
  for (const [, row] of await rowsOf('K8SPR')) assert.equal(row.inSample, true, row.id);
  for (const [, row] of await rowsOf('KRD')) assert.equal(row.inSample, false, row.id);
});

test('a row keeps the reason why it is not scored', async () => {
  const row = (await rowsOf('CAL-t2micro')).get('CAL-001')!;
  assert.deepEqual([row.list, row.reason], ['not scored', 'baseline is a rate cap (VM): CPU scale unknown']);
});

test('naive predictors: the host’s figure, and the payload’s share of the line', async () => {
  const { naive } = (await rowsOf('IB18')).get('IB18-005')!;
  assert.ok(Math.abs(naive.host! - (9.903 / 9.816 - 1)) < 1e-9);
  // 8,950 B of the pod less 52 of TCP/IP; 50 of the tunnel and 38 of Ethernet around it.
  assert.ok(Math.abs(naive.line! - ((10 * 8898) / 9038 / 9.816 - 1)) < 1e-9);
});
