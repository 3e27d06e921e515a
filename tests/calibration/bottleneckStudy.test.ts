/**
 * Entries of the bottleneck bed → cells → rows: units, families, noise, and what an unseen file may hold.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bottleneckStudy } from '../../calibration/bottleneck/study.ts';
import type { CellRecord, Row } from '../../calibration/study.ts';

const cfg = { burst: 15140, cc: 'cubic', delay_us: 2500, flows: 1, limit: 30000, rate: 100, secs: 8 };
const r = {
  goodput_mbps: { median: 94, min: 93.06, max: 94.94 },
  tbf_drops: { median: 125, min: 124, max: 129 },
  rtt_us_median: { median: 6000, min: 5999, max: 6001 },
  cwnd_bytes_median: { median: 76744, min: 76744, max: 76744 },
};
const record = { bottleneck: 'x', events: 1, goodputMbps: 95.88, drops: 100, rttMs: 6.3, cwndBytes: 76744 };

function rowsOf(entries: Parameters<typeof bottleneckStudy>[0], answers: (CellRecord | null)[]): Row[] {
  const study = bottleneckStudy(entries);
  const asked = study.next().value as readonly object[];
  assert.equal(asked.length, answers.length);
  const end = study.next(answers);
  assert.equal(end.done, true);
  return [...(end.value as readonly Row[])];
}

test('an entry is one cell and four rows', () => {
  const study = bottleneckStudy([{ cfg, n: 3, r }]);
  const id = 'tcp_bottleneck/burst=15140,cc=cubic,delay_us=2500,flows=1,limit=30000,rate=100,secs=8';
  assert.deepEqual(study.next().value, [
    {
      bottleneck: id,
      congestion: 'cubic',
      rateMbps: 100,
      delayUs: 2500,
      limitBytes: 30000,
      burstBytes: 15140,
      flows: 1,
      seconds: 8,
    },
  ]);
  const rows = study.next([record]).value as readonly Row[];
  assert.deepEqual(
    rows.map(({ id: at, family, unit, measured, predicted, list }) => [
      at.slice(id.length + 1),
      family,
      unit,
      measured,
      predicted,
      list,
    ]),
    [
      ['goodput_mbps', 'bottleneck goodput', 'Mbit/s', 94, 95.88, 'scored'],
      ['rtt_us_median', 'bottleneck RTT and cwnd', 'ms', 6, 6.3, 'scored'],
      ['cwnd_bytes_median', 'bottleneck RTT and cwnd', 'B', 76744, 76744, 'scored'],
      ['tbf_drops', 'bottleneck drops', 'packets', 125, 100, 'scored'],
    ],
  );
  const hundredths = (value: number | null): number => Math.round(value! * 1e4) / 100;
  assert.deepEqual(
    rows.map(({ error }) => hundredths(error)),
    [2, 5, 0, -20],
  );
  // Range of three runs over their median, at least 1 %.
  assert.deepEqual(
    rows.map(({ noise }) => hundredths(noise)),
    [2, 1, 1, 4],
  );
  assert.ok(rows.every(({ bed, inSample }) => bed === 'tcp-bottleneck' && !inSample));
});

test('what the bed cannot run is a row without prediction and with a reason; the others still run', () => {
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ ...cfg, cc: 'bbr' }, /unknown congestion control "bbr"/],
    [{ ...cfg, rate: -5 }, /rate is -5/],
    [{ ...cfg, rate: 0 }, /rate is 0/],
    [{ ...cfg, flows: 1.5 }, /flows is 1.5/],
    [{ ...cfg, secs: 1e9 }, /secs is 1000000000/],
    [{ ...cfg, delay_us: '5' }, /delay_us is "5"/],
    [{ ...cfg, rate: 100_000, secs: 100 }, /too long/],
    [{}, /unknown congestion control/],
  ];
  for (const [odd, pattern] of cases) {
    const rows = rowsOf(
      [
        { cfg: odd, r },
        { cfg, r },
      ],
      [record],
    );
    assert.equal(rows.length, 8);
    for (const row of rows.slice(0, 4)) {
      assert.equal(row.predicted, null);
      assert.equal(row.error, null);
      assert.match(row.reason!, pattern);
    }
    assert.equal(rows[4]!.predicted, 95.88);
  }
});

test('figures that are missing or not positive are not scored', () => {
  const odd = {
    goodput_mbps: { median: -1 },
    rtt_us_median: 'fast',
    cwnd_bytes_median: null,
    tbf_drops: { median: 0 },
  };
  const rows = rowsOf([{ cfg, r: odd }], [record]);
  assert.deepEqual(
    rows.map(({ metric, list, predicted }) => [metric, list, predicted]),
    [
      ['goodput_mbps', 'not scored', null],
      ['tbf_drops', 'not scored', null],
    ],
  );
});

test('a cell that failed has no prediction', () => {
  const rows = rowsOf([{ cfg, r }], [null]);
  assert.ok(rows.every(({ predicted, reason }) => predicted === null && reason === 'the run failed'));
});
