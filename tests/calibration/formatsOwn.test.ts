/**
 * A user's own measurements: the example fits the published schema and the reader, both refuse the same files,
 * and a baseline row fixes one number before the others are predicted.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { drive, inProcess, type RunRound } from '../../calibration/drive.ts';
import { ownStudy } from '../../calibration/formats/own.ts';
import { readMeasurements } from '../../calibration/formats/read.ts';
import type { OwnMeasurement } from '../../calibration/formats/types.ts';
import type { CellRecord } from '../../calibration/study.ts';
import type { TaskSpec } from '../../engine/core/taskSpec.ts';
import { machineNamed } from '../../machines/catalog.ts';

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const schema = z.fromJSONSchema(JSON.parse(file('calibration/formats/measurements.schema.json')));
const example = (): Record<string, unknown> => parse(file('docs/examples/measurements.yaml'));

const read = (value: unknown) => readMeasurements([{ name: 'own.yaml', value }]);

/** The example with its first row changed; undefined takes a field away. */
function changed(head: object, row: object = {}): Record<string, unknown> {
  const whole = { ...example(), ...head } as { rows: object[] };
  const rows = whole.rows.map((one, at) => (at === 0 ? { ...one, ...row } : one));
  return JSON.parse(JSON.stringify({ ...whole, ...('rows' in head ? {} : { rows }) }));
}

test('the example fits the schema and the reader; the page shows the format of both', () => {
  assert.equal(schema.safeParse(example()).success, true);
  const { own, problems } = read(example());
  assert.deepEqual(problems, []);
  assert.equal(own.length, 7);
  const page = /```yaml\n([\s\S]*?)```/.exec(file('docs/MEASUREMENTS.md'))![1]!;
  assert.equal(schema.safeParse(parse(page)).success, true);
  assert.deepEqual(read(parse(page)).problems, []);
});

test('a row comes with its defaults and in base units', () => {
  const set = { 'nic.rateGbps': 10, 'nic.rxQueues': 4, 'nic.moderationUs': 0, 'waking.haltNs': 2000 };
  assert.deepEqual(read(example()).own[6], {
    id: 'vxlan-same-node',
    bed: 'lab',
    machine: { book: 'xeon-25g', set: { ...set, 'facts.udpTunnelTso': false } },
    backend: 'flannel-vxlan',
    sameNode: true,
    test: 'TCP_RR',
    streams: 1,
    messageBytes: 1,
    mtuBytes: 1500,
    metric: 'p99',
    measured: 18,
    unit: 'µs',
    noise: null,
    baseline: null,
    list: 'scored',
    reason: null,
  });
  const cpu = read(changed({}, { test: 'TCP_STREAM', measured: 2, unit: 'ns/B' })).own[0];
  assert.deepEqual([cpu?.metric, cpu?.list, cpu?.messageBytes], ['cpuPerByte', 'cpu', 131_072]);
});

test('schema and reader refuse the same files', () => {
  const cases: [Record<string, unknown>, string][] = [
    [changed({ format: 'other' }), 'format: unknown format "other"; skipped'],
    [changed({ bed: '' }), 'bed: "" is not a text; skipped'],
    [changed({ machine: {} }), 'machine.book: missing: machine; skipped'],
    [changed({ machine: 'xeon-25g' }), 'machine: "xeon-25g" is not an object with a book; skipped'],
    [
      changed({ machine: { book: 'xeon-25g', set: { cores: [] } } }),
      'machine.set.cores: [] is not a plain value; skipped',
    ],
    [changed({ rows: [] }), 'rows: [] is not a list with rows; skipped'],
    [changed({}, { test: 'PING' }), 'rows[0].test: unknown test "PING"; skipped'],
    [changed({}, { measured: -1 }), 'rows[0].measured: -1 is not a number above 0; skipped'],
    [changed({}, { measured: '28' }), 'rows[0].measured: "28" is not a number above 0; skipped'],
    [changed({}, { unit: undefined }), 'rows[0].unit: missing: a text; skipped'],
    [changed({}, { streams: 0 }), 'rows[0].streams: 0 is not a whole number from 1 to 1000; skipped'],
    [
      changed({}, { mtuBytes: 100 }),
      'rows[0].mtuBytes: 100 is not a whole number from 576 to 65535; skipped',
    ],
    [changed({}, { metric: 'smell' }), 'rows[0].metric: unknown metric "smell"; skipped'],
    [changed({}, { list: 'liked' }), 'rows[0].list: unknown list "liked"; skipped'],
    [changed({}, { sameNode: 'yes' }), 'rows[0].sameNode: "yes" is not true or false; skipped'],
  ];
  for (const [value, problem] of cases) {
    assert.equal(schema.safeParse(value).success, false, problem);
    const [first] = read(value).problems;
    assert.equal(`${first?.path}: ${first?.message}`, problem);
  }
});

test('what only the catalogues know is named by the reader', () => {
  const cases: [Record<string, unknown>, string][] = [
    [changed({ machine: { book: 'abacus' } }), 'machine.book: unknown machine "abacus"; skipped'],
    [changed({}, { backend: 'string' }), 'rows[0].backend: unknown backend "string"; skipped'],
    [changed({}, { unit: 'furlong' }), 'rows[0].unit: unknown unit "furlong"; skipped'],
    [changed({}, { unit: 'Gbit/s' }), 'rows[0].unit: unit "Gbit/s" does not fit a TCP_RR; skipped'],
    [changed({}, { metric: 'p50', unit: 'Gbit/s' }), 'rows[0].unit: unit "Gbit/s" does not fit p50; skipped'],
    [changed({}, { metric: 'goodput', unit: 'Gbit/s' }), 'rows[0].metric: TCP_RR has no goodput; skipped'],
    [changed({}, { baseline: 'nobody' }), 'rows[0].baseline: no other row "nobody"; ignored'],
    [changed({}, { baseline: 'host-rr' }), 'rows[0].baseline: no other row "host-rr"; ignored'],
    [changed({}, { id: 'vxlan-rr' }), 'rows[1]: "vxlan-rr" stands there twice; skipped'],
  ];
  for (const [value, problem] of cases) {
    const [first] = read(value).problems;
    assert.equal(`${first?.path}: ${first?.message}`, problem);
  }
});

const HOST: OwnMeasurement = {
  id: 'host',
  bed: 'lab',
  machine: { book: 'xeon-25g', set: {} },
  backend: 'host',
  sameNode: false,
  test: 'TCP_STREAM',
  streams: 1,
  messageBytes: 131_072,
  mtuBytes: null,
  metric: 'goodput',
  measured: 5,
  unit: 'Gbit/s',
  noise: null,
  baseline: null,
  list: 'scored',
  reason: null,
};
const VXLAN = { ...HOST, id: 'vxlan', backend: 'flannel-vxlan', measured: 4, baseline: 'host' };

const bookNs = machineNamed('xeon-25g').prices.TCP_TX.eachNs!;

/** A machine whose host carries 10 Gbit/s and its tunnel 6, both ÷ the factor on prices; exchanges 20 µs + links. */
function stub(asked: TaskSpec[]): RunRound {
  return async (cells) =>
    cells.map((cell) => {
      const task = cell as TaskSpec;
      asked.push(task);
      const gbps = (task.backend.name === 'host' ? 10 : 6) / (task.machine.prices.TCP_TX.eachNs! / bookNs);
      const exchanges = 1e6 / (20 + (4 * task.cluster.hostDelayNs) / 1000);
      const counters = { payloadBytes: (gbps * 1e9) / 8, rpcsFinished: exchanges };
      return { windowPs: 1e12, counters } as unknown as CellRecord;
    });
}

test('a baseline row fixes the prices, and is not scored itself', async () => {
  const asked: TaskSpec[] = [];
  const [host, vxlan] = await drive([ownStudy([HOST, VXLAN])], stub(asked));
  assert.deepEqual([host!.list, host!.reason, host!.predicted], ['not scored', 'fixes the scale', 5]);
  assert.deepEqual([vxlan!.list, vxlan!.scaleAssumed, vxlan!.predicted], ['scored', false, 3]);
  assert.equal(vxlan!.error, -0.25);
  assert.equal(vxlan!.naive.host, 0.25);
  // 25 Gbit/s × 1,398 B of payload ÷ 1,538 B of a full frame on the wire, against 4
  assert.ok(Math.abs(vxlan!.naive.line! - 4.681) < 0.0001, String(vxlan!.naive.line));
  assert.deepEqual(
    asked.map((task) => [task.backend.name, task.machine.prices.TCP_TX.eachNs! / bookNs]),
    [
      ['host', 1],
      ['host', 2],
      ['host', 2],
      ['flannel-vxlan', 2],
    ],
  );
});

test('for exchanges the baseline fixes the delay of the links', async () => {
  const rr = { test: 'TCP_RR', metric: 'transactions', unit: 'transactions/s' } as const;
  const asked: TaskSpec[] = [];
  // 20 µs + 4 × 2.5 µs
  const host = { ...HOST, ...rr, measured: 1e6 / 30 };
  const rows = await drive([ownStudy([host, { ...VXLAN, ...rr, measured: 25_000 }])], stub(asked));
  assert.equal(asked.at(-1)!.cluster.hostDelayNs, 2500);
  assert.equal(asked.at(-1)!.machine.prices.TCP_TX.eachNs, bookNs);
  assert.ok(Math.abs(rows[1]!.error! - 1 / 3) < 1e-9);
});

test('a baseline at the line, or one that nothing meets, fixes nothing and says so', async () => {
  const [host, vxlan] = await drive([ownStudy([{ ...HOST, measured: 23.4 }, VXLAN])], stub([]));
  assert.deepEqual([host!.list, host!.predicted, host!.scaleAssumed], ['scored', 10, true]);
  assert.deepEqual([vxlan!.predicted, vxlan!.reason], [6, 'the baseline fixes nothing: it is at the line']);
  const failing: RunRound = async (cells) => cells.map(() => null);
  const [, lost] = await drive([ownStudy([HOST, VXLAN])], failing);
  assert.deepEqual([lost!.predicted, lost!.reason], [null, 'not modelled, or its run failed']);
});

test('changes that the machine does not have are the reason of the row, not a crash', async () => {
  const row = { ...HOST, machine: { book: 'xeon-25g', set: { 'nic.colour': 'blue' } } };
  const [told] = await drive([ownStudy([row])], stub([]));
  assert.equal(told!.predicted, null);
  assert.match(told!.reason!, /^unknown setting 'machine\.nic\.colour' \(all: list settings\)$/);
});

test('changes reach the machine, and its link follows its NIC', async () => {
  const asked: TaskSpec[] = [];
  const set = { 'nic.rateGbps': 10, 'facts.tso': false, cores: 4 };
  const row = { ...HOST, mtuBytes: 9000, streams: 3, machine: { book: 'xeon-25g', set } };
  await drive([ownStudy([row])], stub(asked));
  const { machine, cluster, traffic } = asked[0]!;
  assert.deepEqual(
    [machine.nic.rateGbps, machine.facts.tso, machine.cores, cluster.linkGbps, cluster.mtuBytes],
    [10, false, 4, 10, 9000],
  );
  assert.deepEqual([traffic.netperf!.streams, traffic.netperf!.messageBytes], [3, 131_072]);
});

test('the engine predicts every row of the example', async () => {
  const rows = await drive([ownStudy(read(example()).own)], inProcess);
  assert.deepEqual(
    rows.map(({ id, predicted }) => [id, predicted !== null && predicted > 0]),
    rows.map(({ id }) => [id, true]),
  );
  assert.deepEqual([rows.length, rows[0]!.reason], [7, 'fixes the scale']);
});
